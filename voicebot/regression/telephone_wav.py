"""Turns any audio file into the WAV that Twilio would serve: 8 kHz, mono, 16-bit PCM, the caller alone."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile
import soxr

from voicebot.errors import RecordingError
from voicebot.regression.channels import CallersSide, callers_side
from voicebot.regression.provider_faults import RATE
from voicebot.regression.suites.model import Channel
from voicebot.speech.audio import read

OTHER = "Give a WAV, FLAC, MP3 or OGG file."
SHORTER = "Give the part in which the caller speaks."

MAX_MINUTES = 10
"""A caller says no more in one go: `<Record>` ends after a minute. What is longer is another recording."""

MAX_BYTES = 300_000_000
"""Ten minutes of stereo at 48 kHz in 32 bits are 230 MB; nothing larger is read at all."""


class RecordingTooLongError(RecordingError):
    """Longer than any caller speaks."""


def telephone_wav(path: Path, channel: Channel | None = None) -> bytes:
    """The caller's words in any audio that libsndfile knows: WAV (PCM, float, µ-law, A-law, GSM), FLAC, MP3, OGG, at
    any rate. Of two channels the caller's is taken, `channel` where it is given. Raises `RecordingError` naming the
    file."""
    side, rate = read_callers_side(path, channel)
    return encode(resampled(side.samples, rate, RATE), RATE)


def read_callers_side(path: Path, channel: Channel | None = None) -> tuple[CallersSide, int]:
    """What the caller says in the file, and its samples a second. Raises `RecordingError` naming the file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RecordingTooLongError(f"{path}: larger than {MAX_BYTES // 10**6} MB. {SHORTER}")
        frames, rate = read(path.read_bytes(), limit_seconds=MAX_MINUTES * 60 + 1)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read ({error.strerror or type(error).__name__}).") from None
    except RecordingTooLongError:
        raise
    except RecordingError as error:
        raise RecordingError(f"{path}: {error.message[0].lower()}{error.message[1:]} {OTHER}") from None
    if len(frames) > rate * 60 * MAX_MINUTES:
        raise RecordingTooLongError(f"{path}: longer than {MAX_MINUTES} minutes. {SHORTER}")
    return callers_side(frames, rate, channel), rate


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
