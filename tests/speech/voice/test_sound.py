"""Pieces of speech as telephone sound."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from tests.speech.voice.speakers import Tones
from voicebot.errors import RecordingError
from voicebot.live.sound import samples
from voicebot.speech.telephone import RATE, speech_level
from voicebot.speech.voice.sound import CLAUSE_PAUSE, SENTENCE_PAUSE, as_piece, joined


def piece(words: str, loudness: float = 0.3) -> bytes:
    speaker = Tones(loudness)
    return as_piece(speaker.speak(words, ""), speaker.rate)


def test_whoever_speaks_is_as_loud_as_everybody_else() -> None:
    for loudness in (0.02, 0.3, 0.9):
        assert speech_level(samples(piece("hello there", loudness))) == pytest.approx(-20, abs=0.5)


def test_silence_round_the_words_is_cut_off() -> None:
    assert len(piece("one two")) / RATE == pytest.approx(0.5 + 0.06, abs=0.02)


def test_a_joint_cannot_be_heard() -> None:
    sound = samples(joined([piece("For a pothole,"), piece("press 1.")], slow=False))
    whole = np.abs(np.diff(samples(piece("For a pothole,")))).max()
    assert np.abs(np.diff(sound)).max() <= whole * 1.2, "no step that is larger than speech itself makes"
    edges = [samples(piece(words))[[0, -1]] for words in ("For a pothole,", "press 1.")]
    assert np.abs(np.concatenate(edges)).max() < 0.001, "every piece begins and ends in silence"


def test_pauses_are_those_of_speech_and_longer_for_who_wants_it_slower() -> None:
    one, two = piece("a"), piece("b")
    extra = len(joined([one, two], slow=False)) - len(one) - len(two)
    assert extra / RATE == pytest.approx(CLAUSE_PAUSE + SENTENCE_PAUSE, abs=0.001)
    assert len(joined([one, two], slow=True)) - len(one) - len(two) == pytest.approx(1.5 * extra, abs=2)


def test_nothing_outside_the_telephones_band_is_left() -> None:
    rate = 24_000
    time = np.arange(rate) / rate
    hum = 0.3 * np.sin(2 * np.pi * 50 * time) + 0.1 * np.sin(2 * np.pi * 1000 * time)
    spectrum = np.abs(np.fft.rfft(samples(as_piece(hum, rate))))
    at = np.fft.rfftfreq(len(as_piece(hum, rate)), 1 / RATE)
    assert spectrum[at < 100].max() < spectrum[(at > 900) & (at < 1100)].max() / 100


def test_silence_is_no_piece() -> None:
    with pytest.raises(RecordingError, match="nothing to be heard"):
        as_piece(soxr.resample(np.zeros(16_000), 16_000, 24_000), 24_000)
