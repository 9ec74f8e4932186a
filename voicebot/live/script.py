"""What an answer says, sentence by sentence, as sound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from voicebot.dialogue.actions import Action, Ask, Say, SendText, TakeMessage
from voicebot.live.ports import RATE, Prompts
from voicebot.ports import Answer
from voicebot.routing.short_numbers import to_dial

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`must_be_heard`: it tells the caller to dial a number such as 999."""

    text: str
    audio: bytes

    @property
    def seconds(self) -> float:
        return len(self.audio) / RATE

    @property
    def must_be_heard(self) -> bool:
        return next(to_dial(self.text), None) is not None


Script = tuple[Sentence, ...]


def script(answer: Answer, prompts: Prompts) -> Script | None:
    """All that the answer says, up to its question; None where a part of it has no sound."""
    spoken: list[Sentence] = []
    for action in answer.actions:
        if isinstance(action, Say | Ask | TakeMessage):
            language = action.language if isinstance(action, Say) else None
            for text in sentences(action.text):
                audio = prompts.audio(text, slow=action.slow, language=language)
                if audio is None:
                    return None
                spoken.append(Sentence(text, audio))
        if action is ending(answer):
            break
    return tuple(spoken)


def ending(answer: Answer) -> Action | None:
    """What the answer leads to: the first action that is neither said nor sent. Nothing after it is ever reached."""
    return next((each for each in answer.actions if not isinstance(each, Say | SendText)), None)


def sentences(text: str) -> list[str]:
    """The sentences of a prompt, with their punctuation, which shapes the melody."""
    cuts = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    parts = (text[start:stop].strip() for start, stop in pairwise(cuts))
    return [part for part in parts if any(sign.isalnum() for sign in part)]
