"""The `Understander` port on the trained model: first what was asked, then what is left of her words as a request."""

from __future__ import annotations

from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard
from voicebot.errors import UnderstandingError
from voicebot.nlu.answers import match_answer
from voicebot.nlu.registry import Model

_FIRST_WORDS = "I'd like to ask about my bin. Is this the right number?"


class ModelUnderstander:
    """Safe in many threads. The first utterance is understood on construction, so that no caller waits for it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.understand(_FIRST_WORDS, Expecting("request"))

    @property
    def version(self) -> str:
        return self._model.info.hash

    def understand(self, words: str, expecting: Expecting, *, language: str = "en") -> Heard:
        """Raises `UnderstandingError`."""
        try:
            answer = match_answer(words, expecting)
            predictor = self._model.predictor
            if answer.choice is not None and not answer.rest:
                return Heard(words, (), answer.choice, answer.confidence, language)
            found = predictor.understand(answer.rest) if answer.rest else predictor.nothing()
        except Exception as error:  # numbers, memory, a damaged tokenizer: the caller needs a person, whatever it was
            raise UnderstandingError(f"the model could not rank the words ({type(error).__name__})") from error
        confidence = answer.confidence if answer.choice is not None else found.ranked[0].confidence
        return Heard(words, found.ranked, answer.choice, confidence, language, found.urgent)
