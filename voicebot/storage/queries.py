"""What is asked about calls afterwards: the list, one call in full, and the figures for metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from voicebot.storage.database import reading
from voicebot.storage.schema import calls, messages, recordings, texts, turns

PARTS = ("fetch", "transcribe", "understand", "total")


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures for metrics. Ages are seconds, 0 where there is none. `texts` counts those not sent, by status."""

    undelivered_messages: int
    oldest_undelivered_age: float
    texts: dict[str, int]
    oldest_waiting_text_age: float
    recordings_to_delete: int
    calls_under_way: int


def list_calls(
    engine: Engine, *, limit: int = 50, since: datetime | None = None, outcome: str | None = None
) -> list[dict[str, Any]]:
    """Newest first; each as `show_call` has it, but `turns` is their number. Raises `StorageError`."""
    number = select(func.count()).where(turns.c.call_id == calls.c.call_id, turns.c.status == "done").scalar_subquery()
    query = select(calls, number.label("turns")).order_by(calls.c.started.desc(), calls.c.call_id).limit(limit)
    if since is not None:
        query = query.where(calls.c.started >= since)
    if outcome is not None:
        query = query.where(calls.c.outcome == outcome)
    with reading(engine) as connection:
        return [{**_call(row), "turns": row.turns} for row in connection.execute(query)]


def show_call(engine: Engine, call_id: str) -> dict[str, Any] | None:
    """One call with its finished turns, ready for JSON; None where it is unknown. Times are ISO 8601 in UTC, durations
    seconds (0.0 for a part that had no work in that turn). Raises `StorageError`."""
    with reading(engine) as connection:
        call = connection.execute(select(calls).where(calls.c.call_id == call_id)).first()
        done = select(turns).where(turns.c.call_id == call_id, turns.c.status == "done").order_by(turns.c.number)
        rows = connection.execute(done).all()
    return None if call is None else {**_call(call), "turns": [_turn(row) for row in rows]}


def prompts_of(engine: Engine, call_id: str) -> tuple[str, ...]:
    """What the bot has said in a call so far, turn by turn, oldest first. Raises `StorageError`."""
    this = turns.c.call_id == call_id, turns.c.status == "done"
    with reading(engine) as connection:
        return tuple(connection.execute(select(turns.c.prompt).where(*this).order_by(turns.c.number)).scalars())


def texts_of(engine: Engine, call_id: str) -> tuple[str, ...]:
    """What was to be sent to the caller, as long as it is kept, oldest first. Raises `StorageError`."""
    query = select(texts.c.body).where(texts.c.call_id == call_id).order_by(texts.c.id)
    with reading(engine) as connection:
        return tuple(connection.execute(query).scalars())


def _call(row: Any) -> dict[str, Any]:
    return {
        "call_id": row.call_id,
        "provider": row.provider,
        "started": row.started.isoformat(),
        "ended": row.ended.isoformat() if row.ended else None,
        "outcome": row.outcome,
        "intent": row.intent,
        "queue": row.queue,
        "caller": row.caller,
        "restricted": row.restricted,
        "table": row.table_hash,
        "model": row.model,
    }


def _turn(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "prompt": row.prompt,
        "event": row.event,
        "heard": row.heard,
        "intent": row.intent,
        "confidence": row.confidence,
        "ranked": [{"intent": intent, "confidence": confidence} for intent, confidence in row.ranked],
        "decision": row.decision,
        "rule": row.rule,
        "at": row.at,
        "seconds": {**dict.fromkeys(PARTS, 0.0), **row.seconds},
        "model": row.model,
        "note": row.note,
    }


def summary(engine: Engine, now: datetime) -> Summary:
    """Raises `StorageError`."""
    with reading(engine) as connection:
        waiting = select(func.count(), func.min(messages.c.left)).where(messages.c.status != "delivered")
        undelivered, oldest = connection.execute(waiting).one()
        by_status = select(texts.c.status, func.count()).where(texts.c.status != "sent").group_by(texts.c.status)
        backlog: dict[str, int] = dict(connection.execute(by_status).tuples().all())
        first = connection.execute(select(func.min(texts.c.created)).where(texts.c.status == "waiting")).scalar()
        to_delete = connection.execute(select(func.count()).select_from(recordings)).scalar_one()
        live = connection.execute(select(func.count()).select_from(calls).where(calls.c.ended.is_(None))).scalar_one()
    states = dict.fromkeys(("waiting", "sending", "failed", "uncertain"), 0)
    return Summary(undelivered, _age(oldest, now), {**states, **backlog}, _age(first, now), to_delete, live)


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
