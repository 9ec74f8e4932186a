"""Turns that a thread of this process is working on: whoever asks for one is told by the thread, not by the database.

With two hundred callers on hold, looking into the database again and again costs more than all the work that they wait
for; and a turn that is worked on here needs nobody to take it over because its lease has run out.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

Result = TypeVar("Result")
Key = tuple[str, int]
"""Call id and number of the turn."""


class UnderWay(Generic[Result]):
    """Thread-safe. A turn leaves by itself when its work is over, whatever came of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[Key, tuple[Future[Result], float]] = {}

    def add(self, key: Key, work: Future[Result], age: float) -> None:
        """`age`: seconds since the turn was first posted."""
        with self._lock:
            self._turns[key] = work, time.monotonic() - age
        work.add_done_callback(lambda done: self._remove(key, done))

    def age(self, key: Key) -> float | None:
        """Seconds since the turn was first posted; None where nobody works on it here."""
        with self._lock:
            found = self._turns.get(key)
        return None if found is None else time.monotonic() - found[1]

    def result(self, key: Key, seconds: float) -> Result | None:
        """What comes of it within so many seconds. None where nobody works on it here, where it takes longer, and where
        it fails: then the database knows how the turn stands."""
        with self._lock:
            found = self._turns.get(key)
        if found is None:
            return None
        work, _ = found
        wait([work], timeout=max(0.0, seconds))
        return work.result() if work.done() and work.exception() is None else None

    def _remove(self, key: Key, work: Future[Result]) -> None:
        with self._lock:
            if key in self._turns and self._turns[key][0] is work:
                del self._turns[key]
