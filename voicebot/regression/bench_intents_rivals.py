"""Those that are compared: the model as `voicebot train` makes it, and what one would pick instead.

Ours is trained by `voicebot.nlu.train.train` itself, from a folder of intents to a saved model that is loaded again:
the same reading, folds, calibration and thresholds as the council's own. What differs between sets is the recipe alone.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from voicebot.nlu.nearest import Scores
from voicebot.nlu.recipe import Recipe
from voicebot.nlu.registry import load_model
from voicebot.nlu.train import DEFAULT, train
from voicebot.nlu.tune import Tuning
from voicebot.regression.bench_intents_sets import PublicSet, write_intents
from voicebot.regression.bench_machine import cores

Progress = Callable[[str], None]

FEW = Recipe(tuning=Tuning(epochs=10))
"""For ten phrases an intent. Tried on the validation part of HWU64 alone, one training each, so differences of a point
are noise: MiniLM as published 83.4 %, ten passes 84.6 %, ten passes through all layers 84.3 %. Other numbers of passes
have not been tried."""

QUICK = Recipe(tuning=Tuning(epochs=1), folds=2)


@dataclass(frozen=True, slots=True)
class Fitted:
    """`scores` gives (texts, labels), higher where it is likelier; `one` understands one utterance, as in a call.
    `seconds`: how long fitting took. `left_out`: phrases that could not be used."""

    labels: tuple[str, ...]
    scores: Callable[[Sequence[str]], Scores]
    one: Callable[[str], object]
    seconds: float
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Rival:
    """`fit` takes the set, a seed and somewhere to tell of progress. `seeded`: whether the seed makes a difference."""

    name: str
    fit: Callable[[PublicSet, int, Progress], Fitted]
    seeded: bool = True


def recipe_for(name: str, changes: Mapping[str, str]) -> Recipe:
    """The recipe for the set of this name. `changes`: fields of `Tuning` and what they are to be. Raises `ValueError`,
    which says what is wrong with one."""
    recipe = FEW if name.endswith("-10") else DEFAULT
    kinds = {name: type(value) for name, value in asdict(Tuning()).items()}
    for field, value in changes.items():
        if field not in kinds:
            raise ValueError(f"{field} is none of {', '.join(kinds)}")
        try:
            recipe = replace(recipe, tuning=replace(recipe.tuning, **{field: kinds[field](value)}))
        except ValueError:
            raise ValueError(f"{field} is no number: {value!r}") from None
    return recipe


def rivals(name: str, weights: Path, recipe: Recipe) -> list[Rival]:
    """Who is tried on the set of this name. On ten phrases an intent its own name as an eleventh tells much, so ours is
    shown without it too: published rows have the phrases alone."""
    ours = Rival("voicebot", lambda given, seed, say: _ours(given, _seeded(recipe, seed), weights, say))
    plain = Rival("scikit-learn, TF-IDF and LinearSVC", lambda given, seed, say: _plain(given), seeded=False)
    if not name.endswith("-10"):
        return [ours, plain]
    named = Rival(
        "voicebot, and the intents' names",
        lambda given, seed, say: _ours(given.with_names(), _seeded(recipe, seed), weights, say),
    )
    return [ours, named, plain]


def _seeded(recipe: Recipe, seed: int) -> Recipe:
    return replace(recipe, seed=seed, tuning=replace(recipe.tuning, seed=seed))


def _ours(given: PublicSet, recipe: Recipe, weights: Path, say: Progress) -> Fitted:
    with tempfile.TemporaryDirectory(prefix="bench-intents-") as name:
        home = Path(name)
        left_out = write_intents(given.phrases, home / "intents")
        torch.set_num_threads(cores())  # as many models side by side as `voicebot train` would; it leaves one behind
        start = time.perf_counter()
        info = train(home / "intents", home / "models", weights, say, recipe=recipe)
        seconds = time.perf_counter() - start
        model = load_model(home / "models", info.hash, weights)

    def scores(texts: Sequence[str]) -> Scores:
        return model.seen(texts, [()] * len(texts)).probabilities

    return Fitted(info.labels, scores, model.predictor.understand, seconds, left_out)


def _plain(given: PublicSet) -> Fitted:
    """Words, pairs of words and parts of words of two to five letters: the strongest of the usual features."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    parts = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    pipeline = make_pipeline(make_union(words, parts), LinearSVC(random_state=0))
    texts, truth = zip(*given.phrases, strict=True)
    start = time.perf_counter()
    pipeline.fit(texts, truth)
    seconds = time.perf_counter() - start

    def scores(texts: Sequence[str]) -> Scores:
        found: Scores = np.asarray(pipeline.decision_function(list(texts)))
        return found

    return Fitted(tuple(pipeline.classes_), scores, lambda text: pipeline.predict([text]), seconds)
