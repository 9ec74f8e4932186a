"""The tests of two models against each other, on rows whose outcome can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from voicebot.nlu.comparison import Comparison, Pairs, Tried, bootstrap, compare, try_out
from voicebot.nlu.corpus import Utterance
from voicebot.nlu.evaluate import live
from voicebot.nlu.thresholds import Chosen, Seen

LABELS = ("fire", "library", "pothole")
THRESHOLDS = Chosen(accept=0.8, confirm=0.3, offer_two=0.6, refuse=0.5, urgent=0.5, alarm=2.0)


def said(*intents: str) -> tuple[Utterance, ...]:
    return tuple(
        Utterance(f"words {line}", "ordinary", (intent,), "held/out.yaml", line)
        for line, intent in enumerate(intents, start=1)
    )


class Sure:
    """A model that names one intent for each utterance, with a probability."""

    chosen = THRESHOLDS

    def __init__(self, *names: tuple[str, float]) -> None:
        self._names = names

    def seen(self, texts: Sequence[str], right: Sequence[Sequence[str]]) -> Seen:
        rows = np.array(
            [[p if label == name else (1 - p) / 2 for label in LABELS] for name, p in self._names], dtype=np.float64
        )
        return Seen(LABELS, ("fire",), rows, np.zeros(len(rows)), right)


def tried(name: str, utterances: tuple[Utterance, ...], *names: tuple[str, float]) -> Tried:
    return try_out(name, Sure(*names), utterances, live)


def of(comparison: Comparison, what: str) -> tuple[int, int, int]:
    found = next(each for each in comparison.pairs if each.what == what)
    return found.gained, found.lost, found.of


def test_pairs_are_counted_where_they_count() -> None:
    utterances = said("library", "library", "pothole", "fire", "fire", "pothole")
    first = tried("a", utterances, *[("library", 0.9), ("pothole", 0.9), ("pothole", 0.5)], ("fire", 0.9), *LAST)
    second = tried("b", utterances, *[("pothole", 0.9), ("library", 0.9), ("pothole", 0.9)], ("fire", 0.9), *LAST)
    found = compare(first, second)
    assert of(found, "the likeliest intent is right") == (1, 1, 6)
    assert of(found, "accepted outright and right") == (2, 1, 6)
    assert of(found, "not accepted outright for a wrong intent") == (1, 1, 6)
    assert of(found, "urgent calls found") == (0, 0, 2)
    assert of(found, "harmless calls left calm") == (0, 0, 4)
    assert [(each.now, each.at, each.first, each.second) for each in found.changes] == [
        ("wrong", "held/out.yaml:1", "library", "pothole"),
        ("right", "held/out.yaml:2", "pothole", "library"),
    ]


LAST = [("library", 0.9), ("fire", 0.9)]
"""A missed fire and a false one, by both models alike."""


@pytest.mark.parametrize(
    ("lost", "gained", "p", "worse"),
    [
        (0, 0, 1.0, False),
        (6, 0, 0.03125, False),
        (9, 1, 0.0215, False),
        (8, 0, 0.0078, True),
        (0, 9, 0.0039, False),
    ],
)
def test_mcnemar_s_exact_test_tells_worse_from_noise(lost: int, gained: int, p: float, worse: bool) -> None:
    utterances = said(*["library"] * (lost + gained + 20))
    good, bad = ("library", 0.9), ("pothole", 0.9)
    first = tried("a", utterances, *[good] * lost, *[bad] * gained, *[good] * 20)
    second = tried("b", utterances, *[bad] * lost, *[good] * gained, *[good] * 20)
    both = compare(first, second)
    found = both.pairs[0]
    assert (found.lost, found.gained) == (lost, gained)
    assert found.p == pytest.approx(p, abs=1e-4)
    assert (found in both.worse) is worse
    assert (found in both.better) is (gained == 9)


def test_five_measures_at_once_are_held_against_holm_s_limits() -> None:
    def pairs(*ps: float) -> Comparison:
        tested = tuple(Pairs(str(at), 1.0, 0.9, 0, 9, p, 100) for at, p in enumerate(ps))
        return Comparison("a", "b", tested, None, (), ())

    def worse(*ps: float) -> list[str]:
        return [each.what for each in pairs(*ps).worse]

    assert worse(1, 0.04, 1, 1, 1) == []
    assert worse(1, 0.009, 1, 1, 1) == ["1"]
    assert worse(0.009, 1, 0.012, 1, 0.016) == ["0", "2", "4"]  # limits 0.01, 0.0125, 0.0167
    assert worse(0.011, 0.0112, 0.0113, 1, 1) == []


def test_urgent_calls_that_are_lost_are_named_with_what_becomes_of_them() -> None:
    utterances = said("fire", "fire", "library")
    first = tried("a", utterances, ("fire", 0.9), ("fire", 0.9), ("fire", 0.9))
    second = tried("b", utterances, ("fire", 0.9), ("fire", 0.45), ("library", 0.9))
    (lost,) = compare(first, second).urgent_lost
    assert (lost.words, lost.at, lost.first, lost.second) == ("words 2", "held/out.yaml:2", "urgent", "offer_two")


def test_an_intent_that_only_one_of_them_takes_for_urgent_counts_as_urgent() -> None:
    utterances = said("library", "pothole")
    first = tried("a", utterances, ("library", 0.9), ("pothole", 0.9))
    second = replace(first, hash="b", urgent=frozenset({"fire", "library"}))
    assert of(compare(first, second), "urgent calls found")[2] == 1


def test_the_interval_is_wide_where_there_is_little_and_holds_the_difference() -> None:
    first = np.array([True] * 90 + [False] * 10)
    second = np.array([True] * 80 + [False] * 20)
    found = bootstrap(first, second)
    assert found is not None
    difference, low, high = found
    assert difference == pytest.approx(-0.1)
    # ten of a hundred changed: by the normal approximation ±1.96 √(0.1 · 0.9 / 100) = ±0.059
    assert low == pytest.approx(-0.159, abs=0.02)
    assert high == pytest.approx(-0.041, abs=0.02)
    assert bootstrap(first, second) == found
    few = bootstrap(first[-20:], second[-20:])
    assert few is not None
    assert few[2] - few[1] > high - low
    assert bootstrap(first[:0], second[:0]) is None
