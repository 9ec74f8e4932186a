"""Rendering behind the calls: when it is started, and when not again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voicebot.config import load_settings
from voicebot.speaking import rendering
from voicebot.speech.voice.background import AGAIN_SECONDS, CANNOT_YET, Background
from voicebot.speech.voice.library import Library


class Desk:
    """A rendering that only writes down that it ran, and ends with `code`; a table that can be published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.table: str | None = "table 1"
        self.time = 0.0
        self.code = 0
        self.runs = folder / "runs"
        self.background = Background(self.command, lambda: self.table, folder, folder, now=lambda: self.time)

    @property
    def command(self) -> list[str]:
        ends = f"import sys; open({str(self.runs)!r}, 'a').write('x'); sys.exit({self.code})"
        return [sys.executable, "-S", "-c", ends]

    def looked(self) -> int:
        """How often it has run after a look, the run's end, and another look."""
        self.background.command = self.command
        self.background.look()
        if self.background._process is not None:
            self.background._process.wait(timeout=30)
            self.table, table = None, self.table
            self.background.look()  # notes the end and, without a table, begins nothing
            self.table = table
        return len(self.runs.read_text()) if self.runs.exists() else 0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_it_renders_once_for_a_table_and_again_for_the_next(desk: Desk) -> None:
    assert [desk.looked(), desk.looked()] == [1, 1]
    desk.table = "table 2"
    assert [desk.looked(), desk.looked()] == [2, 2]


def test_it_renders_when_a_call_wanted_something(desk: Desk) -> None:
    desk.looked()
    Library(desk.folder, "bf_emma").audio("Something new.")
    assert desk.looked() == 2


def test_it_renders_when_the_councils_recordings_change(desk: Desk) -> None:
    desk.looked()
    (desk.folder / "prompts.yaml").write_text("recordings:\n")
    assert desk.looked() == 2


def test_what_failed_is_tried_again_later(desk: Desk) -> None:
    desk.code = 2
    assert [desk.looked(), desk.looked()] == [1, 1]
    desk.time += AGAIN_SECONDS + 1
    assert desk.looked() == 2


def test_what_was_stopped_goes_on_at_once(desk: Desk) -> None:
    desk.code = CANNOT_YET
    assert [desk.looked(), desk.looked()] == [1, 2]


def test_sentences_that_cannot_be_spoken_are_not_tried_for_ever(desk: Desk) -> None:
    desk.code = 1
    assert [desk.looked(), desk.looked()] == [1, 1]


def test_no_table_is_nothing_to_do(desk: Desk) -> None:
    desk.table = None
    assert desk.looked() == 0


def test_where_no_channel_is_live_nothing_is_rendered(tmp_path: Path) -> None:
    settings = load_settings(_env_file=None, VOICEBOT_PROMPTS=tmp_path)
    look = rendering(settings, lambda: pytest.fail("looked"), lambda: pytest.fail("looked"))
    look()
