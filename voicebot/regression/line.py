"""What a telephone line does to a voice: its band, its level, its noise, its code.

Audio is float32 or float64, mono, full scale ±1. Levels are dBFS, 0 dBFS being a square wave at full scale, so that a
sine wave that just fits has −3 dBFS. Whatever is random takes a generator, so the same seed gives the same bytes.
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
"""Level of a clear caller in dBFS, measured where she speaks."""

CIRCUIT_NOISE = -66.0
"""Level of the line itself in dBFS. A real line is never digital silence, and whatever listens must cope with that."""

_FRAME_SECONDS = 0.02
_LOUD_WITHIN = 35.0
_SPEECH_WITHIN = 15.9
_ORDER = 8
_CEILING = 0.98


def to_telephone(audio: Audio, rate: int) -> Audio:
    """Band-limit to the telephone band and resample to 8 kHz. `rate` is that of `audio`, at least 8,000."""
    if rate < RATE:
        raise ValueError(f"audio at {rate} Hz holds less than a telephone line carries; give at least {RATE} Hz")
    resampled = soxr.resample(audio, rate, RATE, quality="VHQ") if rate != RATE else audio
    sections = signal.butter(_ORDER, BAND, btype="bandpass", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(sections, resampled), dtype=np.float64)


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


def with_noise(speech: Audio, noise: Audio, snr: float) -> Audio:
    """`speech` with `noise` behind it (repeated or cut to fit), `snr` dB below the level at which she speaks."""
    if not noise.size:
        raise ValueError("the noise is empty; there is nothing to put behind the speech")
    fitted = np.resize(noise, speech.size)
    return speech + at_level(fitted, speech_level(speech) - snr, level(fitted))


def with_pauses(audio: Audio, before: float, after: float, rate: int) -> Audio:
    """`audio` with that many seconds of silence before and after it."""
    return np.concatenate([np.zeros(int(before * rate)), audio, np.zeros(int(after * rate))])


def on_the_line(audio: Audio, generator: np.random.Generator) -> Audio:
    """8 kHz audio with the noise of the circuit added, and peaks held below full scale as a channel bank holds them."""
    circuit = to_telephone(generator.standard_normal(audio.size), RATE)
    sum_ = audio + at_level(circuit, CIRCUIT_NOISE, level(circuit))
    return np.clip(sum_, -_CEILING, _CEILING)


def encode(audio: Audio) -> bytes:
    """8 kHz audio as a WAV file in µ-law (ITU-T G.711, RIFF format 7, 8 bits a sample)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, audio, RATE, format="WAV", subtype="ULAW")
    return buffer.getvalue()


def decode(wav: bytes) -> Audio:
    """The samples of an 8 kHz WAV file. Raises `ValueError` where it is not mono at 8 kHz."""
    audio, rate = soundfile.read(io.BytesIO(wav), dtype="float64")
    if rate != RATE or audio.ndim != 1:
        raise ValueError(f"a recorded call is mono at {RATE} Hz; this file has {rate} Hz and {audio.ndim} dimension(s)")
    return np.asarray(audio, dtype=np.float64)
