"""The run's own recogniser: real tiny.en in a real process, which is killed."""

from __future__ import annotations

import os
import signal

import pytest
from suite_bots import CALLS, SETTINGS

from voicebot.errors import RecogniserError
from voicebot.regression.suites.recognisers import RecogniserProcess
from voicebot.regression.telephone_wav import telephone_wav

SPOKEN = telephone_wav(CALLS / "advisor.wav")


@pytest.fixture
def recogniser(tmp_path):
    made = RecogniserProcess(SETTINGS.model_copy(update={"whisper_model": "tiny.en"}), tmp_path)
    yield made
    made.stop()


def kill(recogniser):
    os.killpg(recogniser.pid, signal.SIGKILL)


def test_it_starts_when_it_is_needed_comes_back_once_and_then_says_why_it_is_gone(recogniser):
    assert recogniser.pid is None
    assert "advis" in recogniser.transcribe(SPOKEN, deadline=60.0).words.lower()
    kill(recogniser)
    assert "advis" in recogniser.transcribe(SPOKEN, deadline=60.0).words.lower()
    assert not recogniser.gone
    kill(recogniser)
    with pytest.raises(RecogniserError, match="has died 2 times"):
        recogniser.transcribe(SPOKEN, deadline=60.0)
    assert "has died 2 times" in recogniser.gone


def test_one_that_cannot_start_says_why_in_one_line_and_is_not_tried_again(tmp_path):
    made = RecogniserProcess(SETTINGS.model_copy(update={"weights": tmp_path}), tmp_path)
    for _ in range(2):
        with pytest.raises(RecogniserError, match=r"did not start.*weights whisper-base") as raised:
            made.transcribe(SPOKEN, deadline=60.0)
        assert "\n" not in raised.value.message
