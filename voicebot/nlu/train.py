"""Trains a model from `intents/`: tune the encoder, fit the classifier, calibrate on what it has not seen, save."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedGroupKFold

from voicebot.errors import ContentError, ModelError
from voicebot.nlu.alone import training_alone
from voicebot.nlu.classifier import Classifier, fit_classifier, fit_weights, weighted
from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import Corpus, read_corpus, read_held_out
from voicebot.nlu.costs import cost_curves
from voicebot.nlu.encoder import Encoder, load_encoder
from voicebot.nlu.evaluate import Report, evaluate_held_out, evaluate_seen, unlearnt
from voicebot.nlu.manifest import (
    ModelInfo,
    current_hash,
    encoder_hash,
    headline,
    is_usable,
    make_current,
    note_figures,
    read_info,
    versions,
)
from voicebot.nlu.nearest import Scores
from voicebot.nlu.recipe import Recipe, model_hash
from voicebot.nlu.registry import Model, load_model, save_model
from voicebot.nlu.report import markdown
from voicebot.nlu.thresholds import Chosen, Seen, choose_thresholds
from voicebot.nlu.tune import Lowers, learned, tune

Progress = Callable[[str], None]

DEFAULT = Recipe()

ALIKE = 0.7
"""Cosine of character n-grams from which two phrases are so alike that they must lie in the same fold."""

_BLOCK = 512
"""Phrases compared with all others at a time."""


def train(
    corpus: Path,
    models: Path,
    weights: Path,
    progress: Progress = lambda line: None,
    *,
    force: bool = False,
    held_out: Path | None = None,
    recipe: Recipe = DEFAULT,
    who: str = "",
) -> ModelInfo:
    """Train a candidate from the folder `corpus`; nothing is trained where it is there already. It becomes current only
    where there is no model that could be used: else `voicebot models promote` decides that.

    `weights` holds `minilm`. `progress` gets a line now and then. `held_out`: a folder of utterances that the report
    is to cover; nothing is learnt from them, and a model that is there without them is tried on them now. `force`:
    train again, but for the current model while it is whole. `who`: the account's name, for the manifest. Raises
    `ContentError`, `WeightsError`, `ModelError`; the model in use is then untouched.
    """
    read = read_corpus(corpus)
    if held_out is not None:
        unlearnt(read_held_out(held_out), read.texts())  # a wrong folder is said now, not after half an hour
    name = model_hash(read.hash, read.urgent, weights, recipe)
    is_there = is_usable(models, name)
    if force and is_there and current_hash(models) == name:
        raise ModelError(
            f"{models / name}: this is the current model, and it is whole; trained again, it would be replaced under "
            "the servers' hands. Promote another first (`voicebot models promote`)."
        )
    if is_there and not force:
        progress(f"The model {name} of these phrases is there already.")
    else:
        with training_alone(models):
            _Work(read, weights, recipe, progress).train(models, name, who)
        progress(f"Trained {name}.")
    if held_out is not None and "held_out" not in read_info(models, name).figures:
        progress("Trying the held-out utterances")
        report = report_held_out(models, load_model(models, name, weights), held_out, read)
        note_figures(models, name, report, str(held_out))
    _current_for_want_of_another(models, name, weights)
    return read_info(models, name)


def _current_for_want_of_another(models: Path, name: str, weights: Path) -> None:
    current = current_hash(models)
    if current is None or not is_usable(models, current, weights):
        make_current(models, name)


def report_held_out(models: Path, model: Model, held_out: Path, corpus: Corpus) -> Report:
    """Try the held-out utterances of a folder, but for those that `corpus` teaches, and add the figures to the model's
    report. Raises `ContentError`; `ModelError` where the report cannot be read or written."""
    folder = models / model.info.hash
    tried = evaluate_held_out(model, held_out, corpus.texts())
    try:
        report: Report = json.loads((folder / "report.json").read_text("utf-8")) | {"held_out": tried}
        for file, text in _reports(model.info, report).items():
            (folder / file).write_text(text, "utf-8")
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{folder / 'report.json'}: cannot be read or written ({error}).") from error
    return report


def _reports(info: ModelInfo, report: Report) -> dict[str, str]:
    return {"report.json": json.dumps(report, indent=1) + "\n", "report.md": markdown(info, report)}


class _Work:
    """One training: the phrases, what the lower layers make of them, and how far it has come.

    Beside the phrases as they are written stand those that Whisper heard on the telephone, where it heard something
    else: the model lives on what Whisper writes."""

    def __init__(self, corpus: Corpus, weights: Path, recipe: Recipe, progress: Progress) -> None:
        self.corpus, self.weights, self.recipe, self.progress = corpus, weights, recipe, progress
        pairs, self.source = _with_heard(corpus)
        self.texts = [text for text, _ in pairs]
        self.truth = [intent for _, intent in pairs]
        self.classes, labels = np.unique(self.truth, return_inverse=True)
        self.labels: npt.NDArray[np.int64] = labels.astype(np.int64)
        heard = len(pairs) - len(corpus.pairs())
        progress(f"Reading {len(pairs) - heard} phrases of {len(self.classes)} intents, {heard} of them as heard too")
        self.cores = torch.get_num_threads()
        torch.set_num_threads(1)
        self.lowers = Lowers(self.encoder(), self.texts, recipe.tuning.layers, self.cores)

    def train(self, models: Path, name: str, who: str) -> ModelInfo:
        """Two kinds of model side by side: those that leave a fold out, to calibrate and to choose thresholds on what
        they have not seen, and the one that is kept, which has seen everything."""
        folds = _folds(self.texts, self.truth, self.source, self.recipe)
        *tried, (encoder, classifier) = self.learn_all([*(seen for seen, _ in folds), range(len(self.texts))])
        fitted, chosen, report = self.cross_validate(tried, [unseen for _, unseen in folds])
        layers = self.recipe.tuning.layers
        info = ModelInfo(
            hash=name,
            corpus=self.corpus.hash,
            encoder=encoder_hash(self.weights / "minilm"),
            phrases=len(self.corpus.pairs()),
            labels=classifier.labels,
            urgent=classifier.urgent,
            layers=layers,
            weights=fitted,
            thresholds={**chosen.for_routing(), "alarm": chosen.alarm, "alarm_with": chosen.alarm_with},
            versions=versions(),
            recipe=asdict(self.recipe),
            who=who,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            figures=headline(report),
        )
        kept = replace(classifier, weights=fitted)
        save_model(models, info, kept, learned(encoder.network, layers), _reports(info, report))
        return info

    def encoder(self) -> Encoder:
        return load_encoder(self.weights / "minilm")

    def learn_all(self, parts: Sequence[Sequence[int]]) -> list[tuple[Encoder, Classifier]]:
        """For each part of the phrases, named by their indices, an encoder and a classifier that have seen no others.

        One thread for each: side by side they use the cores better than one after the other with all of them, and the
        outcome does not depend on how many there are."""
        self.done = [0.0] * len(parts)
        with ThreadPoolExecutor(self.cores) as pool:
            return list(pool.map(self.learn, range(len(parts)), parts))

    def learn(self, number: int, indices: Sequence[int]) -> tuple[Encoder, Classifier]:
        encoder = self.encoder()
        tell = partial(self.tell, number)
        tune(encoder, self.lowers, indices, self.labels, len(self.classes), self.recipe.tuning, tell)
        texts = [self.texts[index] for index in indices]
        truth = [self.truth[index] for index in indices]
        vectors = self.lowers.vectors(encoder, indices)
        return encoder, fit_classifier(texts, vectors, truth, self.corpus.urgent, self.recipe.seed)

    def tell(self, number: int, done: float) -> None:
        """A line for every tenth of all the work."""
        before = int(10 * sum(self.done) / len(self.done))
        self.done[number] = done
        now = sum(self.done) / len(self.done)
        if int(10 * now) > before:
            self.progress(f"Training: {now:.0%}")

    def cross_validate(
        self, tried: Sequence[tuple[Encoder, Classifier]], folds: Sequence[Sequence[int]]
    ) -> tuple[tuple[float, ...], Chosen, Report]:
        """The judges' weights, thresholds and figures, from the phrases that each of `tried` has not seen."""
        labels = tuple(str(name) for name in self.classes)
        judged_by: list[tuple[Scores, ...]] = []
        alarms: list[Scores] = []
        for (encoder, classifier), unseen in zip(tried, folds, strict=True):
            if classifier.labels != labels:
                unknown = ", ".join(sorted({*labels} - {*classifier.labels}))
                raise ModelError(f"cross-validation went without {unknown}: the figures would say nothing about it.")
            texts = [self.texts[index] for index in unseen]
            found = self.lowers.vectors(encoder, unseen)
            judged_by.append(classifier.scores(texts, found))
            alarms.append(classifier.alarms(found))
        truth = [self.truth[index] for unseen in folds for index in unseen]
        scores = [np.concatenate(each) for each in zip(*judged_by, strict=True)]
        fitted = fit_weights(scores, truth, labels)
        urgent = tuple(name for name in labels if name in self.corpus.urgent)
        judged = Seen(labels, urgent, weighted(scores, fitted), np.concatenate(alarms), [(name,) for name in truth])
        self.progress("Choosing thresholds")
        chosen = choose_thresholds(judged)
        report = {**evaluate_seen(judged, chosen), "cost_curves": cost_curves(judged, chosen)}
        return fitted, chosen, {"cross_validation": report}


def _with_heard(corpus: Corpus) -> tuple[list[tuple[str, str]], list[int]]:
    """(clean words, intent) of every phrase, then of what was heard of some; and for each the index of the phrase that
    it comes from."""
    pairs = [(clean(words), intent) for words, intent in corpus.pairs()]
    source = list(range(len(pairs)))
    where = {(words, intent): index for index, (words, intent) in enumerate(corpus.pairs())}
    for each in corpus.heard:
        index = where.get((each.words, each.intent))
        text = clean(each.heard)
        if index is not None and text and text != pairs[index][0]:
            pairs.append((text, each.intent))
            source.append(index)
    return pairs, source


def _folds(
    texts: Sequence[str], truth: Sequence[str], source: Sequence[int], recipe: Recipe
) -> list[tuple[list[int], list[int]]]:
    """(seen, unseen) for each fold that is tried; intents in like shares, and phrases that are nearly the same, or what
    was heard of the same phrase, in the same fold. Raises `ContentError` where there are too few phrases for that."""
    if len(set(truth)) < 2:
        raise ContentError("intents: there is one intent alone, and nothing to tell it from; write phrases of another.")
    if max(Counter(truth).values()) < recipe.folds:
        raise ContentError(
            f"intents: no intent has {recipe.folds} phrases, so that none can be held out to try it on; write more."
        )
    groups = _groups(texts, source)
    splitter = StratifiedGroupKFold(recipe.folds, shuffle=True, random_state=recipe.seed)
    split = ((seen.tolist(), unseen.tolist()) for seen, unseen in splitter.split(texts, truth, groups))
    folds = [each for each in (_all_known(*each, truth) for each in split) if each[1]]
    if not folds:
        raise ContentError(
            "intents: the phrases of each intent are all alike, so that none can be held out; write some that differ."
        )
    return folds[: recipe.folds_tried]


def _groups(texts: Sequence[str], source: Sequence[int]) -> npt.NDArray[np.int32]:
    """A number for each text; those that must lie in the same fold have the same."""
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), dtype=np.float32).fit_transform(texts)
    first, second = [np.arange(len(texts))], [np.asarray(source)]
    for start in range(0, len(texts), _BLOCK):
        rows = grams[start : start + _BLOCK]
        likeness = (rows @ grams[: start + _BLOCK].T).tocoo()  # each pair once; all at once would fill the memory
        near = likeness.data >= ALIKE
        first.append(likeness.row[near] + start)
        second.append(likeness.col[near])
    pairs = np.concatenate(first), np.concatenate(second)
    joined = csr_array((np.ones(len(pairs[0])), pairs), (len(texts), len(texts)))
    found: npt.NDArray[np.int32] = connected_components(joined, directed=False)[1]
    return found


def _all_known(seen: list[int], unseen: list[int], truth: Sequence[str]) -> tuple[list[int], list[int]]:
    """An intent whose phrases are all held out would be unknown to the model that is tried: they are learnt instead."""
    known = {truth[index] for index in seen}
    learnt = [index for index in unseen if truth[index] not in known]
    return sorted([*seen, *learnt]), [index for index in unseen if truth[index] in known]
