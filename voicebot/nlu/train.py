"""Trains a model from `intents/`: tune the encoder, fit the classifier, calibrate on what it has not seen, save."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedGroupKFold

from voicebot.nlu.classifier import Classifier, Scores, fit_classifier, fit_weights, weighted
from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import Corpus, read_corpus
from voicebot.nlu.encoder import Encoder, encoder_hash, load_encoder
from voicebot.nlu.evaluate import Report, evaluate_held_out, evaluate_seen
from voicebot.nlu.recipe import Recipe, model_hash, versions
from voicebot.nlu.registry import (
    Model,
    ModelInfo,
    current_hash,
    is_usable,
    load_model,
    make_current,
    read_info,
    save_model,
)
from voicebot.nlu.report import markdown
from voicebot.nlu.thresholds import Chosen, Seen, choose_thresholds
from voicebot.nlu.tune import Lowers, learned, tune

Progress = Callable[[str], None]

DEFAULT = Recipe()

ALIKE = 0.7
"""Cosine of character n-grams from which two phrases are so alike that they must lie in the same fold."""


def is_current(corpus: Path, models: Path, weights: Path, recipe: Recipe = DEFAULT) -> bool:
    """Whether the model in use was made from these phrases by this recipe, and is whole.

    Raises `ContentError`, `WeightsError`."""
    read = read_corpus(corpus)
    name = model_hash(read.hash, read.urgent, weights, recipe)
    return current_hash(models) == name and is_usable(models, name)


def train(
    corpus: Path,
    models: Path,
    weights: Path,
    progress: Progress = lambda line: None,
    *,
    force: bool = False,
    held_out: Path | None = None,
    recipe: Recipe = DEFAULT,
) -> ModelInfo:
    """Train from the folder `corpus` and make the outcome current; nothing is done where it is there already.

    `weights` holds `minilm`. `progress` gets a line now and then. `held_out`: a folder of utterances that the report
    is to cover; nothing is learnt from them. Raises `ContentError`, `WeightsError`, `ModelError`; the model in use is
    then untouched.
    """
    read = read_corpus(corpus)
    name = model_hash(read.hash, read.urgent, weights, recipe)
    if not force and is_usable(models, name):
        make_current(models, name)
        progress(f"The model {name} of these phrases is there already.")
        return read_info(models, name)
    work = _Work(read, weights, recipe, progress)
    chosen, report = work.cross_validate()
    info = work.finish(models, name, chosen, report)
    if held_out is not None:
        progress("Trying the held-out utterances")
        report_held_out(models, load_model(models, name, weights), held_out, corpus)
    make_current(models, name)
    progress(f"Trained {name}.")
    return info


def report_held_out(models: Path, model: Model, held_out: Path, corpus: Path) -> Report:
    """Try the held-out utterances of a folder, but for those that are phrases of `corpus`, and add the figures to the
    model's report. Raises `ContentError`."""
    folder = models / model.info.hash
    report: Report = json.loads((folder / "report.json").read_text("utf-8"))
    report["held_out"] = evaluate_held_out(model, held_out, [words for words, _ in read_corpus(corpus).pairs()])
    for file, text in _reports(model.info, report).items():
        (folder / file).write_text(text, "utf-8")
    return report


def _reports(info: ModelInfo, report: Report) -> dict[str, str]:
    return {"report.json": json.dumps(report, indent=1) + "\n", "report.md": markdown(info, report)}


class _Work:
    """One training: the phrases, what the lower layers make of them, and how far it has come."""

    def __init__(self, corpus: Corpus, weights: Path, recipe: Recipe, progress: Progress) -> None:
        pairs = corpus.pairs()
        self.corpus, self.weights, self.recipe, self.progress = corpus, weights, recipe, progress
        self.texts = [clean(words) for words, _ in pairs]
        self.truth = [intent for _, intent in pairs]
        self.classes, labels = np.unique(self.truth, return_inverse=True)
        self.labels: npt.NDArray[np.int64] = labels.astype(np.int64)
        self.runs = recipe.folds_tried + 1
        self.run = 0
        progress(f"Reading {len(pairs)} phrases of {len(self.classes)} intents")
        self.lowers = Lowers(self.encoder(), self.texts, recipe.tuning.layers)

    def encoder(self) -> Encoder:
        return load_encoder(self.weights / "minilm")

    def learn(self, indices: Sequence[int]) -> tuple[Encoder, Classifier]:
        """An encoder and a classifier that have seen the phrases `indices`, and no others."""
        self.run += 1
        encoder = self.encoder()
        said = -1

        def tell(done: float) -> None:
            nonlocal said
            if int(done * 10) > said:
                said = int(done * 10)
                self.progress(f"Training {self.run} of {self.runs}: {done:.0%}")

        tune(encoder, self.lowers, indices, self.labels, len(self.classes), self.recipe.tuning, tell)
        texts = [self.texts[index] for index in indices]
        truth = [self.truth[index] for index in indices]
        return encoder, fit_classifier(texts, encoder.encode(texts), truth, self.corpus.urgent, self.recipe.seed)

    def cross_validate(self) -> tuple[Chosen, Report]:
        """Weights, thresholds and figures from phrases that were held out in turn."""
        folds = _folds(self.texts, self.truth, self.recipe)[: self.recipe.folds_tried]
        meaning: list[Scores] = []
        words: list[Scores] = []
        alarms: list[Scores] = []
        truth: list[str] = []
        for seen, unseen in folds:
            encoder, classifier = self.learn(seen)
            texts = [self.texts[index] for index in unseen]
            found = encoder.encode(texts)
            one, other = classifier.scores(texts, found)
            meaning.append(one)
            words.append(other)
            alarms.append(classifier.alarms(found))
            truth += [self.truth[index] for index in unseen]
        scores = np.concatenate(meaning), np.concatenate(words)
        labels = tuple(str(name) for name in self.classes)
        self.fitted = fit_weights(scores, truth, labels)
        urgent = tuple(name for name in labels if name in self.corpus.urgent)
        judged = Seen(
            labels, urgent, weighted(scores, self.fitted), np.concatenate(alarms), [(name,) for name in truth]
        )
        self.progress("Choosing thresholds")
        chosen = choose_thresholds(judged)
        return chosen, {"cross_validation": evaluate_seen(judged, chosen)}

    def finish(self, models: Path, name: str, chosen: Chosen, report: Report) -> ModelInfo:
        encoder, classifier = self.learn(range(len(self.texts)))
        classifier = replace(classifier, weights=self.fitted)
        info = ModelInfo(
            hash=name,
            corpus=self.corpus.hash,
            encoder=encoder_hash(self.weights / "minilm"),
            phrases=len(self.texts),
            labels=classifier.labels,
            urgent=classifier.urgent,
            layers=self.recipe.tuning.layers,
            weights=self.fitted,
            thresholds={**chosen.for_routing(), "alarm": chosen.alarm, "alarm_with": chosen.alarm_with},
            versions=versions(),
        )
        layers = learned(encoder.network, self.recipe.tuning.layers)
        save_model(models, info, classifier, layers, _reports(info, report))
        return info


def _folds(texts: Sequence[str], truth: Sequence[str], recipe: Recipe) -> list[tuple[list[int], list[int]]]:
    """(seen, unseen) for each fold; intents in like shares, and phrases that are nearly the same in the same fold."""
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4)).fit_transform(texts)
    likeness = grams @ grams.T
    likeness.data[likeness.data < ALIKE] = 0
    likeness.eliminate_zeros()
    _, groups = connected_components(likeness)
    splitter = StratifiedGroupKFold(recipe.folds, shuffle=True, random_state=recipe.seed)
    return [(seen.tolist(), unseen.tolist()) for seen, unseen in splitter.split(texts, truth, groups)]
