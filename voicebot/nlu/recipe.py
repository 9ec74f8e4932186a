"""How a model is made. Whatever changes the outcome is named here, so that a model's hash can tell its recipe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from voicebot.nlu.manifest import FORMAT, encoder_hash, versions
from voicebot.nlu.tune import Tuning


@dataclass(frozen=True, slots=True)
class Recipe:
    """`folds`: the phrases are cut into so many parts; `folds_tried` of them are held out in turn to calibrate and to
    choose thresholds, each time with an encoder that never saw them."""

    tuning: Tuning = field(default_factory=Tuning)
    folds: int = 5
    folds_tried: int = 1
    seed: int = 0


def model_hash(corpus_hash: str, urgent: Sequence[str], weights: Path, recipe: Recipe) -> str:
    """12 hex digits: the same phrases, recipe, encoder and versions give the same. `weights` holds `minilm`."""
    named = {
        "format": FORMAT,
        "corpus": corpus_hash,
        "urgent": sorted(urgent),
        "encoder": encoder_hash(weights / "minilm"),
        "recipe": asdict(recipe),
        "versions": versions(),
    }
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:12]
