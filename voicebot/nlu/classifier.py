"""scikit-learn's part of the model: from vectors and words to calibrated probabilities of the intents.

Two judges, added up: a logistic regression on the tuned encoder's vectors, which knows meanings, and a linear support
vector machine on words and parts of words (TF-IDF), which knows the council's terms and misheard spellings. Their
weights are fitted to utterances that neither had seen, by likelihood, which is temperature scaling for the two of them
(Guo et al. 2017). A third judge, yes or no, looks for urgent calls alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

from voicebot.nlu.encoder import Vectors

Scores = npt.NDArray[np.float64]

_SCALE = 4.0
"""Vectors have length 1; stretched so that the usual strength of regularisation (C = 1) fits them."""


@dataclass(slots=True)
class Classifier:
    """`labels` in the order of the columns of all scores; `urgent` those that are urgent. `meaning`, `words` and
    `alarm` are the three judges; `alarm` is None where no intent is urgent. `weights` (2) come from `fit_weights`."""

    labels: tuple[str, ...]
    urgent: tuple[str, ...]
    meaning: LogisticRegression
    words: Pipeline
    alarm: LogisticRegression | None
    weights: tuple[float, float] = (1.0, 1.0)

    def scores(self, texts: Sequence[str], vectors: Vectors) -> tuple[Scores, Scores]:
        """What each judge says of clean `texts`: two arrays (texts, labels), neither calibrated."""
        return self.meaning.decision_function(vectors * _SCALE), self.words.decision_function(list(texts))

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> Scores:
        """(texts, labels), calibrated; each row sums to 1."""
        return weighted(self.scores(texts, vectors), self.weights)

    def alarms(self, vectors: Vectors) -> Scores:
        """(texts,): how urgent each looks to the third judge, 0 to 1; not calibrated, a threshold is chosen for it."""
        if self.alarm is None:
            return np.zeros(len(vectors))
        raised: Scores = expit(self.alarm.decision_function(vectors * _SCALE))
        return raised


def weighted(scores: tuple[Scores, Scores], weights: tuple[float, float]) -> Scores:
    found: Scores = softmax(weights[0] * scores[0] + weights[1] * scores[1], axis=1)
    return found


def fit_classifier(
    texts: Sequence[str], vectors: Vectors, truth: Sequence[str], urgent: Sequence[str], seed: int
) -> Classifier:
    """Fit the three judges to clean `texts`, their `vectors` and their intents. The weights remain to be fitted."""
    meaning = LogisticRegression(C=1.0, max_iter=300).fit(vectors * _SCALE, truth)
    judge = LinearSVC(C=0.5, random_state=seed)
    words = Pipeline([("features", _word_features()), ("judge", judge)]).fit(list(texts), truth)
    judge.coef_ = judge.coef_.astype(np.float32)  # half the size of the model's folder
    labels = tuple(str(label) for label in meaning.classes_)
    alarming = np.isin(np.asarray(truth), list(urgent))
    alarm: Any = None
    if alarming.any() and not alarming.all():
        alarm = LogisticRegression(C=1.0, max_iter=300, class_weight="balanced").fit(vectors * _SCALE, alarming)
    return Classifier(labels, tuple(name for name in labels if name in urgent), meaning, words, alarm)


def _word_features() -> FeatureUnion:
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"[^ ]+", max_features=12_000, dtype=np.float32
    )
    parts = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 4), min_df=2, sublinear_tf=True, max_features=12_000, dtype=np.float32
    )
    return FeatureUnion([("words", words), ("parts", parts)])


def fit_weights(scores: tuple[Scores, Scores], truth: Sequence[str], labels: Sequence[str]) -> tuple[float, float]:
    """The weights under which the true intents of unseen utterances are likeliest."""
    columns = np.searchsorted(np.asarray(labels), np.asarray(truth))
    rows = np.arange(len(columns))

    def unlikely(logs: npt.NDArray[np.float64]) -> float:
        first, second = np.exp(logs)
        return float(-log_softmax(first * scores[0] + second * scores[1], axis=1)[rows, columns].mean())

    best = minimize(unlikely, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-5})
    first, second = np.exp(best.x)
    return float(first), float(second)
