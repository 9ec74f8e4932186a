"""The most calls at once that real Whisper keeps up with: where the knee is, found from one step to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

TARGET_SECONDS = 3.0
SHED_SHARE = 0.01
"""Share of utterances that may be shed below the knee: one chance meeting of callers does not make a knee."""

FIRST = 8
MOST = 256
FINE = 2
"""Calls at once: the first step, the last that is tried, and how close to the knee is close enough."""


class Tried(Protocol):
    """So many calls at once, and whether they were served as they should be."""

    @property
    def calls(self) -> int: ...

    @property
    def holds(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Step:
    """So many `calls` at once. `p50`, `p95`: seconds from the recording being there to the answer, shed ones included.

    `shed` utterances got keys, `smaller` were heard by the smaller model."""

    calls: int
    utterances: int
    p50: float
    p95: float
    shed: int
    smaller: int
    lost: int
    doubled: int

    @property
    def shed_share(self) -> float:
        return self.shed / self.utterances if self.utterances else 0.0

    @property
    def holds(self) -> bool:
        """Whether this many calls are served as they should be."""
        in_time = self.utterances > 0 and self.p95 < TARGET_SECONDS
        return in_time and self.shed_share <= SHED_SHARE and not self.lost and not self.doubled


def knee(steps: Sequence[Tried]) -> int:
    """The most calls that held with no fewer calls failing; 0 where not even the fewest did."""
    failed = min((step.calls for step in steps if not step.holds), default=MOST + 1)
    return max((step.calls for step in steps if step.holds and step.calls < failed), default=0)


def next_calls(steps: Sequence[Tried]) -> int | None:
    """How many calls to try next: doubled until it is too many, then halfway between; None once the knee is known to
    `FINE` calls or a tenth. `steps` may be in any order."""
    if not steps:
        return FIRST
    most = knee(steps)
    failed = min((step.calls for step in steps if not step.holds), default=None)
    if failed is None:
        return most * 2 if most < MOST else None
    if failed - most <= max(FINE, failed // 10):
        return None
    return (most + failed) // 2


def past(steps: Sequence[Tried]) -> int | None:
    """How many calls show what happens well past the knee; None where half as many again were tried."""
    most = knee(steps)
    if any(step.calls >= 1.5 * most for step in steps if not step.holds):
        return None
    return 2 * most
