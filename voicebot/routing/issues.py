"""Mistakes in files that people edit, as values: never raised one by one, always reported all at once. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "notice"]

CUT = "…"
"""Where a message leaves out the rest of a value."""


class Mark(NamedTuple):
    """A place in a file; `line` and `column` are counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One mistake. Issues sort as their reader meets them: by file, line, column.

    `code` is stable: E… stops the file from being used, N… is a notice. `message` says what is wrong, `fix` what to do;
    both are plain English for somebody who is no programmer.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    fix: str

    @property
    def severity(self) -> Severity:
        return "notice" if self.code.startswith("N") else "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}: {self.fix}"


def issue(code: str, mark: Mark, message: str, fix: str) -> Issue:
    """An `Issue` at `mark`, on one line: values quoted from the file may hold line breaks or be very long."""
    return Issue(mark.file, mark.line, mark.column, code, _one_line(message), _one_line(fix))


def _one_line(text: str) -> str:
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split()).rstrip(".")


def shown(value: str, limit: int = 60) -> str:
    """A value from the file as a message quotes it: in quotes, cut where it is long."""
    return f'"{value[: limit - 1]}{CUT}"' if len(value) > limit else f'"{value}"'


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that was probably meant, None where nothing is near."""
    choices = {each.lower().replace("_", "-"): each for each in known}
    near = difflib.get_close_matches(name.lower().replace("_", "-"), choices, n=1, cutoff=0.6)
    return choices[near[0]] if near else None


def choose(name: str, known: Iterable[str], otherwise: str) -> str:
    """The fix for a name that nobody knows: the nearest one, else `otherwise`."""
    near = did_you_mean(name, known)
    return f"did you mean {near}?" if near else otherwise


def errors(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    return tuple(each for each in issues if each.severity == "error")
