"""What is served is what was published: routing tables (their files' text), models (their folder's name), by hash.

How a version becomes live, and who made it so, stands in `publications.py`. A version that was published once is never
deleted: a call that began with it ends with it, and whoever goes back needs it.
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
from voicebot.storage.database import reading
from voicebot.storage.schema import current, published

Kind = Literal["table", "model"]


@dataclass(frozen=True, slots=True)
class Current:
    """The version that is served, and since when."""

    hash: str
    since: datetime


class Published:
    """Every method raises `StorageError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def current(self, kind: Kind) -> Current | None:
        """None where nothing of that kind was ever published."""
        with reading(self._engine) as connection:
            row = connection.execute(select(current.c.hash, current.c.since).where(current.c.kind == kind)).first()
        return None if row is None else Current(row.hash, row.since)

    def current_hash(self, kind: Kind) -> str | None:
        found = self.current(kind)
        return None if found is None else found.hash

    def content(self, kind: Kind, hash: str) -> str:
        """A table's files, as `routing.source.dump_sources` writes them, or a model's folder name. Raises
        `StorageError` where no such version was ever published."""
        with reading(self._engine) as connection:
            row = connection.execute(select(published.c.content, published.c.path).where(_is(kind, hash))).first()
        found = None if row is None else row.content if row.content is not None else row.path
        if found is None:
            raise StorageError(f"no {kind} {hash[:12]} was ever published; `voicebot publish` does that")
        return str(found)


class PublishedTables:
    """Keeps `voicebot.ports.Tables`. `parse` makes a table from what is stored; each is parsed once, for it never
    changes. Which one is current is asked of the database for every call, so that all workers of all machines take a
    new one at once."""

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
