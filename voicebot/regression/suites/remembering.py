"""An understander that does each piece of work once: calls of a suite say the same words again and again."""

from __future__ import annotations

from functools import lru_cache

from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard
from voicebot.ports import Understander

KEPT = 10_000


class Remembering:
    """A `voicebot.ports.Understander`: as `model` understands, which is the same for the same words. Safe in many
    threads."""

    def __init__(self, model: Understander) -> None:
        self._version = model.version

        @lru_cache(KEPT)
        def understand(words: str, expecting: Expecting, language: str) -> Heard:
            return model.understand(words, expecting, language=language)

        self._understand = understand

    @property
    def version(self) -> str:
        return self._version

    def understand(self, words: str, expecting: Expecting, *, language: str = "en") -> Heard:
        """Raises `UnderstandingError`, which is not remembered."""
        return self._understand(words, expecting, language)
