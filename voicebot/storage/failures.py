"""What went wrong in the database, in one line that an operator can act on and that holds no secret and no caller."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from voicebot.errors import StorageError

# PostgreSQL's SQLSTATE (its manual, appendix A) and SQLite's primary result codes (sqlite.org/rescode.html)
_BY_STATE = {
    "57014": "busy", "55P03": "busy", "40P01": "busy", "40001": "busy", "53300": "connections",
    "53100": "full", "53200": "full", "53000": "full", "42P01": "schema", "42703": "schema", "3D000": "absent",
    "28P01": "refused", "28000": "refused", "25006": "read_only",
}  # fmt: skip
_BY_CODE = {5: "busy", 6: "busy", 8: "read_only", 10: "io", 11: "damaged", 13: "full", 14: "absent", 26: "damaged"}
# For those that bring neither: a connection refused by PostgreSQL, and SQLite's general code for a wrong statement
_BY_WORDS = (
    ("no such table", "schema"),
    ("no such column", "schema"),
    ("has no column", "schema"),
    ("password authentication failed", "refused"),
    ("does not exist", "absent"),
    ("too many clients", "connections"),
)
_LINES = {
    "busy": "is locked by another program, or too slow; end what holds it",
    "full": "has no room left on its disk; make room",
    "io": "cannot be written (disk error, or no room left); look at its disk",
    "schema": "has not the tables of this version; start `voicebot serve` once, which brings them up to date",
    "read_only": "is read-only; give the server's user the right to write",
    "absent": "cannot be opened; see that it exists, and that the server's user may write there",
    "damaged": "is damaged, or no database at all; restore it from a backup",
    "refused": "refused the user or password of DATABASE_URL",
    "connections": "has no connection to spare; raise its limit or run fewer workers",
    "gone": "does not answer; see that it is running and that DATABASE_URL points to it",
}


def name_of(url: URL) -> str:
    """The database as a person would call it: file, or host, port and name. Never the user or the password."""
    if url.get_backend_name() == "sqlite":
        return f"the SQLite database {url.database}"
    return f"the PostgreSQL database {url.database or ''} at {url.host or 'localhost'}:{url.port or 5432}"


def clear_error(error: SQLAlchemyError, url: URL) -> StorageError | None:
    """The `StorageError` for a failure that was foreseen; None where the error is a bug of ours."""
    if isinstance(error, PoolTimeoutError):
        return StorageError(f"{name_of(url)} {_LINES['busy']}.")
    if not isinstance(error, DBAPIError):
        return None
    kind = _kind(error)
    return None if kind is None else StorageError(f"{name_of(url)} {_LINES[kind]}.")


def _kind(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    code = getattr(error.orig, "sqlite_errorcode", None)
    told = str(error.orig).lower()
    by_words = next((kind for words, kind in _BY_WORDS if words in told), None)
    if code is not None:
        return _BY_CODE.get(code & 0xFF, by_words)  # the higher bytes only say more of the same
    if state in _BY_STATE:
        return _BY_STATE[state]
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return (by_words if state is None else None) or "gone"
    return None
