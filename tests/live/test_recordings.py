"""Recorded calls through the real voice activity detector: nobody is cut off, nothing is missed, noise is no voice."""

from __future__ import annotations

import numpy as np
import pytest
from live_parts import Bench, Talk, loud, meant, quiet, recorded

from voicebot.live import events
from voicebot.live.sound import samples
from voicebot.speech.telephone import mulaw
from voicebot.speech.vad import SileroActivity

UNSURE = meant("I look after my mum.", "ask_again")


def ring(talk=None, **how):
    return Bench(talk, activity=SileroActivity(), **how)


def speech(name: str) -> tuple[float, float]:
    """Where its voice begins and ends by level alone, in seconds."""
    found = np.abs(samples(recorded(name))) > 0.03
    return found.argmax() / 8000, (len(found) - found[::-1].argmax()) / 8000


@pytest.mark.parametrize("name", ["hesitant", "stammering", "elderly", "learner", "rambling", "vague"])
def test_who_pauses_inside_a_sentence_is_heard_in_one_turn(name):
    """Pauses of up to 1.4 s, while the dialogue is not sure."""
    bench = ring(Talk([UNSURE])).until_asked().hear(recorded(name) + quiet(1.7))
    assert len(bench.talk.taken) == 1
    first, last = speech(name)
    assert len(bench.talk.heard[-1]) / 8000 >= last - first


@pytest.mark.parametrize("name", ["yes-please", "advisor", "didbury", "dont-know", "quiet", "pothole", "noisy"])
def test_short_quiet_and_noisy_callers_are_heard_from_their_first_word(name):
    bench = ring(Talk([UNSURE])).until_asked()
    began = bench.line._talk._ear.now / 8000
    bench.hear(quiet(0.5) + recorded(name) + quiet(2.0))
    (begun,) = bench.told(events.SpeechBegun)
    if name != "quiet":  # its level is under that of others' noise
        assert begun.onset - began - 0.5 <= speech(name)[0] + 0.45, "within the pre-roll"
    assert bench.talk.words == [UNSURE.words]


def test_a_complete_request_is_answered_well_within_a_second():
    bench = ring(Talk([meant("I need a hedge cut.")])).until_asked()
    began = bench.line._talk._ear.now / 8000
    bench.hear(recorded("hedge") + quiet(1.5))
    (turn,) = bench.told(events.TurnTaken)
    assert 0.5 <= turn.at - began - speech("hedge")[1] <= 0.85


@pytest.mark.parametrize("name", ["silence", "hold-music", "traffic"])
def test_a_line_on_which_nobody_speaks_is_silent(name):
    bench = ring().hear(recorded(name)).until_asked().hear(recorded(name)[: 8000 * 4])
    assert not bench.told(events.SpeechBegun)
    assert not bench.talk.heard


@pytest.mark.parametrize("name", ["advisor", "bins", "learner", "fire"])
def test_a_voice_over_the_prompt_stops_it_in_time_and_loses_no_word(name):
    bench = ring(Talk([meant("whatever it is.")]))
    bench.hear(quiet(0.1))
    sound = recorded(name)
    first = int(speech(name)[0] * 8000)
    bench.hear(sound[max(0, first - 1600) :])
    (stopped,) = bench.told(events.PromptStopped)
    assert stopped.after <= 0.15
    bench.hear(quiet(1.0))
    heard = bench.talk.heard[0]
    assert np.abs(heard[:800]).max() < 0.03, "it begins before the voice does"


@pytest.mark.parametrize("name", ["hold-music", "traffic"])
def test_noise_in_the_room_does_not_stop_the_prompt(name):
    bench = ring(prompts=Long()).hear(recorded(name))
    assert bench.cleared == 0


@pytest.mark.parametrize("delay", [0.05, 0.4])
@pytest.mark.parametrize("gain", [0.1, 0.25])
def test_an_echo_of_its_own_prompt_does_not_stop_it(delay, gain):
    """From a room of 0.3 s, 12 to 20 dB below the prompt."""
    tail = np.random.default_rng(1).normal(size=2400) * np.exp(-6.9 * np.arange(2400) / 2400)
    room = np.concatenate(([1.0], tail / np.sqrt((tail**2).sum())))
    echo = mulaw(gain * np.convolve(samples(recorded("message")), room)[:40_000])
    bench = ring(prompts=Long("message")).hear(quiet(0.02 + delay) + echo)
    assert bench.cleared == 0
    assert not bench.told(events.SpeechBegun)


def test_a_voice_over_an_echo_stops_the_prompt():
    prompt, caller = samples(recorded("message")), samples(recorded("blue-badge-chase"))
    mixed = 0.1 * prompt[: len(caller)]
    mixed[8000:] += caller[: len(caller) - 8000]
    bench = ring(prompts=Long("message")).hear(quiet(0.1) + mulaw(mixed))
    assert bench.cleared == 1


def test_a_click_is_no_voice():
    bench = ring().until_asked()
    for _ in range(5):
        bench.hear(quiet(0.4) + loud(0.02))
    assert not bench.told(events.SpeechBegun)


class Long:
    """One long prompt, in a real voice."""

    def __init__(self, name="rambling"):
        self.sound = recorded(name)

    def audio(self, text, *, slow=False, language=None):
        return self.sound
