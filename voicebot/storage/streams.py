"""Live streams in the database: `SqlStreams` keeps `voicebot.live.streams.Streams`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Engine, func, select, update

from voicebot.dialogue.events import CallerKind
from voicebot.live.streams import Ending, Opened, Standing, Ticket
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import calls, streams

TOKEN_BYTES = 32
GOOD_FOR = timedelta(minutes=15)
"""A token waits while the provider speaks what comes before the stream: the longest answer takes a few minutes."""

TRIES = 2
"""Streams of one call that may fail, or be handed over in vain, before she is recorded for the rest of it."""


class SqlStreams:
    """`clock` tells the real time, aware. Tokens are stored as their SHA-256 alone."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def issue(self, call_id: str, turn: int, *, speak: bool) -> Ticket | None:
        with reading(self._engine) as connection:
            if _failures(connection, call_id) >= TRIES:
                return None
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {"call_id": call_id, "turn": turn, "speak": speak, "token_hash": _hash(token), "issued": self._clock()}
        with writing(self._engine) as connection:
            stream = connection.execute(streams.insert().values(row).returning(streams.c.id)).scalar_one()
        return Ticket(stream, token)

    def open(self, token: str, call_id: str, turn: int) -> Opened | None:
        now = self._clock()
        at_this_turn = select(calls.c.call_id).where(calls.c.call_id == call_id, calls.c.turn == turn).exists()
        use = (
            update(streams)
            .where(
                streams.c.token_hash == _hash(token),
                streams.c.call_id == call_id,
                streams.c.turn == turn,
                streams.c.opened.is_(None),
                streams.c.issued > now - GOOD_FOR,
                at_this_turn,
            )
            .values(opened=now)
            .returning(streams.c.id, streams.c.speak)
        )
        with writing(self._engine) as connection:
            won = connection.execute(use).first()
            if won is None:
                return None
            call = connection.execute(select(calls.c.provider, calls.c.caller).where(calls.c.call_id == call_id)).one()
        return Opened(won.id, turn, won.speak, call.provider, cast(CallerKind, call.caller))

    def close(self, stream: int, ending: Ending, spoken: int | None = None) -> None:
        ended = {"closed": self._clock(), "ending": ending, "spoken_turn": spoken}
        with writing(self._engine) as connection:
            first = streams.c.id == stream, streams.c.ending.is_(None)
            connection.execute(update(streams).where(*first).values(ended))

    def after(self, stream: int, call_id: str) -> Standing | None:
        this = streams.c.id == stream, streams.c.call_id == call_id
        with reading(self._engine) as connection:
            turn = connection.execute(select(calls.c.turn).where(calls.c.call_id == call_id)).scalar()
            columns = streams.c.turn, streams.c.ending, streams.c.spoken_turn
            row: Any = connection.execute(select(*columns).where(*this)).first()
        if turn is None:
            return None
        handed_over = row is not None and row.ending == "handed_over"
        in_vain = handed_over and row.spoken_turn is None and row.turn == turn
        if not handed_over or in_vain:
            with writing(self._engine) as connection:
                connection.execute(update(streams).where(*this).values(failed=True))
        return Standing(turn, row.spoken_turn if handed_over else None, failed=not handed_over)


def _failures(connection: Connection, call_id: str) -> int:
    failed = select(func.count()).select_from(streams).where(streams.c.call_id == call_id, streams.c.failed)
    return int(connection.execute(failed).scalar_one())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
