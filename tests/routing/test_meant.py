"""Dates, times and days as people write them: messages give back theirs, as they must be written."""

from __future__ import annotations

from datetime import date

import pytest

from voicebot.routing.explain import explain
from voicebot.routing.hours_text import NotationError, read_date, read_days, read_spans
from voicebot.routing.moment_text import read_moment

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("24/12/2026 17:00", "write 2026-12-24 17:00"),
        ("2026-12-24 5pm", "write 2026-12-24 17:00"),
        ("2026-12-24 12.30 am", "write 2026-12-24 00:30"),
        ("24.12.26 17.00", "write 2026-12-24 17:00"),
        ("Thursday 24 December 2026 at noon", "write 2026-12-24 12:00"),
        ("December 24th, 2026 1700", "write 2026-12-24 17:00"),
        ("12/24/2026", "write 2026-12-24"),
        ("24/12 17:00", "write 2026-12-24 17:00"),
        ("Monday 5pm", "write 2026-11-23 17:00"),
    ],
)
def test_moments_keep_their_date(written: str, fix: str) -> None:
    with pytest.raises(NotationError) as raised:
        read_moment(written, end=True, today=TODAY)
    assert raised.value.fix == fix
    read_moment(fix.removeprefix("write "))


@pytest.mark.parametrize("written", ["31/02/2026 17:00", "99/99 10:00", "2026-12-24 25pm", "soon", "5pm", "00/00/0000"])
def test_what_means_no_moment_is_answered_all_the_same(written: str) -> None:
    with pytest.raises(NotationError) as raised:
        read_moment(written, today=TODAY)
    assert raised.value.fix


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("Monday-Friday", "write mon-fri"),
        ("Mon to Thurs, Sat", "write mon-thu, sat"),
        ("weekdays", "write mon-fri"),
        ("Sundays", "write sun"),
        ("bank holidays", "did you mean bank_holidays?"),
        ("24 December", "write dates below a line exceptions:, indented by two more spaces"),
        ("2026-12-24", "write dates below a line exceptions:, indented by two more spaces"),
    ],
)
def test_days(written: str, fix: str) -> None:
    with pytest.raises(NotationError) as raised:
        read_days(written)
    assert raised.value.fix == fix


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("9am-5pm", "write 09:00-17:00"),
        ("9.00 to midnight", "write 09:00-24:00"),
        ("9-5", "write a span such as"),
        ("5pm-9am", "write a span such as"),
    ],
)
def test_spans(written: str, fix: str) -> None:
    with pytest.raises(NotationError) as raised:
        read_spans(written)
    assert raised.value.fix.startswith(fix)


def test_dates_of_exceptions() -> None:
    with pytest.raises(NotationError, match="is no date") as raised:
        read_date("24/12/2026")
    assert raised.value.fix == "write 2026-12-24"


@pytest.mark.parametrize(
    ("kind", "given", "example"),
    [
        *(("int_parsing", "25s", "25"), ("int_parsing", "soon", "25"), ("float_parsing", "0,62", "0.62")),
        *(("float_parsing", "62%", "0.62"), ("float_parsing", "high", "0.62"), ("float_parsing", "620", "0.62")),
    ],
)
def test_numbers(kind: str, given: str, example: str) -> None:
    _, _, fix = explain({"loc": ("field",), "type": kind, "input": given}, "it")
    assert fix.endswith(f"such as {example}")
