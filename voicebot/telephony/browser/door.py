"""Who may use the browser phone: who has the key. Wrong keys are few a minute, whoever sends them."""

from __future__ import annotations

import hmac
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

WRONG_KEYS = 10
"""Wrong keys within `WINDOW_SECONDS` after which no key is looked at until the window has passed: at that pace, twelve
random characters outlast any attacker. Counted for all addresses together, for behind a proxy there is only one."""

WINDOW_SECONDS = 60.0


class Door:
    """Thread-safe; counts for one process. `key` is never empty."""

    def __init__(self, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = key.encode()
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=WRONG_KEYS)
        self._lock = Lock()

    def opens(self, key: str) -> bool | None:
        """Whether this is the key, in a time that says nothing of it; None where too many were wrong lately."""
        with self._lock:
            now = self._clock()
            if len(self._wrong) == WRONG_KEYS and now - self._wrong[0] < WINDOW_SECONDS:
                return None
            is_right = hmac.compare_digest(key.encode("utf-8", "replace"), self._key)
            if not is_right:
                self._wrong.append(now)
            return is_right
