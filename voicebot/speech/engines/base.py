"""What a Whisper engine is to the recogniser, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from voicebot.ports import Transcript
from voicebot.speech.audio import Samples


class Engine(Protocol):
    """A recogniser in this process. Not safe for threads: one process, one model, one utterance at a time."""

    def transcribe(self, samples: Samples, hints: Sequence[str] = ()) -> Transcript:
        """Mono float32 samples at 16 kHz, shape (n,), of any length. May raise anything that its library raises."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one window gave. `finished` is False where the decoder ran into its token limit."""

    text: str
    tokens: int
    finished: bool
    average_log_probability: float
    no_speech_probability: float


class Encoded(Protocol):
    """A window of audio after Whisper's encoder: encoded once, decoded as often as needed."""

    def language(self) -> tuple[str, float]:
        """Most likely language, ISO 639-1, and its probability. English-only models say ("en", 1.0)."""

    def decode(self, *, token_limit: int, prompt: str = "", temperature: float = 0.0, beams: int = 1) -> Decoded:
        """Decode as English, without timestamps: greedily, or following the likeliest `beams` at once, or drawn at a
        `temperature` above 0, which takes one beam."""


class Whisper(Protocol):
    """A loaded Whisper model of either library."""

    def encode(self, samples: Samples, window_seconds: float) -> Encoded:
        """Encode samples, at most 30 s, padded with silence to `window_seconds` (Whisper was trained with 30 s)."""
