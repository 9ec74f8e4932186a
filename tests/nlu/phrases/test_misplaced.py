"""The real encoder and the real cleanlab, on short phrases of three intents with one that stands in the wrong file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.nlu.conftest import ROOT, WEIGHTS, write_intents
from voicebot.nlu.corpus import inspect_corpus
from voicebot.nlu.phrases.check import check_phrases
from voicebot.nlu.phrases.findings import Finding
from voicebot.storage.redaction import find

STRAY = "could you renew a library book for me"
SHORT_WORDS = 8


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    (tmp_path / "minilm").symlink_to(WEIGHTS / "minilm")
    return tmp_path


def doubted(folder: Path, weights: Path | None) -> list[Finding]:
    found = check_phrases(folder, None, find, weights, lambda what, done: None).findings
    return [each for each in found if each.issue.code == "N740"]


def test_a_phrase_in_the_wrong_file_is_found_and_where_it_belongs(tmp_path: Path, weights: Path) -> None:
    for name in ("pothole", "library_services", "register_birth"):
        shutil.copy(ROOT / "intents" / f"{name}.yaml", tmp_path)
    corpus, _ = inspect_corpus(tmp_path)
    small = {
        intent.name: [f'"{each.words}"' for each in intent.phrases if len(each.words.split()) <= SHORT_WORDS][:20]
        for intent in corpus.intents
    }
    intents = write_intents(tmp_path / "intents", {**small, "pothole": [*small["pothole"], STRAY]})
    [found] = doubted(intents, weights)
    assert f'"{STRAY}" looks like library_services' in found.issue.message
    assert (Path(found.issue.file).name, found.issue.line) == ("pothole.yaml", 4 + len(small["pothole"]) + 1)
    assert "library_services.yaml" in found.issue.fix
    assert found.weight > 0.5
    assert doubted(intents, None) == []


def test_intents_with_hardly_a_phrase_cannot_be_judged(tmp_path: Path, weights: Path) -> None:
    intents = write_intents(tmp_path / "intents", {"one": ["a hole"], "two": ["a library book", "a novel"]})
    assert doubted(intents, weights) == []
