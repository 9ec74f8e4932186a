"""A trained model at work: from words to ranked intents and the second opinion on urgency. Safe in many threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from spacy.language import Language

from voicebot.dialogue.events import Ranked
from voicebot.nlu.classifier import Classifier
from voicebot.nlu.clean import clean
from voicebot.nlu.language import vectors
from voicebot.nlu.nearest import Scores
from voicebot.nlu.thresholds import Chosen


@dataclass(frozen=True, slots=True)
class Understood:
    """`ranked`: all intents, best first, summing to 1. `urgent`: what the second opinion names, None if it is calm."""

    ranked: tuple[Ranked, ...]
    urgent: str | None


class Predictor:
    """The encoder inside spaCy's pipeline, then the classifier."""

    def __init__(self, nlp: Language, classifier: Classifier, chosen: Chosen) -> None:
        self._nlp = nlp
        self._classifier = classifier
        self._chosen = chosen
        self._one_at_a_time = threading.Lock()

    @property
    def labels(self) -> tuple[str, ...]:
        return self._classifier.labels

    def understand(self, words: str) -> Understood:
        return self.understand_all([words])[0]

    def understand_all(self, texts: Sequence[str]) -> list[Understood]:
        """Words without any word in them ("", "...") are as likely one thing as another."""
        with self._one_at_a_time:  # one core's worth of work: threads side by side would only slow each other down
            found = vectors(self._nlp, texts)
            cleaned = [clean(text) for text in texts]
            probabilities = self._classifier.probabilities(cleaned, found)
            alarms = self._classifier.alarms(found)
        probabilities[[not text for text in cleaned]] = 1 / len(self.labels)
        return [
            self._understood(row, float(alarm) if text else 0.0)
            for row, alarm, text in zip(probabilities, alarms, cleaned, strict=True)
        ]

    def _understood(self, row: Scores, alarm: float) -> Understood:
        order = np.argsort(-row, kind="stable")
        ranked = tuple(Ranked(self.labels[index], float(row[index])) for index in order)
        together = sum(each.confidence for each in ranked if each.intent in self._classifier.urgent)
        if not self._chosen.alarmed(together, alarm):
            return Understood(ranked, None)
        return Understood(ranked, next(each.intent for each in ranked if each.intent in self._classifier.urgent))

    def nothing(self) -> Understood:
        """What to make of no words at all: every intent as likely as any other."""
        return Understood(tuple(Ranked(label, 1 / len(self.labels)) for label in self.labels), None)
