"""Why a line is open or closed at a moment, in plain words and with the line of the file that says so. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from voicebot.routing.hours import (
    LONDON,
    closing_notice,
    is_open,
    line_next_opening,
    openings_on,
    spans_on,
)
from voicebot.routing.hours_text import NotationError, read_date, read_days
from voicebot.routing.table import DAYS, MONTHS, DayName, Hours, Line, Span, Table

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_NEVER_CLOSES = 8
"""Days without a gap after which a line is taken for one that does not close."""


@dataclass(frozen=True, slots=True)
class Opening:
    """`reason` begins with "open" or "closed"; `at` is the file and line that it rests on. `until` (aware, local): when
    an open line closes, or a closed one opens; None where it never does."""

    open: bool
    reason: str
    at: Line
    until: datetime | None


def why_open(table: Table, queue: str, now: datetime) -> Opening:
    """Whether the line of `queue` is open at `now` (aware; `ValueError` where it is not), and what makes it so."""
    name = table.queues[queue].hours
    notice = closing_notice(table, queue, now)
    if notice is not None:
        reason = f"closed by the notice {notice.name} until {moment_in_words(notice.until)}"
        at = table.where(f"notices.{notice.name}")
        return Opening(False, reason, at, line_next_opening(table, queue, now))
    open_now = is_open(table, name, now)
    reason, at = _why(table, name, now.astimezone(LONDON), open_now)
    until = _closes(table, queue, now) if open_now else line_next_opening(table, queue, now)
    return Opening(open_now, reason, at, until)


def moment_in_words(when: datetime) -> str:
    """`when` (aware) in local time, such as "Monday 11 January 2027, 10:00"."""
    local = when.astimezone(LONDON)
    return f"{_day(local.date())}, {local:%H:%M}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def _why(table: Table, name: str, local: datetime, open_now: bool) -> tuple[str, Line]:
    """What decides on this date: its exception, a bank holiday, or the weekday."""
    hours, day = table.hours[name], local.date()
    spans = spans_on(table, name, day)
    said = f"open: {name}" if open_now else "closed"
    if day in hours.exceptions or (day.month, day.day) in hours.yearly:
        reason = f"on {_day(day)} {written(spans)}" if open_now else f"on {_day(day)} {name} is {_only(spans)}"
        listed = f"hours.{name}.closed_on"
        otherwise = listed if listed in table.lines else f"hours.{name}.exceptions"
        at = _line(table, f"hours.{name}.exceptions", lambda key: _is_date(key, day), otherwise)
        return _joined(said, reason, open_now), at
    if day in table.bank_holidays:
        reason = f"bank holidays {written(spans)}; {_day(day)} is one"
        if not open_now:
            reason = f"{_day(day)} is a bank holiday" + (f", when {name} is {_only(spans)}" if spans else "")
        return _joined(said, reason, open_now), table.where(f"hours.{name}.bank_holidays")
    weekday = DAYS[day.weekday()]
    at = _line(table, f"hours.{name}", lambda key: _is_weekday(key, weekday), f"hours.{name}")
    if open_now or spans:
        reason = f"{_days_like(hours, weekday)} {written(spans)}"
        reason = reason if open_now else f"{name}, {reason}, and it is {local:%H:%M}"
        return _joined(said, reason, open_now), at
    return f"closed: {name} does not open on {WEEKDAYS[day.weekday()]}s", at


def _joined(said: str, reason: str, open_now: bool) -> str:
    return f"{said}, {reason}" if open_now else f"{said}: {reason}"


def written(spans: tuple[Span, ...]) -> str:
    """Spans as they are written in the file; "closed" for none."""
    return ", ".join(f"{span.start:%H:%M}-{_end(span.end)}" for span in spans) or "closed"


def _end(end: time | None) -> str:
    return "24:00" if end is None else f"{end:%H:%M}"


def _only(spans: tuple[Span, ...]) -> str:
    return f"open {written(spans)} only" if spans else "closed"


def _days_like(hours: Hours, weekday: DayName) -> str:
    """The run of days round this one that have its hours, such as "mon-thu"."""
    place = first = last = DAYS.index(weekday)
    while first > 0 and hours.days.get(DAYS[first - 1], ()) == hours.days.get(weekday, ()):
        first -= 1
    while last < len(DAYS) - 1 and hours.days.get(DAYS[last + 1], ()) == hours.days.get(weekday, ()):
        last += 1
    return DAYS[place] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def _line(table: Table, path: str, fits: Callable[[str], bool], otherwise: str) -> Line:
    """The line of the entry below `path` whose key fits, else that of `otherwise`."""
    for each in table.lines:
        key = each.removeprefix(f"{path}.")
        if key != each and fits(key):
            return table.lines[each]
    return table.where(otherwise)


def _is_weekday(key: str, weekday: DayName) -> bool:
    try:
        return weekday in read_days(key)
    except NotationError:
        return False


def _is_date(key: str, day: date) -> bool:
    try:
        return read_date(key) in (day, (day.month, day.day))
    except NotationError:
        return False


def _closes(table: Table, queue: str, now: datetime) -> datetime | None:
    """When the line, open at `now`, closes: by its hours, or by a notice before that."""
    end = _hours_end(table, table.queues[queue].hours, now)
    starts = [
        each.start
        for each in table.notices
        if each.closes and queue in each.queues and each.start is not None and each.start > now
    ]
    closing = min((each for each in (end, *starts) if each is not None), default=None)
    return None if closing is None else closing.astimezone(LONDON)


def _hours_end(table: Table, name: str, now: datetime) -> datetime | None:
    today = now.astimezone(LONDON).date()
    reached = now
    for number in range(_NEVER_CLOSES):
        for start, end in openings_on(table, name, today + timedelta(days=number)):
            if start <= reached < end:
                reached = end
            elif start > reached:
                return reached
    return None
