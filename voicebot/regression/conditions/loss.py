"""Packets that are lost on the way, how a telephone conceals them, and the gaps of a jitter buffer that ran dry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voicebot.speech.telephone import RATE, Audio

Lost = NDArray[np.bool_]

PACKET = RATE // 50
"""Samples in a packet: 20 ms, the usual time (RFC 3551, section 4.2)."""

# ITU-T G.711 appendix I: the pitch is sought between 66 and 200 Hz, the last period is repeated, as it is for 10 ms
# and then fading by a fifth every 10 ms, so that nothing is left after 60 ms. Here one period is repeated throughout.
_SHORTEST, _LONGEST = RATE // 200, RATE // 66
_STEADY, _SILENT = RATE // 100, RATE * 6 // 100
_HISTORY = RATE // 20
_JOIN = RATE // 250

_GAP = (0.04, 0.12)


def lost_packets(packets: int, rate: float, burst: float | None, generator: np.random.Generator) -> Lost:
    """Which of so many packets are lost: a share of `rate`, `burst` in a row on average (None: each by itself).

    The model of Gilbert (1960) in its simple form: a good state in which every packet arrives, and a bad one in which
    none does. Raises `ValueError` where rate or burst make no sense.
    """
    if not 0 < rate < 1 or (burst is not None and burst < max(1.0, rate / (1 - rate))):
        raise ValueError(f"a loss rate is between 0 and 1 and a burst at least 1 packet, not {rate} and {burst}")
    recovers = 1 / burst if burst is not None else 1 - rate
    fails = rate * recovers / (1 - rate)
    lost = np.zeros(packets, dtype=np.bool_)
    bad = generator.random() < rate
    for index, drawn in enumerate(generator.random(packets)):
        lost[index] = bad
        bad = drawn >= recovers if bad else drawn < fails
    return lost


def concealed(audio: Audio, lost: Lost) -> Audio:
    """`audio` without its `lost` packets: what was said last is repeated in their place and fades away."""
    heard = audio.copy()
    starts = np.flatnonzero(lost & ~np.concatenate([[False], lost[:-1]]))
    for first in starts:
        length = int(np.argmin(np.concatenate([lost[first:], [False]])))
        start = int(first) * PACKET
        end = min(start + length * PACKET, audio.size)
        filled = _repeated(heard[:start], end - start + _JOIN)
        heard[start:end] = filled[: end - start]
        _join(heard, filled[end - start :], end)
    return heard


def _repeated(before: Audio, size: int) -> Audio:
    """`size` samples that go on as `before` ended, and fade."""
    history = before[-_HISTORY:]
    if history.size < _HISTORY:
        return np.zeros(size)
    period = history[-_pitch(history) :]
    fade = np.interp(np.arange(size), [_STEADY, _SILENT], [1.0, 0.0])
    return np.resize(period, size) * fade


def _pitch(history: Audio) -> int:
    """The lag in samples at which `history` is most like itself."""
    recent = history[-(_HISTORY - _LONGEST) :]
    likeness = [
        float(recent @ past) / (float(np.linalg.norm(past)) + 1e-9)
        for lag in range(_SHORTEST, _LONGEST + 1)
        for past in (history[_LONGEST - lag : _HISTORY - lag],)
    ]
    return _SHORTEST + int(np.argmax(likeness))


def _join(heard: Audio, tail: Audio, at: int) -> None:
    """Let what was filled in fade into what arrives again."""
    size = min(tail.size, heard.size - at)
    rising = np.arange(size) / _JOIN
    heard[at : at + size] = rising * heard[at : at + size] + (1 - rising) * tail[:size]


def with_gaps(audio: Audio, a_minute: float, generator: np.random.Generator) -> Audio:
    """`audio` with so many gaps of 40 to 120 ms in which nothing is heard; what came too late for them is skipped."""
    heard = audio.copy()
    for _ in range(int(generator.poisson(a_minute * audio.size / RATE / 60))):
        start = int(generator.integers(0, audio.size))
        heard[start : start + int(generator.uniform(*_GAP) * RATE)] = 0.0
    return heard
