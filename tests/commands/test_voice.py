"""`voicebot voice`, as a user calls it; a tone stands in for the real voice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.speech.voice.speakers import Tones
from voicebot.cli import cli
from voicebot.commands import voice as command
from voicebot.speech.voice.render import alone

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a small routing.yaml and nothing published."""
    monkeypatch.chdir(tmp_path)
    for name in ("VOICEBOT_ROUTING", "DATABASE_URL", "VOICEBOT_PROMPTS", "VOICEBOT_VOICE"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(ROOT / "tests" / "dialogue" / "tree" / "routing.yaml", tmp_path / "routing.yaml")
    monkeypatch.setattr(command, "open_speaker", lambda *_: Tones(word_seconds=0.02))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["voice", *arguments])


def test_status_counts_what_is_missing_and_says_how_long_it_will_take() -> None:
    done = run("status")
    assert done.exit_code == 1
    assert "are missing; rendering takes about" in done.output


def test_what_was_rendered_is_there() -> None:
    done = run("render")
    assert done.exit_code == 0, done.output
    assert "speaking 1 of " in done.stderr
    after = run("status", "--json")
    assert after.exit_code == 0
    assert json.loads(after.stdout)["missing"] == 0
    assert "0 rendered" in run("render").output


def test_every_sentence_is_listed_with_who_speaks_it(folder: Path) -> None:
    (folder / "prompts").mkdir()
    soundfile.write(folder / "prompts" / "bye.wav", 0.3 * np.sin(np.arange(16_000)), 16_000)
    (folder / "prompts" / "prompts.yaml").write_text("recordings:\n  bye.wav: Thank you for calling.\n")
    told = json.loads(run("status", "--all", "--json").stdout)
    by_words = {(each["words"], each["slow"]): each["voice"] for each in told["sentences"]}
    assert by_words["Thank you for calling.", False] == "recorded"
    assert by_words["Thank you for calling.", True] == "missing"
    assert told["recorded"] == 1


def test_mistakes_in_the_list_of_recordings_are_told_with_their_line(folder: Path) -> None:
    (folder / "prompts").mkdir()
    (folder / "prompts" / "prompts.yaml").write_text("recordings:\n  bye.wav: Goodbye.\n")
    done = run("status")
    assert done.exit_code == 1
    assert 'prompts/prompts.yaml:2:3: V004 there is no file "bye.wav"' in done.stderr


def test_a_sentence_can_be_listened_to() -> None:
    done = run("play", "Is it about a pothole?", "--to", "said.wav")
    assert done.exit_code == 0, done.output
    info = soundfile.info("said.wav")
    assert (info.samplerate, info.subtype) == (8000, "ULAW")
    assert info.duration > 0.4


def test_no_word_is_nothing_to_listen_to() -> None:
    done = run("play", "...", "--to", "said.wav")
    assert "cannot be spoken: there is no word in it." in str(done.exception)


def test_two_do_not_render_at_once(folder: Path) -> None:
    with alone(folder / "var" / "prompts"):
        assert "another process is rendering there already" in str(run("render").exception)
