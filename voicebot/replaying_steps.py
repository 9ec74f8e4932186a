"""Calls as they are gone through once more: what happened in them, and what the words of each turn mean today.

What is stored of a turn is less than what happened in it. Keys are never stored, but the rule of the turn names the one
that was pressed; the words of urgent calls are not kept, but what they were taken for is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, cast

from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.events import (
    CallerKind,
    Event,
    Heard,
    MessageLeft,
    NothingHeard,
    NotUnderstood,
    Part,
    PartFailed,
    Pressed,
    Ranked,
    TransferEnded,
    TransferOutcome,
)
from voicebot.dialogue.policy import DOUBTFUL
from voicebot.dialogue.session import Session
from voicebot.nlu.answers import match_answer
from voicebot.records import RESTRICTED
from voicebot.storage.stored_calls import StoredCall, StoredTurn

Source = Literal["stored", "recorded", "held out"]
"""Where a call comes from: one that rang, one of the recorded calls of the tests, or a held-out utterance."""

Understand = Callable[[str, Expecting], Heard]
"""What words mean in answer to what was asked, as `voicebot.ports.Understander` has it."""

_PRESSED = re.compile(r"\bpressed ([0-9*#])")
_LANGUAGE = re.compile(r"\bspoke another language \(([a-z]+)\)")
_FAILED = re.compile(r"\bthe (recording|recogniser|understander|storage|unknown) failed")
_LINE = re.compile(r"\b(busy|no_answer|failed|cancelled) at ")
_URGENT = "the second opinion finds it urgent"

_ANSWERS = ("chose ", "confirmed: ", "turned down ", "asked for an advisor")
"""Beginnings of the rules of turns whose words answered a question: what they were ranked as is not what they said."""

_ALIKE = 1_000
"""Words and questions that are remembered together with what the words answer."""

_ANYTHING = Expecting("request")


@dataclass(frozen=True, slots=True)
class Step:
    """What happened in one turn: `event`, or, where that is None, the caller's `words`.

    `ranked` is what the words were taken for at the time: empty where that is not known. `urgent`, `language` and
    `doubtful` are as in `Heard`. `after` is the time since the call rang. `decision` and `intent` are what the turn
    came to at the time; "" and None where nobody has recorded it.
    """

    words: str = ""
    event: Event | None = None
    ranked: tuple[Ranked, ...] = ()
    urgent: str | None = None
    language: str = "en"
    doubtful: bool = False
    after: timedelta = timedelta(0)
    decision: str = ""
    intent: str | None = None

    @property
    def shown(self) -> str:
        """What the caller did, for people to read."""
        match self.event:
            case None:
                return f"“{self.words}”" if self.words else "words that are not kept"
            case Pressed(keys):
                return f"key {keys}"
            case NothingHeard():
                return "silence"
            case NotUnderstood(language):
                return "words that could not be made out" if language == "en" else f"another language ({language})"
            case TransferEnded(outcome):
                return f"the line: {outcome.replace('_', ' ')}"
            case PartFailed(part):
                return f"the {part} failed"
            case _:
                return "a message"


@dataclass(frozen=True, slots=True)
class Rung:
    """A call to be gone through. `name` finds it again: its id, or the place of the utterance. `at` is aware. `whole`:
    whether `steps` hold all that she did; else something after them is not kept."""

    name: str
    source: Source
    at: datetime
    caller: CallerKind
    steps: tuple[Step, ...]
    whole: bool = True


def rung(call: StoredCall) -> Rung:
    """A stored call, as far as what is stored of it can be gone through."""
    steps: list[Step] = []
    whole = True
    for turn in call.turns[1:]:  # the first is the greeting
        if turn.event == "CallerHungUp":
            break
        step = _step(turn)
        if step is None:
            whole = False
            break
        steps.append(step)
    return Rung(call.call_id, "stored", call.started, call.caller, tuple(steps), whole)


def _step(turn: StoredTurn) -> Step | None:
    """None where too little is stored of the turn to have it happen again."""
    recorded = Step(after=timedelta(seconds=turn.seconds), decision=turn.decision, intent=turn.intent)
    if turn.event != "Heard":
        event = _event(turn)
        return None if event is None else replace(recorded, event=event)
    words = "" if turn.heard == RESTRICTED else turn.heard
    if not words and (not turn.ranked or turn.rule.startswith(_ANSWERS)):
        return None
    ranked = tuple(Ranked(*each) for each in turn.ranked)
    language = found[1] if (found := _LANGUAGE.search(turn.rule)) else "en"
    urgent = turn.intent if turn.rule == _URGENT else None
    doubtful = turn.rule.startswith(DOUBTFUL)
    return replace(recorded, words=words, ranked=ranked, urgent=urgent, language=language, doubtful=doubtful)


def _event(turn: StoredTurn) -> Event | None:
    match turn.event:
        case "Pressed":
            if turn.rule == "asked for an advisor":
                return Pressed("0")
            return Pressed(found[1]) if (found := _PRESSED.search(turn.rule)) else None
        case "NothingHeard":
            return NothingHeard()
        case "NotUnderstood":
            return NotUnderstood(found[1] if (found := _LANGUAGE.search(turn.rule)) else "en")
        case "MessageLeft":
            return MessageLeft(0.0)
        case "PartFailed":
            return PartFailed(cast(Part, found[1])) if (found := _FAILED.search(turn.rule)) else None
        case "TransferEnded":
            if turn.rule == "the transfer was completed":
                return TransferEnded("completed")
            return TransferEnded(cast(TransferOutcome, found[1])) if (found := _LINE.search(turn.rule)) else None
    return None


class Meaning:
    """What the words of steps mean in answer to what is asked now. A ranking that is known is not made again; where one
    is missing, `understand` is asked, once for the same words. `asked` counts how often that was."""

    def __init__(self, understand: Understand) -> None:
        self._understand = understand
        self._known: dict[str, Heard] = {}
        self._match = lru_cache(_ALIKE)(match_answer)  # both tables mostly ask the same
        self.asked = 0

    def event(self, step: Step, session: Session) -> Event:
        """Raises `UnderstandingError`."""
        if step.event is not None:
            return step.event
        if not step.words:  # those of an urgent call: what they were taken for is all that there is
            return Heard("", step.ranked, None, step.ranked[0].confidence, step.language, step.urgent, step.doubtful)
        expecting = session.asked.expecting if isinstance(session.asked, Ask) else _ANYTHING
        answer = self._match(step.words, expecting)
        if answer.choice is not None and not answer.rest:
            return Heard(step.words, (), answer.choice, answer.confidence, step.language, None, step.doubtful)
        ranked, urgent = step.ranked, step.urgent
        if not ranked:
            heard = self._ranked(answer.rest)
            ranked, urgent = heard.ranked, heard.urgent
        best = ranked[0].confidence if ranked else 0.0
        confidence = answer.confidence if answer.choice is not None else best
        return Heard(step.words, ranked, answer.choice, confidence, step.language, urgent, step.doubtful)

    def _ranked(self, words: str) -> Heard:
        if words not in self._known:
            self.asked += 1
            self._known[words] = self._understand(words, _ANYTHING)
        return self._known[words]
