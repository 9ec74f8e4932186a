"""Days cut short, and notices that close a line: open or not, and when it opens again, also over both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from voicebot.routing.hours import (
    LONDON,
    always_open,
    closing_notice,
    is_open,
    line_next_opening,
    line_open,
    next_opening,
    spans_on,
)
from voicebot.routing.loader import load_table
from voicebot.routing.table import DAYS, Change, Hours, Notice, Span, Table

TABLE = load_table(Path(__file__).parents[2] / "routing.yaml")
LINE = "libraries"


def london(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


def clock(text: str) -> time:
    return time.fromisoformat(text)


def spans(*texts: str) -> tuple[Span, ...]:
    pairs = [each.split("-") for each in texts]
    return tuple(Span(start=clock(start), end=None if end == "24:00" else clock(end)) for start, end in pairs)


def every_day(*texts: str) -> Hours:
    return Hours(days=dict.fromkeys(DAYS, spans(*texts)), bank_holidays=spans(*texts))


def closes(start: str | None, until: str, name: str = "snow", fold: int = 0) -> Notice:
    begins = london(start) if start is not None else None
    return Notice(name=name, say="It snows.", start=begins, until=london(until, fold), queues=(LINE,), closes=True)


def a_table(hours: Hours, *notices: Notice) -> Table:
    queue = TABLE.queues[LINE].model_copy(update={"hours": "some"})
    return TABLE.model_copy(update={"hours": {"some": hours}, "queues": {LINE: queue}, "notices": notices})


OFFICE = every_day("09:00-17:00")
LUNCH = every_day("09:00-12:30", "13:30-17:00")
ALWAYS = every_day("00:00-24:00")


# --- days cut short -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "change", "expected"),
    [
        (LUNCH, Change(closes=clock("12:00")), ["09:00-12:00"]),
        (LUNCH, Change(closes=clock("13:00")), ["09:00-12:30"]),
        (LUNCH, Change(closes=clock("13:30")), ["09:00-12:30"]),
        (LUNCH, Change(closes=clock("19:00")), ["09:00-12:30", "13:30-17:00"]),  # cut short, never made longer
        (LUNCH, Change(closes=clock("09:00")), []),
        (LUNCH, Change(opens=clock("10:00")), ["10:00-12:30", "13:30-17:00"]),
        (LUNCH, Change(opens=clock("13:00")), ["13:30-17:00"]),
        (LUNCH, Change(opens=clock("07:00")), ["09:00-12:30", "13:30-17:00"]),
        (LUNCH, Change(opens=clock("10:00"), closes=clock("15:00")), ["10:00-12:30", "13:30-15:00"]),
        (LUNCH, Change(opens=clock("12:30"), closes=clock("13:30")), []),
        (LUNCH, Change(spans=()), []),
        (LUNCH, Change(spans=spans("18:00-24:00")), ["18:00-24:00"]),
        (ALWAYS, Change(closes=clock("12:00")), ["00:00-12:00"]),
        (ALWAYS, Change(opens=clock("12:00")), ["12:00-24:00"]),
    ],
)
def test_a_day_that_is_changed(hours: Hours, change: Change, expected: list[str]) -> None:
    changed = hours.model_copy(update={"exceptions": {date(2026, 12, 24): change}})
    found = spans_on(a_table(changed), "some", date(2026, 12, 24))
    assert found == spans(*expected)
    assert spans_on(a_table(changed), "some", date(2026, 12, 23)) == hours.days["mon"]


def test_a_bank_holiday_is_cut_as_it_is_kept() -> None:
    change = Change(closes=clock("12:00"))
    for kept, expected in (((), ()), (spans("10:00-14:00"), spans("10:00-12:00"))):
        hours = Hours(days=OFFICE.days, bank_holidays=kept, yearly={(12, 25): change})
        assert spans_on(a_table(hours), "some", date(2026, 12, 25)) == expected


def test_its_own_date_wins_over_every_year() -> None:
    hours = OFFICE.model_copy(
        update={
            "yearly": {(12, 24): Change(closes=clock("12:00"))},
            "exceptions": {date(2026, 12, 24): Change(opens=clock("10:00"))},
        }
    )
    assert spans_on(a_table(hours), "some", date(2026, 12, 24)) == spans("10:00-17:00")
    assert spans_on(a_table(hours), "some", date(2027, 12, 24)) == spans("09:00-12:00")


def test_always_open_but_for_one_day() -> None:
    for change in (Change(closes=clock("12:00")), Change(opens=clock("00:01")), Change(spans=())):
        assert not always_open(ALWAYS.model_copy(update={"yearly": {(12, 24): change}}))
    for change in (Change(opens=clock("00:00")), Change(spans=spans("00:00-24:00"))):
        assert always_open(ALWAYS.model_copy(update={"yearly": {(12, 24): change}}))


def test_a_day_cut_short_over_both_clock_changes() -> None:
    """Clocks go back on 25 October 2026 (01:00 to 02:00 comes twice), forward on 28 March 2027 (it is left out)."""
    days = {date(2026, 10, 25): Change(opens=clock("01:30")), date(2027, 3, 28): Change(opens=clock("01:30"))}
    table = a_table(ALWAYS.model_copy(update={"exceptions": days}))
    assert next_opening(table, "some", london("2026-10-25T00:30")) == london("2026-10-25T01:30", fold=0)
    assert next_opening(table, "some", london("2027-03-28T00:30")) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    shut = {date(2026, 10, 25): Change(closes=clock("01:30")), date(2027, 3, 28): Change(closes=clock("01:30"))}
    table = a_table(ALWAYS.model_copy(update={"exceptions": shut}))
    assert is_open(table, "some", london("2026-10-25T01:15", fold=1))
    assert not is_open(table, "some", london("2026-10-25T01:30", fold=1))
    assert is_open(table, "some", datetime(2027, 3, 28, 0, 59, tzinfo=UTC))
    assert not is_open(table, "some", datetime(2027, 3, 28, 1, 0, tzinfo=UTC))


# --- closed by a notice -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "notices", "now", "expected"),
    [
        # the notice ends while the hours are open
        (OFFICE, [("2027-01-11T06:00", "2027-01-12T10:00")], "2027-01-11T11:00", "2027-01-12T10:00"),
        (OFFICE, [(None, "2027-01-12T10:00")], "2027-01-11T11:00", "2027-01-12T10:00"),
        # … while they are closed, at the moment they open, and at the moment they close
        (OFFICE, [("2027-01-11T06:00", "2027-01-12T20:00")], "2027-01-11T11:00", "2027-01-13T09:00"),
        (OFFICE, [("2027-01-11T06:00", "2027-01-12T09:00")], "2027-01-11T11:00", "2027-01-12T09:00"),
        (OFFICE, [("2027-01-11T06:00", "2027-01-12T17:00")], "2027-01-11T11:00", "2027-01-13T09:00"),
        # closed by its hours now, and by the notice when they open
        (OFFICE, [("2027-01-12T06:00", "2027-01-12T10:00")], "2027-01-11T20:00", "2027-01-12T10:00"),
        # a notice that begins later changes nothing of the next opening
        (OFFICE, [("2027-01-12T12:00", "2027-01-14T10:00")], "2027-01-11T20:00", "2027-01-12T09:00"),
        # two that follow on each other, that overlap, and one within the other, in any order
        (
            OFFICE,
            [("2027-01-12T10:00", "2027-01-12T12:00"), ("2027-01-11T06:00", "2027-01-12T10:00")],
            "2027-01-11T11:00",
            "2027-01-12T12:00",
        ),
        (
            OFFICE,
            [("2027-01-11T06:00", "2027-01-12T11:00"), ("2027-01-12T10:00", "2027-01-12T12:00")],
            "2027-01-11T11:00",
            "2027-01-12T12:00",
        ),
        (
            OFFICE,
            [("2027-01-11T06:00", "2027-01-12T11:00"), ("2027-01-11T10:00", "2027-01-11T12:00")],
            "2027-01-11T11:00",
            "2027-01-12T11:00",
        ),
        # around a lunch break, and on a line that never closes
        (LUNCH, [("2027-01-11T12:00", "2027-01-11T13:00")], "2027-01-11T12:10", "2027-01-11T13:30"),
        (ALWAYS, [("2027-01-11T22:00", "2027-01-12T02:00")], "2027-01-11T23:00", "2027-01-12T02:00"),
        (ALWAYS, [("2027-01-11T22:00", "2027-01-12T00:00")], "2027-01-11T23:00", "2027-01-12T00:00"),
        # beyond the horizon
        (OFFICE, [(None, "2029-01-01T00:00")], "2027-01-11T11:00", None),
    ],
)
def test_when_a_line_opens_again(
    hours: Hours, notices: list[tuple[str | None, str]], now: str, expected: str | None
) -> None:
    table = a_table(hours, *(closes(start, until, f"n{number}") for number, (start, until) in enumerate(notices)))
    assert not line_open(table, LINE, london(now))
    found = line_next_opening(table, LINE, london(now))
    assert found == (london(expected) if expected is not None else None)
    if found is not None:
        assert found.tzinfo is LONDON
        assert line_open(table, LINE, found)


def test_a_notice_closes_from_its_start_up_to_its_end_and_no_other_line() -> None:
    table = a_table(ALWAYS, closes("2027-01-11T06:00", "2027-01-12T10:00"))
    table = table.model_copy(update={"queues": {**table.queues, "other": table.queues[LINE]}})
    for now, shut in (("11T05:59:59", False), ("11T06:00", True), ("12T09:59:59", True), ("12T10:00", False)):
        at = london(f"2027-01-{now}")
        assert line_open(table, LINE, at) is not shut
        assert (closing_notice(table, LINE, at) is not None) is shut
        assert line_open(table, "other", at)


def test_a_notice_that_only_tells_closes_nothing() -> None:
    told = closes("2027-01-11T06:00", "2027-01-12T10:00").model_copy(update={"closes": False})
    table = a_table(OFFICE, told)
    assert line_open(table, LINE, london("2027-01-11T11:00"))
    assert closing_notice(table, LINE, london("2027-01-11T11:00")) is None


def test_without_notices_a_line_opens_with_its_hours() -> None:
    for now in ("2027-01-11T08:00", "2027-01-11T11:00", "2027-01-11T20:00", "2026-10-24T20:00", "2027-03-27T20:00"):
        table = a_table(LUNCH)
        assert line_open(table, LINE, london(now)) == is_open(table, "some", london(now))
        assert line_next_opening(table, LINE, london(now)) == next_opening(table, "some", london(now))
    assert line_next_opening(a_table(ALWAYS), LINE, london("2027-01-11T11:00")) is None


def test_a_notice_that_ends_in_the_hour_that_comes_twice() -> None:
    """On 25 October 2026 it is 01:30 twice: the notice says which, and the line opens then."""
    now = london("2026-10-24T23:00")
    for fold, instant in ((0, "2026-10-25T00:30"), (1, "2026-10-25T01:30")):
        table = a_table(ALWAYS, closes("2026-10-24T22:00", "2026-10-25T01:30", fold=fold))
        found = line_next_opening(table, LINE, now)
        assert found is not None
        assert found.astimezone(UTC) == datetime.fromisoformat(instant).replace(tzinfo=UTC)
        assert line_open(table, LINE, found)


def test_a_notice_over_the_hour_that_is_left_out() -> None:
    """On 28 March 2027 it is 00:59 and then 02:00."""
    table = a_table(every_day("01:00-05:00"), closes("2027-03-28T00:00", "2027-03-28T02:30"))
    found = line_next_opening(table, LINE, london("2027-03-27T23:00"))
    assert found == london("2027-03-28T02:30")
    assert found.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        line_next_opening(a_table(OFFICE), LINE, datetime(2027, 1, 11, 11, 0))  # noqa: DTZ001
