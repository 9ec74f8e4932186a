"""Whether what comes from the caller's side is the bot's own prompt coming back.

An echo is a copy of what is played, later, quieter and coloured by a room. The normalised cross-correlation of the two
waveforms has a peak at the delay; a voice that has nothing to do with the prompt has none.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from scipy.signal import correlate

from voicebot.live.ports import RATE, Samples
from voicebot.live.sound import samples

LOOK_BACK = RATE // 2
"""Samples of the caller's side that are compared."""
LONGEST_DELAY = RATE
"""One second: out through the provider's buffer, the network, a room, and back again."""
KEPT = LOOK_BACK + LONGEST_DELAY
ALIKE = 0.35
ALIKE_AND_QUIETER = 0.22
QUIETER = 10 ** (-12 / 20)
"""An echo is quieter than the prompt by 12 dB as a rule, however the telephone is held; then less is enough.

Measured where the voice activity detector took the sound for speech over a prompt, on tests/calls through µ-law, with
delays of 0.03 to 0.7 s. Echoes of the prompt: 0.98 to 1 off the line itself; at least 0.34 from a room of 0.3 s or a
clipped loudspeaker, 0.5 and 0.25 in two measured rooms of 1 s and more, 0.23 without any direct sound. Eight callers
over a prompt that does not come back: 0.16 to 0.23 at the median, 0.23 to 0.36 at the 95th percentile, so that an
echo holds on while a voice gets through within a few windows."""


class Played:
    """What has been played lately, by audio time. Used by one thread."""

    def __init__(self) -> None:
        self._sounds: deque[tuple[int, bytes]] = deque()

    def add(self, start: int, audio: bytes) -> None:
        """`audio` plays from `start` on, unless it is cut."""
        self._sounds.append((start, audio))

    def cut(self, now: int) -> None:
        """Everything was cleared: nothing plays after `now`."""
        self._sounds = deque((start, audio[: now - start]) for start, audio in self._sounds if start < now)

    def lately(self, now: int) -> Samples:
        """The last `KEPT` samples before `now`; zeros where nothing was played."""
        while self._sounds and self._sounds[0][0] + len(self._sounds[0][1]) < now - KEPT:
            self._sounds.popleft()
        found = np.zeros(KEPT, dtype=np.float32)
        for start, audio in self._sounds:
            first, last = max(start, now - KEPT), min(start + len(audio), now)
            if first < last:
                found[first - now + KEPT : last - now + KEPT] = samples(audio[first - start : last - start])
        return found


def is_echo(heard: Samples, played: Samples) -> bool:
    """Whether what was `heard`, shape (LOOK_BACK,), is a copy of some stretch of `played`, shape (KEPT,)."""
    if not heard.size or not played.any():
        return False
    is_quieter = _level(heard) <= QUIETER * _level(played[played != 0.0])
    return likeness(heard, played) >= (ALIKE_AND_QUIETER if is_quieter else ALIKE)


def _level(sound: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def likeness(heard: Samples, played: Samples) -> float:
    """The largest normalised cross-correlation, 0 to 1, over all delays up to `LONGEST_DELAY`."""
    heard = heard - heard.mean()
    energy = float(np.dot(heard, heard))
    if energy <= 0.0 or len(heard) > len(played):
        return 0.0
    products = np.abs(correlate(played, heard, mode="valid", method="fft"))
    squares = np.concatenate(([0.0], np.cumsum(np.square(played, dtype=np.float64))))
    energies = squares[len(heard) :] - squares[: -len(heard)]
    least = 1e-3 * float(energies.max())
    if least <= 0.0:
        return 0.0
    return float(np.max(np.where(energies > least, products / np.sqrt(np.maximum(energies, least) * energy), 0.0)))
