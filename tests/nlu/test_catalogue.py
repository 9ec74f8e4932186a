from __future__ import annotations

import json
from pathlib import Path

import pytest

from voicebot.errors import ModelError
from voicebot.nlu.catalogue import PROMOTIONS, all_models, find_model, note_promotion


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name in ("abc123", "abd456", "f00ba4", ".building-x"):
        (tmp_path / name).mkdir()
    (tmp_path / "current").write_text("abc123\n")
    return tmp_path


@pytest.mark.parametrize(("beginning", "name"), [("abc", "abc123"), ("abd456", "abd456"), ("f", "f00ba4")])
def test_as_much_of_a_hash_as_no_other_has_is_enough(models: Path, beginning: str, name: str) -> None:
    assert find_model(models, beginning) == name


@pytest.mark.parametrize(
    ("beginning", "says"),
    [
        ("ab", "begins the names of 2 models (abc123, abd456)"),
        ("abc124", "did you mean abc123?"),
        ("zzz", "there are abc123, abd456, f00ba4."),
        ("", "there are abc123"),
        ("../models/abc123", "there is no model ../models/abc123"),
    ],
)
def test_what_is_none_or_several_is_said_with_those_that_were_meant(models: Path, beginning: str, says: str) -> None:
    with pytest.raises(ModelError) as caught:
        find_model(models, beginning)
    assert says in caught.value.message


def test_where_nothing_was_trained_the_way_out_is_named(tmp_path: Path) -> None:
    assert all_models(tmp_path / "nowhere") == ()
    with pytest.raises(ModelError, match="voicebot train"):
        find_model(tmp_path / "nowhere", "abc")


def test_a_folder_without_a_manifest_is_listed_with_what_is_wrong(models: Path) -> None:
    listed = all_models(models)
    assert [each.hash for each in listed] == ["abc123", "abd456", "f00ba4"]
    assert all(each.info is None and "manifest.json" in each.trouble for each in listed)


def test_each_promotion_is_one_line_of_json(models: Path) -> None:
    note_promotion(models, {"hash": "abc123", "why": "two\nlines — “quoted”"})
    note_promotion(models, {"hash": "abd456"})
    lines = (models / PROMOTIONS).read_text("utf-8").splitlines()
    assert [json.loads(line)["hash"] for line in lines] == ["abc123", "abd456"]
    assert "—" in lines[0]
