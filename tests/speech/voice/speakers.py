"""A speaker of tones: each word lasts `word_seconds`, with silence round the whole."""

from __future__ import annotations

import numpy as np

from voicebot.errors import VoicebotError
from voicebot.speech.telephone import Audio


class Tones:
    rate = 24_000

    def __init__(self, loudness: float = 0.3, refuses: str = "", word_seconds: float = 0.25) -> None:
        self.loudness = loudness
        self.refuses = refuses
        self.word_seconds = word_seconds
        self.said: list[tuple[str, float]] = []

    def speak(self, words: str, voice: str, speed: float = 1.0) -> Audio:
        if words == self.refuses:
            raise VoicebotError("too hard to say")
        self.said.append((words, speed))
        time = np.arange(int(self.rate * self.word_seconds * len(words.split()) / speed)) / self.rate
        tone = self.loudness * np.sin(2 * np.pi * (400 + 50 * (len(words) % 20)) * time)
        silence = np.zeros(int(self.rate * 0.8 * self.word_seconds))
        return np.concatenate([silence, tone, silence])
