"""The real encoder, on a handful of phrases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.nlu.conftest import WEIGHTS
from voicebot.errors import WeightsError
from voicebot.nlu.phrases.vectors import CACHE, phrase_vectors

TEXTS = ["a hole in the road", "renew my library book"]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    (tmp_path / "minilm").symlink_to(WEIGHTS / "minilm")
    return tmp_path


def vectors(texts: list[str], weights: Path) -> tuple[np.ndarray, list[str]]:
    told: list[str] = []
    return phrase_vectors(texts, weights, lambda what, done: told.append(what)), told


def test_only_new_phrases_are_read_again(weights: Path) -> None:
    first, told = vectors(TEXTS, weights)
    assert told == ["Reading what 2 phrases mean"]
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-3)
    second, told = vectors([TEXTS[1], "a dip", TEXTS[0]], weights)
    assert told == ["Reading what 1 phrases mean"]
    assert np.array_equal(second[[2, 0]], first)
    assert vectors(TEXTS, weights)[1] == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"\x93NUMPY"], ids=["empty", "torn", "another kind"])
def test_a_damaged_store_is_made_again(weights: Path, content: bytes) -> None:
    first, _ = vectors(TEXTS, weights)
    (weights / CACHE).write_bytes(content)
    again, told = vectors(TEXTS, weights)
    assert np.array_equal(again, first)
    assert told
    assert vectors(TEXTS, weights)[1] == []


def test_without_the_encoder_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="voicebot models fetch"):
        vectors(TEXTS, tmp_path)
