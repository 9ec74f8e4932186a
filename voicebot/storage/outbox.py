"""Text messages, each sent once.

    waiting ──take──▶ sending ──▶ sent | failed | uncertain
       ▲────── again ─────┘

`again` is for a text that surely was not sent, as when the provider could not be reached.

A worker that dies between taking a text and telling the result may have sent it or not: nobody can know. Such a text
becomes `uncertain` when its lease is out. It is alarmed, and never sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, or_, select, update

from voicebot.errors import StorageError
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import texts
from voicebot.storage.sealing import Sealer
from voicebot.storage.work import ERROR_LENGTH, LONGEST_WAIT, take, wait_after

LEASE = timedelta(seconds=60)
"""Longer than any deadline of the provider's API, so that a slow answer is not taken for a dead worker."""

TRIES = 9
"""After two hours of trying (`work.wait_after`) a text is given up: by then she rang again, or found out otherwise."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text taken to be sent. `to` is E.164; `attempts` failed before; `token` proves the lease."""

    id: int
    call_id: str
    to: str
    body: str
    attempts: int
    token: str


@dataclass(frozen=True, slots=True)
class TextState:
    """How a text stands, without its number."""

    id: int
    call_id: str
    turn: int
    status: str
    created: datetime
    provider_id: str | None
    provider_status: str | None
    error: str


class Outbox:
    """Every method raises `StorageError`."""

    def __init__(
        self, engine: Engine, sealer: Sealer, clock: Callable[[], datetime], *, lease: timedelta = LEASE
    ) -> None:
        self._engine = engine
        self._sealer = sealer
        self._clock = clock
        self._lease = lease

    def take(self) -> Text | None:
        """The oldest text that is due, now `sending`; None where none is. One whose number cannot be read raises
        `StorageError` and then waits for an hour, so that it does not stand in the way of the others."""
        now = self._clock()
        due = and_(texts.c.status == "waiting", or_(texts.c.next_attempt.is_(None), texts.c.next_attempt <= now))
        with writing(self._engine) as connection:
            row = take(connection, texts, due, now, self._lease, status="sending")
            if row is None:
                return None
            try:
                to = self._sealer.unseal(row.to_sealed)
            except StorageError as error:
                failure = error
                _put_off(connection, row.id, row.token, error.message, next_attempt=now + LONGEST_WAIT)
            else:
                return Text(row.id, row.call_id, to, row.body, row.attempts, row.token)
        raise failure

    def sent(self, text: Text, provider_id: str, provider_status: str = "") -> None:
        """The provider accepted it. Also heard from a worker that was thought dead: it knows best."""
        self._settle(text, status="sent", provider_id=provider_id, provider_status=provider_status, error="")

    def failed(self, text: Text, error: str) -> None:
        """The provider refused it: nothing was sent, and nothing will be. `error` holds no number."""
        self._settle(text, status="failed", error=error[:ERROR_LENGTH])

    def uncertain(self, text: Text, error: str) -> None:
        """No answer came, so it may have been sent: it is not sent again."""
        self._settle(text, status="uncertain", error=error[:ERROR_LENGTH])

    def again(self, text: Text, error: str) -> bool:
        """Nothing was sent: it waits for its next try. False where that was the last one, or where it was thought lost
        meanwhile and its number wiped: then it has failed."""
        tries = text.attempts + 1
        if tries < TRIES:
            when = self._clock() + wait_after(tries)
            with writing(self._engine) as connection:
                if _put_off(connection, text.id, text.token, error, next_attempt=when, attempts=tries):
                    return True
        self.failed(text, error)
        return False

    def _settle(self, text: Text, **values: Any) -> None:
        mine = (texts.c.id == text.id, texts.c.token == text.token, texts.c.status.in_(("sending", "uncertain")))
        with writing(self._engine) as connection:
            connection.execute(update(texts).where(*mine).values(to_sealed=None, lease_until=None, **values))

    def reported(self, provider_id: str, provider_status: str) -> bool:
        """The provider's status callback, such as `delivered`. False where no text has that id."""
        with writing(self._engine) as connection:
            found = connection.execute(
                update(texts).where(texts.c.provider_id == provider_id).values(provider_status=provider_status)
            )
        return found.rowcount > 0

    def sweep(self) -> tuple[TextState, ...]:
        """Texts whose sender died, `uncertain` from now on, for the alarm: each comes back from one sweep only."""
        lost = (texts.c.status == "sending", texts.c.lease_until <= self._clock())
        values = {"status": "uncertain", "to_sealed": None, "error": "the sender stopped before it told the result"}
        with writing(self._engine) as connection:
            rows = connection.execute(update(texts).where(*lost).values(values).returning(texts)).all()
        return tuple(_state(row) for row in rows)

    def list(self, status: str | None = None, *, limit: int = 100) -> tuple[TextState, ...]:
        """Newest first."""
        query = select(texts).order_by(texts.c.id.desc()).limit(limit)
        if status is not None:
            query = query.where(texts.c.status == status)
        with reading(self._engine) as connection:
            return tuple(_state(row) for row in connection.execute(query))


def _put_off(connection: Connection, text_id: int, token: str, error: str, **values: Any) -> bool:
    held = (texts.c.id == text_id, texts.c.token == token, texts.c.status == "sending")
    free = {"status": "waiting", "token": None, "lease_until": None, "error": error[:ERROR_LENGTH]}
    return connection.execute(update(texts).where(*held).values(**free, **values)).rowcount == 1


def _state(row: Any) -> TextState:
    return TextState(
        row.id, row.call_id, row.turn, row.status, row.created, row.provider_id, row.provider_status, row.error
    )
