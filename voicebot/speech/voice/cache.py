"""A folder of rendered pieces, named by what they say and how: any process, on any machine that shares it, can use it.

A file is a WAV (µ-law, 8 kHz) that any player plays, with a note behind the sound: the words, and the sound's SHA-256.
A file that is not what its note says is as good as none, so it is rendered again.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import VoicebotError
from voicebot.speech.telephone import RATE

VERSION = "1"
"""Part of every name: counts up when the same words would sound different."""

LONGEST = 120 * RATE
"""Bytes of the longest piece that is kept, two minutes."""

ABANDONED = 3600.0
"""Seconds after which nobody is writing a file any more."""

_HEAD = "<4sI4s4sIHHIIHHH4sII4sI"
_ULAW = 7
_NOTE = b"vbot"


@dataclass(frozen=True, slots=True)
class Piece:
    """What is spoken, as `pieces.normalised` gives it. `voice` is its name; the same voice, slow, is another piece."""

    words: str
    voice: str
    slow: bool = False

    @property
    def key(self) -> str:
        said = json.dumps([VERSION, self.voice, self.slow, self.words], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


class Cache:
    """`folder` is made when the first piece is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, piece: Piece) -> Path:
        key = piece.key
        return self.folder / key[:2] / f"{key}.wav"

    def read(self, piece: Piece) -> bytes | None:
        """µ-law at 8 kHz; None where it is not there, or not whole."""
        try:
            data = self.path(piece).read_bytes()
        except OSError:
            return None
        sound, note = unpacked(data)
        return sound if note.get("words") == piece.words else None

    def note(self, piece: Piece) -> dict[str, str]:
        """What was noted with a piece that is there and whole; empty for any other."""
        try:
            return unpacked(self.path(piece).read_bytes())[1]
        except OSError:
            return {}

    def write(self, piece: Piece, sound: bytes, **note: str) -> None:
        """In one step: no reader ever sees half of it. Raises `VoicebotError` where the folder cannot be written."""
        path = self.path(piece)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            put(path, packed(sound, {**note, "words": piece.words, "voice": piece.voice}))
        except OSError as error:
            raise VoicebotError(
                f"VOICEBOT_PROMPTS: {self.folder} cannot be written ({error.strerror}); set another folder."
            ) from None

    def files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self.folder.glob("??/*.wav"):
            try:
                yield path, path.stat()
            except FileNotFoundError:
                continue  # another process was quicker to tidy

    def tidy(self, keep: frozenset[Path], limit: int) -> int:
        """Forget the oldest pieces that are not to be kept, until all that is there takes up `limit` bytes at most, or
        nothing is left to forget. How many went."""
        for scratch in self.folder.glob("??/.part-*"):
            if time.time() - scratch.stat().st_mtime > ABANDONED:
                scratch.unlink(missing_ok=True)
        there = sorted(self.files(), key=lambda each: each[1].st_mtime)
        total, gone = sum(stat.st_size for _, stat in there), 0
        for path, stat in there:
            if total <= limit:
                break
            if path not in keep:
                path.unlink(missing_ok=True)
                total -= stat.st_size
                gone += 1
        return gone


def put(path: Path, data: bytes) -> None:
    """Write a file in one step."""
    handle, scratch = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(scratch, 0o644)  # mkstemp's own is for one account; the folder may be shared by several
        os.replace(scratch, path)
    except OSError:
        Path(scratch).unlink(missing_ok=True)
        raise


def packed(sound: bytes, note: dict[str, str]) -> bytes:
    """A WAV file of µ-law at 8 kHz with `note` behind the sound, in a chunk that players pass over."""
    told = json.dumps({**note, "sha256": hashlib.sha256(sound).hexdigest()}, ensure_ascii=False).encode()
    body = _even(sound) + struct.pack("<4sI", _NOTE, len(told)) + _even(told)
    return _head(len(sound), len(body)) + body


def unpacked(data: bytes) -> tuple[bytes | None, dict[str, str]]:
    """Sound and note of such a file; None and nothing for any other, or one that is not whole."""
    head = struct.calcsize(_HEAD)
    nothing: tuple[None, dict[str, str]] = (None, {})
    if len(data) < head + 8:
        return nothing
    size = struct.unpack_from("<I", data, head - 4)[0]
    end = head + size + size % 2
    if not 0 < size <= LONGEST or data[:head] != _head(size, len(data) - head) or data[end : end + 4] != _NOTE:
        return nothing
    sound, length = data[head : head + size], struct.unpack_from("<I", data[: end + 8].ljust(end + 8), end + 4)[0]
    try:
        note = json.loads(data[end + 8 : end + 8 + length])
        return (sound, note) if note["sha256"] == hashlib.sha256(sound).hexdigest() else nothing
    except (ValueError, KeyError, TypeError):
        return nothing


def _head(size: int, rest: int) -> bytes:
    """Everything before the sound: RIFF, its format (µ-law, mono, one byte a sample), the number of samples."""
    form = (b"fmt ", 18, _ULAW, 1, RATE, RATE, 1, 8, 0)
    whole = struct.calcsize(_HEAD) - 8 + rest
    return struct.pack(_HEAD, b"RIFF", whole, b"WAVE", *form, b"fact", 4, size, b"data", size)


def _even(data: bytes) -> bytes:
    """Chunks of a RIFF file begin at even places."""
    return data + b"\0" * (len(data) % 2)
