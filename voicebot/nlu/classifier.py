"""scikit-learn's part of the model: from vectors and words to calibrated probabilities of the intents.

Three judges, added up: a logistic regression on the tuned encoder's vectors, which knows meanings; a linear support
vector machine on words and parts of words (TF-IDF), which knows the council's terms and misheard spellings; and the
nearest examples, which remember odd ones. Their weights are fitted to utterances that none had seen, by likelihood,
which is temperature scaling for the three of them (Guo et al. 2017). A judge of its own, yes or no, looks for urgent
calls alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
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
from voicebot.nlu.nearest import Nearest, Scores, columns

_SCALE = 4.0
"""Vectors have length 1; stretched so that the usual strength of regularisation (C = 1) fits them."""


@dataclass(slots=True)
class Classifier:
    """`labels` in the order of the columns of all scores; `urgent` those that are urgent. `meaning`, `words` and
    `nearest` are the judges of the intent, whose `weights` (3) come from `fit_weights`; `alarm` looks for urgent calls,
    and is None where no intent is urgent."""

    labels: tuple[str, ...]
    urgent: tuple[str, ...]
    meaning: LogisticRegression
    words: Pipeline
    nearest: Nearest
    alarm: LogisticRegression | None
    weights: tuple[float, ...] = (1.0, 1.0, 1.0)

    def parts(self) -> dict[str, Any]:
        """All that `from_parts` needs beside what the manifest says: scikit-learn's objects, arrays, text. The weights
        of the words take two bytes each; nothing more is ever told apart by them. Their terms stand in one text for
        each vectoriser, one a line, for skops takes 200 bytes for every entry of a dictionary."""
        judge = copy(self.words.named_steps["judge"])
        judge.coef_ = judge.coef_.astype(np.float16)
        named = [(name, copy(each)) for name, each in self.words.named_steps["features"].transformer_list]
        terms = ["\n".join(sorted(each.vocabulary_, key=each.vocabulary_.__getitem__)) for _, each in named]
        for _, each in named:
            each.vocabulary_ = {}
        return {
            "meaning": self.meaning,
            "words": Pipeline([("features", FeatureUnion(named)), ("judge", judge)]),
            "terms": terms,
            "examples": self.nearest.examples,
            "owners": self.nearest.owners,
            "alarm": self.alarm,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any], urgent: tuple[str, ...], weights: tuple[float, ...]) -> Classifier:
        """Raises `KeyError` and whatever scikit-learn raises where they are not what `parts` gave."""
        labels = tuple(str(label) for label in parts["meaning"].classes_)
        words = parts["words"]
        words.named_steps["judge"].coef_ = words.named_steps["judge"].coef_.astype(np.float32)
        for (_, each), terms in zip(words.named_steps["features"].transformer_list, parts["terms"], strict=True):
            each.vocabulary_ = {term: column for column, term in enumerate(terms.split("\n"))}
        nearest = Nearest(parts["examples"], parts["owners"], len(labels))
        return cls(labels, urgent, parts["meaning"], words, nearest, parts["alarm"], weights)

    def scores(self, texts: Sequence[str], vectors: Vectors) -> tuple[Scores, ...]:
        """What each judge says of clean `texts`: three arrays (texts, labels), none calibrated."""
        return (
            _columns(self.meaning.decision_function(vectors * _SCALE)),
            _columns(self.words.decision_function(list(texts))),
            self.nearest.scores(vectors),
        )

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> Scores:
        """(texts, labels), calibrated; each row sums to 1."""
        return weighted(self.scores(texts, vectors), self.weights)

    def alarms(self, vectors: Vectors) -> Scores:
        """(texts,): how urgent each looks to that judge alone, 0 to 1; not calibrated, a threshold is chosen for it."""
        if self.alarm is None:
            return np.zeros(len(vectors))
        raised: Scores = expit(self.alarm.decision_function(vectors * _SCALE))
        return raised


def weighted(scores: Sequence[Scores], weights: Sequence[float]) -> Scores:
    found: Scores = softmax(sum(weight * score for weight, score in zip(weights, scores, strict=True)), axis=1)
    return found


def _columns(decided: Scores) -> Scores:
    """(texts, labels) also where there are two labels, for which scikit-learn gives one column, the second's."""
    return decided if decided.ndim == 2 else np.stack([-decided, decided], axis=1) / 2


def fit_classifier(
    texts: Sequence[str], vectors: Vectors, truth: Sequence[str], urgent: Sequence[str], seed: int
) -> Classifier:
    """Fit all judges to clean `texts`, their `vectors` and their intents. The weights remain to be fitted."""
    meaning = LogisticRegression(C=1.0, max_iter=300).fit(vectors * _SCALE, truth)
    judge = LinearSVC(C=0.5, random_state=seed)
    words = Pipeline([("features", _word_features()), ("judge", judge)]).fit(list(texts), truth)
    labels = tuple(str(label) for label in meaning.classes_)
    alarming = np.isin(np.asarray(truth), list(urgent))
    alarm: Any = None
    if alarming.any() and not alarming.all():
        alarm = LogisticRegression(C=1.0, max_iter=300, class_weight="balanced").fit(vectors * _SCALE, alarming)
    nearest = Nearest.of(vectors, columns(truth, labels), len(labels))
    return Classifier(labels, tuple(name for name in labels if name in urgent), meaning, words, nearest, alarm)


def _word_features() -> FeatureUnion:
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"[^ ]+", max_features=12_000, dtype=np.float32
    )
    parts = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 4), min_df=2, sublinear_tf=True, max_features=12_000, dtype=np.float32
    )
    return FeatureUnion([("words", words), ("parts", parts)])


def fit_weights(scores: Sequence[Scores], truth: Sequence[str], labels: Sequence[str]) -> tuple[float, ...]:
    """The weights, one for each judge, under which the true intents of unseen utterances are likeliest."""
    right = columns(truth, labels)
    rows = np.arange(len(right))

    def unlikely(logs: npt.NDArray[np.float64]) -> float:
        total = sum(weight * score for weight, score in zip(np.exp(logs), scores, strict=True))
        return float(-log_softmax(total, axis=1)[rows, right].mean())

    options = {"xatol": 1e-3, "fatol": 1e-5, "maxfev": 400}
    best = minimize(unlikely, np.full(len(scores), -0.5), method="Nelder-Mead", options=options)
    return tuple(float(weight) for weight in np.exp(best.x))
