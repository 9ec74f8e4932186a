"""Reads opening hours: the days of the week, bank holidays, and the dates that differ. Pure."""

from __future__ import annotations

from datetime import date

from voicebot.routing.hours_text import NotationError, read_change, read_date, read_days, read_spans
from voicebot.routing.issues import Mark
from voicebot.routing.reader import Reader
from voicebot.routing.table import Change, DayName, Hours, Span
from voicebot.routing.yaml_text import Entry

_CLOSED = Change(spans=())
_Dates = dict[date | tuple[int, int], Change]


def hours(reader: Reader, entry: Entry) -> Hours | None:
    what = f"the hours {entry.key}"
    days: dict[DayName, tuple[Span, ...]] = {}
    bank_holidays: tuple[Span, ...] = ()
    dates: _Dates = {}
    before = len(reader.issues)
    for each in reader.fields(entry.value, what):
        if each.key == "bank_holidays":
            bank_holidays = _spans(reader, each, f"bank_holidays of {what}")
        elif each.key == "closed_on":
            for text in reader.names(each.value, f"closed_on of {what}"):
                _date(reader, each.value.mark, text, _CLOSED, dates)
        elif each.key == "exceptions":
            for one in reader.fields(each.value, f"exceptions of {what}"):
                _date(reader, one.mark, one.key, _change(reader, one, f"{one.key} of {what}"), dates)
        else:
            _weekdays(reader, each, what, days)
    if len(reader.issues) > before:
        return None
    exceptions = {day: change for day, change in dates.items() if isinstance(day, date)}
    yearly = {day: change for day, change in dates.items() if not isinstance(day, date)}
    return Hours(days=days, bank_holidays=bank_holidays, exceptions=exceptions, yearly=yearly)


def _weekdays(reader: Reader, entry: Entry, what: str, days: dict[DayName, tuple[Span, ...]]) -> None:
    try:
        named = read_days(entry.key)
    except NotationError as error:
        reader.report("E105", entry.mark, f"{error.message}, in {what}", error.fix)
        return
    spans = _spans(reader, entry, f"{entry.key} of {what}")
    for day in named:
        if day in days:
            reader.report(
                "E105", entry.mark, f"{day} stands twice in {what}", "name each day once, with all of its spans"
            )
        days[day] = spans


def _spans(reader: Reader, entry: Entry, what: str) -> tuple[Span, ...]:
    text = reader.text(entry, what)
    try:
        return () if text is None else read_spans(text)
    except NotationError as error:
        reader.report("E105", entry.value.mark, error.message, error.fix)
        return ()


def _change(reader: Reader, entry: Entry, what: str) -> Change:
    text = reader.text(entry, what)
    try:
        return _CLOSED if text is None else read_change(text)
    except NotationError as error:
        reader.report("E105", entry.value.mark, error.message, error.fix)
        return _CLOSED


def _date(reader: Reader, mark: Mark, text: str, change: Change, dates: _Dates) -> None:
    try:
        day = read_date(text)
    except NotationError as error:
        reader.report("E106", mark, error.message, error.fix)
        return
    if day in dates:
        reader.report("E106", mark, f"{text} stands twice", "name each date once")
    dates.setdefault(day, change)
