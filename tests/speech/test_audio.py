"""Recordings as providers and testers serve them, right and wrong."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest

from voicebot.errors import RecordingError
from voicebot.speech.audio import SAMPLE_RATE, decode

RATE = 8_000


def tone(seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_every_coding_gives_the_same_sound(subtype: str, as_wav: Callable[..., bytes]) -> None:
    samples = decode(as_wav(tone(), RATE, subtype))
    assert samples.dtype == np.float32
    assert samples.shape == (SAMPLE_RATE,)
    assert loudness(samples) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_every_rate_becomes_16_khz_at_the_same_pitch(rate: int, as_wav: Callable[..., bytes]) -> None:
    samples = decode(as_wav(tone(rate=rate), rate))
    assert abs(len(samples) - SAMPLE_RATE) <= 2
    assert np.argmax(np.abs(np.fft.rfft(samples[:SAMPLE_RATE]))) == pytest.approx(440, abs=1)


def test_stereo_is_mixed_and_a_silent_channel_is_left_out(as_wav: Callable[..., bytes]) -> None:
    one_side = np.stack([tone(rate=44_100), np.zeros(44_100, np.float32)], axis=1)
    assert loudness(decode(as_wav(one_side, 44_100))) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
    opposed = np.stack([tone(), -tone()], axis=1)
    assert loudness(decode(as_wav(opposed, RATE))) < 0.01


def test_stereo_of_silence_is_silence(as_wav: Callable[..., bytes]) -> None:
    assert not decode(as_wav(np.zeros((RATE, 2), np.float32), RATE)).any()


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_header_with_a_wrong_size_gives_what_is_there(claimed: int, as_wav: Callable[..., bytes]) -> None:
    data = bytearray(as_wav(tone(), RATE))
    at = data.index(b"data") + 4
    struct.pack_into("<I", data, at, claimed)
    struct.pack_into("<I", data, 4, claimed)
    assert len(decode(bytes(data))) == SAMPLE_RATE


@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW"])
def test_a_truncated_file_gives_what_is_there(subtype: str, as_wav: Callable[..., bytes]) -> None:
    data = as_wav(tone(2.0), RATE, subtype)
    samples = decode(data[: len(data) // 2 + 1])
    assert 0.9 * SAMPLE_RATE < len(samples) < 1.1 * SAMPLE_RATE


def test_an_hour_is_cut_to_the_limit(as_wav: Callable[..., bytes]) -> None:
    assert len(decode(as_wav(np.zeros(3_600 * RATE, np.float32), RATE, "ULAW"), limit_seconds=5.0)) == 5 * SAMPLE_RATE


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        (b"\n  <?xml version='1.0'?><RestException/>", "web page or XML"),
        (b'{"code": 20404}', "JSON"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "not audio"),
        (b"\x00\x01\x02\x03" * 500, "not audio"),
    ],
)
def test_what_is_no_audio_is_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(RecordingError, match=says):
        decode(data)


def test_a_header_without_samples_is_refused(as_wav: Callable[..., bytes]) -> None:
    with pytest.raises(RecordingError, match="no samples"):
        decode(as_wav(np.zeros(0, np.float32), RATE))
