"""The last of what came from the caller's side. Positions are samples (bytes) since the stream began."""

from __future__ import annotations


class Tape:
    """`end` is the audio time, in samples."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._start = 0

    @property
    def end(self) -> int:
        return self._start + len(self._kept)

    def add(self, audio: bytes) -> None:
        self._kept += audio

    def cut(self, start: int, end: int) -> bytes:
        """From `start` up to `end`, as far as it is still there."""
        first, last = max(0, start - self._start), max(0, end - self._start)
        return bytes(self._kept[first:last])

    def forget(self, before: int) -> None:
        """Nothing before this position is needed any more."""
        surplus = min(before - self._start, len(self._kept))
        if surplus > 0:
            del self._kept[:surplus]
            self._start += surplus
