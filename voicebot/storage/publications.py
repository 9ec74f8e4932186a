"""What servers answer with, and how it came to be: each routing table and each model that became live, with who and
why. The newest of a kind is served.

The history belongs to the database, because the database is what all machines share: a folder of models may be copied,
or be behind, and a file may be edited and not published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, select

from voicebot.errors import StorageError
from voicebot.storage.database import reading, writing
from voicebot.storage.published import Kind, make_current
from voicebot.storage.schema import current, publications

PublicationKind = Literal["first", "promotion", "publish", "rollback"]
"""`promotion` is a model that was judged, `publish` a routing table that passed the check."""

LOCKS: Mapping[Kind, int] = {"model": 0x6D6F64656C, "table": 0x7461626C65}
"""Keys of PostgreSQL's advisory locks ("model", "table"); any numbers that nothing else in the database uses."""

CALLED: Mapping[Kind, str] = {"model": "model", "table": "routing table"}
HISTORY: Mapping[Kind, str] = {"model": "voicebot models list", "table": "voicebot routing history"}


@dataclass(frozen=True, slots=True)
class Publication:
    """The version `hash` became live in place of `previous`. `first`: there was none before.

    `who` is an account's name; `why` is hers and may be empty, save where she made a model live below the floors
    (`forced`). `figures`: the headline figures that a model was judged by.
    """

    kind: PublicationKind
    hash: str
    previous: str | None
    at: datetime
    who: str = ""
    why: str = ""
    forced: bool = False
    figures: Mapping[str, Any] = field(default_factory=dict)


def version_before(history: Sequence[Publication]) -> str | None:
    """The version that a rollback goes back to; None where there is none. `history`: oldest first.

    A rollback takes back the publication that it follows, so that the next one goes a step further back instead of
    forward again."""
    line: list[str] = []
    for each in history:
        if each.kind == "rollback" and each.hash in line:
            while line[-1] != each.hash:
                line.pop()
        elif not line or line[-1] != each.hash:
            line.append(each.hash)
    return line[-2] if len(line) > 1 else None


class Publications:
    """Those of one kind, `what`. Every method raises `StorageError`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], what: Kind) -> None:
        self._engine = engine
        self._clock = clock
        self._what = what

    def live(self) -> str | None:
        """The hash of the version that servers answer with; None where none was ever published."""
        with reading(self._engine) as connection:
            return self._live(connection)

    def history(self) -> tuple[Publication, ...]:
        """Oldest first."""
        query = select(publications).where(publications.c.what == self._what).order_by(publications.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(
            Publication(**{name: value for name, value in row.items() if name not in ("id", "what")}) for row in rows
        )

    def start_with(self, hash: str, who: str, *, content: str | None = None) -> bool:
        """Make a version live where none is; False where one is already."""
        with writing(self._engine) as connection:
            self._one_at_a_time(connection)
            if self._live(connection) is not None:
                return False
            self._make_live(connection, Publication("first", hash, None, self._clock(), who), content)
        return True

    def make_live(
        self,
        kind: PublicationKind,
        hash: str,
        *,
        instead_of: str | None,
        who: str,
        why: str = "",
        forced: bool = False,
        figures: Mapping[str, Any] | None = None,
        content: str | None = None,
    ) -> Publication:
        """In one transaction: store the version, unless it is there (`content` of a table), serve it, and keep how that
        came about. Raises `StorageError` where another than `instead_of` has become live: whoever said yes had looked
        at the difference from that one."""
        made = Publication(kind, hash, instead_of, self._clock(), who, why, forced, figures or {})
        with writing(self._engine) as connection:
            self._one_at_a_time(connection)
            found = self._live(connection)
            if found != instead_of:
                raise StorageError(
                    f"meanwhile the {CALLED[self._what]} {_short(found)} became live in place of {_short(instead_of)}; "
                    f"look at `{HISTORY[self._what]}` and try again"
                )
            self._make_live(connection, made, content)
        return made

    def _make_live(self, connection: Connection, made: Publication, content: str | None) -> None:
        path = made.hash if self._what == "model" else None
        make_current(connection, self._what, made.hash, made.at, content=content, path=path)
        row = {
            "what": self._what,
            "kind": made.kind,
            "hash": made.hash,
            "previous": made.previous,
            "at": made.at,
            "who": made.who,
            "why": made.why,
            "forced": made.forced,
            "figures": dict(made.figures),
        }
        connection.execute(publications.insert().values(row))

    def _one_at_a_time(self, connection: Connection) -> None:
        """Whoever else publishes the same kind waits until this transaction ends, also where no row is there yet to be
        locked. SQLite has one writer at a time anyway."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCKS[self._what])))

    def _live(self, connection: Connection) -> str | None:
        return connection.execute(select(current.c.hash).where(current.c.kind == self._what)).scalar()


def _short(hash: str | None) -> str:
    return "none" if hash is None else hash[:12]
