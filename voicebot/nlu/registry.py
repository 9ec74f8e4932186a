"""Saves and loads trained models: `models/<hash>/`, and `models/current` that names the one promoted last.

No pickle: scikit-learn's part is saved by skops and loaded only if it holds nothing but the types listed here; the
encoder's tuned layers are safetensors; the rest is JSON. A folder appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from voicebot.errors import ModelError, WeightsError
from voicebot.nlu.classifier import Classifier
from voicebot.nlu.clean import clean
from voicebot.nlu.encoder import Encoder, encoder_hash, load_encoder
from voicebot.nlu.language import load_language, vectors
from voicebot.nlu.predict import Predictor
from voicebot.nlu.recipe import FORMAT, versions
from voicebot.nlu.thresholds import Chosen, Seen
from voicebot.nlu.tune import put_back

CURRENT = "current"
CLASSIFIER = "classifier.skops"
LAYERS = "encoder.safetensors"
MANIFEST = "manifest.json"

TRUSTED = ("sklearn.pipeline.FeatureUnion", "sklearn.feature_extraction.text.TfidfTransformer")
"""Types beyond skops' own list that a classifier may hold; anything else is refused."""

HEADLINE = (
    "utterances",
    "top_1",
    "urgent_found",
    "false_urgent",
    "accepted_right",
    "real_asked_again",
    "real_refused",
    "out_of_scope_not_accepted",
    "calibration_error",
)
"""Those figures of a report that the manifest repeats, so that models can be told apart at a glance."""

_AGAIN = "Run `voicebot train`, then promote what it makes with `voicebot models promote`."
_SEAL = "seal"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """`hash` names the model; `thresholds` are those chosen for it, as routing.yaml has them. `corpus` and `encoder`
    are SHA-256 of the phrases and of the published weights, `recipe` the settings of the training.

    `who` trained it and `when` (ISO 8601, UTC) are told to people, and so are `figures`: part of its report → headline
    figures. The hash knows nothing of these three.
    """

    hash: str
    corpus: str
    encoder: str
    phrases: int
    labels: tuple[str, ...]
    urgent: tuple[str, ...]
    layers: int
    weights: tuple[float, ...]
    thresholds: dict[str, float]
    versions: dict[str, str]
    recipe: dict[str, Any]
    who: str
    when: str
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT


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
        files = {name: _sha256(building / name) for name in (CLASSIFIER, LAYERS)}
        _write_manifest(building, {**asdict(info), "files": files})
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


def note_figures(models: Path, name: str, report: Mapping[str, Mapping[str, Any]]) -> ModelInfo:
    """Put the headline figures of a report into the manifest of a model. Raises `ModelError`."""
    manifest = _manifest(models / name)
    info = replace(_info(manifest), figures=headline(report))
    _write_manifest(models / name, {**asdict(info), "files": manifest.get("files", {})})
    return info


def headline(report: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of each part of a report (such as "held_out") the figures named in `HEADLINE`."""
    return {part: {name: found[name] for name in HEADLINE if name in found} for part, found in report.items()}


def make_current(models: Path, name: str) -> None:
    """Name the model that commands take where none is named, atomically. Raises `ModelError`."""
    _replace(models / CURRENT, name + "\n")


def current_hash(models: Path) -> str | None:
    """The hash of that model; None where none has been trained."""
    try:
        return (models / CURRENT).read_text("utf-8").strip() or None
    except OSError:
        return None


def read_info(models: Path, name: str) -> ModelInfo:
    """The manifest of one model. Raises `ModelError`."""
    return _info(_manifest(models / name))


def is_usable(models: Path, name: str, weights: Path | None = None) -> bool:
    """Whether it is there, whole, and made by the versions installed and, where given, the encoder of `weights`."""
    return why_not(models, name, weights) is None


def why_not(models: Path, name: str, weights: Path | None = None) -> str | None:
    """What keeps the model `name` from being used, one line; None where nothing does. It is not loaded for that."""
    try:
        manifest = _manifest(models / name)
        _check_versions(models / name, _info(manifest))
        _check_files(models / name, manifest)
        if weights is not None:
            _check_encoder(models / name, _info(manifest), weights)
    except (ModelError, WeightsError) as error:
        return error.message
    return None


def load_current(models: Path, weights: Path) -> Model:
    """The model promoted last. `weights` holds `minilm`. Raises `ModelError`, `WeightsError`."""
    name = current_hash(models)
    if name is None:
        raise ModelError(f"{models}: no model has been trained yet. {_AGAIN}")
    return load_model(models, name, weights)


def load_tuned(models: Path, info: ModelInfo, weights: Path) -> Encoder:
    """The sentence encoder as the model of `info` tuned it. Raises `ModelError`, `WeightsError`."""
    encoder = load_encoder(weights / "minilm")
    file = models / info.hash / LAYERS
    try:
        put_back(encoder.network, load_file(file), info.layers)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"{file}: {error}. {_AGAIN}") from error
    return encoder


def load_model(models: Path, name: str, weights: Path) -> Model:
    """The model `name`. Raises `ModelError` where it is missing, damaged or made by other versions; `WeightsError`."""
    folder = models / name
    manifest = _manifest(folder)
    info = _info(manifest)
    _check_versions(folder, info)
    _check_encoder(folder, info, weights)
    _check_files(folder, manifest)
    classifier = _classifier(folder, info)
    encoder = load_tuned(models, info, weights)
    torch.set_num_threads(1)  # each worker is one core's worth; more threads would take it from other calls
    nlp = load_language(encoder)
    return Model(info, classifier, Predictor(nlp, classifier, Chosen(**info.thresholds)), nlp)


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    _replace(folder / MANIFEST, json.dumps({**manifest, _SEAL: _seal(manifest)}, indent=2) + "\n")


def _seal(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of all that the manifest says: a threshold changed by hand is found out like a changed file."""
    said = {name: value for name, value in manifest.items() if name != _SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        new.write_text(text, "utf-8")
        new.chmod(0o644)  # whoever trained it, the server's account must be able to read it
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise ModelError(f"{file}: cannot be written ({error.strerror}).") from error


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / MANIFEST}: cannot be read ({error}). {_AGAIN}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"{folder}: saved in a format that this version does not read. {_AGAIN}")
    return manifest


def _info(manifest: dict[str, Any]) -> ModelInfo:
    try:
        fields = {name: value for name, value in manifest.items() if name not in ("files", _SEAL)}
        for name in ("labels", "urgent", "weights"):
            fields[name] = tuple(fields[name])
        return ModelInfo(**fields)
    except (KeyError, TypeError) as error:
        raise ModelError(f"the manifest of a model is damaged ({error}). {_AGAIN}") from error


def _check_files(folder: Path, manifest: dict[str, Any]) -> None:
    if manifest.get("hash") != folder.name:
        raise ModelError(f"{folder}: holds the model {manifest.get('hash')}, not the one that it is named by. {_AGAIN}")
    if manifest.get(_SEAL) != _seal(manifest):
        raise ModelError(f"{folder / MANIFEST}: changed since the model was trained. {_AGAIN}")
    for file, digest in manifest.get("files", {}).items():
        if not (folder / file).is_file() or _sha256(folder / file) != digest:
            raise ModelError(f"{folder / file}: missing or changed since it was trained. {_AGAIN}")


def _check_versions(folder: Path, info: ModelInfo) -> None:
    installed = versions()
    for name, version in installed.items():
        made = info.versions.get(name)
        if made != version:
            raise ModelError(f"{folder}: made with {name} {made}, but {version} is installed. {_AGAIN}")


def _check_encoder(folder: Path, info: ModelInfo, weights: Path) -> None:
    if encoder_hash(weights / "minilm") != info.encoder:
        raise ModelError(f"{folder}: made with another sentence encoder than {weights / 'minilm'}. {_AGAIN}")


def _classifier(folder: Path, info: ModelInfo) -> Classifier:
    file = folder / CLASSIFIER
    try:
        strange = sorted(set(skops.io.get_untrusted_types(file=file)) - set(TRUSTED))
        if strange:
            raise ModelError(f"{file}: holds types that no model of ours has ({', '.join(strange[:3])}). {_AGAIN}")
        found = Classifier.from_parts(skops.io.load(file, trusted=list(TRUSTED)), info.urgent, info.weights)
    except ModelError:
        raise
    except Exception as error:  # a damaged file makes skops and scikit-learn raise almost anything
        raise ModelError(f"{file}: damaged ({type(error).__name__}). {_AGAIN}") from error
    if found.labels != info.labels or not np.all(np.isfinite(info.weights)):
        raise ModelError(f"{folder}: the classifier and the manifest do not belong together. {_AGAIN}")
    return found


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
