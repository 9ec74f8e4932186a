"""Collects what happens in one recorded call, from all of its threads, and tells whoever listens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from voicebot.regression.call_events import CallEvent, OnEvent, Requested, Trouble


class CallLog:
    def __init__(self, on_event: OnEvent, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._on_event = on_event
        self._clock = clock
        self._began = clock()
        self._lock = threading.Lock()
        self._events: list[CallEvent] = []
        self._threads: list[threading.Thread] = []

    def at(self) -> float:
        """Seconds since the call rang."""
        return self._clock() - self._began

    def at_clock(self, monotonic: float) -> float:
        """The same for a moment of the clock."""
        return monotonic - self._began

    def emit(self, event: CallEvent) -> None:
        with self._lock:
            self._events.append(event)
            self._on_event(event)

    def requested(self, path: str, status: int | None, seconds: float, attempt: int) -> None:
        self.emit(Requested(self.at(), path, status, seconds, attempt))

    def trouble(self, message: str) -> None:
        self.emit(Trouble(self.at(), message))

    def later(self, delay: float, work: Callable[[], None]) -> None:
        """Do something beside the call, `delay` seconds from now."""
        thread = threading.Timer(delay, work)
        thread.daemon = True
        thread.start()
        self._threads.append(thread)

    def join(self, deadline: float) -> None:
        """Wait for everything that was put off, at most `deadline` seconds."""
        until = self._clock() + deadline
        for thread in self._threads:
            thread.join(max(0.0, until - self._clock()))

    @property
    def events(self) -> tuple[CallEvent, ...]:
        with self._lock:
            return tuple(self._events)
