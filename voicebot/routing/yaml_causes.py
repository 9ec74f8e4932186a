"""What somebody did who wrote what YAML cannot be: the line that is wrong, why, and how to write it. Pure.

PyYAML notices a mistake where it can no longer go on, which may be lines after it, and says what it expected there. So
the line that it names, and the ones before it, are looked at for what people really do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

from voicebot.routing.issues import Issue, Mark, issue

SOFT = tuple("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000")
"""Spaces that word processors and web pages have. To YAML they are letters."""

_SOFT = "".join(SOFT)
_SOFT_INDENT = re.compile(rf" *([{_SOFT}])[ {_SOFT}]*(?=[\w\"'][^:]*:(?:\s|$)|- )")
_SOFT_AFTER_NAME = re.compile(rf"\s*(?:- )?[\w-]+:([{_SOFT}])[ {_SOFT}]*")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

_NO_SPACE = re.compile(r"\s*(?:- )?([\w-]+):(?=[^\s:/])([^#]*)")
_EQUALS = re.compile(r"\s*(?:- )?([\w-]+)\s*=\s*([^#]*)")
_DASH = re.compile(r"\s*-(?=[^\s\d-])([^#]*)")
_COMMENT = re.compile(r"\s#")
_NAME_ALONE = re.compile(r"\s*[\w-]+")
_NAME_THEN_COLON = re.compile(r"\s*[\w-]+\s*:(?:\s|$)")

_INDENT = "start this line in the same column as its neighbours"
_SYNTAX = (
    (
        "mapping values are not allowed",
        "a colon stands where none can",
        "put text that holds a colon and a space in quotes",
    ),
    ("could not find expected ':'", "a colon is missing", "write a colon and a space after the name"),
    ("expected <block end>", "the indentation does not fit", _INDENT),
    ("expected '<document start>'", "the indentation does not fit", _INDENT),
    ("expected ',' or", "a list or a group is not closed", "look for a missing comma or closing bracket"),
    ("unexpected end of stream", "a quotation mark is never closed", "close it with the same mark"),
    ("cannot start any token", "a value begins with a character that YAML keeps for itself", "put the value in quotes"),
    ("unknown escape character", "a backslash in double quotes", "use single quotes, or leave the backslash out"),
    ("did not find expected alphabetic", "a value begins with & or *", "put the value in quotes"),
    ("undefined tag handle", "a value begins with !", "put the value in quotes"),
)


class _Cause(NamedTuple):
    """`line` and `column` count from 0."""

    line: int
    column: int
    message: str
    fix: str


def yaml_lines(text: str) -> list[str]:
    """The lines of a text as YAML counts them."""
    return _BREAK.split(text.removeprefix("\ufeff"))


def soft_spaces(text: str, file: str) -> tuple[Issue, ...]:
    """Spaces that are none, where only a space can be: before a name, or after its colon."""
    return tuple(
        issue(
            "E017",
            Mark(file, number, match.start(1) + 1),
            "a space here is a non-breaking one, which only looks like a space",
            "delete it, and type a space",
        )
        for number, line in enumerate(yaml_lines(text), 1)
        if (match := _soft(line))
    )


def hard_spaces(text: str) -> str:
    """`text` with plain spaces in place of those that `soft_spaces` reports."""
    return "\n".join(
        re.sub(rf"[{_SOFT}]", " ", line[: match.end()]) + line[match.end() :] if (match := _soft(line)) else line
        for line in yaml_lines(text)
    )


def _soft(line: str) -> re.Match[str] | None:
    return _SOFT_INDENT.match(line) or _SOFT_AFTER_NAME.match(line)


def syntax_issue(error: yaml.YAMLError, text: str, file: str) -> Issue:
    """The one issue that PyYAML's `error` about `text` stands for."""
    if isinstance(error, yaml.reader.ReaderError):
        before = yaml_lines(text[: int(error.position)])
        mark = Mark(file, len(before), len(before[-1]) + 1)
        return issue(
            "E003", mark, "there is a character that cannot be text", "delete it, or save the file again as UTF-8 text"
        )
    problem = str(getattr(error, "problem", None) or error)
    at = _place(getattr(error, "problem_mark", None))
    opened = _place(getattr(error, "context_mark", None))
    if at is None:
        at = opened or (0, 0)
    lines = yaml_lines(text)
    cause = next(_causes(problem, at, opened, lines), None) or _plain(problem, at, opened)
    return issue("E007", Mark(file, cause.line + 1, cause.column + 1), cause.message, cause.fix)


def _place(mark: yaml.Mark | None) -> tuple[int, int] | None:
    return None if mark is None else (mark.line, mark.column)


def _plain(problem: str, at: tuple[int, int], opened: tuple[int, int] | None) -> _Cause:
    """What PyYAML says, in other words."""
    if ("end of stream" in problem or "could not find expected ':'" in problem) and opened is not None:
        at = opened  # what was never closed, or has no colon, is found later on; say where it began
    for part, message, fix in _SYNTAX:
        if part in problem:
            return _Cause(*at, message, fix)
    return _Cause(*at, f"this is not YAML ({problem})", "compare the line with its neighbours")


def _causes(
    problem: str, at: tuple[int, int], opened: tuple[int, int] | None, lines: Sequence[str]
) -> Iterator[_Cause]:
    """What fits the mistake, the likeliest first."""
    line, column = at
    if "expected <block end>" in problem or "expected ',' or" in problem:
        yield from _quotes(line, column, lines)
    if "could not find expected ':'" in problem and opened is not None:
        yield from _slips(opened[0], lines)
    elif "mapping values" in problem or "expected <block end>" in problem:
        yield from _slips(line, lines)
        before = _line_before(line, lines)
        if before is not None:
            yield from _slips(before, lines)
    if "expected <block end>" in problem:
        yield from _cut_off(line, lines)
        yield from _outdented(line, lines)
    if "mapping values" in problem and _NAME_ALONE.fullmatch(_line(line, lines)[:column]):
        # what PyYAML takes for text that goes on is a line indented too far
        yield _Cause(line, column, "the indentation does not fit", _INDENT)


def _line(number: int, lines: Sequence[str]) -> str:
    return lines[number] if 0 <= number < len(lines) else ""


def _line_before(number: int, lines: Sequence[str]) -> int | None:
    """The nearest line above that says something."""
    above = (each for each in range(min(number, len(lines)) - 1, -1, -1))
    return next((each for each in above if lines[each].strip() and not lines[each].lstrip().startswith("#")), None)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _slips(number: int, lines: Sequence[str]) -> Iterator[_Cause]:
    """No space after a colon or a dash, or an equals sign for the colon."""
    line = _line(number, lines)
    if match := _NO_SPACE.fullmatch(line):
        fix = f"write {match[1]}: {match[2].strip()}"
        yield _Cause(number, match.end(1), "there is no space after the colon", fix)
    elif match := _EQUALS.match(line):
        fix = f"write {match[1]}: {match[2].strip()}"
        yield _Cause(number, line.index("="), "there is an = in place of the colon", fix)
    elif match := _DASH.fullmatch(line):
        fix = f"write - {match[1].strip()}"
        yield _Cause(number, line.index("-"), "there is no space after the dash", fix)


def _cut_off(number: int, lines: Sequence[str]) -> Iterator[_Cause]:
    """Text over several lines, cut off by a # in one of them."""
    before = _line_before(number, lines)
    found = None if before is None else _COMMENT.search(lines[before])
    if before is not None and found is not None and not _NAME_THEN_COLON.match(_line(number, lines)):
        fix = 'put the text in "double quotes"'
        yield _Cause(before, found.end() - 1, "what follows a # is left out, and the text goes on below it", fix)


def _quotes(number: int, column: int, lines: Sequence[str]) -> Iterator[_Cause]:
    """Text goes on after a quotation mark that ended it."""
    line = _line(number, lines)
    before = line[:column].rstrip()
    mark = before[-1:]
    if mark not in ("'", '"'):
        return
    end = len(before) - 1
    if before.count(mark) % 2 and _NAME_THEN_COLON.match(line):
        first = next((each for each in range(number - 1, -1, -1) if lines[each].count(mark) % 2), None)
        if first is not None:
            at = lines[first].index(mark)
            yield _Cause(first, at, "a quotation mark is never closed", "close it with the same mark")
            return
    if mark == "'" and column == end + 1 and line[end - 1 : end].isalpha() and _word(line, column):
        fix = 'put the text in "double quotes", since it holds an apostrophe'
        yield _Cause(number, end, "the apostrophe ends the quotation", fix)
    else:
        other = "double" if mark == "'" else "single"
        fix = f"put all of the text in {other} quotes, or none of it"
        yield _Cause(number, end, "text goes on after the closing quotation mark", fix)


def _word(line: str, column: int) -> bool:
    return line[column : column + 1].isalpha()


def _outdented(number: int, lines: Sequence[str]) -> Iterator[_Cause]:
    """A line begins too far to the left, and what belongs to it does not: the next of its neighbours is met as a line
    too many, though it stands where it should."""
    own = _indent(_line(number, lines))
    above = _line_before(number, lines)
    while above is not None and _indent(lines[above]) >= own:
        above = _line_before(above, lines)
    if above is None or not lines[above].rstrip().endswith(":"):
        return
    left, before = _indent(lines[above]), _line_before(above, lines)
    while before is not None and _indent(lines[before]) > left:
        if _indent(lines[before]) == own and _NAME_THEN_COLON.match(lines[before]):
            if lines[before].rstrip().endswith(":") and _alike(before, above, number, lines):
                fix = f"indent it by {own} spaces, like line {before + 1}"
                yield _Cause(above, left, "this line begins too far to the left", fix)
            return
        before = _line_before(before, lines)


def _alike(one: int, other: int, third: int, lines: Sequence[str]) -> bool:
    """Whether the parts below these lines begin in one column: then they are neighbours."""
    return len({_first_part(each, lines) for each in (one, other, third)}) == 1


def _first_part(number: int, lines: Sequence[str]) -> int:
    below = (each for each in lines[number + 1 :] if each.strip() and not each.lstrip().startswith("#"))
    return _indent(next(below, ""))
