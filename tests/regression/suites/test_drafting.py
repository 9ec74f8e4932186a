"""Drafts of calls: what is heard and would happen today, or what happened; put into a file whose other bytes stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import soundfile

from tests.regression.suites.suite_folder import RATE, dual, voice
from tests.regression.suites.suite_office import office, run
from tests.storage.ringing import fixed_table
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import (
    Heard,
    Ranked,
)
from voicebot.errors import ContentError, RecogniserError
from voicebot.ports import Transcript
from voicebot.regression.channels import callers_side
from voicebot.regression.suites.drafting import Draft, DraftStep, name_from, with_draft
from voicebot.regression.suites.drafts import Ears, expect_of, takes
from voicebot.regression.suites.reading import read_suite
from voicebot.routing.hours import LONDON
from voicebot.routing.yaml_text import Fields, read_yaml
from voicebot.speech.gate import trustworthy
from voicebot.storage.redaction import redact

__all__ = ["office"]

DAY = datetime(2026, 2, 10, 10, 30, tzinfo=LONDON)
DRAFT = Draft(
    "a-hole", "Drafted.", DAY, "", (DraftStep("a-hole.wav", 'A "big" hole: #1 there.'),), (), {"intent": "pothole"}
)
MADE = """\
  a-hole:
    for: "Drafted."
    at: "2026-02-10 10:30"
    steps:
      - {play: a-hole.wav, words: "A \\"big\\" hole: #1 there."}  # as the bot hears it: correct the words
    expect: {intent: pothole}  # drafted: check me
"""


# --- into the file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("calls:\n  one: {steps: [hang-up]}  # mine\n", ""),
        (
            "# mine\nat:   2026-02-10 10:30   # so\n\ncalls:\n  one:\n    steps: [hang-up]\n",
            "\n# of recordings\nrecordings:\n  x: {words: y}\n",
        ),
        ("calls:\n", "\n\n# the end\nat: 2026-02-10 10:30\n"),
        ("at: 2026-02-10 10:30\ncalls:\n  one:\n    for: >-\n      folded\n      text\n", "\n\n"),
        ("\ufeffcalls:\n  'one': {steps: [hang-up]}\n", "# last words\n"),
    ],
)
def test_every_other_byte_of_the_file_stays(before: str, after: str) -> None:
    assert with_draft(before + after, "calls.yaml", DRAFT) == before + MADE + after


def test_line_ends_and_indentation_are_the_files_own() -> None:
    text = "calls:\r\n    one: {steps: [hang-up]}\r\nat: 2026-02-10 10:30"
    made = "".join(f"  {line}\r\n" for line in MADE.splitlines())
    assert with_draft(text, "calls.yaml", DRAFT) == text.replace("at:", f"{made}at:")


def test_a_file_without_a_last_line_end_and_one_without_calls() -> None:
    assert with_draft("calls:\n  one: {steps: [hang-up]}", "c", DRAFT) == f"calls:\n  one: {{steps: [hang-up]}}\n{MADE}"
    assert with_draft("at: 2026-02-10 10:30\n", "c", DRAFT) == f"at: 2026-02-10 10:30\n\ncalls:\n{MADE}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("calls: {one: {steps: [hang-up]}}\n", "calls.yaml:1: calls are written in brackets"),
        ("calls:\n  one: [\n", "calls.yaml has mistakes"),
        ("calls:\n  a-hole: {steps: [hang-up]}\n", "calls.yaml is written in a way"),
    ],
)
def test_nothing_is_put_into_a_file_that_would_not_be_read(text: str, told: str) -> None:
    with pytest.raises(ContentError) as raised:
        with_draft(text, "calls.yaml", DRAFT)
    assert raised.value.message.startswith(told)


@pytest.mark.parametrize(
    "file", ["Nr. 3, neu.wav", "[1] #2.wav", "Bins: Anne.wav", "it's {so}.wav", '- "a".wav', "Süd 1.wav"]
)
def test_a_file_of_any_name_can_be_drafted(file: str) -> None:
    text = with_draft("calls:\n", "calls.yaml", replace(DRAFT, steps=(DraftStep(file, "Words."), DraftStep(file))))
    root, issues = read_yaml(text, "calls.yaml")
    assert not issues
    assert isinstance(root, Fields)
    call = root.entries[0].value
    assert isinstance(call, Fields)
    parts = {each.key: each.value for each in call.entries[0].value.entries}
    played = [{each.key: each.value.text for each in step.entries}["play"] for step in parts["steps"].items]
    assert played == [file, file]


def test_a_draft_says_what_is_to_be_done_about_it() -> None:
    steps = (DraftStep("one.wav"), DraftStep("two.wav", "My [name] is here.", lost=True), DraftStep(keys="1"))
    at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    draft = replace(
        DRAFT, steps=(*steps, DraftStep(silence=2)), at=at, number="withheld", transfers=("busy", "completed")
    )
    made = with_draft("", "calls.yaml", draft)
    assert "play: one.wav}  # fill in words" in made
    assert 'play: two.wav, words: "My [name] is here."}  # the recording is no longer kept' in made
    assert '{keys: "1"}' in made
    assert 'at: "2026-10-25 01:30+00:00"' in made
    assert "transfers: [busy, completed]" in made


@pytest.mark.parametrize(
    ("words", "taken", "name"),
    [
        ("Hello, I'd like to report a pothole on Mill Lane, please.", [], "pothole-mill-lane"),
        ("My name is [name] and my number is [telephone].", [], "recording"),
        ("The bin, the bin!", ["bin-bin"], "bin-bin-2"),
        ("", ["recording", "recording-2"], "recording-3"),
        ("Bonjour, Caf\u00e9", [], "bonjour-caf"),
    ],
)
def test_a_name_tells_what_the_words_are_about(words: str, taken: list[str], name: str) -> None:
    assert name_from(words, taken) == name


# --- from recordings -----------------------------------------------------------------------------------------------


class Hears:
    """A recogniser that hears what it is told to, one after the other, and fails at None."""

    def __init__(self, *words: str | None) -> None:
        self.words = list(words)

    def transcribe(self, wav: bytes, *, deadline: float, hints: object = ()) -> Transcript:
        words = self.words.pop(0)
        if words is None:
            raise RecogniserError("The recogniser cannot be reached.")
        return Transcript(words, -0.1, 0.01, "en", 0.99, 1.0, 3.0, 2.0 if words else 0.0, 0.1, "base")


def test_each_turn_of_the_caller_is_heard_and_redacted() -> None:
    side = callers_side(dual("say-again", "yes-please", times=2), RATE)
    found = takes(side, RATE, Ears(Hears("Ring 01632 960901.", ""), trustworthy, redact))
    assert [each.words for each in found] == ["Ring [telephone].", ""]


def test_a_recogniser_that_does_not_answer_is_asked_once() -> None:
    side = callers_side(dual("say-again", "yes-please", times=2), RATE)
    ears = Ears(Hears(None), trustworthy, redact)
    assert [each.words for each in takes(side, RATE, ears)] == [None, None]
    assert ears.why == "The recogniser cannot be reached."


def understand(words: str, expecting: Expecting) -> Heard:
    about = next(name for name in ("pothole", "blue_badge_progress", "district_bins") if name[-4:] in words)
    confidence = 0.5 if "perhaps" in words else 0.95
    return Heard(words, (Ranked(about, confidence), Ranked("bus_times", 0.02)), None, confidence)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["a pothole"], {"intent": "pothole", "outcome": "answered", "queue": "highways"}),
        (["progress"], {"intent": "blue_badge_progress", "outcome": "connected", "queue": "blue-badge"}),
        (["progress, perhaps"], {"intent": "blue_badge_progress", "outcome": "connected", "queue": "blue-badge"}),
        (["my bins", "I live in Didbury"], {"intent": "district_bins", "outcome": "signposted", "queue": "south-vale"}),
        ([None], {}),
        ([""], {}),
    ],
)
def test_what_is_expected_is_what_happens_today(words: list[str | None], expected: dict[str, str]) -> None:
    assert expect_of(words, DAY, fixed_table(), understand) == expected


def test_without_a_recogniser_the_words_are_left_to_be_filled_in(office: Path) -> None:
    soundfile.write(office / "both.mp3", dual("say-again", "yes-please", times=2), RATE)
    soundfile.write(office / "one.wav", voice("pothole"), RATE)
    told = run("add", "both.mp3", "one.wav", "--suite", "calls")
    assert "cannot be reached" in told
    suite, issues = read_suite(office / "calls", None)
    assert [[step.play.name for step in call.steps if step.play] for call in suite.calls] == [
        ["recording.wav", "recording-2.wav"],
        ["recording-3.wav"],
    ]
    assert {each.code for each in issues} == {"N902", "N906"}
    assert soundfile.info(office / "calls" / "recording.wav").samplerate == RATE
    assert (office / "calls" / "calls.yaml").read_text("utf-8").count("# fill in words") == 3


def test_several_recordings_can_be_one_call_and_what_lies_there_is_not_copied(office: Path) -> None:
    (office / "calls").mkdir()
    for name in ("bins", "didbury"):
        soundfile.write(office / "calls" / f"{name}.wav", voice(name), RATE)
    run("add", "calls/bins.wav", "calls/didbury.wav", "--one-call", "--suite", "calls", "--at", "2026-12-24T12:30")
    (call,) = read_suite(office / "calls", None)[0].calls
    assert [step.play.name for step in call.steps if step.play] == ["bins.wav", "didbury.wav"]
    assert call.at == datetime(2026, 12, 24, 12, 30, tzinfo=UTC)
    assert sorted(each.name for each in (office / "calls").iterdir()) == ["bins.wav", "calls.yaml", "didbury.wav"]


def test_the_file_keeps_its_bytes(office: Path) -> None:
    soundfile.write(office / "one.wav", voice("pothole"), RATE)
    (office / "calls").mkdir()
    before = "\ufeff# Caf\u00e9\r\nat: 2026-02-10 10:30\r\ncalls:\r\n  one: {steps: [hang-up]}\r\n".encode()
    (office / "calls" / "our.yaml").write_bytes(before)
    run("add", "one.wav", "--suite", "calls")
    after = (office / "calls" / "our.yaml").read_bytes()
    assert after.startswith(before)
    assert b"\r\n  recording:\r\n" in after
    assert b"at: " not in after[len(before) :], "the suite's own time will do"


def test_nothing_is_written_where_one_recording_cannot_be_read(office: Path) -> None:
    soundfile.write(office / "one.wav", voice("pothole"), RATE)
    (office / "two.wav").write_text("<html>")
    with pytest.raises(Exception, match=r"two\.wav: the recording is a web page"):
        run("add", "one.wav", "two.wav", "--suite", "calls")
    assert not (office / "calls").exists()
