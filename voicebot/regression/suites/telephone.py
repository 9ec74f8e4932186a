"""The sounds of a suite as they come out of the telephone: 8 kHz, under a line condition, the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache

from voicebot.regression.suites.model import Sound
from voicebot.regression.telephone_wav import telephone_wav

CLEAN = "clean"
"""The line condition that leaves a recording as it is."""

Degrade = Callable[[str, bytes, int], bytes]
"""A line condition by name put on an 8 kHz WAV; the same seed gives the same bytes."""

KEPT = 1_000
"""Sounds in memory: at 16 kB for a second that is some 100 MB."""


class Telephone:
    """Safe in many threads. Files are read when they are first played."""

    def __init__(self, degrade: Degrade) -> None:
        self._degrade = degrade
        self._clean = lru_cache(KEPT)(telephone_wav)

    def play(self, sound: Sound, time: int = 0, *, call: str, profile: str) -> bytes:
        """`time`: how often she has said it in this call before; the line is never twice the same. Raises
        `RecordingError` where the file cannot be used, and what the line condition raises."""
        wav = self._clean(sound.path, sound.channel)
        if profile == CLEAN:
            return wav
        before = f"\n{time}" if time else ""
        seed = hashlib.sha256(f"{call}\n{profile}\n{sound.name}{before}".encode()).digest()
        return self._degrade(profile, wav, int.from_bytes(seed[:4], "big"))
