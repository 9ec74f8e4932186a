"""Collects keys: one where one chooses, a whole number where one was asked for. Pure."""

from __future__ import annotations

from voicebot.live.ports import RATE

KEYS = frozenset("0123456789*#")
NUMBER_KEYS = 15
"""Digits of the longest telephone number (ITU-T E.164)."""
NUMBER_SECONDS = 8
"""Seconds between two keys of a number before it counts as finished, on every channel."""


class Keypad:
    """`number`: a whole number was asked for. Positions are samples at 8 kHz."""

    def __init__(self, *, number: bool) -> None:
        self._number = number
        self._keys = ""
        self._last = 0

    @property
    def begun(self) -> bool:
        return bool(self._keys)

    def press(self, key: str, now: int) -> str | None:
        """The keys that are complete with this one. None: more may come."""
        if not self._number:
            return key
        self._last = now
        if key != "#":
            self._keys += key
        if key == "#" or len(self._keys) >= NUMBER_KEYS:
            return self._keys or key
        return None

    def overdue(self, now: int) -> str | None:
        """The keys of a number that nobody goes on with."""
        return self._keys if self._keys and now - self._last >= NUMBER_SECONDS * RATE else None
