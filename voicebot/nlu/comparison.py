"""Two models on the same held-out utterances, pair by pair: what one gets right and the other wrong tells far more than
two percentages do. Pure but for numpy and SciPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from voicebot.nlu.corpus import Utterance
from voicebot.nlu.evaluate import Judge, Lived, Report, figures
from voicebot.nlu.thresholds import Chosen, Seen

Marks = npt.NDArray[np.bool_]

NOISE = 0.05
"""Probability that all measures of a comparison together are given to take chance for a difference (`Comparison`)."""

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Tried:
    """What callers would live through with one model, one of `lived` for each utterance. `urgent`: the intents that the
    model takes for urgent; `report` as `evaluate.figures` gives it."""

    hash: str
    urgent: frozenset[str]
    utterances: tuple[Utterance, ...]
    lived: tuple[Lived, ...]
    report: Report

    @property
    def right(self) -> Marks:
        """Whether the likeliest intent is an acceptable one."""
        return _marks(each.is_right for each in self.lived)

    @property
    def accepted_right(self) -> Marks:
        """Whether it is accepted outright, for an acceptable intent."""
        return _marks(each.decision == "accept" and each.about[0] in each.acceptable for each in self.lived)

    @property
    def accepted_wrong(self) -> Marks:
        """Whether it is accepted outright for an intent that is not acceptable: the caller goes to the wrong queue."""
        return _marks(each.decision == "accept" for each in self.lived) & ~self.accepted_right

    @property
    def alarmed(self) -> Marks:
        return _marks(each.decision == "urgent" for each in self.lived)


def try_out(
    name: str, model: Judge, utterances: Sequence[Utterance], live: Callable[[Seen, Chosen], Sequence[Lived]]
) -> Tried:
    """Ask the model about every utterance. `live` tells what callers would live through, given what the judges say and
    the model's own thresholds (`evaluate.live`, or `at_work.live_by` a routing table)."""
    seen = model.seen([each.words for each in utterances], [each.acceptable for each in utterances])
    lived = live(seen, model.chosen)
    report = figures(lived, seen.labels, seen.urgent, [each.kind for each in utterances])
    return Tried(name, frozenset(seen.urgent), tuple(utterances), tuple(lived), report)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two models over `of` utterances that count: `gained` are good with the second alone, `lost` with the first alone.

    `p` is McNemar's exact test: how likely so lopsided a split is where the two are equally good (McNemar 1947; the
    exact form: the gained ones are binomial with ½ among all that changed)."""

    what: str
    first: float | None
    second: float | None
    gained: int
    lost: int
    p: float
    of: int


@dataclass(frozen=True, slots=True)
class Change:
    """An utterance that one of the two models gets right and the other does not. `first`, `second`: what they make of
    it, the likeliest intent, or, where it is about urgency, the decision."""

    now: Literal["wrong", "right"]
    words: str
    at: str
    expected: tuple[str, ...]
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`urgent_recall`: how much more urgent calls the second finds (a share, -1 to 1), with a 95 % interval; None where
    there are none. `urgent_lost`: the urgent utterances that the first alone finds.

    Five measures are tested at once, so that one in five comparisons of equals would show a difference at 5 % each:
    `worse` and `better` hold each p against Holm's limits (Holm 1979), which keep that to 5 % for all five together."""

    first: str
    second: str
    pairs: tuple[Pairs, ...]
    urgent_recall: tuple[float, float, float] | None
    changes: tuple[Change, ...]
    urgent_lost: tuple[Change, ...]

    @property
    def worse(self) -> tuple[Pairs, ...]:
        """Every measure in which the second does worse by more than noise."""
        return tuple(each for each in self._beyond_noise() if each.lost > each.gained)

    @property
    def better(self) -> tuple[Pairs, ...]:
        return tuple(each for each in self._beyond_noise() if each.gained > each.lost)

    def _beyond_noise(self) -> list[Pairs]:
        """The smallest p is held against a fifth of `NOISE`, the next against a fourth, until one is too large."""
        left = sorted(self.pairs, key=lambda each: each.p)
        kept = next((at for at, each in enumerate(left) if each.p >= NOISE / (len(left) - at)), len(left))
        return [each for each in self.pairs if each in left[:kept]]


def compare(first: Tried, second: Tried) -> Comparison:
    """Both over the same utterances. Urgent is what either model takes for an urgent intent."""
    urgent = first.urgent | second.urgent
    is_urgent = _marks(each.acceptable[0] in urgent for each in first.utterances)
    harmless = _marks(not urgent & set(each.acceptable) for each in first.utterances)
    everything = np.ones(len(first.utterances), dtype=bool)
    measures: tuple[tuple[str, Marks, Callable[[Tried], Marks]], ...] = (
        ("the likeliest intent is right", everything, lambda tried: tried.right),
        ("accepted outright and right", everything, lambda tried: tried.accepted_right),
        ("not accepted outright for a wrong intent", everything, lambda tried: ~tried.accepted_wrong),
        ("urgent calls found", is_urgent, lambda tried: tried.alarmed),
        ("harmless calls left calm", harmless, lambda tried: ~tried.alarmed),
    )
    return Comparison(
        first.hash,
        second.hash,
        tuple(_pairs(what, of(first)[rows], of(second)[rows]) for what, rows, of in measures),
        bootstrap(first.alarmed[is_urgent], second.alarmed[is_urgent]),
        tuple(_changes(first, second)),
        tuple(_urgent_lost(first, second, is_urgent)),
    )


def _pairs(what: str, first: Marks, second: Marks) -> Pairs:
    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    p = float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
    before, after = (float(each.mean()) if len(each) else None for each in (first, second))
    return Pairs(what, before, after, gained, lost, p, len(first))


def bootstrap(first: Marks, second: Marks, seed: int = 0) -> tuple[float, float, float] | None:
    """How much oftener the second is good: the difference of the shares, with its 95 % percentile interval over
    utterances drawn again in pairs (Efron and Tibshirani 1993, chapter 13). None of nothing."""
    if not len(first):
        return None
    difference = second.astype(np.float64) - first.astype(np.float64)
    random = np.random.default_rng(seed)
    drawn = difference[random.integers(0, len(difference), (RESAMPLES, len(difference)))].mean(axis=1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(difference.mean()), float(low), float(high)


def _changes(first: Tried, second: Tried) -> list[Change]:
    """The newly wrong ones before the newly right ones, each in order of file and line."""
    found = [
        Change(
            "wrong" if was else "right",
            each.words,
            f"{each.file}:{each.line}",
            each.acceptable,
            first.lived[row].best,
            second.lived[row].best,
        )
        for row, (each, was, now) in enumerate(zip(first.utterances, first.right, second.right, strict=True))
        if was != now
    ]
    return sorted(found, key=lambda change: change.now == "right")


def _urgent_lost(first: Tried, second: Tried, is_urgent: Marks) -> list[Change]:
    return [
        Change(
            "wrong",
            each.words,
            f"{each.file}:{each.line}",
            each.acceptable,
            first.lived[row].decision,
            second.lived[row].decision,
        )
        for row, (each, lost) in enumerate(
            zip(first.utterances, is_urgent & first.alarmed & ~second.alarmed, strict=True)
        )
        if lost
    ]


def _marks(given: Iterable[bool]) -> Marks:
    return np.fromiter(given, dtype=bool)
