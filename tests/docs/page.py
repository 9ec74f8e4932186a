"""A page of the docs as its reader follows it: lines to write into routing.yaml, commands to type, what they print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SKIPPED = "…"
"""Stands in a page for what is left out of the output: alone on its line for lines, else for the rest of its line."""

_FENCE = re.compile(r"^```(?P<kind>\w+)(?: (?P<title>\S+))?$")
_TOP = re.compile(r"^(?P<name>[a-z_]+):")
_ENTRY = re.compile(r"^  (?P<name>[\w-]+):")


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is yaml or console; `title` the file that yaml is for, or "wrong" for a mistake that is shown; `line` that
    of the page, counted from 1."""

    kind: str
    title: str
    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a page and the lines that it is said to print."""

    command: str
    printed: tuple[str, ...]
    line: int


def recipes(page: Path) -> dict[str, list[Block]]:
    """The fenced blocks of a page by the heading (##) that they stand under; those before the first under ""."""
    found: dict[str, list[Block]] = {}
    heading = ""
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        if line.startswith("## "):
            heading = line[3:]
        if match := _FENCE.match(line):
            inside = tuple(_until_fence(lines))
            found.setdefault(heading, []).append(Block(match["kind"], match["title"] or "", inside, number))
    return found


def _until_fence(lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    for _, line in lines:
        if line == "```":
            return
        yield line


def steps(block: Block) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(block.lines, block.line + 1):
        if line.startswith("$ "):
            found.append(Step(line[2:], (), number))
        else:
            assert found, f"line {number}: a console block begins with a command"
            last = found.pop()
            found.append(Step(last.command, (*last.printed, line), last.line))
    return found


def prints(output: str, claimed: tuple[str, ...]) -> bool:
    """Whether `output` is what a page claims, but for what it skips and for spaces at the ends of lines."""
    pattern = "".join(rf"(?:{_SKIP})*?" if line == SKIPPED else _line(_timeless(line)) for line in claimed)
    written = "".join(f"{_timeless(line.rstrip())}\n" for line in output.splitlines())
    return re.fullmatch(pattern, written) is not None


_SKIP = r"[^\n]*\n"
_CHANGING = (
    (re.compile(r"\b(routing\.yaml):\d+"), r"\1:LINE"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "VERSION"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"), "TIME"),
    (re.compile(r"^@@ .* @@$"), "@@"),
    (re.compile(r"\bconfidence \d\.\d\d ≥ accept \d\.\d\d"), "confidence ≥ accept"),
)
"""What is another whenever the example table is edited or the page is followed, and need not be mended here then."""


def _timeless(line: str) -> str:
    for changing, name in _CHANGING:
        line = changing.sub(name, line)
    return line


def _line(claimed: str) -> str:
    return "[^\n]*".join(re.escape(part) for part in claimed.rstrip().split(SKIPPED)) + "\n"


def written_into(table: str, lines: tuple[str, ...]) -> str:
    """`table` with each entry of `lines` in place of the one of that name, or at the end of its section."""
    for section, entry, own in _entries(lines):
        table = _put(table.splitlines(), section, entry, own)
    return table


def taken_out_of(table: str, lines: tuple[str, ...]) -> str:
    """`table` without the entries of `lines`: they have moved to another file."""
    for section, entry, _ in _entries(lines):
        rows = table.splitlines()
        if entry and (place := _place(rows, section, entry)) is not None:
            table = "\n".join([*rows[: place[0]], *rows[place[1] :]]) + "\n"
    return table


def _entries(lines: tuple[str, ...]) -> Iterator[tuple[str, str, list[str]]]:
    """(section, entry, its lines); a section that is one line, such as vocabulary, has an empty entry."""
    section, entry, own = "", "", list[str]()
    for line in lines:
        top, inner = _TOP.match(line), _ENTRY.match(line)
        if (top or inner) and own:
            yield section, entry, own
        if top:
            section, entry = top["name"], ""
            own = [line] if line.rstrip().partition(":")[2].split("#")[0].strip() else []
        elif inner:
            entry, own = inner["name"], [line]
        elif own:
            own.append(line)
    if own:
        yield section, entry, own


def _put(rows: list[str], section: str, entry: str, own: list[str]) -> str:
    place = _place(rows, section, entry)
    if place is None and entry:
        whole = _place(rows, section, "")
        if whole is None:
            rows, place = [*rows, "", f"{section}:"], (len(rows) + 2, len(rows) + 2)
        else:
            place = (whole[1], whole[1])
    elif place is None:
        place = (len(rows), len(rows))
    return "\n".join([*rows[: place[0]], *own, *rows[place[1] :]]) + "\n"


def _place(rows: list[str], section: str, entry: str) -> tuple[int, int] | None:
    """First line and the one after the last, counted from 0; blank lines and comments after an entry are not its."""
    inside = False
    for number, row in enumerate(rows):
        if top := _TOP.match(row):
            inside = top["name"] == section
            if inside and not entry:
                return number, _end(rows, number, 0)
        elif inside and entry and (match := _ENTRY.match(row)) and match["name"] == entry:
            return number, _end(rows, number, 2)
    return None


def _end(rows: list[str], start: int, indent: int) -> int:
    end = start + 1
    for number in range(start + 1, len(rows)):
        row = rows[number]
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        if len(row) - len(row.lstrip()) <= indent:
            break
        end = number + 1
    return end
