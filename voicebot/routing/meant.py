"""What people write for dates, times and days where the notation is another: so that a message can give back their own,
as it must be written, rather than an example that is wrong if it is copied. Pure.
"""

from __future__ import annotations

import re
from datetime import date, time

from voicebot.routing.table import DAYS, MONTHS, DayName

_NAMES = "|".join(month[:3] for month in MONTHS)
_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_FIGURES = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+({_NAMES})[a-z]*\.?,?[\s-]+(\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b({_NAMES})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I)
_NO_YEAR = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_CLOCK = re.compile(
    r"(?<![\d:./-])(\d{1,2})(?:[:.h](\d{2}))?\s*([ap])\.?m\b\.?"
    r"|(?<![\d:./-])(\d{1,2})[:.h](\d{2})(?![\d.:])|\b([01]\d|2[0-3])([0-5]\d)\b",
    re.I,
)
_NOON = re.compile(r"\b(noon|midday|midnight)\b", re.I)
_TO = re.compile(r"\s*(?:[-–—]|\bto\b|\btill\b|\buntil\b)\s*", re.I)
_GROUPS = {
    **{"weekdays": "mon-fri", "weekday": "mon-fri", "every weekday": "mon-fri", "weekend": "sat-sun"},
    **{"weekends": "sat-sun", "daily": "mon-sun", "every day": "mon-sun", "all week": "mon-sun"},
}


def meant_date(text: str) -> date | None:
    """The date in `text`: "24/12/2026" (day first, as in the United Kingdom), "December 24th, 2026", "24-12-26"."""
    for pattern, order in ((_ISO, "ymd"), (_FIGURES, "dmy"), (_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy")):
        if found := pattern.search(text):
            parts = dict(zip(order, found.groups(), strict=True))
            year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
            month = int(parts["m"]) if parts["m"].isdigit() else _month(parts["m"])
            day = int(parts["d"])
            if month > 12 and order == "dmy":
                day, month = month, day
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return None


def meant_day_of_year(text: str) -> tuple[int, int] | None:
    """Month and day of a date without its year: "24/12", day first."""
    found = _NO_YEAR.search(text)
    if found is None:
        return None
    day, month = int(found[1]), int(found[2])
    if month > 12:
        day, month = month, day
    try:
        date(2024, month, day)  # a leap year, so that 29 February may be named
    except ValueError:
        return None
    return month, day


def _month(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, 1) if month[:3].lower() == name[:3].lower())


def meant_time(text: str) -> time | None:
    """The time of day in `text`, outside of its date: "5pm", "5.30 pm", "17.00", "noon"."""
    for pattern in (_ISO, _FIGURES, _DAY_FIRST, _MONTH_FIRST):
        text = pattern.sub(" ", text)
    if named := _NOON.search(text):
        return time(0) if named[1].lower() == "midnight" else time(12)
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, minute = int(found[1] or found[4] or found[6]), int(found[2] or found[5] or found[7] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def meant_days(text: str) -> str | None:
    """The days of "Monday-Friday", "Mon to Thu, Sat" or "weekdays", as they are written here."""
    parts = [_range(part.strip()) for part in re.split(r",|&|\band\b", text.lower()) if part.strip()]
    return None if not parts or None in parts else ", ".join(part for part in parts if part)


def _range(text: str) -> str | None:
    if text in _GROUPS:
        return _GROUPS[text]
    days = [_day(each) for each in _TO.split(text)]
    known = [each for each in days if each is not None]
    return "-".join(known) if len(known) == len(days) <= 2 else None


def _day(text: str) -> DayName | None:
    whole = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    name = text.rstrip(".")
    fits = (each for each in whole if len(name) >= 3 and (each.startswith(name) or name == f"{each}s"))
    found = next(fits, None)
    return None if found is None else DAYS[whole.index(found)]


def meant_spans(text: str) -> str | None:
    """The spans of "9am-5pm" or "9.00 to 12.30, 13.30 to 17.00". "9-5" may be anything."""
    written = []
    for part in text.split(","):
        ends = [meant_time(each) for each in _TO.split(part.strip())]
        if len(ends) != 2 or ends[0] is None or ends[1] is None:
            return None
        end = "24:00" if ends[1] == time(0) else f"{ends[1]:%H:%M}"
        if ends[1] != time(0) and ends[1] <= ends[0]:
            return None
        written.append(f"{ends[0]:%H:%M}-{end}")
    return ", ".join(written)
