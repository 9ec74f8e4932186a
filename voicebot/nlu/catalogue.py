"""The folder of models as people go through it: all that are there, one by the beginning of its hash, and the log of
promotions that is kept beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicebot.errors import ModelError
from voicebot.nlu.manifest import ModelInfo, read_info
from voicebot.routing.issues import did_you_mean

PROMOTIONS = "promotions.jsonl"


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder of a model; `info` is None and `trouble` one line where its manifest cannot be read."""

    hash: str
    info: ModelInfo | None
    trouble: str = ""


def all_models(models: Path) -> tuple[Listed, ...]:
    """Every model of the folder, by when it was trained, the newest last."""
    return tuple(sorted((_listed(models, name) for name in _names(models)), key=_age))


def _names(models: Path) -> list[str]:
    if not models.is_dir():
        return []
    return sorted(each.name for each in models.iterdir() if each.is_dir() and not each.name.startswith("."))


def _listed(models: Path, name: str) -> Listed:
    try:
        return Listed(name, read_info(models, name))
    except ModelError as error:
        return Listed(name, None, error.message)


def _age(each: Listed) -> tuple[str, str]:
    return (each.info.when if each.info else "", each.hash)


def find_model(models: Path, beginning: str) -> str:
    """The one model whose hash begins so; its manifest need not be readable. Raises `ModelError`, which names
    those that may have been meant."""
    names = _names(models)
    if beginning in names:
        return beginning
    found = [name for name in names if beginning and name.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ModelError(
            f"{beginning}: begins the names of {len(found)} models ({', '.join(found)}); write more of it."
        )
    if not names:
        raise ModelError(f"{models}: there is no model yet. Run `voicebot train`.")
    near = did_you_mean(beginning, names)
    there = f"did you mean {near}?" if near else f"there are {', '.join(names[-5:])}."
    raise ModelError(f"{models}: there is no model {beginning}; {there} `voicebot models list` shows all.")


def note_promotion(models: Path, entry: Mapping[str, Any]) -> None:
    """Add one line of JSON to `promotions.jsonl`, which goes into git with the models. Raises `ModelError`."""
    file = models / PROMOTIONS
    try:
        with file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
    except OSError as error:
        raise ModelError(f"{file}: cannot be written ({error.strerror}).") from error
