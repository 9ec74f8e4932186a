"""The time as single calls live it: a recorded call can ring on 24 December at 12:30, beside calls of other dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

from voicebot.storage.calls import insert_into
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import clocks

LONGEST = timedelta(days=1)
"""No recorded call is talked about for longer; older clocks are forgotten when a new one is set."""


class CallClocks:
    """A `voicebot.ports.Clock`. A call that no clock was set for has the real time, which `clock` tells (aware)."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def ring_at(self, call_id: str, at: datetime) -> None:
        """From now on it is `at` (aware) for this call, and its time passes as ours does. Raises `StorageError`."""
        now = self._clock()
        row = {"call_id": call_id, "at": at, "set_at": now}
        with writing(self._engine) as connection:
            connection.execute(delete(clocks).where(clocks.c.set_at < now - LONGEST))
            connection.execute(insert_into(connection, clocks).values(row).on_conflict_do_nothing())

    def now(self, call_id: str) -> datetime:
        with reading(self._engine) as connection:
            row = connection.execute(select(clocks).where(clocks.c.call_id == call_id)).first()
        real = self._clock()
        return real if row is None else row.at + (real - row.set_at)
