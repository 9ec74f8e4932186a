"""From scores to figures: how many are understood, and what refusing costs and brings. Pure but for numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicebot.nlu.evaluate import share
from voicebot.nlu.nearest import Scores
from voicebot.routing.table import OUT_OF_SCOPE

Shares = list[float | int] | None
"""[share, low, high, of how many] with Wilson's 95 % interval; None of nothing."""

Marks = npt.NDArray[np.bool_]

COST = 0.005
"""How much of the accuracy in scope refusing may cost, on the validation part. A judgement: one caller in two hundred
who is asked again although she would have been understood, for all the refusals that this buys."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was made of some utterances. `right`: the likeliest intent in scope is the true one. `out`: the truth is out
    of scope. `refused`: out of scope is the likeliest of all. `best`: the score of the likeliest intent in scope."""

    right: Marks
    out: Marks
    refused: Marks
    best: Scores

    @classmethod
    def of(cls, scores: Scores, labels: Sequence[str], truth: Sequence[str]) -> Said:
        """`scores` (utterances, labels), higher where it is likelier."""
        names = np.asarray(labels)
        inside = np.flatnonzero(names != OUT_OF_SCOPE)
        known = scores[:, inside]
        best = names[inside][known.argmax(axis=1)]
        return cls(
            best == np.asarray(truth),
            np.asarray(truth) == OUT_OF_SCOPE,
            names[scores.argmax(axis=1)] == OUT_OF_SCOPE,
            known.max(axis=1),
        )

    def top_1(self) -> Shares:
        """Of those in scope, how many have the true intent as the likeliest in scope."""
        return share(self.right[~self.out].tolist())

    def in_scope(self, limit: float) -> Shares:
        """Of those in scope, how many are understood and not refused where less than `limit` is refused."""
        return share((self.right & self._accepted(limit))[~self.out].tolist())

    def out_of_scope(self, limit: float) -> Shares:
        """Of those out of scope, how many are refused there."""
        return share((~self._accepted(limit))[self.out].tolist())

    def _accepted(self, limit: float) -> Marks:
        accepted: Marks = ~self.refused & (self.best >= limit)
        return accepted


def operating_point(said: Said) -> float:
    """The highest limit at which refusing costs no more than `COST` of the accuracy in scope, over the validation part.

    Whatever is refused for being likelier out of scope counts towards the cost; where that alone costs more, nothing
    else is refused."""
    inside = ~said.out
    understood = said.best[inside & said.right & ~said.refused]
    lost = int((inside & said.right & said.refused).sum())
    affordable = int(COST * inside.sum()) - lost
    if affordable < 0 or not len(understood):
        return float(said.best.min())
    # at this limit those below it are refused: so many of the understood, and no more
    return float(np.sort(understood)[min(affordable, len(understood) - 1)])


def summary(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation (with n - 1) of several runs; 0 for one."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
