from __future__ import annotations

import threading

import pytest

from voicebot.config import Settings
from voicebot.errors import RecogniserError
from voicebot.ports import Transcript
from voicebot.regression.suites.hearing_cache import CachedRecogniser, Identity, identity
from voicebot.regression.telephone_wav import silent_wav

WHO = Identity("openai-whisper base", "0123456789abcdef")
WORDS = "my name is Anne Sample"


class Counting:
    """Hears WORDS, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def transcribe(self, wav, *, deadline, hints=()):
        self.asked += 1
        return Transcript(WORDS, -0.25, 0.01, "en", 0.97, 1.1, 2.0, 1.5, 0.4, "base")


@pytest.fixture
def counting():
    return Counting()


def hear(folder, recogniser, wav=b"a sound", hints=(), **more):
    return CachedRecogniser(folder, more.pop("who", WHO), recogniser, **more).transcribe(wav, deadline=1.0, hints=hints)


def test_what_was_heard_once_is_not_heard_again_and_is_the_same_to_the_last_figure(tmp_path, counting):
    first = hear(tmp_path, counting)
    assert hear(tmp_path, counting) == first
    assert counting.asked == 1


@pytest.mark.parametrize(
    "other",
    [{"wav": b"another sound"}, {"hints": ("Didbury",)}, {"who": Identity("openai-whisper base", "fedcba9876543210")}],
    ids=["sound", "hints", "recogniser"],
)
def test_another_sound_other_hints_or_another_recogniser_are_heard_afresh(tmp_path, counting, other):
    hear(tmp_path, counting)
    hear(tmp_path, counting, **other)
    assert counting.asked == 2


def test_fresh_ears_hear_everything_again_and_renew_what_is_remembered(tmp_path, counting):
    hear(tmp_path, counting)
    hear(tmp_path, counting, fresh=True)
    assert counting.asked == 2
    hear(tmp_path, counting)
    assert counting.asked == 2


@pytest.mark.parametrize("spoilt", [b"", b"{}", b"\x00\xff not a token"], ids=["empty", "json", "bytes"])
def test_an_entry_that_is_spoilt_is_heard_again_and_written_anew(tmp_path, counting, spoilt):
    hear(tmp_path, counting)
    (entry,) = tmp_path.rglob("*.heard")
    entry.write_bytes(spoilt)
    assert hear(tmp_path, counting).words == WORDS
    assert hear(tmp_path, counting).words == WORDS
    assert counting.asked == 2


def test_an_entry_of_another_sound_cannot_be_passed_off_as_this_one(tmp_path, counting):
    hear(tmp_path, counting, wav=b"one")
    (first,) = tmp_path.rglob("*.heard")
    hear(tmp_path, counting, wav=b"two")
    (second,) = set(tmp_path.rglob("*.heard")) - {first}
    second.write_bytes(first.read_bytes())
    hear(tmp_path, counting, wav=b"two")
    assert counting.asked == 3


def test_nobody_reads_a_callers_words_out_of_the_cache_without_the_recording(tmp_path, counting):
    hear(tmp_path, counting)
    for file in tmp_path.rglob("*"):
        assert "Anne" not in file.name
        assert file.is_dir() or b"Anne" not in file.read_bytes()


def test_a_recogniser_that_failed_is_asked_again(tmp_path, counting):
    class Failing:
        def transcribe(self, wav, *, deadline, hints=()):
            raise RecogniserError("no")

    with pytest.raises(RecogniserError):
        hear(tmp_path, Failing())
    assert hear(tmp_path, counting).words == WORDS


def test_a_folder_that_cannot_be_written_to_costs_no_call(tmp_path, counting):
    (tmp_path / "taken").write_text("a file where the folder should be")
    assert hear(tmp_path / "taken", counting).words == WORDS
    assert hear(tmp_path / "taken", counting).words == WORDS
    assert counting.asked == 2


def test_many_threads_leave_whole_entries_and_nothing_else(tmp_path, counting):
    cached = CachedRecogniser(tmp_path, WHO, counting)
    wavs = [silent_wav(0.01 * n) for n in range(1, 6)] * 8
    threads = [threading.Thread(target=cached.transcribe, args=(wav,), kwargs={"deadline": 1.0}) for wav in wavs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) == 5
    assert {file.suffix for file in files} == {".heard"}
    before = counting.asked
    assert all(cached.transcribe(wav, deadline=1.0).words == WORDS for wav in wavs)
    assert counting.asked == before


def test_engine_and_model_make_another_recogniser():
    found = {
        identity(Settings(_env_file=None, VOICEBOT_ENGINE=engine, VOICEBOT_WHISPER_MODEL=model)).hash
        for engine in ("openai-whisper", "faster-whisper")
        for model in ("base", "tiny.en")
    }
    assert len(found) == 4
