"""How many calls may be live at once, whichever channel they come by."""

from __future__ import annotations

import threading


class Room:
    """How many calls may be live at once in this process: each holds a thread. Thread-safe."""

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self._lock = threading.Lock()
        self._inside = 0
        self.leaving = threading.Event()

    @property
    def free(self) -> bool:
        return self._inside < self._calls and not self.leaving.is_set()

    @property
    def empty(self) -> bool:
        return not self._inside

    def enter(self) -> bool:
        """Whether there is room for one more; who entered must `exit`."""
        with self._lock:
            if not self.free:
                return False
            self._inside += 1
            return True

    def exit(self) -> None:
        with self._lock:
            self._inside -= 1

    def leave(self) -> None:
        """This process is told to stop: its live calls are handed over. Safe in a signal handler."""
        self.leaving.set()
