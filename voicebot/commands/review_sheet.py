"""The spreadsheet of `voicebot review`: out with an empty column for the label, and back however Excel or LibreOffice
saved it."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import click

from voicebot.errors import ContentError
from voicebot.reviewing import SKIP, SUGGESTED, Group, Labelled
from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.storage.review_queries import Place

NEEDED = ("heard", "label", "call", "turn")
"""The columns that are read again, by their titles; the others are for the eye, and may go."""

SUGGESTIONS = tuple(f"suggestion {number}" for number in range(1, SUGGESTED + 1))
COLUMNS = ("group", "heard", "label", *SUGGESTIONS, "why", "decision", "intent", "confidence")
MORE_COLUMNS = ("times", "when (UTC)", "call", "turn", "labels to choose from")

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""A cell that begins so is a formula to a spreadsheet, to some also where the sign is a full-width one; a caller's
words must never be one (OWASP, CSV injection)."""

MOST_BYTES = 20_000_000


def refuse_old(file: Path) -> None:
    """Raises `click.ClickException` where the file is there already, for somebody may have labelled half of it."""
    if os.path.lexists(file):
        raise click.ClickException(f"{file} is there already; name another file, or delete it")


def write_sheet(file: Path, groups: Iterable[Group], labels: Sequence[str], why: Mapping[str, str]) -> int:
    """One row for each utterance; the last column lists the labels. How many utterances. `why`: kind or sign → words.

    Raises `click.ClickException` as `refuse_old` does, and where the file cannot be written."""
    rows = list(_rows(groups, why))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *MORE_COLUMNS))
    width = len(COLUMNS) + len(MORE_COLUMNS) - 1
    for row, label in zip_longest(rows, (*sorted(labels), SKIP)):
        writer.writerow([*map(_defused, row or [""] * width), label or ""])
    refuse_old(file)
    try:
        with file.open("x", encoding="utf-8-sig", newline="") as opened:  # Excel takes it for UTF-8 by its mark
            file.chmod(0o600)
            opened.write(out.getvalue())
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror})") from None
    return len(rows)


def _rows(groups: Iterable[Group], why: Mapping[str, str]) -> Iterator[list[object]]:
    for number, group in enumerate(groups, 1):
        for case in group.cases:
            seen = case.seen
            suggested = [*case.suggested, *[""] * SUGGESTED][:SUGGESTED]
            reason = "; ".join(why[each] for each in seen.signs or (seen.kind,))
            sure = "" if seen.confidence is None else f"{seen.confidence:.2f}"
            what = [reason, seen.decision, seen.intent or "", sure, case.times, f"{seen.when:%Y-%m-%d %H:%M}"]
            yield [number, seen.heard, "", *suggested, *what, seen.call_id, seen.turn]


def _defused(cell: object) -> str:
    text = "".join(each if each.isprintable() else " " for each in str(cell))
    return f"'{text}" if text.lstrip(" '").startswith(FORMULA) else text


def _as_it_was(cell: str) -> str:
    text = cell.strip()
    return text[1:].strip() if text.startswith("'") and text.lstrip(" '").startswith(FORMULA) else text


def read_sheet(file: Path, labels: Sequence[str]) -> tuple[list[Labelled], list[Issue]]:
    """The rows that have a label, and every mistake with its row and column. Raises `ContentError` where the file is no
    such table at all."""
    rows = _cells(_text(file), file)
    titles = [" ".join(each.lower().split()) for each in next(rows, [])]
    missing = [each for each in NEEDED if titles.count(each) != 1]
    if missing:
        raise ContentError(f"{file}: row 1 must have the titles {', '.join(NEEDED)}, each once; see {missing[0]}.")
    found: list[Labelled] = []
    issues: list[Issue] = []
    for number, row in enumerate(rows, 2):
        cells = {title: _as_it_was(cell) for title, cell in zip(titles, row, strict=False)}
        marks = {title: Mark(str(file), number, titles.index(title) + 1) for title in NEEDED}
        if cells.get("label"):
            found += _labelled(cells, marks, labels, issues)
    return found, issues + _twice(found)


def _labelled(
    cells: Mapping[str, str], marks: Mapping[str, Mark], labels: Sequence[str], issues: list[Issue]
) -> Iterator[Labelled]:
    label = as_label(cells["label"])
    if label not in labels and label != SKIP:
        message = f"column label: {shown(cells['label'])} is no label"
        fix = choose(label, (*labels, SKIP), "take one of the last column, or skip")
        issues.append(issue("E801", marks["label"], message, fix))
        return
    if not cells.get("heard"):
        issues.append(issue("E802", marks["heard"], "column heard: there is a label but no words", "empty the label"))
        return
    place: Place | None = None
    call, turn = cells.get("call", ""), cells.get("turn", "")
    if call and re.fullmatch(r"[0-9]{1,6}([.,]0+)?", turn):
        place = call, int(re.split("[.,]", turn)[0])
    else:
        message = f"columns call and turn: {shown(f'{call} {turn}')} names no utterance"
        issues.append(issue("E803", marks["turn"], message, "copy both from the sheet that went out"))
    yield Labelled(cells["heard"], label, place, marks["label"])


def as_label(given: str) -> str:
    """`Blue Badge apply` means `blue_badge_apply`."""
    return re.sub(r"[\s_-]+", "_", given.strip().lower())


def _twice(found: Iterable[Labelled]) -> list[Issue]:
    """One utterance in two rows with two labels."""
    first: dict[Place, Labelled] = {}
    issues: list[Issue] = []
    for each in found:
        seen = first.setdefault(each.place, each) if each.place else each
        if seen.label != each.label:
            message = f"column label: {each.label} here, but row {seen.mark.line} calls the same utterance {seen.label}"
            issues.append(issue("E807", each.mark, message, "keep one of the two rows"))
    return issues


def _text(file: Path) -> str:
    """UTF-8 with or without a mark, Excel's "Unicode text", or what Excel on Windows saves where nobody chose UTF-8."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise ContentError(f"{file}: cannot be read ({error.strerror}).") from None
    if len(content) > MOST_BYTES or content.startswith(b"PK"):
        raise ContentError(f"{file}: no CSV file. In the spreadsheet, save it as CSV UTF-8.")
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ContentError(f"{file}: cannot be read as text. In the spreadsheet, save it as CSV UTF-8.")


def _cells(text: str, file: Path) -> Iterator[list[str]]:
    """The rows, whatever stands between the cells: a comma, a semicolon or a tab."""
    told = re.match(r"sep=(.)\r?\n", text)
    text = text[told.end() :] if told else text
    first = text.partition("\n")[0]
    between = told[1] if told else max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=between)
    except csv.Error as error:
        raise ContentError(f"{file}: cannot be read as a table ({error}). Save it as CSV UTF-8 again.") from None
