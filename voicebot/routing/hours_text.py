"""The compact notation of opening hours: "mon-thu", "09:00-12:30, 13:30-16:30", "24 December", "closes at 12:00". Pure.

Every function raises `NotationError`, whose two texts say what is wrong and how to write it.
"""

from __future__ import annotations

import re
from datetime import date, time
from itertools import pairwise

from voicebot.routing.issues import choose, shown
from voicebot.routing.meant import meant_date, meant_days, meant_spans
from voicebot.routing.table import DAYS, MONTHS, Change, DayName, Span

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_EARLY_OR_LATE = re.compile(r"(opens|closes)\s+at\s+(\d{1,2}):(\d{2})", re.IGNORECASE)
_DAY_OF_YEAR = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]+)(?:\s+(\d{4}))?")
_HOW_SPANS = 'write a span such as 08:30-17:00, several with commas between them, or "closed"'
_HOW_CHANGE = 'write "closed", a span such as 08:30-12:00, "closes at 12:00" or "opens at 10:00"'
_HOW_DATE = 'write "24 December" for every year, or 2026-12-24 for one'


class NotationError(ValueError):
    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def read_days(text: str) -> tuple[DayName, ...]:
    """The days of "mon-thu", "sat" or "mon, wed-fri"."""
    found: list[DayName] = []
    for part in text.split(","):
        first, _, last = (each.strip() for each in part.partition("-"))
        start, end = _day(first, text), _day(last or first, text)
        if start > end:
            raise NotationError(
                f"{shown(text)} runs backwards", "begin with the earlier day of the week, such as mon-fri"
            )
        found.extend(DAYS[start : end + 1])
    return tuple(found)


def _day(name: str, whole: str) -> int:
    for number, day in enumerate(DAYS):
        if name.lower() == day:
            return number
    short = name.lower()[:3]
    otherwise = "write mon, tue, wed, thu, fri, sat or sun, or a range such as mon-fri"
    if (meant := meant_days(whole)) is not None:
        fix = f"write {meant}"
    elif _DAY_OF_YEAR.fullmatch(whole.strip()) or meant_date(whole) is not None:
        fix = "write dates below a line exceptions:, indented by two more spaces"
    elif short in DAYS:
        fix = f"write {short}"
    else:
        fix = choose(name, ("bank_holidays", "closed_on", "exceptions"), otherwise)
    raise NotationError(f"{shown(name or whole)} is no day of the week", fix)


def read_spans(text: str) -> tuple[Span, ...]:
    """The spans of "09:00-12:30, 13:30-16:30" in order, none for "closed"."""
    if text.strip().lower() == "closed":
        return ()
    spans = tuple(sorted((_span(part.strip()) for part in text.split(",")), key=lambda each: each.start))
    for earlier, later in pairwise(spans):
        if earlier.end is None or later.start < earlier.end:
            raise NotationError(f"the spans of {shown(text)} overlap", "end one before the next begins")
    return spans


def read_change(text: str) -> Change:
    """What one date's "closed", spans, "closes at 12:00" or "opens at 10:00, closes at 15:00" changes."""
    if not re.match(r"\s*(opens?|closes?)\b", text, re.IGNORECASE):
        try:
            return Change(spans=read_spans(text))
        except NotationError as error:
            raise NotationError(error.message, _HOW_CHANGE if error.fix == _HOW_SPANS else error.fix) from None
    times: dict[str, time] = {}
    for part in text.split(","):
        match = _EARLY_OR_LATE.fullmatch(part.strip())
        if match is None or match[1].lower() in times:
            raise NotationError(f"{shown(text)} is no change of hours", _HOW_CHANGE)
        times[match[1].lower()] = _time(int(match[2]), int(match[3]))
    opens, closes = times.get("opens"), times.get("closes")
    if opens is not None and closes is not None and closes <= opens:
        raise NotationError(f"{shown(text)} closes before it opens", 'write "closed" where the line stays closed')
    return Change(opens=opens, closes=closes)


def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if match is None:
        meant = meant_spans(text)
        raise NotationError(f"{shown(text)} is no span of time", f"write {meant}" if meant else _HOW_SPANS)
    first_hour, first_minute, last_hour, last_minute = (int(each) for each in match.groups())
    start = _time(first_hour, first_minute)
    end = None if (last_hour, last_minute) == (24, 0) else _time(last_hour, last_minute)
    if end is not None and end <= start:
        fix = "a span ends on the day it begins: past midnight, end it at 24:00 and begin at 00:00 the next day"
        raise NotationError(f"{shown(text)} ends before it begins", fix)
    return Span(start=start, end=end)


def _time(hour: int, minute: int) -> time:
    if hour > 23 or minute > 59:
        raise NotationError(
            f'"{hour:02}:{minute:02}" is no time of day', "write 00:00 to 23:59, or 24:00 for the end of the day"
        )
    return time(hour, minute)


def read_date(text: str) -> date | tuple[int, int]:
    """A `date` for "2026-12-24" or "24 December 2026", `(month, day)` for "24 December"."""
    match = _DAY_OF_YEAR.fullmatch(text.strip())
    try:
        if match is None:
            return date.fromisoformat(text.strip())
        day, month = int(match[1]), _month(match[2])
        if match[3]:
            return date(int(match[3]), month, day)
        date(2024, month, day)  # a leap year, so that 29 February may be named
    except NotationError:
        raise
    except ValueError:
        meant = meant_date(text)
        fix = f"write {meant.isoformat()}" if meant is not None else _HOW_DATE
        raise NotationError(f"{shown(text)} is no date", fix) from None
    return month, day


def _month(name: str) -> int:
    lower = name.lower()
    for number, month in enumerate(MONTHS, 1):
        if lower in (month.lower(), month[:3].lower()):
            return number
    raise NotationError(f"{shown(name)} is no month", choose(name, MONTHS, _HOW_DATE))
