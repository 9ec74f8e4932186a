"""Reads a spreadsheet's CSV as the same tree that calls.yaml makes, so that what follows knows one format. Pure."""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, Text

EXPECTED = ("intent", "also", "outcome", "queue", "says", "text", "turns")
LISTS = ("intent", "also", "outcome", "queue", "says")
COLUMNS = ("name", "for", "from", "at", "transfers", "steps", "words", *EXPECTED)
SOUND_COLUMNS = ("file", "words", "voice", "accent", "noise", "language", "channel", "for")
TAG = "tag:"
"""How the name of a column begins that holds a tag, such as tag:kind."""

_PARTS = re.compile(r"\s*\|\s*")
_STEPS = re.compile(r"\s*[|;]\s*")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})[ T]+(\d{1,2}:\d{2}(?::\d{2})?)")
_SEPARATORS = ",;\t"
LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Cell:
    mark: Mark
    text: str


Row = tuple[Cell, ...]


def read_calls_csv(text: str, file: str) -> tuple[Fields, tuple[Issue, ...]]:
    """The calls by name. A row of mistakes is left out, and they are told."""
    return _read(text, file, COLUMNS, ("name", "steps"), _call)


def read_words_csv(text: str, file: str) -> tuple[Fields, tuple[Issue, ...]]:
    """What words.csv says of each recording, by file."""
    return _read(text, file, SOUND_COLUMNS, ("file",), _sound)


def _read(
    text: str, file: str, columns: tuple[str, ...], needed: tuple[str, ...], entry: Callable[[dict[str, Cell]], Fields]
) -> tuple[Fields, tuple[Issue, ...]]:
    start = Mark(file, 1, 1)
    rows, issues = _rows(text, file)
    if not rows and not issues:
        fix = f"write the columns {', '.join(columns)} in the first row, and below it a row for each"
        return Fields(start, ()), (issue("S101", start, "the file is empty", fix),)
    if not rows:
        return Fields(start, ()), tuple(issues)
    names, wrong = _header(rows[0], columns, needed)
    issues += wrong
    found: dict[str, Entry] = {}
    for row in rows[1:]:
        if len(row) > len(names):
            fix = 'put cells that hold a comma or a semicolon in quotes, "like, this"'
            issues.append(
                issue("S102", row[len(names)].mark, f"this row has {len(row)} cells, the first has {len(names)}", fix)
            )
            continue
        cells = {name: cell for name, cell in zip(names, row, strict=False) if name and cell.text}
        key = cells.pop(needed[0], None)
        if key is None:
            issues.append(
                issue("S103", row[0].mark, f"this row has no {needed[0]}", f"write it in the column {needed[0]}")
            )
        elif key.text in found:
            first = found[key.text].mark.line
            message = f"{key.text} stands here twice, first in line {first}; only one can count"
            issues.append(issue("S104", key.mark, message, "delete one of the two, or rename it"))
        else:
            found[key.text] = Entry(key.text, key.mark, entry({"": key, **cells}))
    return Fields(start, tuple(found.values())), tuple(issues)


def _header(row: Row, columns: tuple[str, ...], needed: tuple[str, ...]) -> tuple[list[str], list[Issue]]:
    """The name of each column, "" for one that cannot be used."""
    names: list[str] = []
    issues: list[Issue] = []
    for cell in row:
        name = cell.text.lower() if not cell.text.lower().startswith(TAG) else cell.text
        known = name in columns or (name.startswith(TAG) and name != TAG)
        if not known and name:
            fix = choose(name, columns, f"the columns are {', '.join(columns)}, and tag:… for your own")
            issues.append(issue("S101", cell.mark, f"there is no column {shown(cell.text)}", fix))
        elif name in names and name:
            issues.append(issue("S101", cell.mark, f"the column {name} stands here twice", "delete one of the two"))
            known = False
        names.append(name if known else "")
    for name in needed:
        if name not in names:
            issues.append(issue("S101", row[0].mark, f"there is no column {name}", f"write {name} at its head"))
    return names, issues


# --- one row -------------------------------------------------------------------------------------------------------


def _call(cells: dict[str, Cell]) -> Fields:
    mark = cells[""].mark
    entries = [Entry(name, cells[name].mark, _value(name, cells[name])) for name in ("for", "from") if name in cells]
    if "at" in cells:
        entries.append(Entry("at", cells["at"].mark, Text(cells["at"].mark, iso(cells["at"].text))))
    if "transfers" in cells:
        entries.append(Entry("transfers", cells["transfers"].mark, _parted(cells["transfers"], _STEPS)))
    if "steps" in cells:
        entries.append(Entry("steps", cells["steps"].mark, _steps(cells["steps"], cells.get("words"))))
    expected = tuple(Entry(name, cells[name].mark, _value(name, cells[name])) for name in EXPECTED if name in cells)
    if expected:
        entries.append(Entry("expect", mark, Fields(mark, expected)))
    return Fields(mark, (*entries, *_tags(cells, mark)))


def _sound(cells: dict[str, Cell]) -> Fields:
    mark = cells[""].mark
    own = tuple(Entry(name, cells[name].mark, _text(cells[name])) for name in SOUND_COLUMNS if name in cells)
    return Fields(mark, (*own, *_tags(cells, mark)))


def _tags(cells: dict[str, Cell], mark: Mark) -> tuple[Entry, ...]:
    tags = tuple(
        Entry(name.removeprefix(TAG), cell.mark, _text(cell)) for name, cell in cells.items() if name.startswith(TAG)
    )
    return (Entry("tags", mark, Fields(mark, tags)),) if tags else ()


def _text(cell: Cell) -> Text:
    return Text(cell.mark, cell.text)


def _value(name: str, cell: Cell) -> Node:
    return _parted(cell, _PARTS) if name in LISTS and "|" in cell.text else _text(cell)


def _parted(cell: Cell, separator: re.Pattern[str]) -> Items:
    return Items(cell.mark, tuple(Text(cell.mark, part) for part in separator.split(cell.text) if part))


def _steps(cell: Cell, words: Cell | None) -> Items:
    """The steps; the parts of the column `words` belong to the recordings among them, in their order."""
    said = iter(_PARTS.split(words.text) if words is not None else ())
    steps: list[Node] = []
    for part in _STEPS.split(cell.text):
        spoken = next(said, None) if words is not None and re.search(r"\.\w{2,4}$", part) else None
        if words is None or spoken is None:
            steps += [Text(cell.mark, part)] if part else []
            continue
        entries = (
            Entry("play", cell.mark, Text(cell.mark, part)),
            Entry("words", words.mark, Text(words.mark, spoken)),
        )
        steps.append(Fields(cell.mark, entries))
    return Items(cell.mark, tuple(steps))


def iso(text: str) -> str:
    """Spreadsheets turn dates to 24/12/2026 12:30 by themselves; day first, as in the United Kingdom."""
    found = _DAY_FIRST.fullmatch(text)
    if found is None or int(found[2]) > 12:  # the month first, as in America: what is told of it quotes what was typed
        return text
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02} {found[4].zfill(5) if len(found[4]) < 6 else found[4]}"


# --- cells with their places ---------------------------------------------------------------------------------------


def _rows(text: str, file: str) -> tuple[list[Row], list[Issue]]:
    """The rows that hold anything, and what is said of lines that cannot be read: behind each of them reading goes on
    with the next line."""
    starts = [0, *(found.end() for found in LINE_END.finditer(text))]
    reached = 0
    first = text[: starts[1]] if len(starts) > 1 else text
    if first.lower().startswith("sep="):  # how Excel is told what parts its cells
        separator, reached = first[4:5], starts[1] if len(starts) > 1 else len(text)
    else:
        separator = max(_SEPARATORS, key=first.count)
    rows: list[Row] = []
    issues: list[Issue] = []
    while reached < len(text):
        try:
            rows += _readable(text, file, starts, reached, separator)
            break
        except _Unreadable as unreadable:
            rows += unreadable.before
            fix = 'close quotes that are open, and write "" for quotes within a cell'
            mark = _mark(file, starts, unreadable.offset)
            issues.append(issue("S102", mark, "the quotes of this row do not match", fix))
            reached = starts[mark.line] if mark.line < len(starts) else len(text)
    return rows, issues


class _Unreadable(Exception):
    """The row at `offset` cannot be read; those `before` it can."""

    def __init__(self, offset: int, before: list[Row]) -> None:
        super().__init__(offset)
        self.offset = offset
        self.before = before


def _readable(text: str, file: str, starts: list[int], reached: int, separator: str) -> list[Row]:
    """The rows from `reached` on that hold anything. Where a cell stands follows from what those before it took up:
    their characters, the quotes about them, and one more for each quote within. Raises `_Unreadable`."""
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text[reached:], newline=""), delimiter=separator, strict=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            raise _Unreadable(reached, rows) from None
        if row is None:
            return rows
        cells: list[Cell] = []
        for cell in row:
            quoted = text[reached : reached + 1] == '"'
            cells.append(Cell(_mark(file, starts, reached + quoted), " ".join(cell.split())))
            reached += len(cell) + (cell.count('"') + 2 if quoted else 0) + 1
        if not row:
            reached += 1
        if text[reached - 1 : reached + 1] == "\r\n":
            reached += 1
        if any(cell.text for cell in cells):
            rows.append(tuple(cells))


def _mark(file: str, starts: list[int], offset: int) -> Mark:
    line = bisect_right(starts, offset)
    return Mark(file, line, offset - starts[line - 1] + 1)
