"""The tables, for SQLite and PostgreSQL alike. Migrations bring a database here; a test holds the two together.

Texts that may hold a caller's words or number are named in `retention.py`, which wipes each class of them in its time.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

CALL_ID_LENGTH = 64
"""Characters. Twilio's ids have 34; what is longer is not an id, and PostgreSQL could not index it for ever."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so it is taken off there and put on again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside. PostgreSQL refuses NUL, and no database takes half a surrogate pair: both are dropped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.encode("utf-8", "ignore").decode().replace("\x00", "")


class CallId(Words):
    impl = String(CALL_ID_LENGTH)  # type: ignore[assignment]
    cache_ok = True


def _status(*allowed: str) -> CheckConstraint:
    return CheckConstraint(f"status IN ({', '.join(repr(each) for each in allowed)})", name="status")


def _call_id(**options: Any) -> Column[str]:
    return Column("call_id", CallId, ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False, **options)


def _lease() -> tuple[Column[Any], ...]:
    """Whoever holds `token` may work on the row until `lease_until`."""
    return Column("token", String(64)), Column("lease_until", Moment)


calls = Table(
    "calls",
    metadata,
    Column("call_id", CallId, primary_key=True),
    Column("provider", Words, nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("outcome", String(32)),
    Column("intent", Words),
    Column("queue", Words),
    Column("caller", String(16), nullable=False),  # how she rang: mobile, landline, withheld, sip
    Column("caller_hash", String(64)),
    Column("caller_sealed", Text),
    Column("session", Words),  # NULL once its words have been wiped: the call cannot go on
    Column("turn", Integer, nullable=False),  # the turn that the next event answers
    Column("restricted", Boolean, nullable=False),
    Column("model", Words, nullable=False),
    Column("table_hash", Words, nullable=False),
    Index(None, "started"),
    Index(None, "caller_hash"),
)

turns = Table(
    "turns",
    metadata,
    _call_id(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    *_lease(),
    Column("posted", Moment, nullable=False),  # first posted
    Column("done", Moment),
    Column("input", Words),  # never keys; NULL once the turn is done
    Column("answer", Words),
    Column("prompt", Words, nullable=False, default=""),
    Column("event", Words, nullable=False, default=""),
    Column("heard", Words, nullable=False, default=""),
    Column("intent", Words),
    Column("confidence", Float),
    Column("ranked", JSON, nullable=False, default=list),
    Column("decision", Words, nullable=False, default=""),
    Column("rule", Words, nullable=False, default=""),
    Column("at", Words, nullable=False, default=""),
    Column("seconds", JSON, nullable=False, default=dict),
    Column("model", Words, nullable=False, default=""),
    Column("note", Words, nullable=False, default=""),
    _status("claimed", "done"),
)

texts = Table(
    "texts",
    metadata,
    Column("id", Integer, primary_key=True),
    _call_id(),
    Column("turn", Integer, nullable=False),
    Column("position", Integer, nullable=False),  # within the turn, from 0
    Column("to_hash", String(64)),
    Column("to_sealed", Text),  # NULL as soon as nothing is left to be sent
    Column("body", Words, nullable=False),
    Column("status", String(16), nullable=False),
    *_lease(),
    Column("created", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    Column("next_attempt", Moment),  # NULL: at once
    Column("provider_id", Words),
    Column("provider_status", Words),
    Column("error", Words, nullable=False, default=""),
    UniqueConstraint("call_id", "turn", "position"),
    _status("waiting", "sending", "sent", "failed", "uncertain"),
    Index(None, "status"),
    Index(None, "provider_id"),
    Index(None, "to_hash"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    _call_id(),
    Column("turn", Integer, nullable=False),
    Column("queue", Words, nullable=False),
    Column("recording", Words, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("words_sealed", Text),  # not redacted, for the team needs them: therefore sealed
    Column("status", String(16), nullable=False),
    *_lease(),
    Column("left", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt", Moment, nullable=False),
    Column("error", Words, nullable=False, default=""),
    Column("delivered", Moment),
    UniqueConstraint("call_id", "turn"),
    _status("new", "transcribed", "delivered"),
    Index(None, "status"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_id", CallId),  # no foreign key: the recording must be deleted even when its call is erased
    Column("url", Words, nullable=False),
    *_lease(),
    Column("created", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt", Moment, nullable=False),
    Column("error", Words, nullable=False, default=""),
    UniqueConstraint("url"),
    Index(None, "call_id"),
    Index(None, "next_attempt"),
)

clocks = Table(
    "clocks",
    metadata,
    Column("call_id", CallId, primary_key=True),  # no foreign key: it is set before the call rings
    Column("at", Moment, nullable=False),
    Column("set_at", Moment, nullable=False),
)

streams = Table(
    "streams",
    metadata,
    Column("id", Integer, primary_key=True),
    _call_id(),
    Column("turn", Integer, nullable=False),
    Column("speak", Boolean, nullable=False),  # the answer is spoken over the stream
    Column("token_hash", String(64), nullable=False),
    Column("issued", Moment, nullable=False),
    Column("opened", Moment),  # the token is used up
    Column("closed", Moment),
    Column("ending", String(16)),
    Column("spoken_turn", Integer),  # the turn whose prompts the caller has heard
    Column("failed", Boolean, nullable=False, default=False),  # the provider went on, and it had not been handed over
    CheckConstraint("ending IN ('handed_over', 'stopped', 'lost', 'refused')", name="ending"),
    UniqueConstraint("token_hash"),
    Index(None, "call_id"),
)

published = Table(
    "published",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("hash", String(128), primary_key=True),
    Column("content", Text),  # of a routing table: its files, as JSON; one from before migration 0005 is YAML
    Column("path", Text),  # of a model: its folder's name under models/
    Column("at", Moment, nullable=False),
)

current = Table(
    "current",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("hash", String(128), nullable=False),
    Column("since", Moment, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True),  # in the order in which the versions became live
    Column("what", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("hash", String(128), nullable=False),
    Column("previous", String(128)),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False, default=""),
    Column("why", Words, nullable=False, default=""),
    Column("forced", Boolean, nullable=False, default=False),
    Column("figures", JSON, nullable=False, default=dict),
    CheckConstraint("what IN ('model', 'table')", name="what"),
    CheckConstraint("kind IN ('first', 'promotion', 'publish', 'rollback')", name="kind"),
)

# Workers of the version before migration 0005 read it as they start. Nothing here does: it can go with a later one.
Table(
    "promotions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("hash", String(128), nullable=False),
    Column("previous", String(128)),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("forced", Boolean, nullable=False),
    Column("figures", JSON, nullable=False),
    CheckConstraint("kind IN ('first', 'promotion', 'rollback')", name="kind"),
)

reviewed = Table(
    "reviewed",
    metadata,
    Column("call_id", CallId, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("label", Words, nullable=False),  # an intent, or `skip`
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False, default=""),
    # a mark goes with its turn, however that is erased
    ForeignKeyConstraint(["call_id", "turn"], ["turns.call_id", "turns.number"], ondelete="CASCADE"),
)
