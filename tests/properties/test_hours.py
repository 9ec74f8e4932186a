"""Lines open and close when they say, whatever their hours, over both clock changes, bank holidays and notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from drawn_hours import ALWAYS, CLOCK_CHANGES, hours, moments, written
from drawn_tables import as_yaml, without_none
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from voicebot.routing.hours import LONDON, line_next_opening, line_open, openings_on, spans_on, spoken_time
from voicebot.routing.loader import parse_table
from voicebot.routing.opening import why_open
from voicebot.routing.source import Sources
from voicebot.routing.table import Table

LINE = "roads"
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


@st.composite
def lines(draw: st.DrawFn) -> Table:
    """A table with one line of any hours, which notices may close."""
    notices = {}
    for name in ("snow", "flood", "strike")[: draw(st.integers(0, 3))]:
        start, until = sorted(draw(st.tuples(moments(), moments())))
        begins = written(start) if draw(st.booleans()) else None
        notices[name] = without_none(
            {"say": "It snows.", "from": begins, "until": written(until), "queues": [LINE], "closes": "yes"}
        )
    numbers = {LINE: "+441632960101", "duty": "+441632960102"}
    opened = {LINE: "some", "duty": "always"}
    tree = {
        "council": {
            "name": "Marl Council",
            "website": "marl.example",
            "caller_id": "+441632960100",
            "default_queue": LINE,
            "danger_queue": "duty",
        },
        "hours": {"some": draw(hours()), "always": ALWAYS},
        "queues": {each: {"name": each, "number": numbers[each], "hours": opened[each]} for each in numbers},
        "intents": {"pothole": {"kind": "queue", "to": LINE, "about": "a pothole"}},
        "notices": notices,
    }
    table, _ = parse_table(Sources((("routing.yaml", as_yaml(tree)),)))
    assume(table is not None)
    assert table is not None
    return table


def is_open(table: Table, now: datetime) -> bool:
    return line_open(table, LINE, now)


def between(start: datetime, end: datetime) -> list[datetime]:
    """Moments after `start` and before `end`: close together at first, then further apart."""
    steps = [MINUTE * number for number in (1, 7, 30, 59, 61, 90, 119, 121, 240, 600, 1439)]
    steps += [timedelta(hours=7 * number) for number in range(4, 60)]
    steps += [timedelta(days=9 * number, hours=number) for number in range(3, 44)]
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    found = [start + step for step in steps]
    return [each for each in (*found, end - MINUTE, end - MOMENT) if start < each < end]


@settings(max_examples=120)
@given(lines(), moments())
def test_the_next_opening_is_the_first_moment_at_which_a_closed_line_is_open(table: Table, now: datetime) -> None:
    opening = line_next_opening(table, LINE, now)
    if opening is None:
        last = now + timedelta(days=390)
        states = [is_open(table, each) for each in (now, *between(now, last))]
        assert not any(later and not earlier for earlier, later in pairwise(states))
        return
    assert opening > now
    assert is_open(table, opening)
    assert not is_open(table, opening.astimezone(UTC) - MOMENT) or opening.astimezone(UTC) - MOMENT < now
    if not is_open(table, now):
        assert not any(is_open(table, each) for each in between(now, opening))
    said = spoken_time(opening, now)
    ahead = (opening.astimezone(LONDON).date() - now.astimezone(LONDON).date()).days
    assert ahead >= 0
    assert ("today" in said) == (ahead == 0)
    assert ("tomorrow" in said or "tonight" in said) == (ahead == 1)


@settings(max_examples=120)
@given(lines(), moments())
def test_a_line_is_open_in_its_spans_by_the_clock_on_the_wall(table: Table, now: datetime) -> None:
    """Worked out in another way, but for the hours in which the clock on the wall says the same twice, or jumps."""
    assume(all(abs(now - each) > timedelta(hours=2) for each in CLOCK_CHANGES))
    local = now.astimezone(LONDON)
    spans = spans_on(table, "some", local.date())
    in_hours = any(each.start <= local.time() and (each.end is None or local.time() < each.end) for each in spans)
    closed = any((each.start is None or each.start <= now) and now < each.until for each in table.notices)
    assert is_open(table, now) == (in_hours and not closed)


@given(lines(), st.sampled_from(CLOCK_CHANGES))
def test_openings_never_overlap_or_run_backwards(table: Table, change: datetime) -> None:
    first = change.date() - timedelta(days=2)
    found = [each for number in range(5) for each in openings_on(table, "some", first + timedelta(days=number))]
    assert all(start < end for start, end in found)
    assert all(end <= start for (_, end), (start, _) in pairwise(found))
    assert all(each.tzinfo == UTC for pair in found for each in pair)


@settings(max_examples=120)
@given(lines(), moments())
def test_why_a_line_is_open_agrees_with_whether_it_is(table: Table, now: datetime) -> None:
    why = why_open(table, LINE, now)
    assert why.open == is_open(table, now)
    assert why.reason.startswith("open" if why.open else "closed")
    assert why.at.file == "routing.yaml"
    if not why.open:
        assert why.until == line_next_opening(table, LINE, now)
    elif why.until is not None:
        assert why.until > now
        assert not is_open(table, why.until)
        assert all(is_open(table, each) for each in between(now, why.until))
