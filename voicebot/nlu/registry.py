"""Saves and loads trained models, each in its folder `models/<hash>/`.

No pickle: scikit-learn's part is saved by skops and loaded only if it holds nothing but the types listed here; the
encoder's tuned layers are safetensors; the rest is JSON. A folder appears whole or not at all.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from voicebot.errors import ModelError
from voicebot.nlu.classifier import Classifier
from voicebot.nlu.clean import clean
from voicebot.nlu.encoder import Encoder, load_encoder
from voicebot.nlu.language import load_language, vectors
from voicebot.nlu.manifest import TRAIN, ModelInfo, again, check, current_hash, sha256, write_manifest
from voicebot.nlu.predict import Predictor
from voicebot.nlu.thresholds import Chosen, Seen
from voicebot.nlu.tune import put_back

CLASSIFIER = "classifier.skops"
LAYERS = "encoder.safetensors"

TRUSTED = ("sklearn.pipeline.FeatureUnion", "sklearn.feature_extraction.text.TfidfTransformer")
"""Types beyond skops' own list that a classifier may hold; anything else is refused."""


class Model:
    """A loaded model."""

    def __init__(self, info: ModelInfo, classifier: Classifier, predictor: Predictor, nlp: Any) -> None:
        self.info = info
        self.predictor = predictor
        self._classifier = classifier
        self._nlp = nlp

    @property
    def chosen(self) -> Chosen:
        return Chosen(**self.info.thresholds)

    def seen(self, texts: Sequence[str], right: Sequence[Sequence[str]]) -> Seen:
        """What the judges say of `texts`, for the evaluation."""
        found = vectors(self._nlp, texts)
        probabilities = self._classifier.probabilities([clean(text) for text in texts], found)
        return Seen(self.info.labels, self.info.urgent, probabilities, self._classifier.alarms(found), right)


def save_model(
    models: Path, info: ModelInfo, classifier: Classifier, layers: dict[str, torch.Tensor], reports: dict[str, str]
) -> None:
    """Write `models/<hash>/`, whole, replacing what was there. `reports`: file name → text."""
    models.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=models))
    try:
        skops.io.dump(classifier.parts(), building / CLASSIFIER, compression=8, compresslevel=9)
        save_file(layers, building / LAYERS)
        for name, text in reports.items():
            (building / name).write_text(text, "utf-8")
        files = {name: sha256(building / name) for name in (CLASSIFIER, LAYERS)}
        write_manifest(building, {**asdict(info), "files": files})
        for file in building.iterdir():
            file.chmod(0o644)
        building.chmod(0o755)
        _put_in_place(building, models / info.hash)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _put_in_place(building: Path, folder: Path) -> None:
    """What stood there is moved aside and removed last, so that hardly a reader finds neither."""
    old = folder.with_name(f".old-{folder.name}-{secrets.token_hex(4)}")
    if folder.exists():
        folder.rename(old)
    try:
        building.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def load_current(models: Path, weights: Path) -> Model:
    """The model promoted last. `weights` holds `minilm`. Raises `ModelError`, `WeightsError`."""
    name = current_hash(models)
    if name is None:
        raise ModelError(f"{models}: no model has been trained yet. {TRAIN}")
    return load_model(models, name, weights)


def load_tuned(models: Path, info: ModelInfo, weights: Path) -> Encoder:
    """The sentence encoder as the model of `info` tuned it. Raises `ModelError`, `WeightsError`."""
    encoder = load_encoder(weights / "minilm")
    file = models / info.hash / LAYERS
    try:
        put_back(encoder.network, load_file(file), info.layers)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"{file}: {error}. {again(models / info.hash)}") from error
    return encoder


def load_model(models: Path, name: str, weights: Path) -> Model:
    """The model `name`. Raises `ModelError` where it is missing, damaged or made by other versions; `WeightsError`."""
    folder = models / name
    info = check(folder, weights)
    classifier = _classifier(folder, info)
    encoder = load_tuned(models, info, weights)
    torch.set_num_threads(1)  # each worker is one core's worth; more threads would take it from other calls
    nlp = load_language(encoder)
    return Model(info, classifier, Predictor(nlp, classifier, Chosen(**info.thresholds)), nlp)


def _classifier(folder: Path, info: ModelInfo) -> Classifier:
    file = folder / CLASSIFIER
    try:
        strange = sorted(set(skops.io.get_untrusted_types(file=file)) - set(TRUSTED))
        if strange:
            named = ", ".join(strange[:3])
            raise ModelError(f"{file}: holds types that no model of ours has ({named}). {again(folder)}")
        found = Classifier.from_parts(skops.io.load(file, trusted=list(TRUSTED)), info.urgent, info.weights)
    except ModelError:
        raise
    except Exception as error:  # a damaged file makes skops and scikit-learn raise almost anything
        raise ModelError(f"{file}: damaged ({type(error).__name__}). {again(folder)}") from error
    if found.labels != info.labels or not np.all(np.isfinite(info.weights)):
        raise ModelError(f"{folder}: the classifier and the manifest do not belong together. {again(folder)}")
    return found
