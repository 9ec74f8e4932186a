"""Whether a line is open, when it next opens, and how that is said. Pure: the time is always an argument.

Hours are wall-clock times in Europe/London; they become instants day by day, so that both clock changes come out right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from voicebot.routing.table import DAYS, MONTHS, Change, Hours, Notice, Span, Table

LONDON = ZoneInfo("Europe/London")

HORIZON_DAYS = 400
"""How far ahead an opening is looked for: a year, and the longest run of exceptions round it."""

Opening = tuple[datetime, datetime]

_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six twenty-seven "
    "twenty-eight twenty-nine"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth "
    "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
_NUMBERS = _CARDINALS.split()
_DAYS_OF_MONTH = _ORDINALS.split()
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EARLY, _EVENING, _NIGHT = 7, 18, 21
"""Hours of the day outside of which "at six" alone would leave a caller guessing."""


def is_open(table: Table, hours_name: str, now: datetime) -> bool:
    """Whether the hours of that name are open at `now` (aware; `ValueError` where it is not)."""
    now = _utc(now)
    today = now.astimezone(LONDON).date()
    return any(start <= now < end for start, end in openings_on(table, hours_name, today))


def next_opening(table: Table, hours_name: str, now: datetime) -> datetime | None:
    """The first instant after `now` at which a closed line opens, in Europe/London; None where there is none in sight.

    None also for a line that never closes. Where one day ends at midnight and the next begins there, the line stays
    open, so that is no opening."""
    return _first_after(_utc(now), _openings_from(table, hours_name, now))


def line_open(table: Table, queue: str, now: datetime) -> bool:
    """Whether the line of that queue is open at `now` (aware): its hours are, and no notice closes it."""
    return is_open(table, table.queues[queue].hours, now) and closing_notice(table, queue, now) is None


def line_next_opening(table: Table, queue: str, now: datetime) -> datetime | None:
    """As `next_opening`, for the line of that queue: where a notice closes it, it opens when the notice ends, or, if
    its hours are closed then, at their next opening."""
    shut = sorted(
        ((_utc(each.start or now), _utc(each.until)) for each in table.notices if each.closes and queue in each.queues),
    )
    openings = _openings_from(table, table.queues[queue].hours, now)
    return _first_after(_utc(now), (piece for opening in openings for piece in _without(shut, opening)))


def closing_notice(table: Table, queue: str, now: datetime) -> Notice | None:
    """The notice that closes the line of that queue at `now` (aware); of several the first of the file."""
    return next((each for each in table.notices if each.closes and queue in each.queues and each.holds(now)), None)


def _openings_from(table: Table, hours_name: str, now: datetime) -> Iterator[Opening]:
    """All openings from yesterday's on, which may last until now, up to the horizon."""
    first = _utc(now).astimezone(LONDON).date() - timedelta(days=1)
    for number in range(HORIZON_DAYS):
        yield from openings_on(table, hours_name, first + timedelta(days=number))


def _first_after(now: datetime, openings: Iterable[Opening]) -> datetime | None:
    closed_from: datetime | None = None
    for start, end in openings:
        if start > now and start != closed_from:
            return start.astimezone(LONDON)
        closed_from = end
    return None


def _without(closures: Iterable[Opening], opening: Opening) -> Iterator[Opening]:
    """What is left of an opening outside of the closures, which are sorted and may overlap."""
    start, end = opening
    for shut, until in closures:
        if until <= start or shut >= end:
            continue
        if start < shut:
            yield start, shut
        start = until
        if start >= end:
            return
    yield start, end


def always_open(hours: Hours) -> bool:
    """Whether the hours cover every moment of every day, bank holidays and exceptions included."""
    ordinary = (*(hours.days.get(day, ()) for day in DAYS), hours.bank_holidays)
    changes = (*hours.exceptions.values(), *hours.yearly.values())
    altered = (changed(spans, change) for change in changes for spans in ordinary)
    return all(_whole_day(spans) for spans in (*ordinary, *altered))


def never_open(hours: Hours) -> bool:
    """Whether there is no span in an ordinary week: a bank holiday or one date alone is nothing to rely on."""
    return not any(hours.days.values())


def spans_on(table: Table, hours_name: str, day: date) -> tuple[Span, ...]:
    """The spans of one date: those of the bank holiday or weekday, as its own exception, else that of the day in every
    year, changes them."""
    hours = table.hours[hours_name]
    ordinary = ordinary_spans(hours, table.bank_holidays, day)
    change = hours.exceptions.get(day, hours.yearly.get((day.month, day.day)))
    return ordinary if change is None else changed(ordinary, change)


def ordinary_spans(hours: Hours, bank_holidays: frozenset[date], day: date) -> tuple[Span, ...]:
    """The spans of one date without its exception: those of bank holidays, or of the weekday."""
    return hours.bank_holidays if day in bank_holidays else hours.days.get(DAYS[day.weekday()], ())


def changed(ordinary: tuple[Span, ...], change: Change) -> tuple[Span, ...]:
    """What a day that would have these spans has after the change."""
    if change.spans is not None:
        return change.spans
    cut = []
    for span in ordinary:
        start = max(span.start, change.opens or span.start)
        end = span.end if change.closes is None else min(span.end or change.closes, change.closes)
        if end is None or start < end:
            cut.append(Span(start=start, end=end))
    return tuple(cut)


def openings_on(table: Table, hours_name: str, day: date) -> Iterator[Opening]:
    """The spans of one date as instants in UTC, in order, from the first moment up to, but not at, the second.

    When clocks go back, an hour comes twice: a line opens with the first and closes with the second. When they go
    forward, an hour is left out: what begins or ends in it does so at the change."""
    for span in sorted(spans_on(table, hours_name, day), key=lambda each: each.start):
        start = _instant(datetime.combine(day, span.start), fold=0)
        following = datetime.combine(day + timedelta(days=1), time())
        end = _instant(following if span.end is None else datetime.combine(day, span.end), fold=1)
        if start < end:
            yield start, end


def _instant(wall: datetime, *, fold: int) -> datetime:
    while not _exists(wall):
        wall += timedelta(minutes=1)
    return wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


def _exists(wall: datetime) -> bool:
    return wall.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == wall


def _utc(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("now must be aware: a time without a zone is an hour out for half of the year")
    return now.astimezone(UTC)


def _whole_day(spans: tuple[Span, ...]) -> bool:
    reached = time()
    for span in sorted(spans, key=lambda each: each.start):
        if span.start > reached:
            return False
        if span.end is None:
            return True
        reached = max(reached, span.end)
    return False


def spoken_time(when: datetime, now: datetime) -> str:
    """`when` (aware, not before `now`) as it is said on the telephone, such as "tomorrow at half past eight".

    Today and tomorrow by name, up to 6 days ahead by weekday, beyond that with the date."""
    local, today = when.astimezone(LONDON), now.astimezone(LONDON).date()
    ahead = (local.date() - today).days
    if (local.hour, local.minute) == (0, 0):
        return "at midnight tonight" if ahead == 1 else f"just after midnight {_day(local.date(), ahead)}"
    return f"{_day(local.date(), ahead)} at {clock_time(local.hour, local.minute)}"


def _day(day: date, ahead: int) -> str:
    if ahead == 0:
        return "today"
    if ahead == 1:
        return "tomorrow"
    weekday = f"on {_WEEKDAYS[day.weekday()]}"
    return weekday if 0 < ahead <= 6 else f"{weekday} the {_DAYS_OF_MONTH[day.day - 1]} of {MONTHS[day.month - 1]}"


def clock_time(hour: int, minute: int) -> str:
    """A time of day (0 to 23, 0 to 59) in words: "midday", "quarter to five", "ten past nine", "six in the morning"."""
    to_next = minute > 30
    named = (hour + to_next) % 24
    if (named, minute) == (12, 0):
        return "midday"
    said = _minutes(minute) + _hour(named)
    return said if named in (0, 12) else said + _part_of_day(hour)


def _minutes(minute: int) -> str:
    if minute == 0:
        return ""
    past = minute <= 30
    count = minute if past else 60 - minute
    words = {15: "quarter", 30: "half"}.get(count) or _NUMBERS[count] + _unit(count)
    return f"{words} {'past' if past else 'to'} "


def _unit(count: int) -> str:
    if count % 5 == 0:
        return ""
    return " minute" if count == 1 else " minutes"


def _hour(hour: int) -> str:
    return "midnight" if hour == 0 else _NUMBERS[(hour - 1) % 12 + 1]


def _part_of_day(hour: int) -> str:
    if hour < _EARLY:
        return " in the morning"
    if hour >= _NIGHT:
        return " at night"
    return " in the evening" if hour >= _EVENING else ""
