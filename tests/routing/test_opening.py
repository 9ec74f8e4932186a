"""Why a line is open or closed: in words that a service owner can check against her file, and with its line."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from voicebot.routing.hours import LONDON, line_next_opening, line_open
from voicebot.routing.loader import parse_table
from voicebot.routing.opening import why_open
from voicebot.routing.source import Sources
from voicebot.routing.table import Table

TEXT = """
council:
  name: Northshire
  website: northshire.example
  caller_id: "+441632960100"
  default_queue: desk
  danger_queue: duty

hours:
  office:
    mon-thu: 08:30-17:00
    fri: 08:30-12:00, 13:00-16:00
    bank_holidays: closed
    exceptions:
      24 December: closes at 12:00
      2026-12-30: 10:00-11:00
      2026-12-31: closed
  depot:
    mon-fri: 07:00-15:00
    bank_holidays: 09:00-11:00
    closed_on: [2026-11-25]
  always:
    mon-sun: 00:00-24:00
    bank_holidays: 00:00-24:00

queues:
  desk: {number: "+441632960101", name: the help desk, hours: office}
  yard: {number: "+441632960102", name: the yard, hours: depot}
  duty: {number: "+441632960103", name: the duty team, hours: always}

notices:
  snow:
    say: The yard is closed because of the snow.
    from: 2027-01-11 06:00
    until: 2027-01-12 10:00
    queues: [yard]
    closes: yes

intents:
  speak_to_advisor: {kind: queue, to: desk, about: something else}
  pothole: {kind: queue, to: yard, about: a pothole}
  danger: {kind: urgent, to: duty, about: danger, first: "If anyone is in danger, hang up and dial 999."}
"""


@pytest.fixture(scope="module")
def table() -> Table:
    def holidays(_: object) -> frozenset[date]:
        return frozenset({date(2026, 12, 25), date(2026, 12, 28)})

    found, issues = parse_table(Sources((("routing.yaml", TEXT),)), holidays)
    assert found is not None, issues
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def line(words: str) -> int:
    return next(number for number, each in enumerate(TEXT.splitlines(), 1) if each.strip().startswith(words))


@pytest.mark.parametrize(
    ("queue", "when", "reason", "where", "until"),
    [
        ("desk", "2026-11-24T09:00", "open: office, mon-thu 08:30-17:00", "mon-thu", "2026-11-24T17:00"),
        ("desk", "2026-11-24T08:29", "closed: office, mon-thu 08:30-17:00, and it is 08:29", "mon-thu", None),
        ("desk", "2026-11-27T12:00", "closed: office, fri 08:30-12:00, 13:00-16:00, and it is 12:00", "fri:", None),
        ("desk", "2026-11-28T12:00", "closed: office does not open on Saturdays", "office:", "2026-11-30T08:30"),
        ("desk", "2026-12-25T09:00", "closed: Friday 25 December 2026 is a bank holiday", "bank_holidays", None),
        (
            "yard",
            "2026-12-25T09:00",
            "open: depot, bank holidays 09:00-11:00; Friday 25 December 2026 is one",
            None,
            None,
        ),
        (
            "yard",
            "2026-12-25T12:00",
            "closed: Friday 25 December 2026 is a bank holiday, when depot is open 09:00-11:00 only",
            None,
            "2026-12-28T09:00",
        ),
        (
            "desk",
            "2026-12-24T13:00",
            "closed: on Thursday 24 December 2026 office is open 08:30-12:00 only",
            "24 December",
            "2026-12-29T08:30",
        ),
        (
            "desk",
            "2026-12-24T11:00",
            "open: office, on Thursday 24 December 2026 08:30-12:00",
            "24 December",
            "2026-12-24T12:00",
        ),
        ("desk", "2026-12-31T11:00", "closed: on Thursday 31 December 2026 office is closed", "2026-12-31", None),
        ("yard", "2026-11-25T11:00", "closed: on Wednesday 25 November 2026 depot is closed", "closed_on", None),
        ("duty", "2026-11-25T03:00", "open: always, mon-sun 00:00-24:00", "mon-sun", None),
    ],
)
def test_the_reason_the_line_and_until_when(
    table: Table, queue: str, when: str, reason: str, where: str | None, until: str | None
) -> None:
    found = why_open(table, queue, at(when))
    assert found.reason == reason
    if where is not None:
        assert found.at.line == line(where)
    if until is not None:
        assert found.until == at(until)


def test_a_notice_closes_and_says_until_when(table: Table) -> None:
    found = why_open(table, "yard", at("2027-01-11T09:00"))
    assert (found.open, found.reason) == (False, "closed by the notice snow until Tuesday 12 January 2027, 10:00")
    assert found.at.line == line("snow:")
    assert found.until == at("2027-01-12T10:00")


def test_an_open_line_closes_when_a_notice_begins(table: Table) -> None:
    found = why_open(table, "yard", at("2027-01-10T09:00"))
    assert not found.open, "a Sunday"
    table = table.model_copy(
        update={"notices": tuple(each.model_copy(update={"start": at("2027-01-08T12:00")}) for each in table.notices)}
    )
    assert why_open(table, "yard", at("2027-01-08T09:00")).until == at("2027-01-08T12:00")


def test_a_line_that_never_closes_has_no_end(table: Table) -> None:
    assert why_open(table, "duty", at("2026-11-25T03:00")).until is None


def test_it_agrees_with_what_callers_get_at_every_quarter_of_an_hour(table: Table) -> None:
    """Both clock changes and every exception of the file lie in these days."""
    days = [(2026, 10, 25), (2026, 11, 25), (2026, 12, 24), (2026, 12, 25), (2027, 1, 11), (2027, 1, 12), (2027, 3, 28)]
    for day in days:
        for quarter in range(100):
            now = datetime(*day, quarter // 4 % 24, quarter % 4 * 15, tzinfo=UTC)
            for queue in table.queues:
                found = why_open(table, queue, now)
                assert found.open == line_open(table, queue, now), (queue, now)
                assert found.reason.startswith("open" if found.open else "closed")
                if not found.open:
                    assert found.until == line_next_opening(table, queue, now)
                elif found.until is not None:
                    assert not line_open(table, queue, found.until), (queue, now, found.until)


def test_a_time_without_a_zone_is_refused(table: Table) -> None:
    with pytest.raises(ValueError, match="aware"):
        why_open(table, "desk", datetime(2026, 11, 24, 9))  # noqa: DTZ001
