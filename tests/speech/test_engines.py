"""Real Whisper on real voices, in both libraries, and what keeps its loops from leaving as words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jiwer
import numpy as np
import pytest

from voicebot.errors import WeightsError
from voicebot.speech.activity import Activity, Segment
from voicebot.speech.audio import SAMPLE_RATE, Samples, decode
from voicebot.speech.engines import listening
from voicebot.speech.engines.base import Decoded
from voicebot.speech.engines.checkpoint import read_variables
from voicebot.speech.engines.listening import ListeningEngine
from voicebot.speech.engines.loading import load_engine
from voicebot.speech.engines.loops import compression_ratio, looks_looped, says_twice, truncate_loop
from voicebot.speech.engines.windows import cut
from voicebot.speech.gate import spoken_language, trustworthy

TRAIN = "she can scoop these things into three red bags and we will go meet her wednesday at the train station"


def plain(words: str) -> str:
    kept = "".join(each for each in words.lower() if each.isalnum() or each == " ")
    return kept.replace(" 3 ", " three ")


@pytest.mark.parametrize("engine", ["tiny", "base", "openai_base"])
def test_a_british_speaker_on_the_telephone_is_understood(
    engine: str, request: pytest.FixtureRequest, recording: Callable[[str], bytes]
) -> None:
    heard = request.getfixturevalue(engine).transcribe(decode(recording("train_station_p226")))
    assert jiwer.wer(TRAIN, plain(heard.words)) < 0.15
    assert -0.8 < heard.average_log_probability < 0
    assert heard.no_speech_probability < 0.3
    assert heard.speech_seconds is not None
    assert 3 < heard.speech_seconds <= heard.audio_seconds
    assert trustworthy(heard) == "words"
    assert spoken_language(heard) == "en"


def test_both_libraries_write_the_same_words_from_the_same_weights(
    base: ListeningEngine, openai_base: ListeningEngine, recording: Callable[[str], bytes]
) -> None:
    samples = decode(recording("rainbow_p225"))
    one, other = base.transcribe(samples), openai_base.transcribe(samples)
    assert plain(one.words) == plain(other.words)
    assert one.average_log_probability == pytest.approx(other.average_log_probability, abs=0.15)
    assert one.no_speech_probability == pytest.approx(other.no_speech_probability, abs=0.1)


def test_silence_noise_and_a_tone_are_nothing(tiny: ListeningEngine) -> None:
    noise = np.random.default_rng(7).normal(0, 0.02, 3 * SAMPLE_RATE).astype(np.float32)
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE)).astype(np.float32)
    for samples in (np.zeros(3 * SAMPLE_RATE, np.float32), noise, tone, np.zeros(0, np.float32)):
        heard = tiny.transcribe(samples)
        assert (heard.words, heard.speech_seconds) == ("", 0)
        assert trustworthy(heard) == "nothing"


def test_a_long_recording_is_heard_to_its_end(tiny: ListeningEngine, recording: Callable[[str], bytes]) -> None:
    pause = np.zeros(SAMPLE_RATE, np.float32)
    said = [decode(recording(name)) for name in ("rainbow_p225", "bows_p225", "train_station_p226")]
    samples = np.concatenate([part for each in (*said, *said) for part in (each, pause)])
    assert len(samples) > 30 * SAMPLE_RATE
    words = plain(tiny.transcribe(samples).words)
    assert words.count("train station") == 2
    assert words.count("complicated ideas") == 2


class Telling:
    """A Whisper that writes what it is told to, one answer after the other: the words and their log probability."""

    def __init__(self, answers: list[tuple[str, float]]) -> None:
        self.answers = answers
        self.asked: list[tuple[float, float, int]] = []
        self.window = 0.0

    def encode(self, samples: Samples, window_seconds: float) -> Telling:
        self.window = window_seconds
        return self

    def language(self) -> tuple[str, float]:
        return "en", 0.9

    def decode(self, *, token_limit: int, prompt: str = "", temperature: float = 0.0, beams: int = 1) -> Decoded:
        text, log_probability = self.answers[len(self.asked)]
        self.asked.append((self.window, temperature, beams))
        return Decoded(text, 10, True, log_probability, 0.1)


LOOP = "my bin was not collected " * 6


@pytest.mark.parametrize(
    ("answers", "words", "verdict"),
    [
        (["my bin was missed"], "my bin was missed", "words"),
        ([LOOP, "my bin was missed"], "my bin was missed", "words"),
        ([LOOP, LOOP, "my bin was missed"], "my bin was missed", "words"),
        ([LOOP, LOOP, LOOP], "my bin was not collected", "not_understood"),
    ],
)
def test_a_loop_is_decoded_again_and_never_leaves_as_words(
    answers: list[str], words: str, verdict: str, recording: Callable[[str], bytes]
) -> None:
    whisper = Telling([(answer, -0.3) for answer in answers])
    heard = ListeningEngine(whisper, "base").transcribe(decode(recording("rainbow_p225")))
    assert heard.words == words
    assert trustworthy(heard) == verdict
    assert len(whisper.asked) == len(answers)
    assert whisper.asked[0][0] < 30
    assert [temperature for _, temperature, _ in whisper.asked] == [0.0, 0.0, 0.4][: len(answers)]
    assert all(window == 30 for window, _, _ in whisper.asked[1:])


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([("the bypass lights", -0.5)], "the bypass lights"),
        ([("on the bike path", -0.6), ("on the bypass", -0.55)], "on the bypass"),
        ([("on the bypass", -0.6), ("on the bike path", -0.7)], "on the bypass"),
        ([("on the bypass", -0.6), (LOOP, -0.1)], "on the bypass"),
    ],
    ids=["sure enough", "beams are likelier", "beams are not", "beams loop"],
)
def test_what_is_heard_unsurely_is_decoded_again_with_beams(
    answers: list[tuple[str, float]], words: str, recording: Callable[[str], bytes]
) -> None:
    whisper = Telling(answers)
    assert ListeningEngine(whisper, "base").transcribe(decode(recording("rainbow_p225"))).words == words
    assert [beams for _, _, beams in whisper.asked] == [1, 5][: len(answers)]
    assert len({window for window, _, _ in whisper.asked}) == 1, "it is not encoded again"


def test_beams_of_both_libraries_hear_what_greedy_hearing_hears(
    tiny: ListeningEngine,
    openai_base: ListeningEngine,
    recording: Callable[[str], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    samples = decode(recording("train_station_p226"))
    for engine in (tiny, openai_base):
        greedy = engine.transcribe(samples)
        monkeypatch.setattr(listening, "UNSURE_LOG_PROBABILITY", 0.0)
        beams = engine.transcribe(samples)
        monkeypatch.undo()
        assert plain(beams.words) == plain(greedy.words)
        assert beams.average_log_probability >= greedy.average_log_probability


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no no no no", "no no no no"),
        ("oh oh oh oh oh oh oh oh oh", "oh"),
        ("zero seven seven zero zero nine zero zero", "zero seven seven zero zero nine zero zero"),
        ("I want to pay. I want to pay.", "I want to pay. I want to pay."),
        ("I want to pay, I want to pay, I want to pay, I want", "I want to pay, I want"),
        ("", ""),
    ],
)
def test_only_what_nobody_would_say_counts_as_a_loop(text: str, kept: str) -> None:
    assert truncate_loop(text) == kept
    assert looks_looped(text) == (text != kept)


def test_the_measures_of_repetition() -> None:
    assert compression_ratio("") == 0
    assert compression_ratio(LOOP) > 2.4
    assert says_twice("a thin stripe runs down a thin stripe runs down")
    assert not says_twice("yes please yes please")


def test_windows_are_cut_at_silences_and_lose_no_speech() -> None:
    second = SAMPLE_RATE
    activity = Activity((Segment(0, 10 * second), Segment(12 * second, 25 * second), Segment(27 * second, 95 * second)))
    windows = cut(activity, 96 * second)
    assert all(window.seconds <= 30 for window in windows)
    assert windows[0].start == 0
    assert windows[0].end == 25 * second + int(0.3 * second)
    assert windows[-1].end == 95 * second + int(0.3 * second)
    assert cut(Activity(()), second) == ()


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"\x06\x00\x00\x00\x0c\x00WhisperSpec\x00\x03\x00")
    with pytest.raises(WeightsError, match="cannot be read as a CTranslate2 model"):
        read_variables(tmp_path / "model.bin")


def test_an_engine_without_weights_says_where_they_should_be(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="whisper-base"):
        load_engine("openai-whisper", "base", tmp_path)
