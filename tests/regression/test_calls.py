"""The text file of the recorded calls: it can be read, its files are there, mistakes in it are told with their line."""

from pathlib import Path

import pytest

from voicebot.errors import ContentError
from voicebot.regression.calls import Calls, read_calls
from voicebot.regression.line import RATE, decode, level, speech_level

FOLDER = Path(__file__).parents[1] / "calls"
MEGABYTES = 6
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
def calls() -> Calls:
    return read_calls(FOLDER / "calls.yaml")


def written(folder: Path, text: str) -> Path:
    path = folder / "calls.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_recording_is_there_and_none_that_is_not_described(calls: Calls) -> None:
    there = {path.stem for path in FOLDER.glob("*.wav")}

    assert there == set(calls.recordings), "run scripts/make_calls, and delete what calls.yaml does not describe"


def test_recordings_are_mu_law_telephone_audio_as_loud_as_described(calls: Calls) -> None:
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


def test_the_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MEGABYTES * 1e6


def test_the_readme_tells_what_each_recording_is_for(calls: Calls) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    missing = [name for name, recording in calls.recordings.items() if f"| `{name}` | {recording.for_}" not in readme]

    assert not missing, f"add these to the table of tests/calls/README.md: {missing}"


def test_every_answer_of_the_file_is_used_in_a_call_or_is_the_confirmation(calls: Calls) -> None:
    played = {step.play for call in calls.calls.values() for step in call.steps} | {calls.confirm}

    assert {f"{name}.wav" for name in calls.recordings} <= played


def test_a_call_rings_at_its_own_time_or_at_the_files(tmp_path: Path) -> None:
    own = SMALLEST.replace("    for: The smallest call.", '    for: The smallest call.\n    at: "2026-12-24T12:30"')

    assert read_calls(written(tmp_path, SMALLEST)).calls["one"].at == "2026-02-10T10:30"
    assert read_calls(written(tmp_path, own)).calls["one"].at == "2026-12-24T12:30"


def test_keys_stay_text_and_one_decision_is_a_list_of_one(tmp_path: Path) -> None:
    first, second = read_calls(written(tmp_path, SMALLEST)).calls["one"].steps

    assert (first.play, first.decision) == ("yes.wav", ("accept",))
    assert (second.keys, second.decision) == ("0", ())


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("words: Yes.", "words: Yes., speed: 9", r"calls\.yaml:6: recordings\.yes\.speed"),
        ("voice: bf_emma, ", "", r"calls\.yaml:6: recordings\.yes: .*a voice"),
        ("words: Yes.", "seconds: 3", r"calls\.yaml:6: recordings\.yes: .*words need a voice"),
        ("decision: accept", "decision: perhaps", r"calls\.yaml:10: calls\.one\.steps\.0\.decision"),
        ('keys: "0"', 'keys: "0", silence: 3', r"calls\.yaml:10: calls\.one\.steps\.1: .*one of play, keys, silence"),
        ("play: yes.wav", "play: no.wav", r"no recording is made for no\.wav"),
        ("outcome: connected", "outcome: fine", r"calls\.yaml:11: calls\.one\.expect\.outcome"),
        ("confirm: yes.wav", "confirm: yes.wav\nconfirm: no.wav", r"calls\.yaml:4:.*twice"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in SMALLEST
    with pytest.raises(ContentError, match=told):
        read_calls(written(tmp_path, SMALLEST.replace(right, wrong)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"calls\.yaml cannot be read: No such file"):
        read_calls(tmp_path / "calls.yaml")
