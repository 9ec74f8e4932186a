"""What a load came to: percentiles, and the signs of lost and doubled turns."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NUMBERED = re.compile(r"/(?:turn|silence|dial|message|wait)/([0-9]+)$")


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds. Percentiles are nearest-rank: the smallest value that so many of all values do not exceed."""

    count: int
    p50: float
    p95: float
    p99: float
    longest: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Timings:
        if not seconds:
            return cls(0, 0.0, 0.0, 0.0, 0.0)
        ordered = sorted(seconds)
        p50, p95, p99 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.50, 0.95, 0.99))
        return cls(len(ordered), p50, p95, p99, ordered[-1])


@dataclass(frozen=True, slots=True)
class LoadReport:
    """`requests` are the times of single webhook requests, `turns` by kind the times until the caller hears more.

    `errors`: requests answered 4xx or 5xx or not in time · `lost`: calls without a usable answer, and lines that never
    ended · `doubled`: turns that took effect twice (see `jumps` and `RepeatingTransport`) · `cpu_share`: of all cores
    of the machine (0 to 1), taken by the load itself, the simulated provider included.
    """

    calls: int
    seconds: float
    placed: int
    requests: Timings
    turns: Mapping[str, Timings]
    held: int
    errors: int
    lost: int
    repeated: int
    doubled: int
    outcomes: Mapping[str, int]
    cpu_share: float
    troubles: tuple[str, ...] = ()


def jumps(paths: Sequence[str]) -> int:
    """How often a call's turn numbers went on by more than one, or back: the bot numbers turns one by one, so a turn
    that was taken twice leaves a gap, and one that was forgotten comes again."""
    numbers = [int(found.group(1)) for path in paths if (found := _NUMBERED.search(path))]
    return sum(after - before not in (0, 1) for before, after in itertools.pairwise(numbers))
