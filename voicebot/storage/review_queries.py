"""Utterances of stored calls that are worth a person's look, and the marks of those that have had one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, exists, literal, select, tuple_

from voicebot.storage.calls import insert_into
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import calls, reviewed, turns
from voicebot.storage.signs import RANG_AGAIN, Judged, Kind, Sign, TurnSeen, judge_call

MOST_CALLS = 20_000
"""Calls looked at, newest first: a busy week of a large council, and a few seconds. Of more, it is told."""

Tell = Callable[[str], None]

_BATCH = 500
"""Calls whose turns are read at once, so that no statement comes near its time limit."""

_WORDS = turns.c.heard != ""
"""Of a turn whose words are still there; see `voicebot.storage.retention`."""

Place = tuple[str, int]
"""An utterance by its call's id and the number of its turn."""


@dataclass(frozen=True, slots=True)
class Reviewable:
    """An utterance as it was stored, redacted. `when` is in UTC; `ranked` holds at most five intents, best first, each
    with its confidence (0 to 1). `signs` and `came_to`: see `voicebot.storage.signs`. `turned_down`: the intents that
    she was offered and did not want, save one that she came to after all."""

    call_id: str
    turn: int
    when: datetime
    heard: str
    kind: Kind
    decision: str
    intent: str | None
    confidence: float | None
    ranked: tuple[tuple[str, float], ...]
    signs: tuple[Sign, ...]
    came_to: str | None
    turned_down: frozenset[str]

    @property
    def place(self) -> Place:
        return self.call_id, self.turn


def to_review(engine: Engine, since: datetime, tell: Tell = lambda line: None) -> list[Reviewable]:
    """Every request since then that nobody has reviewed yet, newest call first, of the newest `MOST_CALLS` calls;
    `tell` is told where there are more. Raises `StorageError`.

    A call that turned out urgent is left out whole, also what she said before it did: its words belong to nobody."""
    found: list[Reviewable] = []
    with reading(engine) as connection:
        columns = (calls.c.call_id, calls.c.started, calls.c.ended, calls.c.caller_hash, calls.c.intent)
        query = select(*columns).where(calls.c.started >= since, calls.c.restricted.is_(False))
        rows = connection.execute(query.order_by(calls.c.started.desc(), calls.c.call_id).limit(MOST_CALLS + 1)).all()
    if len(rows) > MOST_CALLS:
        rows = rows[:MOST_CALLS]
        tell(f"Only the newest {MOST_CALLS:,} calls are looked at, back to {rows[-1].started:%Y-%m-%d %H:%M} UTC")
    again = _rang_again(rows)
    for start in range(0, len(rows), _BATCH):
        ids = [row.call_id for row in rows[start : start + _BATCH]]
        with reading(engine) as connection:
            of_call = _turns(connection, ids)
            done = _marked(connection, reviewed.c.call_id.in_(ids))
        for call_id in ids:
            for each in judge_call(of_call[call_id], again.get(call_id)):
                if (call_id, each.turn.number) not in done:
                    found.append(_reviewable(call_id, each))
    return found


def _rang_again(rows: Sequence[Any]) -> dict[str, str]:
    """For each call, the intent of the next one from the same number, where that came soon and both had one. Whoever
    withholds her number is nobody's caller twice; a switchboard that many ring through may give a false sign."""
    by_caller: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.caller_hash and row.intent:
            by_caller[row.caller_hash].append(row)
    found: dict[str, str] = {}
    for theirs in by_caller.values():
        theirs.sort(key=lambda row: row.started)
        for first, second in pairwise(theirs):
            if second.started - (first.ended or first.started) <= RANG_AGAIN:
                found[first.call_id] = second.intent
    return found


def _turns(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[TurnSeen]]:
    names = ("posted", "done", "event", "heard", "intent", "confidence", "ranked", "decision", "rule")
    wanted = select(turns.c.call_id, turns.c.number, *(turns.c[name] for name in names))
    query = wanted.where(turns.c.call_id.in_(ids), turns.c.status == "done").order_by(turns.c.call_id, turns.c.number)
    found: defaultdict[str, list[TurnSeen]] = defaultdict(list)
    for row in connection.execute(query):
        ranked = tuple((str(intent), float(confidence)) for intent, confidence in row.ranked)
        values = {name: getattr(row, name) for name in names} | {"ranked": ranked, "done": row.done or row.posted}
        found[row.call_id].append(TurnSeen(number=row.number, **values))
    return found


def _reviewable(call_id: str, each: Judged) -> Reviewable:
    turn = each.turn
    said = turn.posted, turn.heard, each.kind, turn.decision, turn.intent, turn.confidence, turn.ranked
    offered = {name for name in each.offered if name} if "turned_down" in each.signs else set()
    return Reviewable(call_id, turn.number, *said, tuple(each.signs), each.came_to, frozenset(offered - {each.came_to}))


def marked(engine: Engine, places: Iterable[Place]) -> frozenset[Place]:
    """Those of `places` that have been reviewed by now. Raises `StorageError`."""
    with reading(engine) as connection:
        at = tuple_(reviewed.c.call_id, reviewed.c.turn)
        return frozenset().union(*(_marked(connection, at.in_(part)) for part in _parts(places)))


def still_stored(engine: Engine, places: Iterable[Place]) -> frozenset[Place]:
    """Those of `places` whose words are stored to this day: not erased, and not kept long enough. Raises
    `StorageError`."""
    at = tuple_(turns.c.call_id, turns.c.number)
    with reading(engine) as connection:
        queries = (select(turns.c.call_id, turns.c.number).where(at.in_(part), _WORDS) for part in _parts(places))
        return frozenset((row.call_id, row.number) for query in queries for row in connection.execute(query))


def _parts(places: Iterable[Place]) -> Iterable[list[Place]]:
    wanted = list(places)
    return (wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH))


def _marked(connection: Connection, which: Any) -> frozenset[Place]:
    rows = connection.execute(select(reviewed.c.call_id, reviewed.c.turn).where(which))
    return frozenset((row.call_id, row.turn) for row in rows)


def reviewed_words(engine: Engine) -> frozenset[str]:
    """The words of all that was reviewed and is still stored: heard again, they need no second look. Raises
    `StorageError`."""
    of_turn = and_(turns.c.call_id == reviewed.c.call_id, turns.c.number == reviewed.c.turn)
    with reading(engine) as connection:
        return frozenset(connection.execute(select(turns.c.heard).join(reviewed, of_turn)).scalars())


def mark(engine: Engine, labels: Iterable[tuple[Place, str]], who: str, now: datetime) -> int:
    """Remember that utterances were reviewed, so that they don't come again. `labels`: each place with its intent or
    `skip`. How many of them are new: what another has marked stays as it is, and what has no words any more needs
    no mark. Raises `StorageError`."""
    count = 0
    with writing(engine) as connection:
        for (call_id, turn), label in sorted(labels):  # in one order, so that two reviewers never wait for each other
            row = {"call_id": call_id, "turn": turn, "label": label, "at": now, "who": who}
            there = exists().where(turns.c.call_id == call_id, turns.c.number == turn, _WORDS)
            source = select(*(literal(value, reviewed.c[name].type) for name, value in row.items())).where(there)
            insert = insert_into(connection, reviewed).from_select(list(row), source).on_conflict_do_nothing()
            count += len(connection.execute(insert.returning(reviewed.c.turn)).all())
    return count


def unmark(engine: Engine, labels: Iterable[tuple[Place, str]], who: str) -> None:
    """Take back what `mark` did for `who`; what another has marked stays. Raises `StorageError`."""
    at = tuple_(reviewed.c.call_id, reviewed.c.turn, reviewed.c.label)
    wanted = sorted((*place, label) for place, label in labels)
    with writing(engine) as connection:
        connection.execute(delete(reviewed).where(reviewed.c.who == who, at.in_(wanted)))
