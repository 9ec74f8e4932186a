"""How much silence ends an utterance, given what is known of it. Pure.

People in conversation leave about 0.2 s between turns and feel a gap of more than about 0.8 s (Stivers et al. 2009,
"Universals and cultural variation in turn-taking", PNAS 106), but pause for 0.5 to 1 s inside a turn as well. Silence
alone cannot tell the two apart; the words can.
"""

from __future__ import annotations

import re

from voicebot.dialogue.events import Heard, NothingHeard
from voicebot.dialogue.turn import Decision
from voicebot.live.noise import only_greets
from voicebot.ports import Hearing

COMPLETE = 0.6
"""Seconds after a whole sentence that the dialogue is sure about."""
LIKELY = 0.9
"""After a request that is understood, though not beyond doubt: the next sentence may say more."""
UNKNOWN = 1.6
"""While nothing is known of the words, or nothing can be made of them: a pause of 1.5 s inside a sentence survives."""
UNFINISHED = 2.5
"""After "um", "and my", a comma."""
NOISE = 0.5
"""After what held no words at all."""
LONGEST = 4.0

BEYOND_DOUBT = 0.95
"""On tests/calls, "I'm ringing about my Blue Badge", which goes on after 0.6 s with what matters, is accepted with
0.84; requests that are at their end with 0.95 to 1 (11 of 13)."""

_WORD = re.compile(r"[\w']+")
_OPEN_END = re.compile(r"(?:,|-|–|—|…|\.\.\.|:|;)[\"'”’)]*$")
_ENDINGS = """
um uh er erm hmm mm ah eh
and or but so because if when while although though unless until since as than that which who whose where
a an the my your his her its our their this these some any every each no
to of for from with without in on at by about into over under between near behind
is are was were am be been being has have had do does did can could would will should shall may might must
i i'm i've i'd he's she's we we're we've they they're it's there's that's
like just very really well
"""
_UNFINISHED = frozenset(_ENDINGS.split())


def enough_silence(hearing: Hearing | None, *, patience: float, longest_pause: float) -> float:
    """Seconds of silence that end the utterance. `hearing` is what was made of it so far; None while that is under way.

    `patience` stretches all of it. Who has paused for `longest_pause` seconds and gone on will do so again: such a
    pause, and a quarter more, is waited for where she may not have finished.
    """
    if hearing is None:
        return _with_patience(UNKNOWN, patience, longest_pause)
    match hearing.event:
        case NothingHeard():
            return NOISE
        case Heard() if is_unfinished(hearing.words):
            return _with_patience(UNFINISHED, patience, longest_pause)
        case Heard() if not only_greets(hearing.words):
            return _after(hearing.decision, patience, longest_pause)
    return _with_patience(UNKNOWN, patience, longest_pause)


def _after(decision: Decision | None, patience: float, longest_pause: float) -> float:
    """After whole words upon which the dialogue would decide so. A person who was asked for by name has an intent, one
    who is rung because nothing else helps has none."""
    match decision:
        case Decision(name="urgent" | "universal"):
            return COMPLETE * patience
        case Decision(name="accept", confidence=sure) if sure is None or sure >= BEYOND_DOUBT:
            return COMPLETE * patience
        case Decision(name="to_person", intent=str()):
            return COMPLETE * patience
        case Decision(name="accept"):
            return LIKELY * patience
    return _with_patience(UNKNOWN, patience, longest_pause)


def _with_patience(seconds: float, patience: float, longest_pause: float) -> float:
    return min(LONGEST, max(seconds * patience, 1.25 * longest_pause))


def is_unfinished(words: str) -> bool:
    """Whether the words cannot be the end of a sentence: a filler, an article, a preposition, a comma."""
    text = words.strip()
    found = _WORD.findall(text.lower())
    return not found or _OPEN_END.search(text) is not None or found[-1] in _UNFINISHED
