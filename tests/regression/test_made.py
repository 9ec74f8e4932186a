"""Recordings are made again where their description has changed, and nowhere else; no voice is needed to tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from voicebot.errors import ContentError
from voicebot.regression.made import Made
from voicebot.regression.make_calls import main
from voicebot.regression.making import Making

TWO: dict[str, Any] = {
    "babble": [{"voice": "low", "words": "one"}],
    "recordings": {
        "plain": {"for": "-", "voice": "low", "words": "hello"},
        "crowded": {"for": "-", "voice": "low", "words": "hello", "background": "babble"},
    },
}


def making(**changes: dict[str, Any]) -> Making:
    recordings = {name: {**entry, **changes.get(name, {})} for name, entry in TWO["recordings"].items()}
    return Making.model_validate({**TWO, "recordings": recordings})


@pytest.fixture
def made(tmp_path: Path) -> Made:
    found = Made(tmp_path)
    for name in TWO["recordings"]:
        found.note(making(), name, b"a wav of " + name.encode())
    return found


def test_what_was_made_is_known_to_the_next_who_asks(made: Made, tmp_path: Path) -> None:
    assert made.is_made(making(), "plain")
    assert Made(tmp_path).is_made(making(), "plain")
    assert Made(tmp_path).is_made(making(), "crowded")


@pytest.mark.parametrize(
    "change", [{"words": "hullo"}, {"voice": "high"}, {"speed": 1.1}, {"level": -30}, {"background": "pink"}]
)
def test_another_description_is_made_again_and_no_other(made: Made, change: dict[str, Any]) -> None:
    assert not made.is_made(making(plain=change), "plain")
    assert made.is_made(making(plain=change), "crowded")


def test_what_a_recording_is_for_changes_nothing(made: Made) -> None:
    assert made.is_made(making(plain={"for": "An answer."}), "plain")


def test_other_people_behind_a_caller_change_only_those_with_people_behind(made: Made) -> None:
    others = making().model_copy(update={"babble": ()})

    assert not made.is_made(others, "crowded")
    assert made.is_made(others, "plain")


def test_a_file_that_is_gone_or_was_changed_by_hand_is_made_again(made: Made, tmp_path: Path) -> None:
    (tmp_path / "plain.wav").unlink()
    (tmp_path / "crowded.wav").write_bytes(b"something else")

    assert not made.is_made(making(), "plain")
    assert not made.is_made(making(), "crowded")


def test_what_is_described_no_more_is_forgotten(made: Made, tmp_path: Path) -> None:
    only = Making.model_validate({"recordings": {"plain": TWO["recordings"]["plain"]}})
    made.note(only, "plain", b"again")

    assert "crowded" not in (tmp_path / "made.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["{", "[]", '{"plain": 3}'])
def test_a_damaged_list_is_told_with_the_way_out(tmp_path: Path, damage: str) -> None:
    (tmp_path / "made.json").write_text(damage, encoding="utf-8")

    with pytest.raises(ContentError, match=r"made\.json is damaged; delete it"):
        Made(tmp_path)


def test_the_command_says_what_would_be_made_without_any_model(tmp_path: Path) -> None:
    text = tmp_path / "calls.yaml"
    text.write_text("recordings:\n  yes: {for: An answer., voice: bf_emma, words: Yes.}\n", encoding="utf-8")
    nowhere = ["--calls", str(text), "--check", "--weights", str(tmp_path / "none")]

    found = CliRunner().invoke(main, nowhere)
    assert (found.exit_code, found.stderr) == (1, "1 would be made: yes\n")

    wanted = Making.model_validate({"recordings": {"yes": {"for": "An answer.", "voice": "bf_emma", "words": "Yes."}}})
    Made(tmp_path).note(wanted, "yes", b"RIFF")
    found = CliRunner().invoke(main, nowhere)
    assert (found.exit_code, found.stderr) == (0, "Every recording is as it is described.\n")


def test_an_unknown_recording_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    text = tmp_path / "calls.yaml"
    text.write_text("recordings:\n  yes: {for: An answer., voice: bf_emma, words: Yes.}\n", encoding="utf-8")

    found = CliRunner().invoke(main, ["--calls", str(text), "--only", "no"])
    assert found.exit_code == 2
    assert "describes no recording called no; it has yes." in found.stderr
