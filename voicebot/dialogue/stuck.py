"""A way out for calls that go round in circles: whatever a caller does, she is not asked for ever. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.dialogue import universals
from voicebot.dialogue.actions import Ask, TakeMessage
from voicebot.dialogue.closed import open_now
from voicebot.dialogue.events import CallStarted, Event, Heard, MessageLeft, Pressed
from voicebot.dialogue.lines import to_person
from voicebot.dialogue.messages import take_message
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Decision, Scene, Turn

PATIENCE = 12
"""Turns without getting anywhere after which nothing more is asked. The longest way that each rule takes by itself, a
line that only makes noise at night, is as long."""

GIVEN_UP = 4
"""Turns after that in which a person or a message should have come about; then the call ends with a goodbye."""


def or_a_way_out(scene: Scene, event: Event, turn: Turn) -> Turn:
    """`turn`, unless it asks once more where asking has led nowhere: then a person, else a message, else goodbye.

    Urgent calls go on from line to line, and who asks for a person is always answered (design rule 7)."""
    before, after = scene.session, turn.session
    if after.restricted or after.stage == "ended":
        return turn
    reached = tuple(dict.fromkeys((*before.reached, *_come_to(after))))
    stuck = 0 if isinstance(event, CallStarted) or reached != before.reached else before.stuck + 1
    counted = Turn(after.with_(stuck=stuck, reached=reached), turn.actions, turn.decision)
    asks = isinstance(turn.actions[-1], Ask | TakeMessage) and after.stage != "message"
    left = isinstance(event, MessageLeft) and before.stage == "message"
    going_on = left or _next_part(before, after) or _wants_a_person(event)
    if stuck <= PATIENCE or going_on or not (asks or (before.stage, after.stage) == ("message", "message")):
        return counted
    return _way_out(scene.with_(stuck=stuck), stuck)


def _way_out(scene: Scene, stuck: int) -> Turn:
    session, table = scene.session, scene.table
    default = table.council.default_queue
    rule = f"{stuck} turns that led nowhere"
    if open_now(scene, default) and default not in session.lines:
        return to_person(scene, "to_person", rule)
    if stuck <= PATIENCE + GIVEN_UP and session.outcome != "message_left" and session.stage != "message":
        return take_message(scene, rule)
    return universals.end(scene, Decision("universal", rule, universals.at(scene, "goodbye"), session.intent))


def _come_to(session: Session) -> Iterator[str]:
    """What she is calling about, as far as it is clear, and what she has been sent. Each counts once in a call: there
    are so many of them in a table and no more, which is why every call ends."""
    if session.intent is not None:
        yield f"intent {session.intent}"
        if session.option is not None:
            yield f"option {session.intent}.{session.option}"
    if session.district is not None:
        yield f"district {session.district}"
    yield from (f"text {each}" for each in session.texted)


def _next_part(before: Session, after: Session) -> bool:
    return before.stage == "reading" and after.stage in ("reading", "answered") and after.page > before.page


def _wants_a_person(event: Event) -> bool:
    if isinstance(event, Pressed):
        return event.keys[:1] == "0"
    return isinstance(event, Heard) and event.choice == "advisor"
