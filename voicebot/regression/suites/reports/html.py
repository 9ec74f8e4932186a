"""A run as one HTML page that opens offline: every call with its sound, what was heard, and why it went where it went.

Whatever callers said is escaped like any other text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from voicebot.records import RESTRICTED
from voicebot.regression.conditions.applying import apply
from voicebot.regression.suites.model import Suite
from voicebot.regression.suites.reports.differences import Piece, differences
from voicebot.regression.suites.reports.figures import Slice, expected_intent, figures, verdict, ways
from voicebot.regression.suites.reports.listening import BUDGET, Heard, heard, listened
from voicebot.regression.suites.reports.waveform import HIGH, WIDE
from voicebot.regression.suites.reports.wording import (
    attempts_words,
    cause_words,
    miss_words,
    percent,
    place,
    settings_words,
    shown_name,
)
from voicebot.regression.suites.reports.writing import write
from voicebot.regression.suites.results import CallReport, Run, TurnResult
from voicebot.regression.suites.telephone import Telephone

MARKS = {"right first time": "✓", "misrouted on the way": "↝", "failed": "✗", "not run": "–"}
Filters = Sequence[tuple[str, Callable[[CallReport], str]]]
"""(name, what a call has of it)."""

_ORDER = ("failed", "misrouted on the way", "not run", "right first time")


@dataclass(frozen=True, slots=True)
class _Turn:
    """`sound` names one of the page's sounds, "" where there is none to hear; `pieces` are empty where the true words
    are not known."""

    turn: TurnResult
    sound: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A call as the page shows it; `values` are those that the filters look at, in the order of the filters."""

    id: str
    call: CallReport
    name: str
    verdict: str
    values: tuple[str, ...]
    turns: tuple[_Turn, ...]


def write_html(run: Run, suite: Suite, path: Path) -> None:
    """The page plays what the bot was given to hear, over the line of each call.

    Raises `ContentError` where `path` cannot be written."""
    write(path, page(run, suite, Telephone(apply)).encode())


def page(run: Run, suite: Suite, telephone: Telephone, budget: int = BUDGET) -> str:
    found_sounds = listened(run, suite, telephone, budget)
    names = {each: f"s{number}" for number, each in enumerate(found_sounds.sounds)}
    filters: Filters = [("verdict", verdict), ("cause", _cause), *ways(run), ("flaky", _flaky)]
    entries = sorted(_entries(run, filters, names), key=lambda each: _ORDER.index(each.verdict))
    found = figures(run)
    return template("report.html.j2").render(
        run=run,
        found=found,
        settings=settings_words(run),
        groups=_groups(found.slices),
        entries=entries,
        filters=_choices([name for name, _ in filters], entries),
        sounds={names[each]: listening for each, listening in found_sounds.sounds.items()},
        left_out=found_sounds.left_out,
        wide=WIDE,
        high=HIGH,
        marks=MARKS,
    )


def template(name: str) -> Template:
    """One of the room's templates, with the words that reports share."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PackageLoader("voicebot.regression.suites.reports", "."),
    )
    environment.globals |= {
        "percent": lambda part: percent(part).replace(" ", "\N{NO-BREAK SPACE}"),
        "place": place,
        "shown_name": shown_name,
        "miss_words": miss_words,
        "cause_words": cause_words,
        "attempts_words": attempts_words,
        "expected_intent": expected_intent,
    }
    return environment.get_template(name)


def _cause(call: CallReport) -> str:
    return cause_words(call.cause)[0].lower() if call.status == "failed" else ""


def _flaky(call: CallReport) -> str:
    return "yes" if call.flaky else ""


def _entries(run: Run, filters: Filters, names: Mapping[Heard, str]) -> Iterator[_Entry]:
    for number, call in enumerate(run.calls, 1):
        turns = tuple(
            _Turn(
                turn,
                names.get(listened_to, ""),
                differences(turn.words, turn.heard) if turn.words is not None and turn.heard != RESTRICTED else (),
            )
            for turn, listened_to in zip(call.turns, heard(call), strict=True)
        )
        values = tuple(of(call) for _, of in filters)
        yield _Entry(f"call-{number}", call, shown_name(call), verdict(call), values, turns)


def _choices(names: list[str], entries: Iterable[_Entry]) -> list[tuple[int, str, list[str]]]:
    """(place among the values, name, choices) of every filter that has anything to choose."""
    found = []
    for index, name in enumerate(names):
        choices = sorted({each.values[index] for each in entries} - {""})
        if len(choices) > 1 or (choices and name in ("cause", "flaky")):
            found.append((index, name, choices))
    return found


def _groups(slices: Iterable[Slice]) -> list[tuple[str, list[Slice]]]:
    found: dict[str, list[Slice]] = {}
    for each in slices:
        found.setdefault(each.by, []).append(each)
    return list(found.items())
