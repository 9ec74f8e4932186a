"""The band and the level of a telephone line, for what the bot says as for what recorded callers say.

Audio is float64, mono, full scale ±1. Levels are dBFS, 0 dBFS being a square wave at full scale, so that a sine wave
that just fits has −3 dBFS.
"""

from __future__ import annotations

import io
import math

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from scipy import signal

Audio = NDArray[np.float64]

RATE = 8000
"""Samples per second of a telephone call (ITU-T G.711)."""

BAND = (300.0, 3400.0)
"""The telephone band in Hz (ITU-T G.712)."""

SPEECH_LEVEL = -20.0
"""Level of a clear caller in dBFS, measured where she speaks; the bot speaks at the same."""

_FRAME_SECONDS = 0.02
_LOUD_WITHIN = 35.0
_SPEECH_WITHIN = 15.9
_ORDER = 8


def to_telephone(audio: Audio, rate: int) -> Audio:
    """Band-limit to the telephone band and resample to 8 kHz. `rate` is that of `audio`, at least 8,000."""
    if rate < RATE:
        raise ValueError(f"audio at {rate} Hz holds less than a telephone line carries; give at least {RATE} Hz")
    resampled = soxr.resample(audio, rate, RATE, quality="VHQ") if rate != RATE else audio
    sections = signal.butter(_ORDER, BAND, btype="bandpass", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(sections, resampled), dtype=np.float64)


def mulaw(audio: NDArray[np.floating]) -> bytes:
    """8 kHz audio as µ-law, a byte a sample (ITU-T G.711)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, audio, RATE, format="RAW", subtype="ULAW")
    return buffer.getvalue()


def level(audio: Audio) -> float:
    """Level of the whole of `audio` in dBFS; −∞ for digital silence."""
    power = float(np.mean(np.square(audio))) if audio.size else 0.0
    return 10 * math.log10(power) if power > 0 else -math.inf


def speech_level(audio: Audio, rate: int = RATE) -> float:
    """Level in dBFS of the parts in which somebody speaks; −∞ for digital silence.

    A frame of 20 ms counts where it is at most 15.9 dB below the level of all frames that are near the loudest one, so
    neither pauses nor the noise in them change the figure (15.9 dB is the margin of ITU-T P.56; frames stand in for its
    envelope).
    """
    size = int(rate * _FRAME_SECONDS)
    frames = audio[: audio.size // size * size].reshape(-1, size)
    power = np.mean(np.square(frames), axis=1) if frames.size else np.zeros(1)
    loudest = float(power.max())
    if loudest <= 0:
        return -math.inf
    loud = power[power > loudest * 10 ** (-_LOUD_WITHIN / 10)]
    active = loud[loud > loud.mean() * 10 ** (-_SPEECH_WITHIN / 10)]
    return 10 * math.log10(float(active.mean()))


def at_level(audio: Audio, wanted: float, measured: float) -> Audio:
    """`audio`, whose level was measured as `measured`, at `wanted` dBFS. Digital silence stays as it is."""
    if not math.isfinite(measured):
        return audio
    return audio * 10 ** ((wanted - measured) / 20)
