"""Stored calls, turn by turn, for those who go through them once more: the blast radius of an edit, and `why`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Engine, func, select

from voicebot.dialogue.events import CallerKind
from voicebot.storage.database import reading
from voicebot.storage.schema import calls, turns

_BATCH = 500
"""Calls whose turns are read at once, so that no statement comes near its time limit and few are held in memory."""

_TURN = ("event", "heard", "intent", "confidence", "decision", "rule", "at", "prompt", "model")

MOST_ALIKE = 5
"""Calls that are named where the beginning of an id fits several."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A finished turn. `seconds` after the call rang, in real time. `heard` is redacted: "" where nothing was said, or
    where the words have been wiped since. `ranked` holds at most five intents, best first."""

    number: int
    seconds: float
    ranked: tuple[tuple[str, float], ...]
    event: str
    heard: str
    intent: str | None
    confidence: float | None
    decision: str
    rule: str
    at: str
    prompt: str
    model: str


@dataclass(frozen=True, slots=True)
class StoredCall:
    """`started`: when it rang by its own clock, in UTC. `table` and `model` are hashes of what it began with."""

    call_id: str
    started: datetime
    caller: CallerKind
    table: str
    model: str
    outcome: str | None
    restricted: bool
    turns: tuple[StoredTurn, ...]


def count_calls(engine: Engine, since: datetime) -> int:
    """How many rang at `since` or later. Raises `StorageError`."""
    with reading(engine) as connection:
        found = select(func.count()).select_from(calls).where(calls.c.started >= since)
        return int(connection.execute(found).scalar_one())


def read_calls(engine: Engine, since: datetime) -> Iterator[StoredCall]:
    """Every call that rang at `since` or later, newest first, read as they are asked for. Raises `StorageError`."""
    with reading(engine) as connection:
        newest = select(calls.c.call_id).where(calls.c.started >= since)
        ids = connection.execute(newest.order_by(calls.c.started.desc(), calls.c.call_id)).scalars().all()
    for start in range(0, len(ids), _BATCH):
        with reading(engine) as connection:
            found = _read(connection, ids[start : start + _BATCH])
        yield from found


def read_call(engine: Engine, call_id: str) -> StoredCall | None:
    """One call; None where it is not stored. Raises `StorageError`."""
    with reading(engine) as connection:
        return next(iter(_read(connection, [call_id])), None)


def calls_that_begin(engine: Engine, beginning: str) -> tuple[str, ...]:
    """The ids that begin so, at most `MOST_ALIKE`, in order. Raises `StorageError`."""
    with reading(engine) as connection:
        query = select(calls.c.call_id).where(calls.c.call_id.startswith(beginning, autoescape=True))
        return tuple(connection.execute(query.order_by(calls.c.call_id).limit(MOST_ALIKE)).scalars())


def _read(connection: Connection, ids: Sequence[str]) -> list[StoredCall]:
    rows = {row.call_id: row for row in connection.execute(select(calls).where(calls.c.call_id.in_(ids)))}
    of_call = _turns(connection, ids)
    # one that was erased a moment ago is left out
    return [_call(rows[each], of_call[each]) for each in ids if each in rows]


def _call(row: Any, found: Sequence[Any]) -> StoredCall:
    rang = found[0].posted if found else row.started
    return StoredCall(
        call_id=row.call_id,
        started=row.started,
        caller=cast(CallerKind, row.caller),
        table=row.table_hash,
        model=row.model,
        outcome=row.outcome,
        restricted=row.restricted,
        turns=tuple(_turn(each, rang) for each in found),
    )


def _turns(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[Any]]:
    columns = (turns.c[name] for name in ("call_id", "number", "posted", "ranked", *_TURN))
    done = select(*columns).where(turns.c.call_id.in_(ids), turns.c.status == "done")
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(done.order_by(turns.c.call_id, turns.c.number)):
        found[row.call_id].append(row)
    return found


def _turn(row: Any, rang: datetime) -> StoredTurn:
    ranked = tuple((str(intent), float(confidence)) for intent, confidence in row.ranked)
    seconds = max(0.0, (row.posted - rang).total_seconds())
    return StoredTurn(row.number, seconds, ranked, **{name: getattr(row, name) for name in _TURN})
