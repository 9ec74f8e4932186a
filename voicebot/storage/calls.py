"""Calls and turns in the database: `SqlCallStore` keeps `voicebot.ports.CallStore`. See docs/decisions/0003."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, exists, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from voicebot.dialogue.session import Session, dump_session, load_session
from voicebot.errors import ClaimLostError, StorageError
from voicebot.ports import (
    Answer,
    Arrival,
    Claim,
    NewMessage,
    OutgoingText,
    Pending,
    TurnInput,
    TurnRecord,
)
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import CALL_ID_LENGTH, calls, messages, recordings, texts, turns
from voicebot.storage.sealing import Sealer
from voicebot.storage.stored import dump_answer, dump_input, load_answer, load_input

TOKEN_BYTES = 16

ORPHANED = timedelta(days=1)
"""A recording that no turn has asked for is deleted after so long: by then a message left has long been transcribed."""


class SqlCallStore:
    """`clock` tells the real time, aware, and alone decides leases (a call's own clock may stand on another date).

    `lease` is how long a claim holds, `keep_audio` how long a recording stays at the provider once it was heard.
    """

    def __init__(
        self,
        engine: Engine,
        sealer: Sealer,
        clock: Callable[[], datetime],
        *,
        lease: timedelta,
        keep_audio: timedelta = timedelta(0),
    ) -> None:
        self._engine = engine
        self._sealer = sealer
        self._clock = clock
        self._lease = lease
        self._keep_audio = keep_audio

    def begin(self, arrival: Arrival, session: Session, answer: Answer, record: TurnRecord, now: datetime) -> Answer:
        if len(arrival.call_id) > CALL_ID_LENGTH:
            raise StorageError(f"a call id of {len(arrival.call_id)} characters; at most {CALL_ID_LENGTH} are stored")
        number = arrival.number
        row = {
            "call_id": arrival.call_id,
            "provider": arrival.provider,
            "started": now,
            "caller": arrival.caller,
            "caller_hash": self._sealer.hash(number) if number else None,
            "caller_sealed": self._sealer.seal(number) if number else None,
            **_state(session),
        }
        with writing(self._engine) as connection:
            insert = insert_into(connection, calls).values(row).on_conflict_do_nothing()
            if connection.execute(insert.returning(calls.c.call_id)).first() is None:
                return _done(connection, arrival.call_id, 0) or answer
            moment = self._clock()
            turn = {"call_id": arrival.call_id, "number": 0, "status": "done", "posted": moment, "done": moment}
            connection.execute(turns.insert().values(**turn, answer=dump_answer(answer), **_columns(record)))
        return answer

    def claim(self, call_id: str, number: int, given: TurnInput | None) -> Claim | Answer | Pending | None:
        now = self._clock()
        token = secrets.token_hex(TOKEN_BYTES)
        lease = {"token": token, "lease_until": now + self._lease}
        if given is None:
            # a poll looks before it writes: SQLite has one writer, and hundreds of callers may be on hold
            with reading(self._engine) as connection:
                if connection.execute(select(turns.c.number).where(_free(call_id, number, now))).first() is None:
                    there = calls.c.call_id == call_id, calls.c.session.is_not(None)
                    turn = connection.execute(select(calls.c.turn).where(*there)).scalar()
                    return None if turn is None else _standing(connection, call_id, number, turn, now)
        with writing(self._engine) as connection:
            if given is None:
                won = connection.execute(_take_over(call_id, number, now, lease)).first()
            else:
                won = connection.execute(_post(connection, call_id, number, given, now, lease)).first()
            call = connection.execute(select(calls.c.turn, calls.c.session).where(calls.c.call_id == call_id)).first()
            if call is None or call.session is None:
                return None
            if won is None:
                return _standing(connection, call_id, number, call.turn, now)
            age = (now - won.posted).total_seconds()
            return Claim(call_id, number, token, load_session(call.session), given or load_input(won.input), age)

    def finish(
        self,
        claim: Claim,
        session: Session,
        answer: Answer,
        record: TurnRecord,
        *,
        texts: Sequence[OutgoingText] = (),
        message: NewMessage | None = None,
        recordings: Sequence[str] = (),
    ) -> None:
        now = self._clock()
        done = {"status": "done", "done": now, "token": None, "lease_until": None, "input": None}
        with writing(self._engine) as connection:
            ours = connection.execute(
                update(turns).where(_held(claim)).values(**done, answer=dump_answer(answer), **_columns(record))
            )
            if ours.rowcount != 1:
                raise ClaimLostError(
                    f"turn {claim.number} of call {claim.call_id} is no longer ours; this result is dropped"
                )
            state = _state(session)
            if session.outcome is None:
                del state["outcome"]  # the provider may have told how the call ended while this turn was worked on
            connection.execute(update(calls).where(calls.c.call_id == claim.call_id).values(state))
            for position, text in enumerate(texts):
                self._put_text(connection, claim, position, text, now)
            if message is not None:
                _put_message(connection, claim, message, now)
            # a message left must be transcribed before its recording goes: its own retention sees to that
            for url in recordings:
                if message is None or url != message.recording:
                    delete_later(connection, claim.call_id, url, now, now + self._keep_audio)

    def _put_text(self, connection: Connection, claim: Claim, position: int, text: OutgoingText, now: datetime) -> None:
        row = {"call_id": claim.call_id, "turn": claim.number, "position": position, "body": text.body, "created": now}
        number = {"to_hash": self._sealer.hash(text.to), "to_sealed": self._sealer.seal(text.to)}
        connection.execute(texts.insert().values(**row, **number, status="waiting"))

    def release(self, claim: Claim) -> None:
        """The turn stays posted, with its lease run out: the next post or poll takes it over."""
        with writing(self._engine) as connection:
            connection.execute(update(turns).where(_held(claim)).values(token=None, lease_until=self._clock()))

    def recording_seen(self, call_id: str, url: str) -> None:
        now = self._clock()
        with writing(self._engine) as connection:
            delete_later(connection, call_id, url, now, now + max(ORPHANED, self._keep_audio))

    def current(self, call_id: str) -> tuple[Session, Answer] | None:
        with reading(self._engine) as connection:
            call = connection.execute(select(calls.c.session).where(calls.c.call_id == call_id)).first()
            answer = _done(connection, call_id)
        if call is None or call.session is None or answer is None:
            return None
        return load_session(call.session), answer

    def caller_number(self, call_id: str) -> str | None:
        with reading(self._engine) as connection:
            sealed = connection.execute(select(calls.c.caller_sealed).where(calls.c.call_id == call_id)).scalar()
        return self._sealer.unseal(sealed) if sealed else None

    def end(self, call_id: str, outcome: str | None, now: datetime) -> None:
        over = {
            "ended": func.coalesce(calls.c.ended, literal(now, calls.c.ended.type)),
            "outcome": func.coalesce(calls.c.outcome, outcome),
        }
        with writing(self._engine) as connection:
            connection.execute(update(calls).where(calls.c.call_id == call_id).values(over))


def insert_into(connection: Connection, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy has for each dialect apart."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def delete_later(connection: Connection, call_id: str | None, url: str, now: datetime, when: datetime) -> None:
    """Queue a recording to be deleted at the provider; one that is queued already goes at the earlier time."""
    row = {"call_id": call_id, "url": url, "created": now, "next_attempt": when}
    insert = insert_into(connection, recordings).values(row)
    sooner = recordings.c.next_attempt > insert.excluded.next_attempt
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[recordings.c.url], set_={"next_attempt": insert.excluded.next_attempt}, where=sooner
        )
    )


def _post(
    connection: Connection, call_id: str, number: int, given: TurnInput, now: datetime, lease: dict[str, Any]
) -> Any:
    """One statement: ours if the row was not there or its lease had run out, and only for the call's own turn."""
    row = {"status": "claimed", **lease, "posted": now, "input": dump_input(given)}
    columns = [literal(value, turns.c[name].type) for name, value in row.items()]
    source = select(calls.c.call_id, calls.c.turn, *columns).where(calls.c.call_id == call_id, calls.c.turn == number)
    insert = insert_into(connection, turns).from_select(["call_id", "number", *row], source)
    return insert.on_conflict_do_update(
        index_elements=[turns.c.call_id, turns.c.number],
        set_={**lease, "input": row["input"]},
        where=and_(turns.c.status == "claimed", turns.c.lease_until <= now),
    ).returning(turns.c.input, turns.c.posted)


def _take_over(call_id: str, number: int, now: datetime, lease: dict[str, Any]) -> Any:
    there = exists().where(calls.c.call_id == call_id, calls.c.turn == number)
    mine = update(turns).where(_free(call_id, number, now), there)
    return mine.values(lease).returning(turns.c.input, turns.c.posted)


def _free(call_id: str, number: int, now: datetime) -> Any:
    """A turn that was posted, and whose worker has let its lease run out."""
    this = and_(turns.c.call_id == call_id, turns.c.number == number)
    return and_(this, turns.c.status == "claimed", turns.c.lease_until <= now)


def _standing(connection: Connection, call_id: str, number: int, turn: int, now: datetime) -> Answer | Pending | None:
    """How a turn stands that could not be claimed."""
    if number > turn:
        return None
    if number < turn:
        return _done(connection, call_id, number) or _done(connection, call_id)
    row = connection.execute(
        select(turns.c.posted, turns.c.status).where(turns.c.call_id == call_id, turns.c.number == number)
    ).first()
    if row is None:
        return None
    return _done(connection, call_id, number) or Pending((now - row.posted).total_seconds())


def _done(connection: Connection, call_id: str, number: int | None = None) -> Answer | None:
    """The answer of a turn that is done, or of the last one."""
    done = and_(turns.c.call_id == call_id, turns.c.status == "done", turns.c.answer.is_not(None))
    query = select(turns.c.answer).where(done)
    if number is not None:
        query = query.where(turns.c.number == number)
    row: Row[Any] | None = connection.execute(query.order_by(turns.c.number.desc()).limit(1)).first()
    return None if row is None else load_answer(row.answer)


def _held(claim: Claim) -> Any:
    mine = and_(turns.c.call_id == claim.call_id, turns.c.number == claim.number)
    return and_(mine, turns.c.token == claim.token, turns.c.status == "claimed")


def _state(session: Session) -> dict[str, Any]:
    return {
        "session": dump_session(session),
        "turn": session.turn,
        "intent": session.intent,
        "queue": session.queue,
        "restricted": session.restricted,
        "outcome": session.outcome,
        "model": session.model,
        "table_hash": session.table,
    }


def _columns(record: TurnRecord) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in TurnRecord.__dataclass_fields__}
    return {**row, "ranked": [list(each) for each in record.ranked], "seconds": dict(record.seconds)}


def _put_message(connection: Connection, claim: Claim, message: NewMessage, now: datetime) -> None:
    row = {"call_id": claim.call_id, "turn": claim.number, "queue": message.queue, "recording": message.recording}
    times = {"left": now, "next_attempt": now}
    connection.execute(messages.insert().values(**row, **times, seconds=message.seconds, status="new"))
