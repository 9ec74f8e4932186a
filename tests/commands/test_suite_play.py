"""`voicebot suite play`, as a tester types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner

from voicebot.commands.suite import suite
from voicebot.errors import ContentError, RecordingError

PERMIT = Path(__file__).parents[1] / "calls" / "permit.wav"


def run(*arguments: str):
    return CliRunner().invoke(suite, ["play", *arguments], catch_exceptions=False)


def test_a_recording_is_written_as_it_sounds_on_such_a_line(tmp_path: Path) -> None:
    out = tmp_path / "heard.wav"
    found = run(str(PERMIT), "--profile", "gsm", "--out", str(out))

    assert found.exit_code == 0
    assert found.output == f"{out}\ngsm: GSM full rate alone (GSM 06.10).\n"
    assert soundfile.info(out).frames == soundfile.info(PERMIT).frames


def test_without_a_name_the_file_is_called_after_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = run(str(PERMIT), "--profile", "loss-10", "--seed", "4", "--json")

    assert json.loads(found.output)["file"] == "permit.loss-10.wav"
    assert (tmp_path / "permit.loss-10.wav").is_file()


def test_all_line_conditions_are_listed() -> None:
    assert "bad-mobile         A mobile with poor coverage" in run("--list").output
    assert json.loads(run("--list", "--json").output)["clean"] == "The recording as it is."


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="did you mean mobile"):
        run(str(PERMIT), "--profile", "moblie")
    with pytest.raises(RecordingError, match=r"nothing\.wav"):
        run(str(tmp_path / "nothing.wav"))
    with pytest.raises(ContentError, match="cannot be written: No such file or directory"):
        run(str(PERMIT), "--profile", "clean", "--out", str(tmp_path / "no" / "x.wav"))
    assert "Name a recording" in run().output
