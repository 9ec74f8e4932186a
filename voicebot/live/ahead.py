"""Hearing ahead: what the utterance means is worked out during the silence that may end it. The newest one wins."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future

from voicebot.dialogue.events import PartFailed
from voicebot.ports import Hearing

Hear = Callable[[], Hearing]
"""What an utterance means; called in the pool."""


class Ahead:
    """One hearing at a time is under way; a newer one waits for it and takes its place. Used by one thread."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._running: Future[Hearing] | None = None
        self._is_wanted = False
        self._next: Hear | None = None
        self._found: Hearing | None = None

    @property
    def asked(self) -> bool:
        """Whether a hearing of the present utterance is there, under way or waiting."""
        return self._found is not None or self._next is not None or (self._running is not None and self._is_wanted)

    def ask(self, hear: Hear) -> None:
        """Hear this, and nothing that was asked for before."""
        self._found, self._is_wanted, self._next = None, False, hear
        self._look()

    def drop(self) -> None:
        """She goes on speaking: what is under way is thrown away."""
        self._found, self._is_wanted, self._next = None, False, None

    def result(self) -> Hearing | None:
        """What was asked for last, once it is there. A part that broke in an unforeseen way is an unknown one that
        failed."""
        self._look()
        return self._found

    def _look(self) -> None:
        if self._running is not None and self._running.done():
            done, self._running = self._running, None
            if self._is_wanted:
                self._found = _outcome(done)
            self._is_wanted = False
        if self._running is None and self._next is not None:
            hear, self._next = self._next, None
            self._running, self._is_wanted = self._pool.submit(hear), True


def _outcome(done: Future[Hearing]) -> Hearing:
    try:
        return done.result()
    except Exception:
        return Hearing(PartFailed("unknown"), "", {})
