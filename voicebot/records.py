"""What is kept of a turn: redacted, and without the words of urgent calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voicebot.dialogue.actions import SendText, TakeMessage
from voicebot.dialogue.events import Event, Heard, MessageLeft
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import heard_by_caller
from voicebot.ports import NewMessage, OutgoingText, TurnInput, TurnRecord

RESTRICTED = "[restricted]"
"""Stands for the words of an urgent call in the stored transcript."""


def message_left(session: Session, event: Event, given: TurnInput) -> NewMessage | None:
    if not isinstance(event, MessageLeft):
        return None
    queue = session.asked.queue if isinstance(session.asked, TakeMessage) else session.queue or ""
    return NewMessage(queue, given.recording, given.recording_seconds)


def record(turn: Turn, event: Event, seconds: Mapping[str, float]) -> TurnRecord:
    """What is kept of a turn. The words of an urgent call are not."""
    heard = event if isinstance(event, Heard) else None
    decision = turn.decision
    best = heard.ranked[0] if heard and heard.ranked else None
    return TurnRecord(
        prompt=heard_by_caller(turn.actions),
        event=type(event).__name__,
        heard=(RESTRICTED if turn.session.restricted else heard.words) if heard else "",
        intent=decision.intent or (best.intent if best else None),
        confidence=decision.confidence if decision.confidence is not None else (best.confidence if best else None),
        ranked=tuple((each.intent, round(each.confidence, 4)) for each in heard.ranked[:5]) if heard else (),
        decision=decision.name,
        rule=decision.rule,
        at=decision.at,
        seconds=dict(seconds),
        model=turn.session.model,
    )


def texts_to_send(turn: Turn, caller_number: Callable[[], str | None]) -> list[OutgoingText]:
    """The text messages of a turn, each to the number that she keyed in or else to her own, where that is known."""
    asked_for = [each for each in turn.actions if isinstance(each, SendText)]
    addressed = ((each.to or caller_number(), each.body) for each in asked_for)
    return [OutgoingText(to, body) for to, body in addressed if to]


def to_delete(event: Event, given: TurnInput) -> list[str]:
    """The recordings that nobody needs any more. A message left is needed until its team has it."""
    return [given.recording] if given.recording and not isinstance(event, MessageLeft) else []
