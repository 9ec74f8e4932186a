"""Dates that are over, and days that differ from the week in words alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from voicebot.routing.draft import Draft
from voicebot.routing.hours import LONDON, changed, ordinary_spans
from voicebot.routing.hours_text import NotationError, read_date
from voicebot.routing.issues import Issue, Mark, issue
from voicebot.routing.table import DAYS, Change, Span

LONG = timedelta(days=92)
"""Three months: what holds longer is no news."""


def past_exceptions(draft: Draft, today: date) -> Iterator[Issue]:
    """One notice for all of them: they do no harm, but hide those to come."""
    for name, hours in draft.hours.items():
        past = sorted(day for day in hours.exceptions if day < today)
        if past:
            listed = ", ".join(f"{day:%-d %B %Y}" for day in past[:3]) + (" and others" if len(past) > 3 else "")
            message = f"{_count(len(past), 'exception')} of the hours {name} {_are(past)} over: {listed}"
            yield issue("N702", _mark(draft, name, past[0]), message, "delete what is over")


def past_notices(draft: Draft, today: date) -> Iterator[Issue]:
    start = datetime.combine(today, time(), LONDON).astimezone(UTC)
    for notice in draft.notices:
        if notice.until <= start:
            message = f"the notice {notice.name} ended on {notice.until.astimezone(LONDON):%-d %B %Y}"
            mark = draft.places.value("notices", notice.name, "until")
            yield issue("N703", mark, message, "delete the notice; for the next time, give it new dates")


def notices_without_an_end(draft: Draft, today: date) -> Iterator[Issue]:
    """A year that was mistyped: the notice ends by itself, but callers hear it till then."""
    now = datetime.combine(today, time(), LONDON).astimezone(UTC)
    for notice in draft.notices:
        begins = now if notice.start is None else max(now, notice.start)
        if notice.until - begins > LONG:
            mark = draft.places.value("notices", notice.name, "until")
            until = f"{notice.until.astimezone(LONDON):%-d %B %Y}"
            if notice.closes:
                message = f"the notice {notice.name} keeps its queues closed until {until}, day after day"
                fix = "look at the year; lines that stay closed need other hours, or their intents another queue"
            else:
                message = f"the notice {notice.name} is told until {until}"
                fix = "look at the year; what is always so belongs in an answer or a prompt"
            yield issue("N707", mark, message, fix)


def notices_that_never_hold(draft: Draft) -> Iterator[Issue]:
    for notice in draft.notices:
        if notice.start is not None and notice.until <= notice.start:
            mark = draft.places.value("notices", notice.name, "until")
            message = f"the notice {notice.name} ends before it begins, so nobody hears it"
            yield issue("E704", mark, message, "make until the later one; look at the year, too")


def idle_exceptions(draft: Draft) -> Iterator[Issue]:
    """Exceptions after which the day is what it would have been, or that close a day by accident. Not looked for where
    the council cannot be read: it says which bank holidays count."""
    if draft.council is None and ("council" in draft.declared or not draft.whole):
        return
    for name, hours in draft.hours.items():
        for day, change in hours.exceptions.items():
            ordinary = ordinary_spans(hours, draft.bank_holidays, day)
            yield from _idle(draft, name, day, change, [ordinary], f"{day:%-d %B %Y} ({day:%A})")
        for (month, number), change in hours.yearly.items():
            weeks = [spans for each in DAYS if (spans := hours.days.get(each, ()))]
            yield from _idle(draft, name, (month, number), change, weeks, "that day")


def _idle(
    draft: Draft, name: str, day: date | tuple[int, int], change: Change, ordinary: list[tuple[Span, ...]], what: str
) -> Iterator[Issue]:
    """`ordinary` are the days that this one may be, in a year that nobody knows each open day of the week."""
    mark = _mark(draft, name, day)
    after = [changed(spans, change) for spans in ordinary]
    if change.spans is not None:
        if ordinary and isinstance(day, date) and after == ordinary:
            same = "closed" if not ordinary[0] else "open like that"
            yield issue("N705", mark, f"the hours {name} are {same} on {what} anyway", "delete it, or correct the date")
    elif ordinary and not any(ordinary):
        message = f"the hours {name} are closed on {what} anyway, so opening or closing at a time changes nothing"
        yield issue("N705", mark, message, "write the spans, such as 10:00-12:00, or delete it")
    elif ordinary and not any(after):
        fix = 'write "closed" if that is meant; else correct the time'
        yield issue("N706", mark, f"with this time, the hours {name} are closed all day on {what}", fix)
    elif after == ordinary:
        fix = "delete it, or correct the time"
        yield issue("N705", mark, f"this time changes nothing: the hours {name} are open like that on {what}", fix)


def _mark(draft: Draft, name: str, day: date | tuple[int, int]) -> Mark:
    """Where a date of these hours stands: among the exceptions as it was typed, else in the list closed_on."""
    for path, mark in draft.places.keys.items():
        if len(path) == 4 and path[:3] == ("hours", name, "exceptions"):
            try:
                if read_date(path[3]) == day:
                    return mark
            except NotationError:
                continue
    return draft.places.key("hours", name, "closed_on")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _are(many: list[date]) -> str:
    return "is" if len(many) == 1 else "are"
