"""Cuts a long recording where it is quiet, so that each piece is recognised within the deadline of one utterance.

The recogniser gives a request a few seconds, because callers wait for it, and leaves out what is over its limit. A
message of two minutes goes in pieces; callers' own utterances are recognised in between.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile

from voicebot.speech.audio import SAMPLE_RATE, Samples, decode

LONGEST_PIECE = 20.0
"""Seconds. Whisper looks at 30 s at a time whatever it is given, so a shorter piece would hardly be faster."""

SHORTEST_PIECE = 12.0
LONGEST_RECORDING = 600.0
_FRAME = SAMPLE_RATE // 10


def pieces(wav: bytes) -> list[bytes]:
    """WAV files, mono 16-bit at 16 kHz, each `LONGEST_PIECE` seconds at most, that are `wav` when put together.

    Raises `RecordingError` where it is not audio. What comes after ten minutes is left out.
    """
    samples = decode(wav, limit_seconds=LONGEST_RECORDING)
    cut: list[bytes] = []
    while len(samples) > LONGEST_PIECE * SAMPLE_RATE:
        here = _quietest(samples)
        cut.append(_encoded(samples[:here]))
        samples = samples[here:]
    return [*cut, _encoded(samples)]


def _quietest(samples: Samples) -> int:
    """The middle of the quietest tenth of a second between the shortest and the longest piece."""
    first, last = int(SHORTEST_PIECE * SAMPLE_RATE), int(LONGEST_PIECE * SAMPLE_RATE)
    frames = samples[first:last].reshape(-1, _FRAME)
    loudness = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return first + int(loudness.argmin()) * _FRAME + _FRAME // 2


def _encoded(samples: Samples) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
