"""What a telephone line does to a voice: its band, its level, its noise, its code.

Audio is float32 or float64, mono, full scale ±1. Levels are dBFS, 0 dBFS being a square wave at full scale, so that a
sine wave that just fits has −3 dBFS. Whatever is random takes a generator, so the same seed gives the same bytes.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile

from voicebot.speech.telephone import RATE, Audio, at_level, level, speech_level, to_telephone

CIRCUIT_NOISE = -66.0
"""Level of the line itself in dBFS. A real line is never digital silence, and whatever listens must cope with that."""

_CEILING = 0.98


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
