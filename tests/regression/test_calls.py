"""How the recordings of tests/calls are made: its text can be read, its files are there and fit it."""

from pathlib import Path

import pytest

from voicebot.errors import ContentError
from voicebot.regression.line import decode
from voicebot.regression.made import Made
from voicebot.regression.making import Making, read_making
from voicebot.regression.suites.model import Suite
from voicebot.regression.suites.reading import read_suite
from voicebot.routing.issues import errors
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table
from voicebot.speech.telephone import RATE, level, speech_level

FOLDER = Path(__file__).parents[1] / "calls"
MEGABYTES = 40
COUNCIL = 75
"""Intents of the example council."""
SMALLEST = """
at: "2026-02-10T10:30"
confirm: yes.wav
babble: []
recordings:
  yes: {for: An answer., voice: bf_emma, words: Yes.}
calls:
  one:
    for: The smallest call.
    steps: [{play: yes.wav, decision: accept}, {keys: "0"}]
    expect: {outcome: connected}
"""


@pytest.fixture(scope="module")
def calls() -> Making:
    return read_making(FOLDER / "calls.yaml")


def written(folder: Path, text: str) -> Path:
    path = folder / "calls.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_recording_is_there_and_none_that_is_not_described(calls: Making) -> None:
    there = {path.stem for path in FOLDER.glob("*.wav")}

    assert there == set(calls.recordings), "run scripts/make_calls, and delete what calls.yaml does not describe"


def test_recordings_are_mu_law_telephone_audio_as_loud_as_described(calls: Making) -> None:
    for name, recording in calls.recordings.items():
        wav = (FOLDER / f"{name}.wav").read_bytes()
        audio = decode(wav)
        assert wav[20:24] == b"\x07\x00\x01\x00", f"{name} is not mono µ-law"
        if recording.words and recording.background is None:
            assert speech_level(audio) == pytest.approx(recording.level, abs=1), (
                f"{name} has another level than described"
            )
        elif recording.background is not None and recording.seconds:
            assert level(audio) == pytest.approx(recording.level, abs=1), f"{name} has another level than described"
        if recording.seconds:
            assert audio.size == recording.seconds * RATE, f"{name} has another length than described"


def test_every_recording_was_made_from_its_text_as_it_stands(calls: Making) -> None:
    made = Made(FOLDER)

    changed = [name for name in calls.recordings if not made.is_made(calls, name)]
    assert not changed, f"run scripts/make_calls: {', '.join(changed)}"


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < MEGABYTES * 1e6


@pytest.fixture(scope="module")
def suite(table: Table) -> Suite:
    found, issues = read_suite(FOLDER, table)
    assert not errors(issues)
    assert not found.broken
    return found


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table(FOLDER.parents[1] / "routing.yaml")


def test_every_intent_is_rung_about_by_three_voices_at_least(suite: Suite, table: Table) -> None:
    voices: dict[str, set[str]] = {intent: set() for intent in table.intents}
    for call in suite.calls:
        for intent in call.expect.intent:
            voices[intent] |= {step.play.tags["voice"] for step in call.steps if step.play and step.play.words}

    assert len(voices) == COUNCIL
    assert {intent for intent, heard in voices.items() if len(heard) < 3} == set()
    assert len(suite.calls) >= 250


def test_the_suite_has_all_kinds_of_callers(suite: Suite) -> None:
    kinds = {call.tags.get("kind") for call in suite.calls}

    assert kinds >= {"long", "hesitant", "stammer", "slow", "terse", "upset", "learner", "urgent", "foreign", "noisy"}
    assert kinds >= {"vague", "hours", "transfer", "universal", "several-turns", "no-words"}
    assert {call.tags.get("accent") for call in suite.calls} >= {"Scottish", "Lancashire", "West Midlands", "American"}
    assert sum(call.expect.outcome == ("abandoned",) for call in suite.calls) >= 15


@pytest.mark.parametrize("folder", ["real", "real-share-alike"])
def test_real_voices_have_their_words_and_a_notice(folder: str, table: Table) -> None:
    suite, issues = read_suite(FOLDER / folder, table)

    assert not errors(issues)
    assert suite.calls
    assert all(sound.words is not None for sound in suite.sounds.values())
    notice = (FOLDER / folder / "NOTICE.md").read_text(encoding="utf-8")
    assert all(f"`{name}" in notice for name in suite.sounds)


def test_making_reads_past_what_is_said_for_reports(tmp_path: Path) -> None:
    told = SMALLEST.replace("words: Yes.", "words: Yes., accent: Scottish, noise: street, tags: {age: old}")

    assert read_making(written(tmp_path, told)).recordings["yes"].words == "Yes."


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("words: Yes.", "words: Yes., speed: 9", r"calls\.yaml:6: recordings\.yes\.speed"),
        ("voice: bf_emma, ", "", r"calls\.yaml:6: recordings\.yes: .*a voice"),
        ("words: Yes.", "seconds: 3", r"calls\.yaml:6: recordings\.yes: .*words need a voice"),
        ("confirm: yes.wav", "confirm: yes.wav\nconfirm: no.wav", r"calls\.yaml:4:.*twice"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in SMALLEST
    with pytest.raises(ContentError, match=told):
        read_making(written(tmp_path, SMALLEST.replace(right, wrong)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"calls\.yaml cannot be read: No such file"):
        read_making(tmp_path / "calls.yaml")
