"""What becomes of the files after they were published, as the log and `/readyz` tell it: real files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from voicebot.routing import on_disk, source
from voicebot.routing.default_wording import default_wording
from voicebot.routing.loader import load_table
from voicebot.routing.on_disk import FilesOnDisk, Watch

SMALL, _, _ = (Path(__file__).parents[1] / "routing_files/good/small.yaml").read_text("utf-8").partition("wording:\n")
LINE = SMALL.splitlines().index("    to: outside") + 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "routing.yaml"
    path.write_text(SMALL, "utf-8")
    return path


def edit(file: Path, text: str) -> None:
    """As an editor does it that writes a new file and puts it in place of the old one."""
    new = file.with_suffix(".new")
    new.write_text(text, "utf-8")
    os.replace(new, file)


def events(watch: Watch) -> list[str]:
    with capture_logs() as lines:
        watch.look()
    return [each["event"] for each in lines]


def test_the_states_of_the_files(file: Path) -> None:
    live = load_table(file).hash
    files = FilesOnDisk(file)
    assert files.compare(live).state == "same"
    assert files.compare("another").state == "differs"
    assert files.compare(None).state == "differs"
    edit(file, SMALL.replace("two minutes", "six minutes"))
    assert (files.compare(live).state, files.compare(live).issues) == ("differs", ())
    edit(file, SMALL.replace("to: outside", "to: outsde"))
    found = files.compare(live)
    assert found.state == "broken"
    assert [(each.line, each.code) for each in found.issues] == [(LINE, "E201")]
    file.unlink()
    assert (files.compare(live).state, files.compare(live).hash) == ("broken", None)
    edit(file, SMALL)
    assert files.compare(live).state == "same"


def test_a_file_of_the_folder_counts_too(file: Path) -> None:
    files = FilesOnDisk(file)
    live = load_table(file).hash
    assert files.compare(live).state == "same"
    folder = file.with_suffix(".d")
    folder.mkdir()
    (folder / "highways.yaml").write_text("vocabulary: [Chipping Marl]\n", "utf-8")
    assert files.compare(live).state == "differs"
    (folder / "highways.yaml").write_text("vocabulry: [Chipping Marl]\n", "utf-8")
    found = files.compare(live)
    assert found.state == "broken"
    assert found.issues[0].file == "routing.d/highways.yaml"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_nobody_may_read_any_more_is_broken(file: Path) -> None:
    live = load_table(file).hash
    files = FilesOnDisk(file)
    assert files.compare(live).state == "same"
    file.chmod(0)
    assert files.compare(live).state == "broken"
    file.chmod(0o644)
    assert files.compare(live).state == "same"


def test_a_change_of_permissions_alone_is_seen(file: Path) -> None:
    """Also where nothing is closed to whoever runs this."""
    files = FilesOnDisk(file)
    before = files._stamp()
    assert files._stamp() == before
    file.chmod(0o600)
    assert files._stamp() != before


def test_what_the_intents_keep_from_being_published_is_broken(file: Path, tmp_path: Path) -> None:
    intents = tmp_path / "intents"
    intents.mkdir()
    for name in ("bus_times", "life_in_danger", "district_bins"):
        (intents / f"{name}.yaml").touch()
    files = FilesOnDisk(file, intents)
    found = files.compare("another")
    assert found.state == "broken"
    assert "pothole.yaml" in found.issues[0].message
    (intents / "pothole.yaml").touch()
    assert files.compare("another").state == "differs"
    assert FilesOnDisk(file, tmp_path / "elsewhere").compare("another").state == "differs", "there are none to fit"


def test_wording_that_an_upgrade_has_changed_is_a_difference(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = load_table(file).hash
    monkeypatch.setattr(source, "default_wording", lambda: {**default_wording(), "goodbye": "Bye."})
    assert FilesOnDisk(file).compare(live).state == "differs"


def test_files_that_stay_are_read_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    real = on_disk.parse_table
    monkeypatch.setattr(on_disk, "parse_table", lambda *given, **named: read.append(given) or real(*given, **named))
    files = FilesOnDisk(file)
    for live in ("another", "another", None):
        files.compare(live)
    assert len(read) == 1
    edit(file, SMALL)
    files.compare(None)
    assert len(read) == 2


def test_each_change_is_told_once(file: Path) -> None:
    live = load_table(file).hash
    watch = Watch(FilesOnDisk(file), lambda: live)
    assert events(watch) == []
    edit(file, SMALL.replace("two minutes", "six minutes"))
    assert events(watch) == ["routing_file_differs"]
    assert events(watch) == []
    edit(file, SMALL.replace("to: outside", "to: outsde"))
    with capture_logs() as lines:
        watch.look()
        watch.look()
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("routing_file_broken", "error")
    assert line["reason"].startswith(f"routing.yaml:{LINE}:9: E201 there is no queue outsde")
    edit(file, SMALL.replace("to: outside", "to: otside"))
    assert events(watch) == ["routing_file_broken"], "another mistake"
    edit(file, SMALL)
    assert events(watch) == ["routing_file_same"]
    assert events(watch) == []
