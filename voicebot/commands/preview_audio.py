"""The prompts of a preview as sound: spoken by Kokoro, heard as over a telephone, each rendered once and kept."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile

from voicebot.errors import VoicebotError
from voicebot.regression.line import RATE, SPEECH_LEVEL, Audio, at_level, speech_level, to_telephone
from voicebot.routing.short_numbers import spelt
from voicebot.speech.weights import fetch

VOICE = "bf_emma"
KEPT = Path("var/preview")
PAUSE_SECONDS = 0.25
PIECE = 220
"""Characters that are spoken in one go: well within the phonemes that Kokoro takes at once, and a sentence or two."""

_VERSION = "1"
"""Part of every file's name: counts up when the same words would sound different."""

_EXTRA = ("onnxruntime", "espeakng_loader")
_INSTALL = (
    "--audio needs a voice, which is not installed here. Install it with "
    "`pip install -c constraints.txt -e '.[voice]'`, or leave --audio out."
)
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_BETWEEN_PHRASES = re.compile(r"(?<=[,;:])\s+")


class Voice(Protocol):
    """Speaks words, as `Kokoro` does: mono samples at `rate`."""

    rate: int

    def speak(self, words: str, voice: str) -> Audio: ...


def open_voice(weights: Path, source: Path | None, progress: Callable[[str], None]) -> Voice:
    """Kokoro, its weights fetched where they are missing. Raises `VoicebotError` where the extra is not installed."""
    if any(importlib.util.find_spec(name) is None for name in _EXTRA):
        raise VoicebotError(_INSTALL)
    from voicebot.regression.synthesis import Kokoro  # needs the extra

    fetch(["kokoro", "kokoro-voices"], weights, source, progress)
    return Kokoro(weights)


def sounds(
    texts: Iterable[str], voice: Callable[[], Voice], progress: Callable[[str], None], kept: Path = KEPT
) -> dict[str, str]:
    """Each text as a data URI (MP3, mono, 8 kHz). What was rendered before is read from `kept`; `voice` is opened only
    where something is left to say."""
    wanted = list(dict.fromkeys(texts))
    missing = [text for text in wanted if not _file(text, kept).is_file()]
    if missing:
        kept.mkdir(parents=True, exist_ok=True)
        speaker = voice()
        for number, text in enumerate(missing, 1):
            progress(f"speaking {number} of {len(missing)}: {text[:60]}")
            _write(_file(text, kept), telephone_mp3(text, speaker))
    return {text: _uri(_file(text, kept).read_bytes()) for text in wanted}


def telephone_mp3(text: str, speaker: Voice) -> bytes:
    gap = np.zeros(int(PAUSE_SECONDS * speaker.rate))
    spoken = [part for piece in pieces(spelt(text)) for part in (speaker.speak(piece, VOICE), gap)]
    line = to_telephone(np.concatenate(spoken[:-1]), speaker.rate)
    levelled = np.clip(at_level(line, SPEECH_LEVEL, speech_level(line)), -0.98, 0.98)
    buffer = io.BytesIO()
    soundfile.write(buffer, levelled, RATE, format="MP3", subtype="MPEG_LAYER_III")
    return buffer.getvalue()


def pieces(text: str) -> list[str]:
    """`text` in pieces of at most `PIECE` characters, cut between sentences; a longer sentence between its phrases, and
    if need be between words."""
    found: list[str] = []
    for sentence in _BETWEEN_SENTENCES.split(text.strip()):
        parts = [sentence] if len(sentence) <= PIECE else _BETWEEN_PHRASES.split(sentence)
        for part in parts:
            found += [part] if len(part) <= PIECE else _by_words(part)
    return [each for each in found if each]


def _by_words(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > PIECE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _file(text: str, kept: Path) -> Path:
    name = hashlib.sha256(f"{_VERSION}\n{VOICE}\n{text}".encode()).hexdigest()
    return kept / f"{name}.mp3"


def _write(path: Path, data: bytes) -> None:
    """In one step: a rendering that is stopped half-way leaves no half of a prompt behind."""
    scratch = path.with_suffix(".part")
    scratch.write_bytes(data)
    scratch.replace(path)


def _uri(data: bytes) -> str:
    return f"data:audio/mpeg;base64,{base64.b64encode(data).decode()}"
