"""What a manifest says, and that it cannot be changed unnoticed. Damaged files: tests/nlu/test_train.py."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.nlu.conftest import SMALL, WEIGHTS, write_intents
from tests.nlu.test_train import QUICK
from voicebot.errors import ModelError
from voicebot.nlu.manifest import (
    MANIFEST,
    current_hash,
    is_usable,
    make_current,
    note_figures,
    read_info,
    seal,
    why_not,
)
from voicebot.nlu.registry import LAYERS, load_model
from voicebot.nlu.train import train

MORE = {**SMALL, "pothole": [*SMALL["pothole"], "the car went into a hole"]}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of two corpora; the first is current. Tests that spoil them copy them first."""
    home = tmp_path_factory.mktemp("registry")
    for name, intents in (("intents", SMALL), ("more", MORE)):
        train(write_intents(home / name, intents), home / "models", WEIGHTS, recipe=QUICK, who="ann")
    return home


@pytest.fixture
def models(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained / "models", tmp_path / "models"))


@pytest.fixture
def name(trained: Path) -> str:
    found = current_hash(trained / "models")
    assert found is not None
    return found


def test_the_first_model_is_current_and_the_next_one_a_candidate(trained: Path, name: str) -> None:
    both = {each.name for each in (trained / "models").iterdir() if each.is_dir()}
    assert len(both) == 2
    info = read_info(trained / "models", name)
    assert info.phrases == sum(map(len, SMALL.values()))
    (candidate,) = both - {name}
    assert train(trained / "more", trained / "models", WEIGHTS, recipe=QUICK).hash == candidate
    assert current_hash(trained / "models") == name


def test_a_candidate_becomes_current_where_the_current_one_cannot_be_used(
    trained: Path, models: Path, name: str
) -> None:
    (models / name / MANIFEST).unlink()
    info = train(trained / "more", models, WEIGHTS, recipe=QUICK)
    assert current_hash(models) == info.hash != name


def test_a_candidate_becomes_current_where_the_current_one_was_made_with_another_encoder(
    trained: Path, models: Path, name: str
) -> None:
    manifest = {**json.loads((models / name / MANIFEST).read_text("utf-8")), "encoder": "0" * 64}
    (models / name / MANIFEST).write_text(json.dumps({**manifest, "seal": seal(manifest)}), "utf-8")
    info = train(trained / "more", models, WEIGHTS, recipe=QUICK)
    assert current_hash(models) == info.hash != name


def test_without_weights_no_model_can_be_used(models: Path, name: str, tmp_path: Path) -> None:
    assert "voicebot models fetch" in (why_not(models, name, tmp_path / "nowhere") or "")


def test_the_manifest_tells_who_when_from_what_and_how_well(trained: Path, name: str) -> None:
    info = read_info(trained / "models", name)
    assert info.who == "ann"
    assert datetime.fromisoformat(info.when).utcoffset() == datetime.now(UTC).utcoffset()
    assert info.recipe["tuning"]["epochs"] == QUICK.tuning.epochs
    assert info.recipe["folds"] == QUICK.folds
    assert len(info.corpus) == 64
    assert 0 <= info.figures["cross_validation"]["top_1"][0] <= 1
    assert info.figures["cross_validation"]["utterances"] > 0


def test_who_and_when_do_not_change_the_name(trained: Path, tmp_path: Path, name: str) -> None:
    assert train(trained / "intents", tmp_path / "models", WEIGHTS, recipe=QUICK, who="bob").hash == name


def test_of_a_damaged_model_the_quickest_cure_comes_first(models: Path, name: str, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (models / name / LAYERS).write_bytes(b"")
    told = why_not(models, name) or ""
    assert told.endswith(
        "Go back to the model before with `voicebot models rollback`, or train again with `voicebot train`."
    )
    git(tmp_path, "add", "models")
    git(tmp_path, "-c", "user.name=ann", "-c", "user.email=ann@example.org", "commit", "-qm", "models")
    (models / name / LAYERS).unlink()
    told = why_not(models, name) or ""
    assert f"{LAYERS}: missing or changed since it was trained. Bring it back with `git checkout -- {models}" in told
    assert told.index("git checkout") < told.index("voicebot models rollback") < told.index("voicebot train")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, timeout=30)


def test_figures_are_added_and_the_model_stays_whole(models: Path, name: str) -> None:
    note_figures(models, name, {"held_out": {"top_1": [0.9, 0.8, 1.0, 20], "by_intent": {}}})
    assert read_info(models, name).figures == {"held_out": {"top_1": [0.9, 0.8, 1.0, 20]}}
    assert is_usable(models, name, WEIGHTS)


def _change(folder: Path, **fields: object) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**manifest, **fields}), "utf-8")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"thresholds": {"accept": 0.01}}, "changed since the model was trained"),
        ({"figures": {}}, "changed since the model was trained"),
        ({"seal": "0" * 64}, "changed since the model was trained"),
        ({"hash": "another"}, "holds the model another"),
    ],
)
def test_a_manifest_that_was_changed_is_refused(models: Path, name: str, fields: dict[str, object], says: str) -> None:
    _change(models / name, **fields)
    assert says in (why_not(models, name) or "")
    with pytest.raises(ModelError, match=says):
        load_model(models, name, WEIGHTS)


def test_current_is_replaced_or_left_alone(models: Path, name: str, tmp_path: Path) -> None:
    make_current(models, "another")
    assert current_hash(models) == "another"
    with pytest.raises(ModelError, match="cannot be written"):
        make_current(tmp_path / "nowhere", name)
    assert [each.name for each in models.iterdir() if each.name.startswith(".")] == []
