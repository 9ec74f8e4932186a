"""Messages that callers left for a queue:  new ──▶ transcribed ──▶ delivered.

A message is delivered at least once: where a worker dies in between, it is tried again, for a message lost is worse
than one that comes twice. Each holds its words sealed, for the team needs them as they were spoken. Its recording is
queued to be deleted once the team has all of its words, else (where nobody could make them out) with the message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, func, select, true, update

from voicebot.errors import ClaimLostError, StorageError
from voicebot.storage.calls import delete_later
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import messages
from voicebot.storage.sealing import Sealer
from voicebot.storage.work import is_free, postpone, take

LEASE = timedelta(minutes=5)
"""A message of three minutes is transcribed and delivered well within it."""


@dataclass(frozen=True, slots=True)
class Message:
    """`words` is None until it is transcribed; `token` is empty unless the message was taken."""

    id: int
    call_id: str
    queue: str
    recording: str
    seconds: float
    status: str
    words: str | None
    left: datetime
    attempts: int
    next_attempt: datetime
    error: str
    delivered: datetime | None
    token: str = ""


class Messages:
    """`keep_audio` is how long a recording stays at the provider once it is needed no more. Every method raises
    `StorageError`."""

    def __init__(
        self,
        engine: Engine,
        sealer: Sealer,
        clock: Callable[[], datetime],
        *,
        lease: timedelta = LEASE,
        keep_audio: timedelta = timedelta(0),
    ) -> None:
        self._engine = engine
        self._sealer = sealer
        self._clock = clock
        self._lease = lease
        self._keep_audio = keep_audio

    def take(self) -> Message | None:
        """The oldest message that is due for its next step; None where none is. One whose words cannot be read raises
        `StorageError` and is tried again later, so that it does not stand in the way of the others."""
        now = self._clock()
        due = and_(messages.c.status != "delivered", messages.c.next_attempt <= now, is_free(messages, now))
        with writing(self._engine) as connection:
            row = take(connection, messages, due, now, self._lease)
            if row is None:
                return None
            try:
                return self._message(row, row.token)
            except StorageError as error:
                failure = error
                postpone(connection, messages, row.id, row.token, row.attempts, error.message, now)
        raise failure

    def transcribed(self, message: Message, words: str) -> Message:
        """Keeps the words; the lease goes on, for delivery. Raises `ClaimLostError` where another worker has it."""
        mine = (messages.c.id == message.id, messages.c.token == message.token)
        values = {"status": "transcribed", "words_sealed": self._sealer.seal(words)}
        with writing(self._engine) as connection:
            row = connection.execute(update(messages).where(*mine).values(values).returning(messages)).first()
            if row is None:
                raise ClaimLostError(f"message {message.id} was taken over; this result is dropped")
            return self._message(row, row.token)

    def delivered(self, message: Message, *, keep_recording: bool = False) -> None:
        """It has reached the queue. Counts whoever holds the lease by now: what is delivered is delivered.
        `keep_recording`: as long as the message is kept, for the words do not tell all of it."""
        now = self._clock()
        values = {"status": "delivered", "delivered": now, "error": "", "token": None, "lease_until": None}
        with writing(self._engine) as connection:
            there = connection.execute(update(messages).where(messages.c.id == message.id).values(values)).rowcount
            if there and message.recording and not keep_recording:
                connection.execute(update(messages).where(messages.c.id == message.id).values(recording=""))
                delete_later(connection, message.call_id, message.recording, now, now + self._keep_audio)

    def put_back(self, message: Message) -> None:
        """Not worked on after all: another worker may take it at once, and it counts as no attempt."""
        mine = (messages.c.id == message.id, messages.c.token == message.token)
        with writing(self._engine) as connection:
            connection.execute(update(messages).where(*mine).values(token=None, lease_until=None))

    def failed(self, message: Message, error: str) -> None:
        """Try again later (`work.wait_after`). `error` holds neither words nor number."""
        with writing(self._engine) as connection:
            postpone(connection, messages, message.id, message.token, message.attempts, error, self._clock())

    def undelivered(self, older_than: timedelta = timedelta(0), *, queue: str | None = None) -> tuple[Message, ...]:
        """Messages left at least so long ago that nobody has, oldest first, for the alarm."""
        old = and_(messages.c.status != "delivered", messages.c.left <= self._clock() - older_than)
        return self._find(and_(old, _for(queue)), messages.c.id, None)

    def list(self, *, limit: int = 100, queue: str | None = None) -> tuple[Message, ...]:
        """Newest first."""
        return self._find(_for(queue), messages.c.id.desc(), limit)

    def show(self, message_id: int) -> Message | None:
        return next(iter(self._find(messages.c.id == message_id, messages.c.id, 1)), None)

    def count(self) -> dict[str, int]:
        """How many there are in each status."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(messages.c.status, func.count()).group_by(messages.c.status))
            return dict(rows.tuples().all())

    def _find(self, wanted: ColumnElement[bool], order: Any, limit: int | None) -> tuple[Message, ...]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(messages).where(wanted).order_by(order).limit(limit)).all()
        return tuple(self._message(row) for row in rows)

    def _message(self, row: Any, token: str = "") -> Message:
        return Message(
            id=row.id,
            call_id=row.call_id,
            queue=row.queue,
            recording=row.recording,
            seconds=row.seconds,
            status=row.status,
            words=self._sealer.unseal(row.words_sealed) if row.words_sealed else None,
            left=row.left,
            attempts=row.attempts,
            next_attempt=row.next_attempt,
            error=row.error,
            delivered=row.delivered,
            token=token,
        )


def _for(queue: str | None) -> ColumnElement[bool]:
    return messages.c.queue == queue if queue else true()
