"""One recording from its description: pauses, backgrounds, seeds. A tone generator stands in for Kokoro's voices."""

from typing import Any

import numpy as np
import pytest

from voicebot.regression.line import decode
from voicebot.regression.making import Making
from voicebot.regression.recording import Studio
from voicebot.speech.telephone import RATE, Audio, level, speech_level

CALLS: dict[str, Any] = {
    "babble": [{"voice": "low", "words": "one"}, {"voice": "high", "words": "two"}],
    "recordings": {
        "plain": {"for": "-", "voice": "low", "words": "hello"},
        "paused": {"for": "-", "voice": "low", "words": "hello [1.2] hello", "before": "0", "after": "0"},
        "crowded": {"for": "-", "voice": "low", "words": "hello", "background": "babble", "snr": "6"},
        "quiet": {"for": "-", "voice": "low", "words": "hello", "level": "-40"},
        "empty": {"for": "-", "seconds": "2"},
        "music": {"for": "-", "seconds": "3", "background": "hold_music", "level": "-25"},
    },
}


class Tones:
    """Speaks every word as one second of a tone."""

    rate = 24_000

    def __init__(self) -> None:
        self.spoken: list[str] = []

    def speak(self, words: str, voice: str, speed: float = 1.0, language: str = "") -> Audio:
        self.spoken.append(words)
        pitch = {"low": 500, "high": 1500}[voice]
        return 0.4 * np.sin(2 * np.pi * pitch * np.arange(self.rate) / self.rate)


@pytest.fixture
def studio() -> Studio:
    return Studio(Making.model_validate(CALLS), Tones())


def test_pauses_last_as_long_as_the_text_says(studio: Studio) -> None:
    audio = decode(studio.make("paused"))
    frames = audio[: audio.size // 80 * 80].reshape(-1, 80)
    quiet = np.sqrt((frames**2).mean(axis=1)) < 0.01

    assert audio.size == pytest.approx(3.2 * RATE, abs=2)
    assert quiet.sum() * 0.01 == pytest.approx(1.2, abs=0.03)


def test_a_line_goes_on_before_and_after_the_words(studio: Studio) -> None:
    assert decode(studio.make("plain")).size == pytest.approx((0.4 + 1 + 0.8) * RATE, abs=2)


def test_callers_are_as_loud_as_described(studio: Studio) -> None:
    assert speech_level(decode(studio.make("plain"))) == pytest.approx(-20, abs=0.5)
    assert speech_level(decode(studio.make("quiet"))) == pytest.approx(-40, abs=0.5)
    assert level(decode(studio.make("music"))) == pytest.approx(-25, abs=0.5)


def test_other_voices_fill_the_pauses_of_a_crowded_room(studio: Studio) -> None:
    crowded, plain = decode(studio.make("crowded")), decode(studio.make("plain"))
    tail = slice(-RATE // 2, None)

    assert level(plain[tail]) < -60
    assert -32 < level(crowded[tail]) < -20


def test_nobody_on_the_line_is_as_long_as_described(studio: Studio) -> None:
    audio = decode(studio.make("empty"))

    assert audio.size == 2 * RATE
    assert level(audio) < -55


def test_a_recording_is_the_same_alone_and_after_others(studio: Studio) -> None:
    for name in CALLS["recordings"]:
        alone = Studio(Making.model_validate(CALLS), Tones())
        assert studio.make(name) == alone.make(name)


def test_background_voices_are_spoken_once_for_all_recordings() -> None:
    speaker = Tones()
    studio = Studio(Making.model_validate(CALLS), speaker)
    studio.make("crowded")
    studio.make("crowded")

    assert (speaker.spoken.count("one"), speaker.spoken.count("two")) == (1, 1)
