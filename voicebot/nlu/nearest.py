"""The judge that remembers: which training phrases lie nearest to what was said, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from voicebot.nlu.encoder import Vectors

Scores = npt.NDArray[np.float64]

NEIGHBOURS = 30
SHARPNESS = 10.0
"""Of the 30 nearest phrases each counts exp(10 · (cosine − 1)). Chosen by cross-validation (docs/understanding.md);
between 10 and 100 neighbours nothing changes beyond noise."""

_NOTHING = 1e-4
"""What an intent counts that has no phrase among the nearest, so that the logarithm of nothing is finite."""

_STEPS = 254.0
"""One byte a number: tuned vectors have length 1 and hardly a part beyond ±0.5. It costs no accuracy and saves three
quarters of the space."""


@dataclass(slots=True)
class Nearest:
    """`examples` (phrases, size), one byte a number; `owners` (phrases,): the column of each one's intent."""

    examples: npt.NDArray[np.int8]
    owners: npt.NDArray[np.int64]
    labels: int
    _wide: Vectors = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._wide = self.examples.astype(np.float32) / np.float32(_STEPS)

    @classmethod
    def of(cls, vectors: Vectors, owners: npt.NDArray[np.int64], labels: int) -> Nearest:
        """`vectors` (phrases, size), each of length 1."""
        return cls(np.clip(np.rint(vectors * _STEPS), -127, 127).astype(np.int8), owners.astype(np.int64), labels)

    def scores(self, vectors: Vectors) -> Scores:
        """(texts, labels): the logarithm of how much each intent's phrases among the nearest count."""
        cosines = vectors @ self._wide.T
        found = np.full((len(vectors), self.labels), _NOTHING)
        for row, likeness in enumerate(cosines):
            nearest = np.argpartition(-likeness, min(NEIGHBOURS, len(likeness)) - 1)[:NEIGHBOURS]
            np.add.at(found[row], self.owners[nearest], np.exp(SHARPNESS * (likeness[nearest] - 1)))
        logs: Scores = np.log(found)
        return logs


def columns(truth: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """For each of `truth` where it stands in `labels`, which are sorted."""
    return np.searchsorted(np.asarray(labels), np.asarray(truth)).astype(np.int64)
