"""Dates of birth: any date beside words such as "born", and full dates too long ago to be about something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.storage.personal.found import Found
from voicebot.storage.personal.spoken import BELOW_HUNDRED, MONTHS, ORDINAL, TWO_DIGITS, YEAR, any_of

RECENT_YEAR = 2010
"""From here on a full date without "born" is as likely an appointment or a letter; such a caller would be a child."""

LOOK_BACK = 60
"""Characters before a date in which "born" stands."""

_MONTH = any_of(MONTHS)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{ORDINAL})"
_NUMBERED = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{ORDINAL})"
_GAP = r"[\s,]+"
_SHORT_YEAR = rf"(?:{TWO_DIGITS}|['’]?\d\d)"
_ANY_YEAR = rf"(?:{YEAR}|{_SHORT_YEAR})"
_DAY_MONTH = (
    rf"(?:(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+(?:the\s+)?{_DAY}"
    rf"|(?:the\s+)?{_NUMBERED}\s+of\s+the\s+{_NUMBERED})"
)

_FULL = re.compile(rf"\b{_DAY_MONTH}{_GAP}(?P<year>{_ANY_YEAR})\b", re.I)
_FIGURES = re.compile(r"(?<![\d/.-])(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d{2})(?![\d/-])")
_PARTS = re.compile(rf"\b{BELOW_HUNDRED}{_GAP}{BELOW_HUNDRED}{_GAP}{_ANY_YEAR}\b", re.I)
_PARTIAL = re.compile(rf"\b(?:{_DAY_MONTH}|{YEAR})\b", re.I)
_BIRTH_BEFORE = re.compile(r"\b(?:born|date of birth|birth ?date|birthday|d\.?o\.?b)\b[^.?!]{0,25}$", re.I)
_BORN_JUST_BEFORE = re.compile(
    r"\b(?:born|date of birth|birth ?date|birthday|d\.?o\.?b)\b\W*(?:['’]?s|is|on|in|was|about|around|\W)*$", re.I
)
_BIRTH_AFTER = re.compile(r"\W*(?:is|was|that's)\W+(?:when \w+ was born|my (?:date of birth|birthday))", re.I)


def find_dates(words: str) -> Iterator[Found]:
    for match in _FULL.finditer(words):
        if _is_birth(words, match) or _is_long_ago(match["year"]):
            yield Found(*match.span(), "date of birth")
    for match in _FIGURES.finditer(words):
        real = 1 <= int(match["day"]) <= 31 and 1 <= int(match["month"]) <= 12
        if real and (_is_birth(words, match) or _is_long_ago(match["year"])):
            yield Found(*match.span(), "date of birth")
    for pattern in (_PARTS, _PARTIAL):
        for match in pattern.finditer(words):
            if _BORN_JUST_BEFORE.search(words[max(0, match.start() - LOOK_BACK) : match.start()]):
                yield Found(*match.span(), "date of birth")


def _is_birth(words: str, match: re.Match[str]) -> bool:
    return bool(
        _BIRTH_BEFORE.search(words[max(0, match.start() - LOOK_BACK) : match.start()])
        or _BIRTH_AFTER.match(words, match.end())
    )


def _is_long_ago(year: str) -> bool:
    """Spoken years: the nineteen hundreds, and two thousand up to nine. Two digits: all but 10 to 30."""
    if year.lstrip("'’").isdecimal():
        value = int(year.lstrip("'’"))
        return value < RECENT_YEAR if value > 99 else not 10 <= value <= 30
    told = year.lower()
    if told.startswith("nineteen") and told != "nineteen":
        return True
    if told.startswith("two thousand"):
        return not re.search(r"(?:ten|\w+teen|eleven|twelve|twenty.*)$", told)
    return not told.startswith(("twenty", "ten", "eleven", "twelve")) and not told.endswith("teen")
