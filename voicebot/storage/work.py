"""Work that waits in a table: taken by one worker at a time under a lease, tried again later where it failed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, or_, select, update

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_DOUBLINGS = 10
ERROR_LENGTH = 300


def take(
    connection: Connection, table: Table, due: ColumnElement[bool], now: datetime, lease: timedelta, **changes: Any
) -> Row[Any] | None:
    """Lease the oldest row that is `due`; None where nothing waits. Two workers never get the same one."""
    oldest = select(table.c.id).where(due).order_by(table.c.id).limit(1).with_for_update(skip_locked=True)
    values = {**changes, "token": secrets.token_hex(16), "lease_until": now + lease}
    taken = update(table).where(table.c.id == oldest.scalar_subquery()).values(values)
    return connection.execute(taken.returning(table)).first()


def is_free(table: Table, now: datetime) -> ColumnElement[bool]:
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= now)


def wait_after(attempts: int) -> timedelta:
    """Until the next attempt, after so many that failed (1 or more): 30 s, doubled each time, at most an hour."""
    doubled = 1 << min(attempts - 1, MOST_DOUBLINGS)
    return min(LONGEST_WAIT, FIRST_WAIT * doubled)


def postpone(
    connection: Connection, table: Table, row_id: int, token: str, attempts: int, error: str, now: datetime
) -> bool:
    """Give a row back after a failure. False where the lease has gone to somebody else, whose result counts then."""
    values = {
        "attempts": attempts + 1,
        "next_attempt": now + wait_after(attempts + 1),
        "error": error[:ERROR_LENGTH],
        "token": None,
        "lease_until": None,
    }
    held = connection.execute(update(table).where(table.c.id == row_id, table.c.token == token).values(values))
    return held.rowcount == 1
