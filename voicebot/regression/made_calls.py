"""Fills a database with calls that nobody made: rung through the real engine, stored as the bot stores them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from voicebot.dialogue.actions import Ask
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallStarted, Event, Heard, NothingHeard
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.ports import TurnRecord
from voicebot.records import record
from voicebot.routing.table import Table
from voicebot.storage.database import writing
from voicebot.storage.schema import calls, turns

MOST_TURNS = 6
"""After so many answers a made caller hangs up."""

_BATCH = 500
_SECONDS = 8
"""Between two turns."""


def make_calls(
    engine: Engine, table: Table, said: Sequence[Heard], count: int, until: datetime, days: float = 7.0
) -> None:
    """Store `count` calls that rang in the `days` before `until` (aware), evenly spread. Each begins with one of
    `said`, in turn; questions are answered yes or no, or not at all, by the luck of a fixed seed."""
    luck = random.Random(20261101)
    apart = timedelta(days=days) / (count + 1)
    for start in range(0, count, _BATCH):
        rows: list[dict[str, Any]] = []
        rung: list[dict[str, Any]] = []
        for number in range(start, min(start + _BATCH, count)):
            call, its_turns = _call(
                table, f"CA{number:032x}", said[number % len(said)], until - apart * (number + 1), luck
            )
            rung.append(call)
            rows += its_turns
        with writing(engine) as connection:
            connection.execute(calls.insert(), rung)
            connection.execute(turns.insert(), rows)


def _call(
    table: Table, call_id: str, first: Heard, at: datetime, luck: random.Random
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    began = Session(call_id, table.hash, "m" * 12, "mobile")
    turn = take_turn(began, CallStarted("mobile"), table=table, now=at)
    rows = [_row(call_id, 0, at, record(turn, CallStarted("mobile"), {}))]
    event: Event | None = first
    while event is not None and len(rows) <= MOST_TURNS:
        now = at + timedelta(seconds=_SECONDS * len(rows))
        turn = take_turn(turn.session, event, table=table, now=now)
        rows.append(_row(call_id, len(rows), now, record(turn, event, {})))
        event = next(_answers(turn, luck), None)
    session = turn.session
    call = {"call_id": call_id, "provider": "twilio", "started": at, "ended": at + timedelta(minutes=2)}
    state = {"outcome": session.outcome or "abandoned", "intent": session.intent, "queue": session.queue}
    kept = {"caller": "mobile", "turn": len(rows), "restricted": session.restricted}
    return {**call, **state, **kept, "model": session.model, "table_hash": session.table}, rows


def _row(call_id: str, number: int, at: datetime, kept: TurnRecord) -> dict[str, Any]:
    row = {name: getattr(kept, name) for name in TurnRecord.__dataclass_fields__}
    done = {"call_id": call_id, "number": number, "status": "done", "posted": at, "done": at}
    return {**row, **done, "ranked": [list(each) for each in kept.ranked], "seconds": {}}


def _answers(turn: Turn, luck: random.Random) -> Iterator[Event]:
    """What she does next; nothing where she hangs up, or a line is rung."""
    asked = turn.session.asked
    if turn.session.stage in ("ended", "transferring") or not isinstance(asked, Ask):
        return
    if asked.expecting.kind == "yes_no":
        choice = luck.choice(("yes", "no"))
        yield Heard(f"{choice} please", (), choice, 0.97)
    elif luck.random() < 0.4:
        yield NothingHeard()
