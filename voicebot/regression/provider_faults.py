"""What can go wrong with a recording at the provider, and the bytes that are served then."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "late",
    "never",
    "error",
    "html",
    "html_as_audio",
    "huge",
    "hour",
    "truncated",
    "stereo",
    "hifi",
    "elsewhere",
    "slow",
]

HTML = b"<!DOCTYPE html><html><head><title>404</title></head><body><h1>Not found</h1></body></html>"
HUGE = 200 * 1024 * 1024
HOUR = 3600
RATE = 8000
"""Samples a second of a recording, as Twilio serves it."""

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to spoil a recording.

    `late`: 404 for `seconds` · `never`: always 404 · `error`: 500 for `seconds` (0: always) · `html`: a page, honest
    about its type · `html_as_audio`: a page that says it is audio · `huge`: 200 MB, its length not announced · `hour`:
    an hour of silence · `truncated`: half of what is announced, then the connection closes · `stereo` · `hifi`: 44.1
    kHz · `elsewhere`: a redirect to `location` · `slow`: the bytes drip in over `seconds`.
    """

    kind: FaultKind
    seconds: float = 0.0
    location: str = ""


def wav_header(data_bytes: int, *, rate: int = RATE, channels: int = 1) -> bytes:
    """A canonical 44-byte header of 16-bit PCM (RIFF/WAVE)."""
    block = 2 * channels
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + data_bytes, b"WAVE",
        b"fmt ", 16, 1, channels, rate, rate * block, block, 16,
        b"data", data_bytes,
    )  # fmt: skip


def silent_stream(total: int, *, declared: int | None = None) -> Iterator[bytes]:
    """A WAV file of silence, `total` bytes of samples, piece by piece so that it never lies in memory as a whole."""
    yield wav_header(total if declared is None else declared)
    blank = bytes(CHUNK)
    for _ in range(total // CHUNK):
        yield blank
    yield blank[: total % CHUNK]
