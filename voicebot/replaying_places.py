"""Where a turn takes a caller, named so that two routing tables can be compared. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.dialogue.actions import Ask, HangUp, SendText, TakeMessage, Transfer
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import heard_by_caller, join
from voicebot.routing.table import Table

URGENT = "urgent"

_OFFERS = ("answered", "reading", "closed", "line_failed", "signpost")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a turn takes the caller: `name` for people, `key` to compare by. `target` is the line that is rung, None
    where none is."""

    name: str
    key: tuple[str, ...]
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """What a turn came to under one table. `says` is all that the caller hears, `text` the message she is sent, `at`
    the file and line that decided, `owner` who looks after that file."""

    place: Place
    decision: str
    rule: str
    at: str
    owner: str | None
    says: str
    text: str
    urgent: bool


def came_to(turn: Turn, table: Table) -> Came:
    decision = turn.decision
    texts = join(*(each.body for each in turn.actions if isinstance(each, SendText)))
    return Came(
        place=_place(turn, table),
        decision=decision.name,
        rule=decision.rule,
        at=decision.at,
        owner=table.owners.get(decision.at.rpartition(":")[0]),
        says=heard_by_caller(turn.actions),
        text=texts,
        urgent=decision.name == URGENT,
    )


def _place(turn: Turn, table: Table) -> Place:
    session, decision = turn.session, turn.decision
    for each in turn.actions:
        if isinstance(each, Transfer):
            return Place(table.queues[each.queue].name, ("connect", each.queue, each.target), each.target)
        if isinstance(each, TakeMessage):
            return Place(f"a message for {table.queues[each.queue].name}", ("message", each.queue))
    if any(isinstance(each, HangUp) for each in turn.actions):
        return Place("the end of the call", ("end",))
    intent = session.intent or ""
    if decision.action == "answer" and session.stage in ("answered", "reading"):
        return Place(f"the answer about {_about(table, intent)}", ("answer", intent, session.option or ""))
    queue = session.queue or ""
    if decision.action == "closed" and queue in table.queues:
        return Place(f"the closed line of {table.queues[queue].name}", ("closed", queue))
    if decision.action == "signpost" and queue in table.queues:
        return Place(f"the offer of {table.queues[queue].name}", ("signpost", queue))
    if decision.name == "refuse" and session.stage == "request":
        return Place("a refusal", ("refuse",))
    key = ("ask", session.stage, intent, session.option or "", *session.candidates, *_options(turn))
    return Place(_question(turn, table), key)


def _question(turn: Turn, table: Table) -> str:
    session = turn.session
    match session.stage:
        case "confirm" | "offer_two":
            topics = " or ".join(_about(table, each) for each in session.candidates)
            return f"the question whether it is about {topics}"
        case "keys":
            return "the keypad menu"
        case "district" | "district_keys":
            return "the question which district"
        case "request":
            return "the question what it is about"
        case "anything_else":
            return "the question whether there is anything else"
        case "mobile":
            return "the question for a mobile number"
        case "line_failed":
            return "the offer of another line"
        case "follow_up" | "follow_up_keys":
            return f"the question that goes with {_about(table, session.intent or '')}"
    return "what was offered before"


def _options(turn: Turn) -> tuple[str, ...]:
    """What a question offers. After an answer or at a closed line, what else is offered does not make it another."""
    asked = turn.session.asked
    if not isinstance(asked, Ask) or turn.session.stage in _OFFERS:
        return ()
    return tuple(each.id for each in asked.expecting.options)


def _about(table: Table, intent: str) -> str:
    route = table.intents.get(intent)
    return route.about if route is not None else intent or "something else"
