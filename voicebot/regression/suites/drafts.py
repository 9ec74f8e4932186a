"""What a draft says: of a recording what is heard in it and what would become of it today, of a stored call what
happened.

Words are redacted before they are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voicebot.dialogue.events import CallerHungUp, NothingHeard, NotUnderstood, Pressed, TransferEnded
from voicebot.errors import RecogniserError
from voicebot.ports import Gate, Recogniser
from voicebot.regression.channels import CallersSide
from voicebot.regression.provider_faults import RATE
from voicebot.regression.suites.drafting import Draft, DraftStep
from voicebot.regression.telephone_wav import encode, resampled
from voicebot.replaying import Side
from voicebot.replaying_steps import Meaning, Rung, Step, Understand, rung
from voicebot.routing.table import Table
from voicebot.storage.stored_calls import StoredCall

TRANSCRIBE_SECONDS = 30.0
"""Nobody waits on the telephone; a recogniser that is just being started takes 20 s."""

MOST_TURNS = 12
"""Turns after which a caller who is followed through the dialogue rings off."""

FROM: Mapping[str, str] = {"landline": "+441632960123", "withheld": "withheld", "sip": "sip:caller@example.org"}
"""Who rings in place of a stored caller, whose number is not given away; a mobile is who rings anyway."""


@dataclass(frozen=True, slots=True)
class Take:
    """What the caller says in one go: 8 kHz WAV, and the redacted words; None where nobody can tell them."""

    wav: bytes
    words: str | None


class Ears:
    """Tells the words of recordings, as callers' are told. Once the recogniser has failed it is not asked again: `why`
    says what was the matter."""

    def __init__(self, recogniser: Recogniser, gate: Gate, redact: Callable[[str], str]) -> None:
        self._recogniser = recogniser
        self._gate = gate
        self._redact = redact
        self.why = ""

    def words(self, wav: bytes) -> str | None:
        """Redacted; "" where nobody speaks, None where it cannot be told."""
        if self.why:
            return None
        try:
            heard = self._recogniser.transcribe(wav, deadline=TRANSCRIBE_SECONDS)
        except RecogniserError as error:
            self.why = error.message
            return None
        verdict = self._gate(heard)
        return self._redact(heard.words) if verdict == "words" else "" if verdict == "nothing" else None


def takes(side: CallersSide, rate: int, ears: Ears) -> tuple[Take, ...]:
    """Each of the caller's turns."""
    found = []
    for start, end in side.turns or ((0, len(side.samples)),):
        wav = encode(resampled(side.samples[start:end], rate, RATE), RATE)
        found.append(Take(wav, ears.words(wav)))
    return tuple(found)


def expect_of(words: Sequence[str | None], at: datetime, table: Table, understand: Understand) -> dict[str, str]:
    """What becomes, today, of a caller from a mobile who says this at `at`, says yes where the bot asks whether it is
    about the right thing, and is put through wherever a line is rung. {} where nothing is known of her words."""
    if None in words or not any(words):
        return {}
    steps = [Step(words=each) if each else Step(event=NothingHeard()) for each in words if each is not None]
    side = Side(Rung("draft", "recorded", at, "mobile", tuple(steps)), table, at)
    meaning = Meaning(understand)
    for _ in range(MOST_TURNS):
        stage = side.turn.session.stage
        if stage == "ended":
            break
        step = Step(event=CallerHungUp())
        if stage == "transferring":
            step = Step(event=TransferEnded("completed"))
        elif stage == "confirm" and (not steps or not _is_answer(steps[0].words)):
            step = Step(words="yes")
        elif steps:
            step = steps.pop(0)
        side.take(step, meaning, at)
    session = side.turn.session
    return _expected(session.intent, session.outcome, session.queue)


def _is_answer(words: str) -> bool:
    return re.match(r"(yes|no|yeah|nope)\b", words.lower()) is not None


def _expected(intent: str | None, outcome: str | None, queue: str | None) -> dict[str, str]:
    named = {"intent": intent, "outcome": outcome, "queue": queue}
    return {name: value for name, value in named.items() if value}


# --- a stored call -------------------------------------------------------------------------------------------------


def draft_of_call(
    call: StoredCall, summary: Mapping[str, Any], files: Sequence[str], kept: bool, name: str
) -> tuple[Draft, bool]:
    """The call as it happened, and whether all that she did could be told. `summary` is what `show_call` has of it.
    `files` are the names of the recordings of her spoken turns; not `kept` are those that are to be made."""
    known = rung(call)
    named = iter(files)
    steps: list[DraftStep] = []
    transfers: list[str] = []
    for step in known.steps:
        match step.event:
            case TransferEnded(outcome):
                transfers.append(outcome.replace("_", "-").replace("cancelled", "failed"))
            case Pressed(keys):
                steps.append(DraftStep(keys=keys))
            case NothingHeard():
                steps.append(DraftStep(silence=1))
            case None | NotUnderstood():
                steps.append(DraftStep(next(named), step.words or None, lost=not kept))
            case _:
                pass
    about = f"As call {call.call_id[:10]}, which rang on {call.started:%d.%m.%Y}."
    expect = _expected(summary["intent"], summary["outcome"], summary["queue"])
    number = FROM.get(call.caller, "")
    return Draft(name, about, call.started, number, tuple(steps), tuple(transfers), expect), known.whole


def spoken_words(call: StoredCall) -> tuple[str, ...]:
    """The words of each turn in which she spoke, "" where they are not kept; redacted when they were stored."""
    return tuple(step.words for step in rung(call).steps if step.event is None or isinstance(step.event, NotUnderstood))
