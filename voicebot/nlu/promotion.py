"""Whether a model may answer callers: floors that it must reach, a live model that it must not fall behind. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from voicebot.nlu.comparison import Comparison, Tried

ENOUGH = 8
"""Utterances from which an intent's own recall is held against a floor: of fewer, one that is missed is a landslide."""


@dataclass(frozen=True, slots=True)
class Floor:
    """`figure` is a key of the report, a share from 0 to 1; `at_most` turns the floor into a ceiling."""

    figure: str
    says: str
    limit: float
    why: str
    at_most: bool = False


FLOORS = (
    Floor(
        "top_1",
        "the likeliest intent is right",
        0.88,
        "two points below the first model that went into service (90.1 %): anything less is a step back",
    ),
    Floor(
        "urgent_found",
        "urgent calls found",
        0.95,
        "an urgent call that waits in an ordinary queue may cost a life; the first model found 96.5 %",
    ),
    Floor(
        "false_urgent",
        "harmless calls taken for urgent",
        0.035,
        "each rings the duty team for nothing, at night as well, and frightens a caller; 1 % is wanted, 2.7 % is had",
        at_most=True,
    ),
    Floor(
        "accepted_right",
        "of what is accepted outright, right",
        0.97,
        "what is accepted goes through without a question: the caller only finds out in the wrong queue",
    ),
)
INTENT_FLOOR = Floor(
    "recall",
    "found",
    0.5,
    "an intent that is missed more often than not serves nobody who rings about it",
)


@dataclass(frozen=True, slots=True)
class Broken:
    """One reason against a promotion. `figure` and `limit` are shares from 0 to 1; None where there was nothing to
    measure. `at_most`: the limit is a ceiling."""

    what: str
    figure: float | None
    limit: float | None
    why: str
    at_most: bool = False

    def __str__(self) -> str:
        figure, limit = (
            "nothing to measure it by" if each is None else f"{each:.1%}" for each in (self.figure, self.limit)
        )
        return f"{self.what}: {figure}, wanted {'at most' if self.at_most else 'at least'} {limit} ({self.why})"


def broken_floors(tried: Tried) -> tuple[Broken, ...]:
    """Every floor that the model does not reach. A figure that nothing could be measured for counts as broken."""
    found: list[Broken] = []
    for floor in FLOORS:
        given = tried.report[floor.figure]
        figure = None if given is None else float(given[0])
        if figure is None or (figure > floor.limit if floor.at_most else figure < floor.limit):
            found.append(Broken(floor.says, figure, floor.limit, floor.why, floor.at_most))
    for intent, recall in recalls(tried).items():
        if recall < INTENT_FLOOR.limit:
            found.append(Broken(f"{intent} {INTENT_FLOOR.says}", recall, INTENT_FLOOR.limit, INTENT_FLOOR.why))
    return tuple(found)


def recalls(tried: Tried) -> dict[str, float]:
    """Of each intent that has `ENOUGH` utterances, the share of them whose likeliest intent is acceptable, 0 to 1."""
    own = [each.acceptable[0] for each in tried.utterances]
    right = Counter(intent for intent, good in zip(own, tried.right, strict=True) if good)
    return {intent: right[intent] / count for intent, count in sorted(Counter(own).items()) if count >= ENOUGH}


def worse_than_live(comparison: Comparison) -> tuple[Broken, ...]:
    """Every measure in which the second model of a comparison is worse than the first by more than noise."""
    return tuple(
        Broken(
            f"{each.what}, against the live model {comparison.first}",
            each.second,
            each.first,
            f"{each.lost} utterances lost, {each.gained} gained; the probability of that by chance is {each.p:.3f}",
        )
        for each in comparison.worse
    )
