"""Training for real, on a handful of phrases and one pass, so that it takes seconds."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.nlu.conftest import SMALL, WEIGHTS, write_intents
from voicebot.dialogue.actions import Expecting
from voicebot.errors import ContentError, ModelError, WeightsError
from voicebot.nlu.alone import LOCK, training_alone
from voicebot.nlu.corpus import read_corpus
from voicebot.nlu.manifest import MANIFEST, current_hash, is_usable, make_current, read_info, seal
from voicebot.nlu.recipe import Recipe, model_hash
from voicebot.nlu.registry import CLASSIFIER, LAYERS, load_current
from voicebot.nlu.train import _folds, train
from voicebot.nlu.tune import Tuning
from voicebot.nlu.understander import ModelUnderstander

QUICK = Recipe(tuning=Tuning(epochs=4, rate=5e-4), folds=2, folds_tried=1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `intents` and `models`, trained once for this file; tests that spoil it copy it first."""
    home = tmp_path_factory.mktemp("small")
    write_intents(home / "intents", SMALL)
    train(home / "intents", home / "models", WEIGHTS, recipe=QUICK)
    return home


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    name = current_hash(trained / "models")
    assert name is not None
    folder = tmp_path / "models" / name
    folder.mkdir(parents=True)
    for file in (trained / "models" / name).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    make_current(tmp_path / "models", name)
    return folder


def test_a_small_model_tells_its_intents_apart(trained: Path) -> None:
    understander = ModelUnderstander(load_current(trained / "models", WEIGHTS))
    heard = understander.understand("there's an enormous pothole on our road", Expecting("request"))
    assert heard.ranked[0].intent == "pothole"
    assert sum(each.confidence for each in heard.ranked) == pytest.approx(1)
    assert [each.confidence for each in heard.ranked] == sorted((e.confidence for e in heard.ranked), reverse=True)


def test_the_same_phrases_give_the_same_model(trained: Path, tmp_path: Path) -> None:
    said: list[str] = []
    again = train(trained / "intents", tmp_path / "models", WEIGHTS, said.append, recipe=QUICK)
    assert again.hash == current_hash(trained / "models")
    first, second = (load_current(home / "models", WEIGHTS) for home in (trained, tmp_path))
    words = ["the library shuts early", "smoke is coming out of the window"]
    right = [("library_services",), ("life_in_danger",)]
    assert first.seen(words, right).probabilities == pytest.approx(second.seen(words, right).probabilities, abs=0.02)
    assert any("100%" in line for line in said)


def test_beside_a_training_that_runs_no_other_begins(trained: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / LOCK).write_text("99999\n", "utf-8")  # left behind by a training that was killed
    with training_alone(models), pytest.raises(ModelError, match=f"running .process {os.getpid()}"):
        train(trained / "intents", models, WEIGHTS, recipe=QUICK)
    assert list(models.iterdir()) == []


def test_nothing_is_trained_twice(trained: Path) -> None:
    said: list[str] = []
    train(trained / "intents", trained / "models", WEIGHTS, said.append, recipe=QUICK)
    assert len(said) == 1
    assert "there already" in said[0]


def test_the_current_model_is_not_trained_again_under_the_servers_hands(trained: Path) -> None:
    with pytest.raises(ModelError, match="voicebot models promote"):
        train(trained / "intents", trained / "models", WEIGHTS, force=True, recipe=QUICK)
    assert is_usable(trained / "models", current_hash(trained / "models") or "", WEIGHTS)


def held_out(folder: Path, words: str) -> Path:
    folder.mkdir()
    (folder / "pothole.yaml").write_text(f"utterances:\n  - words: {words}\n    kind: ordinary\n", "utf-8")
    return folder


def test_held_out_figures_are_added_to_a_model_that_is_there(trained: Path, copy: Path, tmp_path: Path) -> None:
    said: list[str] = []
    folder = held_out(tmp_path / "said", "there's a hole in our road")
    info = train(trained / "intents", copy.parent, WEIGHTS, said.append, held_out=folder, recipe=QUICK)
    assert info.figures["held_out"]["utterances"] == 1
    assert info == read_info(copy.parent, copy.name)
    assert "## Held-out utterances" in (copy / "report.md").read_text("utf-8")
    train(trained / "intents", copy.parent, WEIGHTS, said.append, held_out=folder, recipe=QUICK)
    assert [line.startswith("Trying") for line in said] == [False, True, False]
    assert is_usable(copy.parent, copy.name, WEIGHTS)


@pytest.mark.parametrize("words", [None, "Potholes, everywhere!"])
def test_held_out_utterances_that_cannot_be_tried_are_said_before_training(
    trained: Path, tmp_path: Path, words: str | None
) -> None:
    said: list[str] = []
    folder = tmp_path / "nowhere" if words is None else held_out(tmp_path / "said", words)
    with pytest.raises(ContentError, match="no held-out utterances here" if words is None else "nothing to try"):
        train(trained / "intents", tmp_path / "models", WEIGHTS, said.append, held_out=folder, recipe=QUICK)
    assert said == []


def test_an_intent_that_would_be_held_out_whole_is_learnt_instead(tmp_path: Path) -> None:
    alike = [f"the ticket machine took my money {each}" for each in ("", "again", "today", "twice")]
    intents = write_intents(tmp_path / "intents", {**SMALL, "parking": alike})
    texts, truth = zip(*read_corpus(intents).pairs(), strict=True)
    for seed in range(5):
        recipe = replace(QUICK, seed=seed, folds_tried=2)
        folds = _folds(texts, truth, range(len(texts)), recipe)
        assert any(truth[each] == "parking" for _, unseen in folds for each in unseen) is False
        for seen, unseen in folds:
            assert {truth[each] for each in seen} == set(truth)
            assert sorted([*seen, *unseen]) == list(range(len(texts)))
            assert seen == sorted(seen)
    info = train(intents, tmp_path / "models", WEIGHTS, recipe=QUICK)
    assert "parking" in info.labels


@pytest.mark.parametrize(
    ("intents", "says"),
    [
        ({"pothole": SMALL["pothole"]}, "one intent alone"),
        ({name: phrases[:1] for name, phrases in SMALL.items()}, "no intent has 2 phrases"),
        ({"one": ["a hole in the road", "a hole in the road 2"], "two": ["the library"]}, "all alike"),
    ],
)
def test_too_few_phrases_are_said_in_one_line(tmp_path: Path, intents: dict[str, list[str]], says: str) -> None:
    with pytest.raises(ContentError, match=says):
        train(write_intents(tmp_path / "intents", intents), tmp_path / "models", WEIGHTS, recipe=QUICK)


def test_a_damaged_model_is_trained_again(trained: Path, copy: Path) -> None:
    (copy / LAYERS).write_bytes(b"cut off")
    assert not is_usable(copy.parent, copy.name)
    train(trained / "intents", copy.parent, WEIGHTS, recipe=QUICK)
    assert is_usable(copy.parent, copy.name)
    assert [each.name for each in copy.parent.iterdir() if each.name.startswith(".")] == []


def test_other_phrases_or_another_recipe_give_another_hash() -> None:
    base = model_hash("a", ("x",), WEIGHTS, QUICK)
    assert len(base) == 12
    assert base == model_hash("a", ("x",), WEIGHTS, QUICK)
    others = [
        model_hash("b", ("x",), WEIGHTS, QUICK),
        model_hash("a", (), WEIGHTS, QUICK),
        model_hash("a", ("x",), WEIGHTS, Recipe()),
    ]
    assert base not in others


def test_wrong_phrases_leave_the_model_in_use_alone(trained: Path, tmp_path: Path) -> None:
    before = current_hash(trained / "models")
    wrong = write_intents(tmp_path / "intents", {"pothole": ["..."]})
    with pytest.raises(ContentError):
        train(wrong, trained / "models", WEIGHTS, recipe=QUICK)
    assert current_hash(trained / "models") == before


def test_no_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="voicebot train"):
        load_current(tmp_path, WEIGHTS)


def test_no_weights_say_what_to_run(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="voicebot models fetch"):
        load_current(copy.parent, tmp_path / "nowhere")


@pytest.mark.parametrize("file", [CLASSIFIER, LAYERS])
def test_a_file_that_was_changed_is_refused(copy: Path, file: str) -> None:
    content = bytearray((copy / file).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (copy / file).write_bytes(content)
    with pytest.raises(ModelError, match=f"{file}: missing or changed"):
        load_current(copy.parent, WEIGHTS)


@pytest.mark.parametrize("file", [CLASSIFIER, LAYERS, MANIFEST])
def test_a_file_that_is_gone_is_refused(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(ModelError, match="voicebot train"):
        load_current(copy.parent, WEIGHTS)


def _change(folder: Path, **fields: object) -> None:
    """Sealed again, as by somebody who knows how."""
    manifest = {**json.loads((folder / MANIFEST).read_text("utf-8")), **fields}
    (folder / MANIFEST).write_text(json.dumps({**manifest, "seal": seal(manifest)}), "utf-8")


def test_a_truncated_classifier_is_refused_even_where_the_manifest_says_nothing(copy: Path) -> None:
    content = (copy / CLASSIFIER).read_bytes()
    (copy / CLASSIFIER).write_bytes(content[: len(content) // 2])
    _change(copy, files={})
    with pytest.raises(ModelError, match="damaged"):
        load_current(copy.parent, WEIGHTS)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"versions": {"scikit-learn": "0.1"}}, "made with scikit-learn 0.1"),
        ({"format": 0}, "format"),
        ({"encoder": "0" * 64}, "another sentence encoder"),
        ({"labels": ["a", "b"]}, "do not belong together"),
        ({"surprise": 1}, "manifest.json: damaged"),
    ],
)
def test_a_model_of_another_version_is_refused(copy: Path, fields: dict[str, object], says: str) -> None:
    _change(copy, **fields)
    with pytest.raises(ModelError, match=says) as caught:
        load_current(copy.parent, WEIGHTS)
    assert "voicebot train" in caught.value.message
