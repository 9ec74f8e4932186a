"""Turns any WAV file into the one that Twilio would serve: 8 kHz, mono, 16-bit PCM."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile
import soxr

from voicebot.errors import RecordingError
from voicebot.regression.provider_faults import RATE

MAX_MINUTES = 60


def telephone_wav(path: Path) -> bytes:
    """Read any audio that libsndfile knows (µ-law and A-law WAV too). Raises `RecordingError` naming the file."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise RecordingError(f"{path}: not audio that can be read ({error}). Give a WAV file.") from None
    if not len(samples):
        raise RecordingError(f"{path}: there is no sound in it. Give a WAV file with speech, or the word silence.")
    if len(samples) > rate * 60 * MAX_MINUTES:
        raise RecordingError(f"{path}: longer than {MAX_MINUTES} minutes. Give a shorter recording.")
    return encode(resampled(samples.mean(axis=1), rate, RATE), RATE)


def silent_wav(seconds: float) -> bytes:
    return encode(np.zeros(int(seconds * RATE), dtype=np.float32), RATE)


def resampled(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """`samples` are floats from -1 to 1, one channel or (frames, channels)."""
    return samples if rate == wanted else np.asarray(soxr.resample(samples, rate, wanted))


def encode(samples: np.ndarray, rate: int) -> bytes:
    """16-bit PCM WAV of floats from -1 to 1."""
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="WAV", subtype="PCM_16")
    return out.getvalue()


def decode(wav: bytes) -> tuple[np.ndarray, int]:
    """Floats from -1 to 1 and samples a second."""
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    return np.asarray(samples), int(rate)


def seconds_of(wav: bytes) -> float:
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        return float(len(file) / file.samplerate)


def stereo(wav: bytes) -> bytes:
    samples, rate = decode(wav)
    return encode(np.stack([samples, np.zeros_like(samples)], axis=1), rate)


def hifi(wav: bytes) -> bytes:
    samples, rate = decode(wav)
    return encode(resampled(samples, rate, 44100), 44100)


def recorded(wav: bytes, silence: float, most: float) -> bytes:
    """What `<Record>` keeps of 8 kHz speech: with the silence that ended it, at most `most` seconds."""
    samples, rate = decode(wav)
    tail = np.zeros(int(silence * rate), dtype=samples.dtype)
    return encode(np.concatenate([samples, tail])[: int(most * rate)], rate)
