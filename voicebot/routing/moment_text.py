"""The notation of a moment: "2027-01-11 10:00", "11 January 2027 10:00", or a date alone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from voicebot.routing.hours import LONDON
from voicebot.routing.hours_text import NotationError, read_date
from voicebot.routing.issues import shown
from voicebot.routing.meant import meant_date, meant_day_of_year, meant_time

_TIME = re.compile(r"(?:^|[\sT,])(?:at\s+)?(\d{1,2}):(\d{2})$")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELATIVE = ("today", "tomorrow", *_WEEKDAYS)
_EXAMPLE = date(2027, 1, 11)
_CLOCK = time(10)


def read_moment(text: str, *, end: bool = False, today: date | None = None) -> datetime:
    """The instant, in UTC, of a date and time in the United Kingdom.

    A date alone stands for its beginning or, where `end`, for its end: midnight. An hour that comes twice, when clocks
    go back, is the first of the two, or the second where `end`. In the hour that is left out when they go forward, a
    time is the change itself or, where `end`, as long after it as it would have been: a notice rather holds too long
    than too short, but not before the change. `today`, where it is given, makes the example of a
    `NotationError` one to copy."""
    try:
        return _instant(text, end, today)
    except OverflowError:  # the last day there is
        raise NotationError(f"{shown(text)} is too far ahead", f"write a date such as {_EXAMPLE.isoformat()}") from None


def _instant(text: str, end: bool, today: date | None) -> datetime:
    match = _TIME.search(text)
    day = _day(text[: match.start()] if match else text, text, match, today)
    if match is not None and (int(match[1]), int(match[2])) != (24, 0):
        wall = datetime.combine(day, _time(match))
    else:
        wall = datetime.combine(day, time()) + timedelta(days=1 if end or match else 0)
    first, second = (wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:  # left out; the clocks of the United Kingdom change on the hour
        return first if end else first.replace(minute=0, second=0)
    return second if end else first


def _time(match: re.Match[str]) -> time:
    hour, minute = int(match[1]), int(match[2])
    if hour > 23 or minute > 59:
        fix = "write 00:00 to 23:59, or 24:00 for the end of the day"
        raise NotationError(f'"{hour:02}:{minute:02}" is no time of day', fix)
    return time(hour, minute)


def _day(words: str, text: str, match: re.Match[str] | None, today: date | None) -> date:
    """The date of the words before the time. The file is read again next week: only a whole date stays the same."""
    meant = _meant(text, today)
    name = re.sub(r"^(?:on|next|this)\s+", "", words.strip(" ,").lower())
    if name in _RELATIVE or (named := _weekday(name)) is not None:
        meant = name if name in _RELATIVE else named
        message = f"{shown(text)} means another day each week"
        raise NotationError(message, f"write the date: {_example(_next(meant, today), match)}")
    if not name:
        raise NotationError(f"{shown(text)} has no date", f"write it: {_example(today or _EXAMPLE, match)}")
    try:
        day = read_date(name)
    except NotationError as error:
        example = f"write {meant}" if meant else f"write a date and a time: {_example(today or _EXAMPLE, match)}"
        message = f"{shown(text)} is no date and time as they are written here" if meant else error.message
        raise NotationError(message, example) from None
    if isinstance(day, date):
        return day
    raise NotationError(f"{shown(text)} has no year", f"write it: {_example(_coming(day, today), match)}")


def _meant(text: str, today: date | None) -> str | None:
    """The date of another notation, with its time where it has one: hers, not an example. Without a year, or with the
    name of a weekday, it is the next."""
    day = meant_date(text)
    if day is None and (yearly := meant_day_of_year(text)) is not None:
        day = _coming(yearly, today)
    if day is None and (named := _weekday(text.lower().split(" ")[0])) is not None:
        day = _next(named, today)
    if day is None:
        return None
    clock = meant_time(text)
    return day.isoformat() if clock is None else f"{day.isoformat()} {clock:%H:%M}"


def _weekday(name: str) -> str | None:
    return next((each for each in _WEEKDAYS if len(name) >= 3 and each.startswith(name)), None)


def _next(name: str | None, today: date | None) -> date:
    if today is None or name is None:
        return _EXAMPLE
    if name in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(name) - today.weekday()) % 7)
    return today + timedelta(days=_RELATIVE.index(name))


def _coming(day: tuple[int, int], today: date | None) -> date:
    """The day of the year when it next comes round; 29 February in the next leap year."""
    first = today or _EXAMPLE
    years = range(first.year, first.year + 9)
    dates = (date(year, *day) for year in years if day != (2, 29) or _leap(year))
    return next(each for each in dates if each >= first)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _example(day: date, match: re.Match[str] | None) -> str:
    hour, minute = (int(match[1]), int(match[2])) if match else (_CLOCK.hour, _CLOCK.minute)
    sound = hour <= 23 and minute <= 59
    clock = time(hour, minute) if sound else _CLOCK
    return f"{day.isoformat()} {clock:%H:%M}"
