"""Whatever a telephony provider serves as a recording, as mono samples that the recogniser takes."""

from __future__ import annotations

import io
import struct

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from voicebot.errors import RecordingError

SAMPLE_RATE = 16_000
LIMIT_SECONDS = 90.0

Samples = npt.NDArray[np.float32]

_SLOWEST, _FASTEST = 4_000, 384_000
_SILENT_CHANNEL = 10 ** (-50 / 20)


def decode(data: bytes, *, limit_seconds: float = LIMIT_SECONDS) -> Samples:
    """Decode a recording: WAV (PCM of 8 to 32 bits, float, µ-law, A-law) or anything else that libsndfile knows.

    Returns float32 in [-1, 1], shape (n,), mono at 16 kHz, the first `limit_seconds` at most. Channels are averaged;
    one that is 50 dB quieter than the loudest is left out, so that a caller recorded on one side of a stereo file
    keeps her level. A file that was cut short, or whose header gives a wrong size, gives what there is.
    Raises `RecordingError`: empty, a web page, not audio, no samples.
    """
    frames, rate = read(data, limit_seconds=limit_seconds)
    mono = _mix(frames)
    if rate != SAMPLE_RATE:
        mono = soxr.resample(mono, rate, SAMPLE_RATE, quality="HQ")
    return np.clip(mono, -1.0, 1.0).astype(np.float32, copy=False)


def read(data: bytes, *, limit_seconds: float = LIMIT_SECONDS) -> tuple[Samples, int]:
    """The samples as they stand in the file, float32 of shape (n, channels), and how many there are in a second; else
    as `decode`."""
    _refuse_what_is_no_audio(data)
    try:
        with soundfile.SoundFile(io.BytesIO(_mended(data))) as file:
            rate = int(file.samplerate)
            if not _SLOWEST <= rate <= _FASTEST:
                raise RecordingError(f"The recording claims {rate} samples a second, which is no telephone's.")
            frames = file.read(frames=int(limit_seconds * rate), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise RecordingError(f"The recording is {_kind(data)} ({_plain(error)}).") from None
    if not len(frames):
        raise RecordingError("The recording has a header but no samples.")
    return np.nan_to_num(frames, nan=0.0, posinf=1.0, neginf=-1.0), rate


def _kind(data: bytes) -> str:
    """What it is in place of audio that can be read, as far as its first bytes tell."""
    if data[4:8] == b"ftyp":
        return "MP4 or M4A audio, which cannot be read here"
    if data.startswith((b"#!AMR", b"\x30\x26\xb2\x75")):
        return "AMR or WMA audio, which cannot be read here"
    return "not audio that can be read" if b"\0" in data[:256] or not data[:256].isascii() else "text, not audio"


def _plain(error: soundfile.LibsndfileError) -> str:
    return str(error.error_string).strip().rstrip(".").lower()


def _refuse_what_is_no_audio(data: bytes) -> None:
    """A server that fails often answers 200 with a page; say so, rather than "format not recognised"."""
    if not data:
        raise RecordingError("The recording is empty (0 bytes).")
    head = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<response", b"<!--")):
        raise RecordingError("The recording is a web page or XML, not audio.")
    if head.startswith((b"{", b"[")):
        raise RecordingError("The recording is JSON, not audio.")


def _mended(data: bytes) -> bytes:
    """A WAV whose sizes are true: streams are written with sizes of 0 or 0xFFFFFFFF, and downloads are cut short."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return data
    position = 12
    while position + 8 <= len(data):
        name, size = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
        start = position + 8
        if name == b"data":
            there = len(data) - start
            whole = size if 0 < size <= there else there
            audio = data[start : start + whole]
            head = data[:4] + struct.pack("<I", position + whole) + data[8 : position + 4] + struct.pack("<I", whole)
            return head + audio
        position = start + size + size % 2
    return data


def _mix(frames: Samples) -> Samples:
    """Mean over the channels that carry something; shape (n, channels) to (n,)."""
    if frames.shape[1] == 1:
        return frames[:, 0]
    loudness = np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=0))
    heard = loudness >= max(float(loudness.max()) * _SILENT_CHANNEL, 1e-9)
    if not heard.any():
        return np.zeros(len(frames), dtype=np.float32)
    mixed: Samples = frames[:, heard].mean(axis=1, dtype=np.float32)
    return mixed
