"""Telling an echo of what is played from a voice that has nothing to do with it."""

from __future__ import annotations

import numpy as np
from live_parts import recorded

from voicebot.live.echo import KEPT, LOOK_BACK, Played, is_echo, likeness
from voicebot.live.sound import samples
from voicebot.speech.telephone import mulaw

PROMPT = recorded("message")


def heard_at(sound: np.ndarray, at: int) -> np.ndarray:
    return sound[at - LOOK_BACK : at]


def test_a_delayed_quiet_copy_is_an_echo_and_another_voice_is_none():
    played = Played()
    played.add(0, PROMPT)
    prompt, other = samples(PROMPT), samples(recorded("pothole"))
    echo = np.concatenate((np.zeros(2400), 0.1 * prompt)).astype(np.float32)
    at = 24_000
    assert is_echo(heard_at(echo, at), played.lately(at))
    assert not is_echo(heard_at(other, at), played.lately(at))


def test_a_voice_much_louder_than_the_echo_beneath_it_is_no_echo():
    played = Played()
    played.add(0, PROMPT)
    mixed = 0.05 * samples(PROMPT)[:40_000] + samples(recorded("pothole"))[:40_000]
    assert not is_echo(heard_at(mixed, 24_000), played.lately(24_000))


def test_where_nothing_was_played_there_is_no_echo():
    assert not is_echo(heard_at(samples(PROMPT), 24_000), Played().lately(24_000))


def test_what_was_cut_short_was_not_played():
    played = Played()
    played.add(1000, PROMPT)
    played.cut(9000)
    lately = played.lately(9000 + KEPT)
    assert not lately.any()
    assert played.lately(9000).any()


def test_silence_and_nothing_at_all_are_like_nothing():
    played = np.zeros(KEPT, dtype=np.float32)
    assert likeness(np.zeros(LOOK_BACK, dtype=np.float32), played) == 0.0
    assert not is_echo(np.zeros(0, dtype=np.float32), samples(mulaw(np.ones(KEPT) * 0.1)))
