"""Options of the test suite, and one real model for the whole session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

if TYPE_CHECKING:
    from voicebot.nlu.registry import Model
    from voicebot.nlu.understander import ModelUnderstander

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "weights"


def pytest_addoption(parser):
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write down what happens now as what is expected; read the diff"
    )


@pytest.fixture(autouse=True)
def _log_as_at_first() -> None:
    """A command run in this process has set the log as its user wants it; the next test wants to see every line."""
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def model() -> Model:
    """The repository's own where it can be used here, else trained now (minutes)."""
    from voicebot.nlu.manifest import current_hash, is_usable
    from voicebot.nlu.registry import load_current
    from voicebot.nlu.train import train

    current = current_hash(ROOT / "models")
    if current is None or not is_usable(ROOT / "models", current, WEIGHTS):
        train(ROOT / "intents", ROOT / "models", WEIGHTS, print, held_out=ROOT / "tests" / "utterances")
    return load_current(ROOT / "models", WEIGHTS)


@pytest.fixture(scope="session")
def understander(model: Model) -> ModelUnderstander:
    from voicebot.nlu.understander import ModelUnderstander

    return ModelUnderstander(model)
