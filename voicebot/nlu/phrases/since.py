"""Which lines of intents/ are new: those that differ from what git has kept since the live model was.

A model's manifest holds no phrases, only their hash. But a promotion is committed together with the phrases behind it,
so the commit that last changed `models/current` has them. Where there is no repository, nothing is known to be old.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from voicebot.nlu.phrases.findings import Finding

Lines = Mapping[str, frozenset[int]]
"""File, as findings name it, → the numbers of its new lines, from 1."""

_SECONDS = 20
_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_PLACE = re.compile(r"([^\s,(]+\.yaml):(\d+)")
_LINE = re.compile(r"\bline (\d+)")


def new_lines(folders: Iterable[Path], current: Path) -> Lines | None:
    """`current`: the file that names the current model. None where git cannot tell."""
    found: dict[str, frozenset[int]] = {}
    for folder in folders:
        base = _git(folder, "log", "-1", "--format=%H", "--", str(current.absolute())) or "HEAD"
        changes = _git(folder, "diff", "--no-color", "--no-ext-diff", "-U0", "--relative", base.strip(), "--", ".")
        unknown = _git(folder, "ls-files", "--others", "--", ".")
        if changes is None or unknown is None:
            return None
        found |= {str(folder / name): lines for name, lines in _added(changes).items()}
        found |= {str(folder / name): _all(folder / name) for name in unknown.splitlines()}
    return found


def is_new(each: Finding, lines: Lines) -> bool:
    """Whether a finding stands at a new line, speaks of one, or is about a whole file that has any."""
    own = lines.get(each.issue.file, frozenset())
    if each.kind in ("balance", "routing"):
        return bool(own)
    said = each.issue.message
    spoken_of = {(file, int(line)) for file, line in _PLACE.findall(said)}
    spoken_of |= {(each.issue.file, int(line)) for line in _LINE.findall(said)}
    return any(line in lines.get(file, ()) for file, line in {(each.issue.file, each.issue.line), *spoken_of})


def _added(changes: str) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    lines: set[int] = set()
    for each in changes.splitlines():
        if each.startswith("+++ "):
            lines = found.setdefault(each[4:].removeprefix("b/").rstrip("\t"), set())
        elif hunk := _HUNK.match(each):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            lines.update(range(first, first + count))
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _all(file: Path) -> frozenset[int]:
    try:
        return frozenset(range(1, file.read_bytes().count(b"\n") + 2))
    except OSError:
        return frozenset()


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says; None where it cannot."""
    command = ["git", "-c", "core.quotepath=off", "-c", "diff.noprefix=false", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):  # not installed, or it hangs
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
