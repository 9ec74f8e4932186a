"""The versions of the routing table: what publishing the files would change, publishing, going back.

Nothing here asks or prints: the commands show what is proposed and bring the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.config import Settings
from voicebot.errors import ContentError, StorageError
from voicebot.publishing import account, first_model, tables
from voicebot.routing.changed import FileChange, changes
from voicebot.routing.loader import read_table
from voicebot.routing.source import Sources, dump_sources, load_sources, trained_intents
from voicebot.routing.table import Table
from voicebot.storage.publications import Publication, PublicationKind, Publications, version_before
from voicebot.storage.published import Published
from voicebot.storage.redaction import redact

LIVE = "live"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A table that could become live in place of `live` (None: there is none yet). `changes` are those of its files."""

    kind: PublicationKind
    sources: Sources
    table: Table
    live: str | None
    changes: tuple[FileChange, ...]

    @property
    def is_live(self) -> bool:
        return self.table.hash == self.live


@dataclass(frozen=True, slots=True)
class Listed:
    """One publication, and how many lines of each file it changed."""

    publication: Publication
    changes: tuple[FileChange, ...]


class Versions:
    """Every method raises `ContentError`, `StorageError` or `ModelError`; what is live is then as it was."""

    def __init__(
        self, settings: Settings, store: Published, publications: Publications, promotions: Publications
    ) -> None:
        self._settings = settings
        self._store = store
        self._publications = publications
        self._promotions = promotions
        self._tables = tables(store)

    def live(self) -> str | None:
        return self._publications.live()

    def history(self) -> tuple[Publication, ...]:
        """Oldest first."""
        return self._publications.history()

    def listed(self) -> tuple[Listed, ...]:
        """The history with what each publication changed, oldest first."""
        known: dict[str, Sources] = {}
        history = self.history()
        for each in history:
            known[each.hash] = known.get(each.hash) or self.sources(each.hash)
        return tuple(
            Listed(each, changes(known.get(each.previous) if each.previous else None, known[each.hash]))
            for each in history
        )

    def find(self, beginning: str) -> str:
        """The one version whose hash begins so; `live` is the live one, for no hash has an l."""
        if beginning == LIVE:
            live = self.live()
            if live is None:
                raise ContentError("no routing table is live yet; `voicebot publish` makes one so")
            return live
        found = sorted({each.hash for each in self.history() if each.hash.startswith(beginning)})
        if len(found) != 1:
            what = "no published routing table begins" if not found else f"{len(found)} published routing tables begin"
            raise ContentError(f"{what} with {beginning}; `voicebot routing history` lists them")
        return found[0]

    def sources(self, hash: str) -> Sources:
        """The files of a version as they were."""
        try:
            return load_sources(self._store.content("table", hash))
        except ValueError as error:
            raise StorageError(f"the published routing table {hash[:12]} can no longer be read: {error}") from None

    def table(self, hash: str) -> Table:
        return self._tables.get(hash)

    def from_disk(self) -> Proposed:
        """The files as they lie there, checked as `voicebot check` does. Raises `ContentError` with every mistake."""
        sources, table = read_table(self._settings.routing, trained_intents(self._settings.intents))
        return self._proposed("publish", sources, table)

    def going_back(self, hash: str | None = None) -> Proposed:
        """The version before the live one, or this one."""
        name = hash or version_before(self.history())
        if name is None:
            raise ContentError("there is no routing table to go back to: nothing else was live before")
        return self._proposed("rollback", self.sources(name), self.table(name))

    def _proposed(self, kind: PublicationKind, sources: Sources, table: Table) -> Proposed:
        live = self.live()
        before = None if live is None else self.sources(live)
        return Proposed("first" if live is None else kind, sources, table, live, changes(before, sources))

    def make_live(self, proposed: Proposed, why: str) -> Publication:
        """Serve it, with who and why. Raises `StorageError` where another has become live since it was looked at: then
        the difference that was agreed to is no longer the difference."""
        model = first_model(self._settings, self._promotions)
        made = self._publications.make_live(
            proposed.kind,
            proposed.table.hash,
            instead_of=proposed.live,
            who=account(self._settings),
            why=redact(" ".join(why.split())),
            content=dump_sources(proposed.sources),
        )
        self._start_with(model)
        return made

    def start_model(self) -> None:
        """Where no model was ever live, the current one becomes it; another one is made live by a promotion alone."""
        self._start_with(first_model(self._settings, self._promotions))

    def _start_with(self, model: str | None) -> None:
        if model is not None:
            self._promotions.start_with(model, account(self._settings))
