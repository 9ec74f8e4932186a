"""Keeps each class of data for its own time, and erases what a person asks to be erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, exists, func, or_, select, update

from voicebot.storage.calls import ORPHANED, delete_later
from voicebot.storage.database import foreseen, writing
from voicebot.storage.schema import calls, messages, recordings, reviewed, texts, turns
from voicebot.storage.sealing import Sealer
from voicebot.storage.stored import load_input

LONGEST_CALL = timedelta(days=1)
"""A call whose end the provider never reported counts as over after so long."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Days that each class of data is kept; fractions count, 0 means no longer than it is needed."""

    audio_days: float
    transcript_days: float
    message_days: float
    call_days: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each were wiped or erased; `recordings` were queued to be deleted at the provider."""

    transcripts: int = 0
    calls: int = 0
    turns: int = 0
    messages: int = 0
    texts: int = 0
    recordings: int = 0


def apply(engine: Engine, keep: Keep, now: datetime) -> Counts:
    """Wipe what has been kept long enough. Safe to repeat, and to stop half-way. Raises `StorageError`.

    A call that is under way keeps its words, and a message that nobody has received yet is never thrown away.
    """
    with writing(engine) as connection:
        queued = _hasten_audio(connection, now, now - max(ORPHANED, timedelta(days=keep.audio_days)))
        queued += _abandoned_inputs(connection, now)
        transcripts = _wipe_transcripts(connection, _over(now, keep.transcript_days))
        old = and_(messages.c.status == "delivered", messages.c.delivered <= now - timedelta(days=keep.message_days))
        queued_of_messages, gone = _delete_messages(connection, old, now)
        waiting = exists().where(messages.c.call_id == calls.c.call_id, messages.c.status != "delivered")
        unsent = exists().where(texts.c.call_id == calls.c.call_id, texts.c.status.in_(("waiting", "sending")))
        counts = _delete_calls(connection, and_(_over(now, keep.call_days), ~waiting, ~unsent), now)
    return Counts(
        transcripts=transcripts,
        calls=counts.calls,
        turns=counts.turns,
        messages=gone + counts.messages,
        texts=counts.texts,
        recordings=queued + queued_of_messages + counts.recordings,
    )


def erase(
    engine: Engine,
    now: datetime,
    *,
    call_id: str | None = None,
    number: str | None = None,
    sealer: Sealer | None = None,
) -> Counts:
    """Erase one call, or every call from a number and every text to it (found by the keyed hash of `sealer`).

    Nothing of it is left but the addresses of recordings, until they are deleted at the provider. Raises
    `StorageError`, and `ValueError` unless exactly one of `call_id` and `number` (with a sealer) is given.
    """
    if (call_id is None) == (number is None) or (number is not None and sealer is None):
        raise ValueError("give a call's id, or a number together with the sealer")
    with writing(engine) as connection:
        if number is not None and sealer is not None:
            hash = sealer.hash(number)
            counts = _delete_calls(connection, calls.c.caller_hash == hash, now)
            elsewhere = connection.execute(delete(texts).where(texts.c.to_hash == hash)).rowcount
            counts = Counts(**{**_fields(counts), "texts": counts.texts + elsewhere})
        else:
            counts = _delete_calls(connection, calls.c.call_id == call_id, now)
    _forget_log(engine)
    return counts


def _over(now: datetime, days: float) -> ColumnElement[bool]:
    """Calls that are over and rang at least so many days ago: by the clock on the wall, not by the one that a recorded
    call rings by, whose date may lie months back."""
    first = select(turns.c.posted).where(turns.c.call_id == calls.c.call_id, turns.c.number == 0).scalar_subquery()
    rang = func.coalesce(first, calls.c.started)
    ended = or_(calls.c.ended.is_not(None), rang <= now - LONGEST_CALL)
    return and_(ended, rang <= now - timedelta(days=days))


def _wipe_transcripts(connection: Connection, which: ColumnElement[bool]) -> int:
    """The caller's words stand in the turn, in the session, and in what an advisor was whispered (the answer)."""
    chosen = select(calls.c.call_id).where(which, calls.c.session.is_not(None))
    ids = connection.execute(chosen).scalars().all()
    for some in _batches(ids):
        words = {"heard": "", "note": "", "answer": None, "input": None}
        connection.execute(update(turns).where(turns.c.call_id.in_(some)).values(words))
        connection.execute(delete(reviewed).where(reviewed.c.call_id.in_(some)))  # without words, none comes again
        connection.execute(update(calls).where(calls.c.call_id.in_(some)).values(session=None))
    return len(ids)


def _hasten_audio(connection: Connection, now: datetime, before: datetime) -> int:
    """Recordings queued for later that are older than they may be, as when the setting was lowered. None is younger
    than `ORPHANED`: a recording that the provider has just told of is yet to be heard."""
    late = and_(recordings.c.attempts == 0, recordings.c.created <= before, recordings.c.next_attempt > now)
    return connection.execute(update(recordings).where(late).values(next_attempt=now)).rowcount


def _abandoned_inputs(connection: Connection, now: datetime) -> int:
    """Turns that nobody will ever finish: their recordings still lie at the provider."""
    left = and_(turns.c.status == "claimed", turns.c.posted <= now - LONGEST_CALL, turns.c.input.is_not(None))
    count = _queue_inputs(connection, left, now)
    connection.execute(update(turns).where(left).values(input=None))
    return count


def _queue_inputs(connection: Connection, which: ColumnElement[bool], now: datetime) -> int:
    rows = connection.execute(select(turns.c.call_id, turns.c.input).where(which, turns.c.input.is_not(None))).all()
    inputs = [(row.call_id, load_input(row.input).recording) for row in rows]
    for call_id, url in inputs:
        if url:
            delete_later(connection, call_id, url, now, now)
    return sum(1 for _, url in inputs if url)


def _delete_messages(connection: Connection, which: ColumnElement[bool], now: datetime) -> tuple[int, int]:
    """How many recordings were queued and how many messages are gone."""
    rows = connection.execute(delete(messages).where(which).returning(messages.c.call_id, messages.c.recording)).all()
    queued = [row for row in rows if row.recording]
    for row in queued:
        delete_later(connection, row.call_id, row.recording, now, now)
    return len(queued), len(rows)


def _delete_calls(connection: Connection, which: ColumnElement[bool], now: datetime) -> Counts:
    total = Counts()
    for some in _batches(connection.execute(select(calls.c.call_id).where(which)).scalars().all()):
        total = _sum(total, _delete_batch(connection, some, now))
    return total


def _delete_batch(connection: Connection, ids: list[str], now: datetime) -> Counts:
    # the calls first: a worker that finishes one of their turns waits here, and then finds its claim gone
    connection.execute(select(calls.c.call_id).where(calls.c.call_id.in_(ids)).with_for_update())
    queued, left = _delete_messages(connection, messages.c.call_id.in_(ids), now)
    queued += _queue_inputs(connection, turns.c.call_id.in_(ids), now)
    # also those that were to be kept for some days: the addresses stay until they are deleted, the call's id does not
    due = update(recordings).where(recordings.c.call_id.in_(ids)).values(call_id=None, next_attempt=now)
    hastened = connection.execute(due).rowcount
    sent = connection.execute(delete(texts).where(texts.c.call_id.in_(ids))).rowcount
    connection.execute(delete(reviewed).where(reviewed.c.call_id.in_(ids)))
    taken = connection.execute(delete(turns).where(turns.c.call_id.in_(ids))).rowcount
    rang = connection.execute(delete(calls).where(calls.c.call_id.in_(ids))).rowcount
    return Counts(calls=rang, turns=taken, messages=left, texts=sent, recordings=max(queued, hastened))


def _batches(ids: Any, size: int = 500) -> Iterable[list[str]]:
    """SQLite takes 32,766 parameters in a statement; 500 keep each statement short of its time limit as well."""
    found = list(ids)
    return (found[start : start + size] for start in range(0, len(found), size))


def _forget_log(engine: Engine) -> None:
    """SQLite overwrites what it deletes (secure_delete); only its write-ahead log still holds the old pages."""
    if engine.dialect.name != "sqlite":
        return
    with foreseen(engine), engine.connect() as connection:
        driver = connection.connection.driver_connection  # a checkpoint cannot run inside a transaction
        if driver is not None:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _fields(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in Counts.__dataclass_fields__}


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(**{name: value + getattr(other, name) for name, value in _fields(one).items()})
