"""What is a turn, and what is a cough, "mhm", a greeting or a noise in the room. Pure."""

from __future__ import annotations

import re

from voicebot.dialogue.events import Heard, NothingHeard, NotUnderstood
from voicebot.ports import Hearing

LEAST_VOICE = 0.3
"""Seconds of voice under which sounds that are no words count as a cough."""

_WORD = re.compile(r"[\w']+")
_SOUNDS = "mhm mm hm hmm mmm uh huh um er erm ah oh eh ooh aah okay ok right yeah"
_GREETINGS = "hello hi hiya hey good morning afternoon evening please"
_LISTENING = frozenset(_SOUNDS.split())
_GREETING = frozenset((*_GREETINGS.split(), *_LISTENING))


def is_a_turn(hearing: Hearing, voice_seconds: float, *, over_prompt: bool, only_keys: bool) -> bool:
    """Whether the dialogue should be told. `voice_seconds`: how much of it was voice. `over_prompt`: she spoke while
    the bot did; then a greeting is only that. `only_keys`: keys alone were asked for, so that words count only where
    they are clear, such as "advisor"."""
    event = hearing.event
    match event:
        case NothingHeard():
            return False
        case NotUnderstood():
            return voice_seconds >= LEAST_VOICE and not only_keys
        case Heard() if over_prompt and only_greets(hearing.words):
            return event.choice in ("yes", "no")
        case Heard():
            return event.choice is not None or not (only_keys or _consists_of(hearing.words, _LISTENING))
    return True


def only_greets(words: str) -> bool:
    """ "Hello", "good morning": nothing is said yet."""
    return _consists_of(words, _GREETING)


def _consists_of(text: str, known: frozenset[str]) -> bool:
    return all(word in known for word in _WORD.findall(text.lower()))
