"""What could be read of a routing table, with the place of every part: what the checks look at. Pure.

A `Table` exists only where nothing is wrong. A draft holds whatever is sound of a file with mistakes, so that all of
them can be reported at once rather than one an attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from voicebot.routing.issues import Mark
from voicebot.routing.table import Council, District, Hours, Language, Line, Notice, Queue, Route, Table, Thresholds
from voicebot.routing.yaml_text import Fields, Items, Node, Text

Path = tuple[str, ...]
LINES_DEPTH = 6
"""A decision rests on a section, an entry, a field of an entry, or a field of an option of its question, such as
intents.school_transport.ask.options.new.to: `Table.lines` goes that deep."""


@dataclass(frozen=True, slots=True)
class Places:
    """The mark of every key and of every value, by path such as ("intents", "pothole", "to").

    `file` is the table's first file: the mark of what stands nowhere. `texts` are the values that are text, also
    of parts too broken to be read; `comments` are the comments that follow some of them."""

    file: str
    keys: Mapping[Path, Mark]
    values: Mapping[Path, Mark]
    texts: Mapping[Path, str] = field(default_factory=dict)
    comments: Mapping[Path, str] = field(default_factory=dict)

    def key(self, *path: str) -> Mark:
        """The mark of this key, or of the nearest part above it that is in the file."""
        return self._nearest(self.keys, path)

    def value(self, *path: str) -> Mark:
        return self._nearest(self.values, path)

    def _nearest(self, marks: Mapping[Path, Mark], path: Path) -> Mark:
        if path in marks:
            return marks[path]
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys.get(path, Mark(self.file, 1, 1))

    def lines(self) -> dict[str, Line]:
        return {
            ".".join(path): Line(file=mark.file, line=mark.line)
            for path, mark in self.keys.items()
            if len(path) <= LINES_DEPTH
        }


def places(root: Node, file: str) -> Places:
    keys: dict[Path, Mark] = {}
    nodes: dict[Path, Node] = {}
    _collect(root, (), keys, nodes)
    texts = {path: node for path, node in nodes.items() if isinstance(node, Text)}
    return Places(
        file,
        keys,
        values={path: node.mark for path, node in nodes.items()},
        texts={path: " ".join(node.text.split()) for path, node in texts.items()},
        comments={path: node.comment for path, node in texts.items() if node.comment},
    )


def _collect(node: Node, path: Path, keys: dict[Path, Mark], nodes: dict[Path, Node]) -> None:
    nodes[path] = node
    if isinstance(node, Fields):
        for entry in node.entries:
            keys[(*path, entry.key)] = entry.mark
            _collect(entry.value, (*path, entry.key), keys, nodes)
    elif isinstance(node, Items):
        for number, item in enumerate(node.items):
            keys[(*path, str(number))] = item.mark
            _collect(item, (*path, str(number)), keys, nodes)


@dataclass(frozen=True, slots=True)
class Draft:
    """`declared` names every entry of a section, also those too broken to be read; a section that is not in the files
    is not in `declared` either. `wording` is whole: what the files leave out has the default words. `texts` are the
    files as they were typed, by name. `whole` is False where one of the files cannot be read: what it holds is missing
    here, and no rule may miss it."""

    hash: str
    places: Places
    declared: Mapping[str, frozenset[str]]
    council: Council | None = None
    wording: Mapping[str, str] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    districts: tuple[District, ...] = ()
    intents: Mapping[str, Route] = field(default_factory=dict)
    thresholds: Thresholds | None = None
    key_topics: tuple[str, ...] = ()
    bank_holidays: frozenset[date] = frozenset()
    notices: tuple[Notice, ...] = ()
    vocabulary: tuple[str, ...] = ()
    languages: Mapping[str, Language] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True

    def names(self, section: str) -> frozenset[str] | None:
        """Every name of a section, to compare with; None where they are not all known, or where the section is no
        group, which has an issue of its own."""
        return self.declared.get(section) if self.whole and (section,) not in self.places.texts else None

    def table(self) -> Table | None:
        """The table, where the council and the thresholds could be read; whether all is sound, the issues tell."""
        if self.council is None or self.thresholds is None:
            return None
        return Table(
            hash=self.hash,
            council=self.council,
            wording=self.wording,
            hours=self.hours,
            queues=self.queues,
            districts=self.districts,
            intents=self.intents,
            thresholds=self.thresholds,
            key_topics=self.key_topics,
            bank_holidays=self.bank_holidays,
            lines=self.places.lines(),
            notices=self.notices,
            vocabulary=self.vocabulary,
            languages=self.languages,
            owners=self.owners,
        )
