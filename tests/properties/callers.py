"""Callers who do one thing, whatever they are asked: what becomes of them is the measure of a way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voicebot.dialogue.events import (
    Event,
    Heard,
    MessageLeft,
    NothingHeard,
    NotUnderstood,
    PartFailed,
    Pressed,
    Ranked,
    TransferEnded,
)
from voicebot.dialogue.session import Session
from voicebot.routing.table import OUT_OF_SCOPE, Table

Caller = Callable[[Session, Table], Event]
"""What happens next in a call that has come so far."""


def always(event: Event) -> Caller:
    """Where a message is recorded, words are a message; silence, keys and broken parts are what they always are."""
    spoken = isinstance(event, Heard | NotUnderstood)
    return lambda session, _: MessageLeft(5.0) if spoken and session.stage == "message" else event


def about(confidence: float, language: str = "en") -> Caller:
    """The same words in every turn, taken for the first intent of the table that is not urgent."""

    def speak(session: Session, table: Table) -> Event:
        intent = next((name for name in table.intents if not table.is_urgent(name)), OUT_OF_SCOPE)
        ranked = (Ranked(intent, confidence), Ranked(OUT_OF_SCOPE, 0.0))
        return always(Heard("the same as before", ranked, None, confidence, language))(session, table)

    return speak


def answer(choice: str) -> Caller:
    return always(Heard(choice.replace("_", " "), (), choice, 0.98))


def unsure(*names: float) -> Caller:
    """The same words in every turn, taken for any of several intents."""

    def speak(session: Session, table: Table) -> Event:
        calm = [name for name in table.intents if not table.is_urgent(name)]
        ranked = tuple(Ranked(*each) for each in zip(calm, names, strict=False))
        return always(Heard("this or that", ranked, None, ranked[0].confidence if ranked else 0.0))(session, table)

    return speak


CALLERS: Mapping[str, Caller] = {
    "silent": always(NothingHeard()),
    "noise": always(NotUnderstood()),
    "noise in another language": always(NotUnderstood("pl")),
    "noise in a language that nobody knows": always(NotUnderstood("cy")),
    "another language": about(0.9, "pl"),
    "a language that nobody knows": about(0.9, "cy"),
    "unclear words": about(0.01),
    "half-clear words": about(0.45),
    "clear words": about(1.0),
    "this or that": unsure(0.48, 0.47),
    "out of scope": always(Heard("a pizza please", (Ranked(OUT_OF_SCOPE, 0.99),), None, 0.99)),
    **{f"keys {key}": always(Pressed(key)) for key in ("*", "#", "9", "5", "1", "2", "3", "4", "0", "")},
    **{choice: answer(choice) for choice in ("yes", "no", "repeat", "slower", "help", "start_again", "goodbye")},
    **{choice: answer(choice) for choice in ("advisor", "message", "more", "nothing that was offered")},
    **{f"broken {part}": always(PartFailed(part)) for part in ("recogniser", "recording", "understander", "unknown")},
    "words that come too late": always(MessageLeft(1.0)),
    "endings of nothing": always(TransferEnded("failed")),
}


def on_lines_that(caller: Caller, ending: TransferEnded) -> Caller:
    """`caller`, whose every transfer ends so."""
    return lambda session, table: ending if session.stage == "transferring" else caller(session, table)
