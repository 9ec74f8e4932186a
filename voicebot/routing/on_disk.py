"""What lies on the disk beside the routing table that is live: the same, edited and not published yet, or broken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from voicebot.routing.issues import Issue, errors
from voicebot.routing.loader import parse_table
from voicebot.routing.source import parts_folder, read_sources, trained_intents

log = structlog.get_logger(__name__)

FIRST = 3
"""Issues that a line of the log names; `voicebot check` lists them all."""

State = Literal["same", "differs", "broken"]
Stamp = tuple[tuple[str, int, int, int, int], ...]
"""Name, number, size and the two times of change of each file: as long as they stay, so do its text and who may read
it (a change of its permissions has the second time alone)."""


@dataclass(frozen=True, slots=True)
class Found:
    """`hash` of the files; None where they cannot be read. `issues`: the errors that keep them from being published."""

    state: State
    hash: str | None
    issues: tuple[Issue, ...] = ()


class FilesOnDisk:
    """routing.yaml and the files that belong to it. They are read again only when one of them has changed, or one of
    the folder `intents`, which they must fit before they can be published (None: whatever the intents are)."""

    def __init__(self, path: Path, intents: Path | None = None) -> None:
        self.path = path
        self._intents = intents
        self._lock = threading.Lock()
        self._seen: tuple[Stamp, str | None, tuple[Issue, ...]] | None = None

    def compare(self, live: str | None) -> Found:
        """With the table that is live, by its hash. What was published once counts as sound."""
        with self._lock:
            hash, issues = self._read()
        if hash is not None and hash == live:
            return Found("same", hash)
        return Found("broken" if issues else "differs", hash, issues)

    def _read(self) -> tuple[str | None, tuple[Issue, ...]]:
        stamp = self._stamp()
        if self._seen is None or self._seen[0] != stamp:
            sources, issues = read_sources(self.path)
            if sources is not None:
                intents = None if self._intents is None else trained_intents(self._intents)
                issues = parse_table(sources, intents=intents)[1]
            self._seen = stamp, None if sources is None else sources.hash, errors(issues)
        return self._seen[1:]

    def _stamp(self) -> Stamp:
        folders = [parts_folder(self.path)] + ([] if self._intents is None else [self._intents])
        files = [self.path, *(each for folder in folders for each in (folder, *_entries(folder)))]
        return tuple(found for each in files if (found := _stamped(each)) is not None)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _stamped(file: Path) -> tuple[str, int, int, int, int] | None:
    try:
        told = file.stat()
    except OSError:
        return None
    return file.name, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


class Watch:
    """Says in the log what has become of the files, once for each change. `live` gives the hash that is served."""

    def __init__(self, files: FilesOnDisk, live: Callable[[], str | None]) -> None:
        self._files = files
        self._live = live
        self._told: Found | None = None

    def look(self) -> None:
        found = self._files.compare(self._live())
        told, self._told = self._told, found
        if found == told:
            return
        name = str(self._files.path)
        if found.state == "broken":
            reason = "; ".join(str(each) for each in found.issues[:FIRST])
            log.error("routing_file_broken", file=name, issues=len(found.issues), reason=reason)
        elif found.state == "differs":
            reason = "the files, or the bot's own wording, have changed since; run `voicebot publish`"
            log.warning("routing_file_differs", file=name, reason=reason)
        elif told is not None:
            log.info("routing_file_same", file=name)
