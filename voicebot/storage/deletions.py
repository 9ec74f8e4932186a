"""Recordings that must be deleted at the provider: tried again until each has gone, and its row with it.

The recording of a message stays until the message is delivered and needs it no more, whatever its row says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, exists, func, select

from voicebot.storage.database import reading, writing
from voicebot.storage.schema import messages, recordings
from voicebot.storage.work import is_free, postpone, take

LEASE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Deletion:
    """A recording to be deleted now, at `url`."""

    id: int
    url: str
    attempts: int
    token: str


class Deletions:
    """Every method raises `StorageError`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], *, lease: timedelta = LEASE) -> None:
        self._engine = engine
        self._clock = clock
        self._lease = lease

    def take(self) -> Deletion | None:
        now = self._clock()
        due = and_(recordings.c.next_attempt <= now, is_free(recordings, now), ~_needed())
        with writing(self._engine) as connection:
            row = take(connection, recordings, due, now, self._lease)
        return None if row is None else Deletion(row.id, row.url, row.attempts, row.token)

    def done(self, deletion: Deletion) -> None:
        """The recording has gone, and with it our only trace of where it was."""
        with writing(self._engine) as connection:
            connection.execute(delete(recordings).where(recordings.c.id == deletion.id))

    def failed(self, deletion: Deletion, error: str) -> None:
        """Try again later (`work.wait_after`)."""
        with writing(self._engine) as connection:
            postpone(connection, recordings, deletion.id, deletion.token, deletion.attempts, error, self._clock())

    def overdue(self, older_than: timedelta) -> int:
        """Recordings that should have been deleted so long ago and have been tried, for the alarm."""
        late = and_(recordings.c.attempts > 0, recordings.c.created <= self._clock() - older_than)
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(recordings).where(late)).scalar_one()


def _needed() -> ColumnElement[bool]:
    """A message forgets the URL of its recording as soon as it does without."""
    return exists().where(messages.c.recording == recordings.c.url)


def still_kept(engine: Engine, call_id: str) -> tuple[str, ...]:
    """The recordings of a call that have not been deleted at the provider yet, in the order in which they were made.
    Raises `StorageError`."""
    query = select(recordings.c.url).where(recordings.c.call_id == call_id).order_by(recordings.c.id)
    with reading(engine) as connection:
        return tuple(connection.execute(query).scalars())
