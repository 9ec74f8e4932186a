"""What is different between two versions of the routing table's files, line by line. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from voicebot.routing.rules.secrets import hidden
from voicebot.routing.source import Sources

WORDING = "default wording"
"""What changes of the bot's own words are listed as, where a file would have its name."""

CONTEXT = 2
"""Unchanged lines around what changed: enough to see which entry it belongs to in most cases."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file: how many lines were added and removed, and the changed passages as a unified diff (lines that begin
    with @@, a space, - or +), secrets covered: what is taken out of the file must not come back in a log. No lines at
    all: only the ends of the lines differ, as between Windows and Linux."""

    file: str
    added: int
    removed: int
    lines: tuple[str, ...]


def changes(old: Sources | None, new: Sources) -> tuple[FileChange, ...]:
    """The files that differ, in the order of `new`, then those that are gone, then the default wording where the bot's
    own words have changed between the two. `old` None: every file is new."""
    return tuple(_changed(name, before, after) for name, before, after in _pairs(old, new) if before != after)


def _pairs(old: Sources | None, new: Sources) -> Iterator[tuple[str, str, str]]:
    """Name, text before, text after. The first file is the main one, whatever it was called."""
    before = dict(old.files[1:]) if old else {}
    (main, text), *others = new.files
    yield main, old.files[0][1] if old else "", text
    for name, text in others:
        yield name, before.pop(name, ""), text
    for name, text in before.items():
        yield name, text, ""
    if old:
        yield WORDING, listed(old.words), listed(new.words)


def listed(words: Mapping[str, str]) -> str:
    """Each prompt on a line of its own, by name."""
    return "".join(f"{name}: {text}\n" for name, text in sorted(words.items()))


def _changed(name: str, before: str, after: str) -> FileChange:
    found = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=CONTEXT))[2:]
    added = sum(line.startswith("+") for line in found)
    removed = sum(line.startswith("-") for line in found)
    return FileChange(name, added, removed, tuple(line[:1] + hidden(line[1:]) for line in found))
