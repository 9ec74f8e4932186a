"""Exit codes mean something, whichever command gives them; and what is printed is what was stored."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voicebot.cli import main
from voicebot.commands.output import table

BAD = next((Path(__file__).parent / "routing_files/bad").glob("*.yaml"))


def exit_code(monkeypatch, *arguments: str) -> object:
    monkeypatch.setattr(sys, "argv", ["voicebot", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("TWILIO_AUTH_TOKEN", "VOICEBOT_PORT", "VOICEBOT_SECRET_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "k" * 32)


def test_done_is_0(monkeypatch):
    assert exit_code(monkeypatch, "config") == 0


def test_mistakes_found_and_nothing_to_erase_are_1(monkeypatch):
    assert exit_code(monkeypatch, "check", str(BAD)) == 1
    assert exit_code(monkeypatch, "erase", "CA0", "--yes") == 1


def test_what_cannot_be_done_as_asked_is_2_and_one_line(monkeypatch, capsys):
    monkeypatch.setenv("VOICEBOT_PORT", "eighty")
    assert exit_code(monkeypatch, "config") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("voicebot: VOICEBOT_PORT: ")
    assert exit_code(monkeypatch, "frobnicate") == 2


def test_a_table_shows_the_tags_that_stand_for_what_was_taken_out(capsys):
    table(("words",), [("My name is [name], ring [telephone]",)], "none")
    assert "My name is [name], ring [telephone]" in capsys.readouterr().out
