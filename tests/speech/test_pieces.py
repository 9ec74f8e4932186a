from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from voicebot.errors import RecordingError
from voicebot.speech.audio import SAMPLE_RATE, decode
from voicebot.speech.pieces import LONGEST_PIECE, pieces

RATE = 8000


def telephone(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="ULAW")
    return file.getvalue()


def humming(seconds: float) -> np.ndarray:
    return 0.4 * np.sin(np.arange(int(seconds * RATE)) * 0.3)


def test_an_utterance_stays_whole() -> None:
    (only,) = pieces(telephone(humming(LONGEST_PIECE)))
    assert len(decode(only)) == LONGEST_PIECE * SAMPLE_RATE


def test_two_minutes_are_cut_where_it_is_quiet_and_nothing_is_lost() -> None:
    sound = humming(120)
    pauses = [15.0, 31.0, 49.0, 62.0, 80.0, 95.0, 109.0]
    for pause in pauses:
        sound[int(pause * RATE) : int((pause + 0.3) * RATE)] = 0
    found = [decode(each) for each in pieces(telephone(sound))]
    assert all(len(each) <= LONGEST_PIECE * SAMPLE_RATE for each in found)
    assert sum(map(len, found)) == 120 * SAMPLE_RATE
    cuts = np.cumsum([len(each) for each in found])[:-1] / SAMPLE_RATE
    assert all(any(pause <= cut <= pause + 0.3 for pause in pauses) for cut in cuts)
    together, whole = np.concatenate(found), decode(telephone(sound), limit_seconds=120)
    assert float(np.abs(together - whole).max()) < 0.001


def test_what_is_no_audio_is_refused() -> None:
    with pytest.raises(RecordingError, match="web page"):
        pieces(b"<html>not found</html>")
