"""Opening hours of the example council, at times that go wrong easily."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from voicebot.routing.hours import LONDON, always_open, clock_time, is_open, never_open, next_opening, spoken_time
from voicebot.routing.loader import load_table
from voicebot.routing.table import DAYS, Change, Hours, Span, Table

ROUTING = Path(__file__).parents[2] / "routing.yaml"


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table(ROUTING)


def london(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


def with_hours(table: Table, **hours: Hours) -> Table:
    return table.model_copy(update={"hours": hours})


def span(start: str, end: str | None) -> Span:
    return Span(start=time.fromisoformat(start), end=time.fromisoformat(end) if end else None)


def every_day(*spans: Span) -> Hours:
    return Hours(days=dict.fromkeys(DAYS, spans), bank_holidays=spans)


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        ("office", "2026-11-23T08:29:59", False),
        ("office", "2026-11-23T08:30", True),
        ("office", "2026-11-23T16:59:59", True),
        ("office", "2026-11-23T17:00", False),
        ("office", "2026-11-27T16:00", False),  # Friday closes an hour earlier
        ("office", "2026-11-28T10:00", False),  # Saturday
        ("office", "2026-12-24T12:30", True),
        ("office", "2026-12-25T10:00", False),
        ("office", "2026-12-28T10:00", False),  # Boxing Day, kept on the Monday
        ("registrars", "2026-11-28T12:29", True),
        ("registrars", "2026-11-28T12:30", False),
        ("registrars", "2026-11-29T10:00", False),
        ("recycling", "2026-12-25T10:00", False),
        ("recycling", "2026-12-26T10:00", False),  # closed_on wins over Saturday
        ("recycling", "2026-12-28T10:00", True),  # a bank holiday like any other day
        ("recycling", "2027-01-01T10:00", False),
        ("always", "2026-12-25T00:00", True),
        ("always", "2026-12-31T23:59:59", True),
    ],
)
def test_open_or_closed(table: Table, hours: str, now: str, expected: bool) -> None:
    assert is_open(table, hours, london(now)) is expected


def test_the_zone_of_now_does_not_matter(table: Table) -> None:
    assert is_open(table, "office", datetime(2026, 7, 1, 7, 30, tzinfo=UTC))  # 08:30 in summer
    assert not is_open(table, "office", datetime(2026, 11, 23, 7, 30, tzinfo=UTC))


def test_a_time_without_a_zone_is_refused(table: Table) -> None:
    with pytest.raises(ValueError, match="aware"):
        is_open(table, "office", datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        ("office", "2026-11-23T07:00", "2026-11-23T08:30"),
        ("office", "2026-11-23T18:00", "2026-11-24T08:30"),
        ("office", "2026-11-27T16:00", "2026-11-30T08:30"),
        ("office", "2026-12-24T17:00", "2026-12-29T08:30"),  # Christmas Day, weekend, Boxing Day's Monday
        ("office", "2026-12-31T18:00", "2027-01-04T08:30"),
        ("registrars", "2026-11-27T20:00", "2026-11-28T09:00"),
        ("recycling", "2026-12-24T18:00", "2026-12-27T08:00"),
        ("office", "2027-03-27T12:00", "2027-03-30T08:30"),  # Easter Monday, over the change to summer time
        ("office", "2026-10-24T12:00", "2026-10-26T08:30"),  # over the change to winter time
    ],
)
def test_next_opening(table: Table, hours: str, now: str, expected: str) -> None:
    found = next_opening(table, hours, london(now))
    assert found == london(expected)
    assert found is not None
    assert found.tzinfo is LONDON
    assert is_open(table, hours, found)


def test_a_line_that_is_always_open_never_opens(table: Table) -> None:
    assert next_opening(table, "always", london("2026-11-23T10:00")) is None


def test_a_line_that_never_opens_has_no_next_opening(table: Table) -> None:
    closed = with_hours(table, closed=Hours(days={}))
    assert next_opening(closed, "closed", london("2026-11-23T10:00")) is None


def test_spans_that_meet_at_midnight_are_one_opening(table: Table) -> None:
    hours = Hours(days={"fri": (span("20:00", None),), "sat": (span("00:00", "06:00"),)})
    night = with_hours(table, night=hours)
    assert is_open(night, "night", london("2026-11-28T00:00"))
    assert next_opening(night, "night", london("2026-11-27T12:00")) == london("2026-11-27T20:00")
    assert next_opening(night, "night", london("2026-11-27T21:00")) == london("2026-12-04T20:00")
    assert next_opening(night, "night", london("2026-11-28T06:00")) == london("2026-12-04T20:00")


def test_lunch_break(table: Table) -> None:
    lunch = with_hours(table, lunch=every_day(span("09:00", "12:30"), span("13:30", "16:30")))
    assert not is_open(lunch, "lunch", london("2026-11-23T12:30"))
    assert next_opening(lunch, "lunch", london("2026-11-23T12:45")) == london("2026-11-23T13:30")


def test_the_hour_that_comes_twice_is_open_throughout(table: Table) -> None:
    """On 25 October 2026 clocks go from 02:00 back to 01:00."""
    night = with_hours(table, night=every_day(span("00:30", "01:30")))
    assert is_open(night, "night", london("2026-10-25T01:45"))
    assert is_open(night, "night", london("2026-10-25T01:15", fold=1))
    assert not is_open(night, "night", london("2026-10-25T01:30", fold=1))
    later = with_hours(table, night=every_day(span("01:30", "03:00")))
    assert next_opening(later, "night", london("2026-10-25T00:30")) == london("2026-10-25T01:30", fold=0)


def test_the_hour_that_is_left_out(table: Table) -> None:
    """On 28 March 2027 clocks go from 01:00 on to 02:00."""
    change = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    early = with_hours(table, night=every_day(span("01:30", "05:00")))
    assert next_opening(early, "night", london("2027-03-28T00:30")) == change
    assert is_open(early, "night", change)
    gone = with_hours(table, night=every_day(span("01:10", "01:50")))
    assert next_opening(gone, "night", london("2027-03-28T00:30")) == london("2027-03-29T01:10")
    whole = with_hours(table, night=every_day(span("00:00", None)))
    assert all(is_open(whole, "night", datetime(2027, 3, 28, hour, tzinfo=UTC)) for hour in range(23))


def test_one_date_wins_over_every_year_and_bank_holiday(table: Table) -> None:
    hours = Hours(
        days=every_day(span("09:00", "17:00")).days,
        yearly={(12, 25): Change(spans=(span("10:00", "11:00"),))},
        exceptions={date(2026, 12, 25): Change(spans=(span("14:00", "15:00"),))},
    )
    some = with_hours(table, some=hours)
    assert is_open(some, "some", london("2026-12-25T14:30"))
    assert not is_open(some, "some", london("2026-12-25T10:30"))
    assert is_open(some, "some", london("2027-12-25T10:30"))


def test_always_and_never_open(table: Table) -> None:
    assert always_open(table.hours["always"])
    assert not always_open(table.hours["recycling"])
    assert not always_open(Hours(days=every_day(span("00:00", None)).days))  # closed on bank holidays
    assert always_open(every_day(span("00:00", "12:00"), span("12:00", None)))
    assert never_open(Hours(days={"mon": ()}, bank_holidays=(span("09:00", "10:00"),)))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-23T09:00", "today at nine"),
        ("2026-11-24T08:30", "tomorrow at half past eight"),
        ("2026-11-25T09:00", "on Wednesday at nine"),
        ("2026-11-29T12:00", "on Sunday at midday"),
        ("2026-11-30T09:00", "on Monday the thirtieth of November at nine"),
        ("2027-01-05T08:30", "on Tuesday the fifth of January at half past eight"),
        ("2026-11-24T00:00", "at midnight tonight"),
        ("2026-11-26T00:00", "just after midnight on Thursday"),
    ],
)
def test_spoken_time(when: str, expected: str) -> None:
    assert spoken_time(london(when), london("2026-11-23T07:15")) == expected


def test_spoken_time_counts_days_in_london() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight of 2 July in London
    assert spoken_time(london("2026-07-02T08:30"), late) == "today at half past eight"


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (9, 10, "ten past nine"),
        (16, 45, "quarter to five"),
        (12, 0, "midday"),
        (12, 30, "half past twelve"),
        (11, 45, "quarter to twelve"),
        (0, 0, "midnight"),
        (0, 30, "half past midnight"),
        (23, 50, "ten to midnight"),
        (13, 0, "one"),
        (9, 15, "quarter past nine"),
        (8, 35, "twenty-five to nine"),
        (9, 7, "seven minutes past nine"),
        (9, 59, "one minute to ten"),
        (6, 30, "half past six in the morning"),
        (18, 0, "six in the evening"),
        (22, 0, "ten at night"),
    ],
)
def test_clock_time(hour: int, minute: int, expected: str) -> None:
    assert clock_time(hour, minute) == expected
