"""How fast sound may come, and how long this caller takes. Pure but for the clock that is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from voicebot.live.ports import RATE

log = structlog.get_logger(__name__)

AT_ONCE = 5 * RATE
"""Samples that may come ahead of time: a network that was stuck for a moment delivers what it held back."""

GOES_ON_WITHIN = int(0.7 * RATE)
"""Who speaks again so soon after the end of a turn had not finished: the bot's answer has hardly begun."""
HALF = 0.5
LONGEST_JOINED = 30 * RATE
"""From the beginning of the first: after half a minute of hers the request has been made, and what goes on and on is
a television."""
MORE_PATIENCE, MOST_PATIENCE = 1.5, 2.0
REMEMBERED = 2 * RATE


class Flood:
    """Lets sound in at `fastest` times real time, and `AT_ONCE` more."""

    def __init__(self, fastest: float, monotonic: Callable[[], float]) -> None:
        self._fastest = fastest
        self._monotonic = monotonic
        self._began: float | None = None
        self._taken = 0
        self._is_logged = False

    def admits(self, count: int) -> bool:
        """Whether so many samples more are taken. The first that are not are logged."""
        now = self._monotonic()
        self._began = now if self._began is None else self._began
        if self._taken + count <= AT_ONCE + self._fastest * (now - self._began) * RATE:
            self._taken += count
            return True
        if not self._is_logged:
            self._is_logged = True
            log.warning("too_much_sound", seconds=round(self._taken / RATE, 1))
        return False


@dataclass(frozen=True, slots=True)
class Utterance:
    start: int
    ended: int


class CutOffs:
    """Notices that the caller was cut off, and has more patience with her from then on. Positions in samples."""

    def __init__(self) -> None:
        self.patience = 1.0
        self._last: Utterance | None = None

    def note(self, start: int, ended: int) -> None:
        """A turn was taken with the utterance from `start` to the endpoint `ended`."""
        self._last = Utterance(start, ended)

    def joined(self, onset: int, said: float) -> int | None:
        """Where the utterance began that her voice, heard again from `onset`, goes on with; None where it does not.
        `said`: how much of the bot's answer has been said, 0 to 1."""
        last, self._last = self._last, None
        if last is None or onset - last.ended > GOES_ON_WITHIN or said >= HALF:
            return None
        if onset - last.start > LONGEST_JOINED:
            return None
        self.patience = min(MOST_PATIENCE, self.patience * MORE_PATIENCE)
        return last.start

    def keep_from(self, now: int) -> int | None:
        """From where the sound may still be needed."""
        if self._last is not None and now - self._last.ended > REMEMBERED:
            self._last = None
        return None if self._last is None else self._last.start
