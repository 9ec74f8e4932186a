"""Brings any database up to this version's tables. Safe when several processes start at once."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from voicebot.errors import StorageError
from voicebot.storage.database import WRITE_OPTION, foreseen, reading
from voicebot.storage.failures import name_of

LOCK = 0x766F696365
"""Key of PostgreSQL's advisory lock ("voice"); any number that no other program in the database uses."""
WAIT_SECONDS = 60
"""Longest wait for another process that is migrating; longer than a statement of a call may take."""


def migrate(engine: Engine) -> None:
    """Raises `StorageError`; then nothing has changed."""
    if revision(engine) == head():
        return
    with foreseen(engine), engine.connect() as connection:
        try:
            _lock(connection)
            command.upgrade(_config(connection), "head")
            connection.commit()
        except CommandError:
            raise StorageError(
                f"{name_of(engine.url)} was made by a newer version of voicebot; install that one."
            ) from None
        finally:
            connection.invalidate()  # it would wait for locks too long to serve calls


def revision(engine: Engine) -> str | None:
    """The revision that the database is at; None where it is empty. Raises `StorageError`."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision there is."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "voicebot.storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _lock(connection: Connection) -> None:
    """Whoever else migrates waits here, and then finds nothing left to do. Held until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.execution_options(**{WRITE_OPTION: True})  # a write transaction from its start
        connection.connection.cursor().execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
    else:
        connection.execute(text(f"SET LOCAL statement_timeout = '{WAIT_SECONDS}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
