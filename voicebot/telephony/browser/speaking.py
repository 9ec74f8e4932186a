"""Prompts for a page that can speak by itself: what has no sound yet goes to it as words."""

from __future__ import annotations

from voicebot.live.ports import RATE, Prompts
from voicebot.live.sound import SILENCE
from voicebot.routing.spoken import spoken_seconds

MARGIN = 1.15
"""A browser's voice is slower than ours, by a little."""
SLOW = 1.25


class Words(bytes):
    """Silence for as long as it takes to say them, so that whoever counts seconds is right; and the words."""

    text: str
    slow: bool
    language: str

    @classmethod
    def to_say(cls, text: str, slow: bool, language: str) -> Words:
        seconds = (spoken_seconds(text) or 0.5) * MARGIN * (SLOW if slow else 1)
        made = cls(SILENCE * int(seconds * RATE))
        made.text, made.slow, made.language = text, slow, language
        return made

    @property
    def seconds(self) -> float:
        return len(self) / RATE


class SpokenByThePage:
    """`Prompts` that always has an answer: the sound of `prompts` where there is one, else the words."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    def audio(self, text: str, *, slow: bool = False, language: str | None = None) -> bytes | None:
        found = self._prompts.audio(text, slow=slow, language=language)
        return Words.to_say(text, slow, language or "en-GB") if found is None else found
