"""What a model might say of made-up utterances, for tests that need many at once and no model."""

from __future__ import annotations

import numpy as np

from voicebot.nlu.thresholds import Seen
from voicebot.routing.table import OUT_OF_SCOPE

LABELS = ("library_services", "life_in_danger", OUT_OF_SCOPE, "pothole", "traffic_lights", "vegetation")
URGENT = ("life_in_danger",)


def many(count: int = 400, seed: int = 1, sure: float = 2.5) -> Seen:
    """`count` utterances whose probabilities lean to what is right, more so the higher `sure` is."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, len(LABELS), count)
    scores = random.normal(0, 1, (count, len(LABELS)))
    scores[np.arange(count), truth] += random.exponential(sure, count)
    probabilities = np.exp(scores * 1.5)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    alarms = np.clip(np.where(truth == 1, 0.7, 0.1) + random.normal(0, 0.2, count), 0, 1)
    return Seen(LABELS, URGENT, probabilities, alarms, [(LABELS[each],) for each in truth])
