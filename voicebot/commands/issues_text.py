"""How issues are printed: for people with the line they stand in, as JSON, and as annotations of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voicebot.routing.issues import Issue, errors
from voicebot.routing.rules.secrets import hidden
from voicebot.routing.source import read_text
from voicebot.routing.yaml_causes import yaml_lines

TAB = "→"
"""Stands for a tab, which nobody can see."""

WIDTH = 100
"""Characters of a line that are shown, with the column among them."""


def read_lines(folder: Path, issues: Iterable[Issue]) -> dict[str, list[str]]:
    """The lines of every file that an issue is about, by its name below `folder`; of a file that is no text, none."""
    found: dict[str, list[str]] = {}
    for name in {each.file for each in issues}:
        text, _ = read_text(folder / name, name)
        found[name] = [] if text is None else yaml_lines(text)
    return found


def offending(issue: Issue, lines: Mapping[str, list[str]]) -> str | None:
    """The line that an issue is about, secrets covered; None where there is none to show."""
    there = lines.get(issue.file, [])
    line = hidden(there[issue.line - 1]).rstrip("\r") if issue.line <= len(there) else ""
    about_the_whole_file = issue.line == issue.column == 1 and line.startswith("#")
    return None if about_the_whole_file or not line.strip() else line


def for_people(issues: Iterable[Issue], lines: Mapping[str, list[str]]) -> str:
    """Each issue in the order of the file, with the offending line and a mark under its column: under the last where
    several are about one place."""
    listed = tuple(issues)
    places = [(each.file, each.line, each.column) for each in listed]
    told: list[str] = []
    for each, place, following in zip(listed, places, [*places[1:], None], strict=False):
        told += [str(each), *(_pointed_at(each, lines) if place != following else ())]
    return "\n".join(told)


def _pointed_at(issue: Issue, lines: Mapping[str, list[str]]) -> tuple[str, ...]:
    line = offending(issue, lines)
    if line is None:
        return ()
    start = max(0, min(issue.column - WIDTH // 2, len(line) - WIDTH))
    part = "".join(each if each == "\t" or each.isprintable() else " " for each in line[start : start + WIDTH])
    cut = "…" if start else ""
    end = "…" if len(line) > start + WIDTH else ""
    caret = " " * (len(cut) + max(0, min(issue.column - 1, len(line)) - start)) + "^"
    return f"    {cut}{part.replace(chr(9), TAB)}{end}", f"    {caret}"


def counted(file: Path, issues: Iterable[Issue]) -> str:
    """The last line: how many there are of each kind, and whether the file can be published."""
    listed = tuple(issues)
    wrong = len(errors(listed))
    notices = len(listed) - wrong
    told = f"{file}: {_count(wrong, 'error')}, {_count(notices, 'notice')}"
    return told if wrong else f"{told}; fit to be published"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def as_data(issues: Iterable[Issue], lines: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return [{**asdict(each), "severity": each.severity, "text": offending(each, lines)} for each in issues]


def for_github(issues: Iterable[Issue], folder: Path) -> str:
    """Workflow commands, which GitHub shows beside the line in a pull request. `folder` is where the files lie, as seen
    from the repository's own."""
    told = []
    for each in issues:
        place = {"file": (folder / each.file).as_posix(), "line": each.line, "col": each.column, "title": each.code}
        properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
        told.append(f"::{each.severity} {properties}::{_data(f'{each.message}: {each.fix}')}")
    return "\n".join(told)


def _data(text: str) -> str:
    """As the runner reads messages back: three characters have a meaning of their own there."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
