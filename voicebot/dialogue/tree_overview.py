"""One line for each intent: what a caller comes to who is understood at once. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voicebot.dialogue.actions import Transfer
from voicebot.dialogue.tree import first_turn
from voicebot.dialogue.tree_nodes import prompts_of
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import team
from voicebot.routing.hours import line_open
from voicebot.routing.table import Kind, Table

_ACTS = {
    "answer": "reads the answer",
    "signpost": "says whose it is",
    "closed": "closed message",
    "ask": "asks a question",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`team` and `open` are those of the intent's own line (both None where that is the caller's district's); `then` is
    what the bot does first. `seconds` is the length of all that is said before the caller can answer, or is put
    through. `file` and `line` are where the intent stands, `owner` whose file that is."""

    intent: str
    about: str
    kind: Kind
    queue: str | None
    team: str | None
    open: bool | None
    then: str
    seconds: float
    file: str
    line: int
    owner: str | None

    @property
    def at(self) -> str:
        return f"{self.file}:{self.line}"


def overview(table: Table, now: datetime) -> tuple[Entry, ...]:
    """An entry for each intent, in the order of the files. `now` is aware."""
    entries = [_entry(table, name, now) for name in table.intents]
    files = list(dict.fromkeys(each.file for each in entries))
    return tuple(sorted(entries, key=lambda each: (files.index(each.file), each.line)))


def _entry(table: Table, intent: str, now: datetime) -> Entry:
    route = table.intents[intent]
    where = table.where(f"intents.{intent}")
    turn = first_turn(table, intent, now)
    queue = route.to if route.to in table.queues else None
    return Entry(
        intent=intent,
        about=route.about,
        kind=route.kind,
        queue=queue,
        team=team(table, queue) if queue else None,
        open=line_open(table, queue, now) if queue else None,
        then=_then(table, turn),
        seconds=sum(each.seconds for each in prompts_of(turn.actions)),
        file=where.file,
        line=where.line,
        owner=table.owner(f"intents.{intent}"),
    )


def _then(table: Table, turn: Turn) -> str:
    rung = next((each for each in turn.actions if isinstance(each, Transfer)), None)
    if rung is not None:
        return f"rings {team(table, rung.queue)}"
    return _ACTS.get(turn.decision.action or "", "asks a question")
