"""What is served is what was published: routing tables (their YAML), models (their folder's name), by hash.

Tables are published here; a model becomes live by a promotion (`promotions.py`), which is kept with who and why.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Engine, and_, select

from voicebot.errors import StorageError
from voicebot.routing.table import Table
from voicebot.storage.calls import insert_into
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import current, published

Kind = Literal["table", "model"]


@dataclass(frozen=True, slots=True)
class Version:
    """`path` is a model's folder under models/; None for a table."""

    kind: str
    hash: str
    path: str | None
    at: datetime
    current: bool


class Published:
    """Every method raises `StorageError`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def publish(self, kind: Kind, hash: str, *, content: str | None = None, path: str | None = None) -> None:
        """Store a version and make it current, in one transaction. One that is stored already stays as it is.

        For tables: a model goes by `Promotions`, or nobody would know who made it live and why."""
        with writing(self._engine) as connection:
            make_current(connection, kind, hash, self._clock(), content=content, path=path)

    def current_hash(self, kind: Kind) -> str | None:
        """None where nothing of that kind was ever published."""
        with reading(self._engine) as connection:
            return connection.execute(select(current.c.hash).where(current.c.kind == kind)).scalar()

    def list(self, kind: Kind | None = None) -> tuple[Version, ...]:
        """Newest first."""
        query = select(published, current.c.hash.is_not(None).label("now")).select_from(
            published.outerjoin(current, and_(current.c.kind == published.c.kind, current.c.hash == published.c.hash))
        )
        if kind is not None:
            query = query.where(published.c.kind == kind)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(published.c.at.desc(), published.c.hash)).all()
        return tuple(Version(row.kind, row.hash, row.path, row.at, bool(row.now)) for row in rows)

    def content(self, kind: Kind, hash: str) -> str:
        """A table's YAML, a model's folder name. Raises `StorageError` where no such version was ever published."""
        with reading(self._engine) as connection:
            row = connection.execute(select(published.c.content, published.c.path).where(_is(kind, hash))).first()
        found = None if row is None else row.content if row.content is not None else row.path
        if found is None:
            raise StorageError(f"no {kind} {hash[:12]} was ever published; `voicebot publish` does that")
        return str(found)


class PublishedTables:
    """Keeps `voicebot.ports.Tables`. `parse` makes a table from its YAML; each is parsed once, for it never changes."""

    def __init__(self, published: Published, parse: Callable[[str], Table]) -> None:
        self._published = published
        self._parse = parse
        self._parsed: dict[str, Table] = {}
        self._lock = threading.Lock()

    def current(self) -> Table:
        hash = self._published.current_hash("table")
        if hash is None:
            raise StorageError("no routing table was ever published; `voicebot publish` does that")
        return self.get(hash)

    def get(self, hash: str) -> Table:
        with self._lock:
            table = self._parsed.get(hash)
        if table is None:
            # the name it was published under is the one that sessions carry
            table = self._parse(self._published.content("table", hash)).model_copy(update={"hash": hash})
            with self._lock:
                self._parsed[hash] = table
        return table


def make_current(
    connection: Connection, kind: Kind, hash: str, now: datetime, *, content: str | None = None, path: str | None = None
) -> None:
    """Part of a transaction: store a version, unless it is there, and serve it."""
    row = {"kind": kind, "hash": hash, "content": content, "path": path, "at": now}
    connection.execute(insert_into(connection, published).values(row).on_conflict_do_nothing())
    since = {"hash": hash, "since": now}
    serve = insert_into(connection, current).values(kind=kind, **since)
    connection.execute(serve.on_conflict_do_update(index_elements=[current.c.kind], set_=since))


def _is(kind: str, hash: str) -> ColumnElement[bool]:
    return and_(published.c.kind == kind, published.c.hash == hash)
