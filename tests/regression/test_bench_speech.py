"""The recogniser's benchmark: its sets, its arithmetic, and one real run of the smallest kind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voicebot.errors import ContentError
from voicebot.regression.bench_speech import STOCK, difference, measure, table
from voicebot.regression.bench_speech_sets import Utterance, utterances
from voicebot.regression.contenders import Contender

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "audio" / "ours"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "tests/calls/pothole.wav", folder)
    shutil.copy(ROOT / "tests/calls/traffic.wav", folder)
    manifest = "path\ttranscript\npothole.wav\tHi, I'd like to report a pothole please.\ntraffic.wav\t\n"
    (folder / "manifest.tsv").write_text(manifest, encoding="utf-8")
    return folder.parent


def test_every_recording_with_words_is_heard_under_each_condition(data: Path) -> None:
    found = list(utterances(data, ("clean", "quiet")))
    assert [(each.source, each.condition) for each in found] == [("pothole", "clean"), ("pothole", "quiet")]
    assert found[0].wav != found[1].wav
    assert len(list(utterances(data, ("clean", "quiet"), 1))) == 1


def test_a_folder_without_transcripts_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"manifest\.tsv"):
        list(utterances(tmp_path, ("clean",)))


def test_the_same_errors_are_no_difference_and_more_of_them_everywhere_are_one() -> None:
    sources = [f"recording {number}" for number in range(40)]
    theirs = [(1, 10)] * 40
    assert difference(theirs, theirs, sources) == (0.0, 0.0, 0.0)
    apart, low, high = difference([(3, 10)] * 40, theirs, sources)
    assert apart == pytest.approx(0.2)
    assert 0 < low <= high


def test_conditions_of_one_recording_are_no_independent_proof() -> None:
    ours, theirs = [(2, 10), (0, 10)] * 20, [(1, 10)] * 40
    many = difference(ours, theirs, [str(number) for number in range(40)])
    two = difference(ours, theirs, ["first", "second"] * 20)
    assert two[2] - two[1] > many[2] - many[1]


def test_stock_and_ours_hear_the_same_utterance_in_processes_of_their_own() -> None:
    wav = (ROOT / "tests/calls/pothole.wav").read_bytes()
    said = [Utterance("pothole", "clean", "Hi, I'd like to report a pothole please.", wav)]
    contenders = (STOCK, Contender("faster-whisper", "tiny.en"))
    found = measure(said, contenders, ROOT / "weights")
    rows = found["engines"]
    assert list(rows) == ["faster-whisper, stock transcribe()", "faster-whisper tiny.en, as served here"]
    assert all(row["seconds"]["count"] == 1 and row["seconds"]["p50"] > 0 for row in rows.values())
    assert all(row["word_error_rate"] > 0 for row in rows.values())  # more is said in it than is written here
    assert "1 utterances of 1 recordings, under clean" in table(found)
