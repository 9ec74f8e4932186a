"""The streaming detector against the one that judges a whole recording, on real calls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model

from voicebot.speech.audio import decode
from voicebot.speech.vad import WINDOW, SileroActivity

CALLS = Path(__file__).parents[1] / "calls"


def windows(name: str) -> np.ndarray:
    samples = decode((CALLS / f"{name}.wav").read_bytes())
    return samples[: len(samples) // WINDOW * WINDOW]


def test_window_by_window_it_says_what_it_says_of_the_whole():
    sound = windows("pothole")
    activity = SileroActivity()
    one_by_one = [activity.probability(each) for each in sound.reshape(-1, WINDOW)]
    assert one_by_one == pytest.approx(get_vad_model()(sound.copy()).reshape(-1), abs=1e-3)
    assert max(one_by_one) > 0.5


def test_two_calls_at_once_do_not_hear_each_other():
    sound = windows("bins").reshape(-1, WINDOW)
    alone, first, second = SileroActivity(), SileroActivity(), SileroActivity()
    for window in sound[:60]:
        second.probability(np.zeros(WINDOW, dtype=np.float32))
        assert first.probability(window) == alone.probability(window)


def test_music_is_no_voice():
    activity = SileroActivity()
    assert max(activity.probability(each) for each in windows("hold-music").reshape(-1, WINDOW)) < 0.5


def test_anything_but_a_window_is_refused():
    with pytest.raises(ValueError, match="512"):
        SileroActivity().probability(np.zeros(511, dtype=np.float32))
