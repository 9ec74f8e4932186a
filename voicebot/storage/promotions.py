"""Which model is live, and how it came to be: every promotion and rollback, with who and why. The newest is served.

The history belongs to the database, because the database is what all machines share: a folder of models may be copied,
or be behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, select

from voicebot.errors import StorageError
from voicebot.storage.database import reading, writing
from voicebot.storage.published import make_current
from voicebot.storage.schema import current, promotions

PromotionKind = Literal["first", "promotion", "rollback"]

LOCK = 0x6D6F64656C
"""Key of PostgreSQL's advisory lock ("model"); any number that nothing else in the database uses."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """The model `hash` became live in place of `previous`. `first`: there was none before, so that nobody judged it.

    `who` is an account's name; `why` is hers and may be empty, save where she went ahead below the floors (`forced`).
    `figures`: the headline figures that it was judged by.
    """

    kind: PromotionKind
    hash: str
    previous: str | None
    at: datetime
    who: str = ""
    why: str = ""
    forced: bool = False
    figures: Mapping[str, Any] = field(default_factory=dict)


def model_before(history: Sequence[Promotion]) -> str | None:
    """The model that a rollback goes back to; None where there is none. `history`: oldest first.

    A rollback takes back the promotion that it follows, so that the next one goes a step further back instead of
    forward again."""
    line: list[str] = []
    for each in history:
        if each.kind == "rollback" and each.hash in line:
            while line[-1] != each.hash:
                line.pop()
        elif not line or line[-1] != each.hash:
            line.append(each.hash)
    return line[-2] if len(line) > 1 else None


class Promotions:
    """Every method raises `StorageError`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def live(self) -> str | None:
        """The hash of the model that servers answer with; None where none was ever published."""
        with reading(self._engine) as connection:
            return _live(connection)

    def history(self) -> tuple[Promotion, ...]:
        """Oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(promotions).order_by(promotions.c.id)).mappings().all()
        return tuple(Promotion(**{name: value for name, value in row.items() if name != "id"}) for row in rows)

    def start_with(self, hash: str, who: str) -> bool:
        """Make a model live where none is; False where one is already."""
        with writing(self._engine) as connection:
            _one_at_a_time(connection)
            if _live(connection) is not None:
                return False
            self._make_live(connection, Promotion("first", hash, None, self._clock(), who))
        return True

    def make_live(
        self,
        kind: PromotionKind,
        hash: str,
        *,
        instead_of: str | None,
        who: str,
        why: str = "",
        forced: bool = False,
        figures: Mapping[str, Any] | None = None,
    ) -> Promotion:
        """In one transaction: serve the model and keep how it came about. Raises `StorageError` where another than
        `instead_of` has become live: what was judged was judged against that one."""
        made = Promotion(kind, hash, instead_of, self._clock(), who, why, forced, figures or {})
        with writing(self._engine) as connection:
            _one_at_a_time(connection)
            found = _live(connection)
            if found != instead_of:
                raise StorageError(
                    f"meanwhile the model {found} became live in place of {instead_of}; look at `voicebot models list` "
                    "and try again"
                )
            self._make_live(connection, made)
        return made

    def _make_live(self, connection: Connection, made: Promotion) -> None:
        make_current(connection, "model", made.hash, made.at, path=made.hash)
        row = {
            "kind": made.kind,
            "hash": made.hash,
            "previous": made.previous,
            "at": made.at,
            "who": made.who,
            "why": made.why,
            "forced": made.forced,
            "figures": dict(made.figures),
        }
        connection.execute(promotions.insert().values(row))


def _one_at_a_time(connection: Connection) -> None:
    """Whoever else makes a model live waits until this transaction ends, also where no row is there yet to be locked.
    SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _live(connection: Connection) -> str | None:
    return connection.execute(select(current.c.hash).where(current.c.kind == "model")).scalar()
