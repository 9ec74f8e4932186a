"""Transcripts kept by the audio they were heard in: what was heard once by a recogniser need not be heard again.

An entry is sealed with a key that only the recording itself gives: whoever has the cache but not the audio can read no
caller's words in it. What cannot be read is heard again and written anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from voicebot import speech
from voicebot.config import Settings
from voicebot.ports import Recogniser, Transcript
from voicebot.speech.weights_manifest import MANIFEST

HEARD_BY = {"openai-whisper": ("openai-whisper", "torch"), "faster-whisper": ("faster-whisper", "ctranslate2")}
"""The packages whose versions may change what an engine hears."""

OURS = ("audio.py", "activity.py", "engines")
"""The parts of `voicebot.speech` that do: decoding, voice activity, and the engines."""


@dataclass(frozen=True, slots=True)
class Identity:
    """All that decides what a recogniser hears in given audio; `name` is for people."""

    name: str
    hash: str


def identity(settings: Settings) -> Identity:
    """The recogniser that these settings start: engine, model, weights, the libraries' versions and our own code."""
    weights = [file.sha256 for file in MANIFEST[f"whisper-{settings.whisper_model}"].files]
    packages = [f"{name} {version(name)}" for name in HEARD_BY[settings.engine]]
    parts = [settings.engine, settings.whisper_model, *weights, *packages, _code()]
    return Identity(f"{settings.engine} {settings.whisper_model}", _digest("\n".join(parts).encode())[:16])


def _code() -> str:
    """One hash over our own speech code: it cannot be forgotten as a version that is raised by hand can."""
    folder = Path(str(speech.__file__)).parent
    files = [path for name in OURS for path in sorted((folder / name).glob("*.py")) or [folder / name]]
    return _digest(b"".join(path.read_bytes() for path in files))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class CachedRecogniser:
    """A `voicebot.ports.Recogniser`: reads `folder`, and asks `recogniser` for what is not there yet. Safe in many
    threads. `fresh`: never reads, only writes. `known` and `asked` count what came from where."""

    def __init__(self, folder: Path, heard_by: Identity, recogniser: Recogniser, *, fresh: bool = False) -> None:
        self._folder = folder / heard_by.hash
        self._recogniser = recogniser
        self._fresh = fresh
        self._lock = threading.Lock()
        self.known = 0
        self.asked = 0

    def transcribe(self, wav: bytes, *, deadline: float, hints: Sequence[str] = ()) -> Transcript:
        """See the port; raises what `recogniser` raises."""
        heard = b"\n".join((hashlib.sha256(wav).digest(), *(hint.encode() for hint in hints)))
        path = self._folder / f"{_digest(heard)}.heard"
        seal = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"transcript of\n" + wav).digest()))
        found = None if self._fresh else _read(path, seal)
        with self._lock:
            self.known += found is not None
            self.asked += found is None
        if found is None:
            found = self._recogniser.transcribe(wav, deadline=deadline, hints=hints)
            _write(path, seal, found)
        return found


def _read(path: Path, seal: Fernet) -> Transcript | None:
    """None where there is no entry, or none that can be used."""
    try:
        return Transcript(**json.loads(seal.decrypt(path.read_bytes())))
    except (OSError, InvalidToken, ValueError, TypeError):
        return None


def _write(path: Path, seal: Fernet, transcript: Transcript) -> None:
    """All of it or nothing, also where two write at once. A cache that cannot be written costs time, never a call."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(seal.encrypt(json.dumps(asdict(transcript), ensure_ascii=False).encode()))
            os.replace(name, path)
        except OSError:
            os.unlink(name)
