"""Real weights and real recordings for the tests of the speech room."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicebot.errors import WeightsError
from voicebot.speech.engines.listening import ListeningEngine
from voicebot.speech.engines.loading import load_engine
from voicebot.speech.weights import fetch

ROOT = Path(__file__).parents[2]
RECORDINGS = Path(__file__).parent / "recordings"


@pytest.fixture(scope="session")
def weights() -> Path:
    """The folder with Whisper base and tiny.en, fetched if it is not there."""
    folder = Path(os.environ.get("VOICEBOT_WEIGHTS", ROOT / "weights"))
    source = os.environ.get("VOICEBOT_WEIGHTS_FROM")
    try:
        fetch(["whisper-base", "whisper-tiny.en"], folder, Path(source) if source else None)
    except WeightsError as error:
        warnings.warn(f"NOT TESTED ON REAL WHISPER: {error.message}", stacklevel=1)
        pytest.skip(f"no weights: {error.message}")
    return folder


@pytest.fixture(scope="session")
def tiny(weights: Path) -> ListeningEngine:
    return load_engine("faster-whisper", "tiny.en", weights, threads=1)


@pytest.fixture(scope="session")
def base(weights: Path) -> ListeningEngine:
    return load_engine("faster-whisper", "base", weights, threads=1)


@pytest.fixture(scope="session")
def openai_base(weights: Path) -> ListeningEngine:
    return load_engine("openai-whisper", "base", weights, threads=1)


@pytest.fixture
def recording() -> Callable[[str], bytes]:
    return lambda name: (RECORDINGS / f"{name}.wav").read_bytes()


@pytest.fixture(scope="session")
def as_wav() -> Callable[..., bytes]:
    """Samples, shape (n,) or (n, channels), and a rate as the bytes of a WAV file."""

    def make(samples: np.ndarray, rate: int, subtype: str = "PCM_16") -> bytes:
        out = io.BytesIO()
        soundfile.write(out, samples, rate, subtype=subtype, format="WAV")
        return out.getvalue()

    return make
