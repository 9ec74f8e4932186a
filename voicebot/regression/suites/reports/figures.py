"""What a run came to in figures: right first time with its interval, and the same by slice. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scipy.stats import binomtest

from voicebot.regression.suites.results import CallReport, Run

SLICES = 40
"""A tag with more values than these tells calls apart, not sorts of calls, and is no slice."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`; `low` and `high` (0 to 1) are Wilson's score interval at 95 % (Wilson 1927)."""

    count: int
    of: int
    low: float
    high: float

    @classmethod
    def of_all(cls, given: Iterable[bool]) -> Share:
        marks = list(given)
        if not marks:
            return cls(0, 0, 0.0, 1.0)
        found = binomtest(sum(marks), len(marks)).proportion_ci(0.95, method="wilson")
        return cls(sum(marks), len(marks), float(found.low), float(found.high))

    @property
    def part(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Slice:
    """Calls that have something in common. `word_errors` of `word_count` true words, where those are known."""

    by: str
    value: str
    right: Share
    misrouted: int
    word_errors: int
    word_count: int

    @property
    def word_error_rate(self) -> float | None:
        """0 is perfect; above 1 where more was heard than said. None where no true words are known."""
        return self.word_errors / self.word_count if self.word_count else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole run, its slices (with two values or more), and how many calls were flaky or not run."""

    whole: Slice
    slices: tuple[Slice, ...]
    failed: int
    not_run: int
    flaky: int


def right_first_time(call: CallReport) -> bool:
    """All that the suite expects happened, and on the way she was sent nowhere else first."""
    return call.status == "passed" and not call.misrouted


def verdict(call: CallReport) -> str:
    """What became of a call, in the words of every report."""
    if call.status == "not_run":
        return "not run"
    if call.status == "failed":
        return "failed"
    return "misrouted on the way" if call.misrouted else "right first time"


def judged(run: Run) -> list[CallReport]:
    """Those that ran. What was not run is neither right nor wrong, and counts in no share."""
    return [call for call in run.calls if call.status != "not_run"]


def figures(run: Run) -> Figures:
    calls = judged(run)
    return Figures(
        whole=_slice("all", "all calls", calls),
        slices=tuple(_slices(run, calls)),
        failed=sum(call.status == "failed" for call in calls),
        not_run=len(run.calls) - len(calls),
        flaky=sum(call.flaky for call in calls),
    )


def expected_intent(call: CallReport) -> str:
    """The intent that the suite expects, the first of several: the one wanted where another came, else the one that
    came. "" of a call that was not run."""
    if call.status == "not_run":
        return ""
    wanted = next((miss.wanted for miss in call.misses if miss.what == "intent"), None)
    return (wanted or call.intent or "none").partition(" or ")[0]


def channel(run: Run, call: CallReport) -> str:
    return call.tags.get("channel") or run.settings.get("channel", "record")


def tag_names(run: Run) -> list[str]:
    """Voice, accent and noise first, as every suite has them, then whatever else the suite says."""
    known = ("voice", "accent", "noise")
    found = {name for call in run.calls for name in call.tags} - {"channel", "intent", "profile"}
    return [name for name in known if name in found] + sorted(found - set(known))


def ways(run: Run) -> list[tuple[str, Callable[[CallReport], str]]]:
    """(name, what a call has of it) of everything that calls are sliced by."""
    named: list[tuple[str, Callable[[CallReport], str]]] = [
        ("profile", lambda call: call.profile),
        ("channel", lambda call: channel(run, call)),
    ]
    named += [(name, lambda call, name=name: call.tags.get(name, "")) for name in tag_names(run)]  # type: ignore[misc]
    return [*named, ("intent", expected_intent)]


def _slices(run: Run, calls: Sequence[CallReport]) -> Iterable[Slice]:
    for by, of in ways(run):
        values = sorted({of(call) for call in calls} - {""})
        if 2 <= len(values) <= SLICES or (by == "intent" and len(values) > 1):
            yield from (_slice(by, value, [call for call in calls if of(call) == value]) for value in values)


def _slice(by: str, value: str, calls: Sequence[CallReport]) -> Slice:
    return Slice(
        by=by,
        value=value,
        right=Share.of_all(right_first_time(call) for call in calls),
        misrouted=sum(call.misrouted for call in calls),
        word_errors=sum(call.word_errors for call in calls),
        word_count=sum(call.word_count for call in calls),
    )
