"""Opening hours of any kind, as routing.yaml words them, and moments, of which many lie near a change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from voicebot.routing.hours import LONDON
from voicebot.routing.table import DAYS, MONTHS

FIRST, LAST = date(2025, 1, 1), date(2028, 12, 31)

CLOCK_CHANGES = tuple(
    datetime(*day, 1, tzinfo=UTC)
    for day in (
        *((2025, 3, 30), (2025, 10, 26), (2026, 3, 29), (2026, 10, 25)),
        *((2027, 3, 28), (2027, 10, 31), (2028, 3, 26), (2028, 10, 29)),
    )
)
"""When clocks in the United Kingdom change: always at 01:00 UTC."""

BANK_HOLIDAYS = (date(2025, 12, 25), date(2026, 1, 1), date(2026, 5, 4), date(2026, 12, 28), date(2027, 3, 29))

WELL_KNOWN = tuple(hour * 60 + minute for hour, minute in ((0, 0), (1, 0), (1, 30), (2, 0), (9, 0), (12, 30), (17, 0)))
MIDNIGHT = 24 * 60


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def minutes() -> st.SearchStrategy[int]:
    return st.one_of(st.sampled_from(WELL_KNOWN), st.integers(0, MIDNIGHT))


@st.composite
def spans(draw: st.DrawFn) -> str:
    """One to three spans; those that touch are allowed."""
    ends = sorted(set(draw(st.lists(minutes(), min_size=2, max_size=6))))
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in pairs) or "09:00-17:00"


def spans_or_closed() -> st.SearchStrategy[str]:
    return st.one_of(st.just("closed"), spans())


@st.composite
def changes(draw: st.DrawFn) -> str:
    """What is different on one date."""
    kind = draw(st.sampled_from(("spans", "closes", "opens", "both")))
    if kind == "spans":
        return draw(spans_or_closed())
    first, last = sorted(draw(st.tuples(st.integers(0, MIDNIGHT - 2), st.integers(0, MIDNIGHT - 2))))
    opens, closes = f"opens at {clock(first)}", f"closes at {clock(last + 1)}"
    return {"opens": opens, "closes": closes}.get(kind, f"{opens}, {closes}")


def dates() -> st.SearchStrategy[date]:
    near_changes = st.sampled_from([each.date() for each in CLOCK_CHANGES])
    return st.one_of(near_changes, st.sampled_from(BANK_HOLIDAYS), st.dates(FIRST, LAST))


@st.composite
def exception_days(draw: st.DrawFn) -> str:
    day = draw(dates())
    in_words = f"{day.day} {MONTHS[day.month - 1]}"
    return draw(st.sampled_from((day.isoformat(), in_words, f"{in_words} {day.year}")))


@st.composite
def hours(draw: st.DrawFn) -> dict[str, object]:
    """The hours of a line, open at some time of an ordinary week."""
    cuts = draw(st.sets(st.integers(1, 6), max_size=4))
    week: dict[str, object] = {}
    for first, until in zip((0, *sorted(cuts)), (*sorted(cuts), 7), strict=True):
        days = DAYS[first] if until == first + 1 else f"{DAYS[first]}-{DAYS[until - 1]}"
        week[days] = draw(spans_or_closed())
    if all(each == "closed" for each in week.values()):
        week[next(iter(week))] = draw(spans())
    if draw(st.booleans()):
        week["bank_holidays"] = draw(spans_or_closed())
    exceptions = draw(st.dictionaries(exception_days(), changes(), max_size=3))
    if exceptions:
        week["exceptions"] = exceptions
    return week


ALWAYS = {"mon-sun": "00:00-24:00", "bank_holidays": "00:00-24:00"}
"""The hours of a line that somebody answers day and night."""


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """An aware moment from 2025 to 2028: of those drawn, a third lies within three hours of a clock change, and a third
    at the start or end of a day or of a bank holiday."""
    kind = draw(st.sampled_from(("change", "midnight", "any")))
    if kind == "change":
        return draw(st.sampled_from(CLOCK_CHANGES)) + timedelta(minutes=draw(st.integers(-180, 180)))
    if kind == "midnight":
        day = draw(dates())
        local = datetime(day.year, day.month, day.day, tzinfo=LONDON)
        return local.astimezone(UTC) + timedelta(minutes=draw(st.integers(-5, 5)))
    whole = int((datetime(2028, 12, 31, tzinfo=UTC) - datetime(2025, 1, 1, tzinfo=UTC)).total_seconds())
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, whole)))


def written(moment: datetime) -> str:
    """A moment as a notice names it, in local time to the minute."""
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"
