"""Makes the engine for `DATABASE_URL`, and the two ways to use it: `reading` and `writing`.

Every failure that was foreseen leaves here as a `StorageError` with one clear line.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from voicebot.errors import SettingError, StorageError
from voicebot.storage.failures import clear_error, name_of

BUSY_SECONDS = 5
"""Longest wait for a lock, for a statement and for a connection from the pool: three of them still fit into the 15 s of
a webhook."""
CONNECT_SECONDS = 3
SQLITE_CONNECTIONS = 6
"""SQLite has one writer at a time. Threads that wait for a connection queue fairly; threads that wait for SQLite's own
lock sleep and try again, and the unlucky one starves."""
POSTGRESQL_CONNECTIONS = 20
WRITE_OPTION = "voicebot_write"


def open_database(database_url: str) -> Engine:
    """The engine for a `DATABASE_URL`: `sqlite:///…`, `postgres://…` or `postgresql://…`. Nothing is connected yet.

    Raises `SettingError` for a URL that cannot be used, `StorageError` where an SQLite file's folder cannot be made.
    """
    url = _parse(database_url)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)


def open_existing(database_url: str) -> Engine | None:
    """The same where there is something to read; None where an SQLite file is not there yet, for it would be made."""
    url = _parse(database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        return None
    return open_database(database_url)


def _parse(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise SettingError("DATABASE_URL: no database URL; write sqlite:///var/voicebot.db or postgresql://…") from None
    if url.drivername == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise SettingError("DATABASE_URL: an SQLite database in memory cannot be shared by workers; name a file")
        return url
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise SettingError(f"DATABASE_URL: {url.drivername} is not supported; write sqlite:///… or postgresql://…")


def _sqlite(url: URL) -> Engine:
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"DATABASE_URL: the folder {folder} cannot be made ({error.strerror}).") from None
    engine = create_engine(
        url,
        pool_size=SQLITE_CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,  # a traceback must not print what a caller said
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins no transaction of its own; `_begin` does
        _use_wal(connection)
        # secure_delete: what is erased is overwritten, not only unlinked
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once where another wrote in between, without waiting:
        # so a writer takes its lock at the start.
        write = connection.get_execution_options().get(WRITE_OPTION, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Two processes that open a new file at once get in each other's way here, and SQLite does not wait by itself."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _postgresql(url: URL) -> Engine:
    given = url.query.get("options", "")
    ours = f"-c statement_timeout={BUSY_SECONDS * 1000}"
    options = " ".join([given, ours] if isinstance(given, str) else [*given, ours]).strip()
    connect: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "options": options,
        # statement_timeout is kept by the server: this one is for a server that has vanished from the network
        "tcp_user_timeout": BUSY_SECONDS * 1000,
    }
    return create_engine(
        url,
        pool_size=POSTGRESQL_CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        connect_args=connect,
        hide_parameters=True,
    )


@contextmanager
def foreseen(engine: Engine) -> Iterator[None]:
    """Turns the database's failures into `StorageError`; the cause is dropped, for it may hold a secret."""
    try:
        yield
    except SQLAlchemyError as error:
        clear = clear_error(error, engine.url)
        if clear is None:
            raise
        raise clear from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that reads. Raises `StorageError`."""
    with foreseen(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it is kept, or, where anything is raised, none. Raises `StorageError`."""
    with foreseen(engine), engine.connect().execution_options(**{WRITE_OPTION: True}) as connection, connection.begin():
        yield connection


def check(engine: Engine) -> None:
    """Raises `StorageError` unless the database answers and has tables, for `/readyz`."""
    with reading(engine) as connection:
        connection.execute(text("SELECT count(*) FROM current"))


def describe(engine: Engine) -> str:
    """The database as a person would call it, without user and password."""
    return name_of(engine.url)
