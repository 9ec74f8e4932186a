"""Work that is late is ended from outside: an alarm raises in the middle of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OverdueError(BaseException):
    """The time is up. No `Exception`, so that an engine that catches those cannot swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OverdueError` in the body after `seconds`.

    It needs the main thread, where a gunicorn sync worker handles requests; elsewhere there is no limit. It interrupts
    Python; a library that hangs in C is ended by gunicorn, which kills the process.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def raise_overdue(_number: int, _frame: FrameType | None) -> None:
        raise OverdueError

    before = signal.signal(signal.SIGALRM, raise_overdue)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
