"""Phrases that the rest of the data says belong to another intent: confident learning (Northcutt, Jiang and Chuang
2021) as cleanlab has it, on probabilities that were predicted for each phrase without having seen it.

The judge is quick rather than good (logistic regression on the untuned encoder's vectors and on words; right about 59
times in a hundred), and contrast phrases are written to look like their neighbours: cleanlab doubts one phrase in six
of ours. So only those are told of that the judge finds next to impossible where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import hstack
from scipy.special import log_softmax, softmax
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize

from voicebot.nlu.encoder import Vectors
from voicebot.nlu.phrases.alike import Placed
from voicebot.nlu.phrases.findings import Finding, Tell, finding
from voicebot.routing.issues import shown

FOLDS = 5
"""An intent with fewer phrases than that cannot be judged."""

TOPICS = 300
"""Dimensions that words and parts of words are brought down to, so that a fold takes seconds."""

IMPOSSIBLE = 0.002
"""Calibrated probability of its own intent below which a phrase is told of. Tried by putting 200 of our own 14,652
phrases into a wrong file, half of them into a near intent's: 244 were told of, 102 of the 200 among them; at 0.0003 it
was 76 and 61. Ranking by what cleanlab calls normalised margin instead found 34 among the worst 200."""

_SCALE = 4.0
"""As in classifier.py: vectors of length 1 are too short for the usual strength of regularisation."""

Scores = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def misplaced(phrases: Sequence[Placed], vectors: Vectors, seed: int, tell: Tell) -> Iterator[Finding]:
    """One finding for each phrase that cleanlab doubts. `vectors` are those of `phrases`, in order."""
    from cleanlab.filter import find_label_issues  # takes a second, and pandas with it: only where it is asked for

    names, labels = np.unique([each.intents[0] for each in phrases], return_inverse=True)
    enough = np.flatnonzero(np.bincount(labels)[labels] >= FOLDS)
    kept, columns = np.unique(labels[enough], return_inverse=True)
    if len(kept) < 2:
        return
    features = np.hstack([vectors[enough], _topics([phrases[int(at)].text for at in enough], seed)]) * _SCALE
    found = _calibrated(_unseen(features, columns, seed, tell), columns)
    own = found[np.arange(len(columns)), columns]
    doubted = find_label_issues(columns, found, filter_by="both", n_jobs=1)
    for row in np.flatnonzero(doubted & (own < IMPOSSIBLE)):
        likest = int(found[row].argmax())
        yield _doubt(phrases[int(enough[row])], str(names[kept[likest]]), float(found[row, likest]), float(own[row]))


def _doubt(phrase: Placed, likest: str, sure: float, own: float) -> Finding:
    message = f"{shown(phrase.words)} looks like {likest} ({sure:.0%} sure) and hardly like its own intent ({own:.2%})"
    fix = f"move it to {likest}.yaml, say it more clearly, or leave it where a person could tell"
    return finding("misplaced", -log10(max(own, 1e-9)) / 5, "N740", phrase.mark, message, fix)


def _topics(texts: Sequence[str], seed: int) -> Vectors:
    """(texts, at most TOPICS), each of length 1; learnt without the intents, so that all texts may take part."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"[^ ]+", dtype=np.float32)
    parts = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32)
    counted = hstack([words.fit_transform(texts), parts.fit_transform(texts)]).tocsr()
    reduce = TruncatedSVD(min(TOPICS, min(counted.shape) - 1), n_iter=2, random_state=seed)
    found: Vectors = normalize(reduce.fit_transform(counted)).astype(np.float32)
    return found


def _unseen(features: Vectors, labels: Labels, seed: int, tell: Tell) -> Scores:
    """(phrases, intents): what a judge says of each that has not seen it; logits."""
    out = np.zeros((len(labels), int(labels.max()) + 1))
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for number, (seen, unseen) in enumerate(splitter.split(features, labels)):
        tell("Looking for phrases that belong elsewhere", number / FOLDS)
        judge = LogisticRegression(C=0.1, max_iter=100, tol=1e-3).fit(features[seen], labels[seen])
        out[unseen] = judge.predict_log_proba(features[unseen])
    return out


def _calibrated(scores: Scores, labels: Labels) -> Scores:
    """Probabilities; one temperature for all, under which the phrases' own intents are likeliest (Guo et al. 2017)."""
    rows = np.arange(len(labels))

    def unlikely(log: float) -> float:
        return float(-log_softmax(scores * np.exp(log), axis=1)[rows, labels].mean())

    best = minimize_scalar(unlikely, bounds=(-2.0, 2.0), method="bounded").x
    found: Scores = softmax(scores * np.exp(best), axis=1)
    return found
