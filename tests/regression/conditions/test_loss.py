"""Lost packets, measured: how many, how many in a row, and what is heard in their place."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.regression.conditions.loss import PACKET, concealed, lost_packets, with_gaps
from voicebot.regression.conditions.profiles import Room
from voicebot.regression.conditions.rooms import in_room, response
from voicebot.speech.telephone import RATE, Audio, level


def generator(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def hum(seconds: float = 2.0, pitch: float = 120.0) -> Audio:
    times = np.arange(int(seconds * RATE)) / RATE
    return 0.1 * np.sum([np.sin(2 * np.pi * pitch * n * times) for n in (3, 4, 5)], axis=0)


def only(*indices: int, of: int) -> np.ndarray:
    lost = np.zeros(of, dtype=np.bool_)
    lost[list(indices)] = True
    return lost


def runs(lost: np.ndarray) -> list[int]:
    return [len(run) for run in "".join("x" if each else " " for each in lost).split()]


@pytest.mark.parametrize(("rate", "burst"), [(0.03, None), (0.10, None), (0.03, 3), (0.10, 4), (0.05, 2.5)])
def test_as_many_packets_are_lost_and_in_such_bursts_as_asked_for(rate: float, burst: float | None) -> None:
    lost = lost_packets(60_000, rate, burst, generator())

    assert lost.mean() == pytest.approx(rate, rel=0.1)
    assert np.mean(runs(lost)) == pytest.approx(burst or 1 / (1 - rate), rel=0.1)


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (1, 1), (0.1, 0.5), (0.9, 2)])
def test_a_loss_that_cannot_be_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="loss rate"):
        lost_packets(10, rate, burst, generator())


def test_a_steady_voice_goes_on_through_one_lost_packet() -> None:
    whole = hum()
    heard = concealed(whole, only(50, of=100))
    place = slice(50 * PACKET, 51 * PACKET)

    assert level(heard[place] - whole[place]) < level(whole[place]) - 6
    assert np.array_equal(heard[: 50 * PACKET], whole[: 50 * PACKET])
    assert np.array_equal(heard[51 * PACKET + 40 :], whole[51 * PACKET + 40 :])


def test_concealment_fades_until_nothing_is_left_after_60_milliseconds() -> None:
    heard = concealed(hum(), only(*range(50, 55), of=100))
    levels = [level(heard[(50 + n) * PACKET : (51 + n) * PACKET]) for n in range(5)]

    assert levels[0] > levels[1] > levels[2] > levels[3] == levels[4] == -np.inf


def test_there_is_no_click_where_the_voice_comes_back() -> None:
    steady = np.abs(np.diff(hum())).max()

    assert np.abs(np.diff(concealed(hum(), only(50, 51, of=100)))).max() < 2 * steady


def test_packets_lost_at_the_very_beginning_and_the_very_end_are_silence_or_a_fade() -> None:
    whole = hum(0.5)
    heard = concealed(whole, only(0, 1, 24, of=25))

    assert level(heard[: 2 * PACKET - 40]) == -np.inf
    assert heard.size == whole.size
    assert np.isfinite(heard).all()


def test_a_last_packet_that_is_not_full_is_concealed_too() -> None:
    whole = hum(0.5)[:-60]

    assert concealed(whole, only(24, of=25)).size == whole.size


def test_nothing_lost_is_nothing_changed() -> None:
    assert np.array_equal(concealed(hum(), np.zeros(100, dtype=np.bool_)), hum())


def test_gaps_are_silence_of_40_to_120_milliseconds() -> None:
    heard = with_gaps(hum(60), 6, generator())
    quiet = [run / 50 for run in runs(np.abs(heard).reshape(-1, 160).max(axis=1) == 0)]

    assert 3 <= len(quiet) <= 12
    assert all(0.0 < seconds <= 0.26 for seconds in quiet)
    assert heard.size == 60 * RATE


@pytest.mark.parametrize("rt60", [0.3, 0.45, 0.7])
def test_the_echo_of_a_room_has_fallen_by_60_decibels_when_it_should(rt60: float) -> None:
    """By Schroeder's backward integration, from -5 to -25 dB."""
    echo = response(Room(rt60, 0), generator())[int(0.006 * RATE) :]
    falling = 10 * np.log10(np.cumsum(echo[::-1] ** 2)[::-1] / np.sum(echo**2))
    late, early = (int(np.argmax(falling < at)) for at in (-25, -5))

    assert 3 * (late - early) / RATE == pytest.approx(rt60, rel=0.15)


def test_the_voice_is_so_much_louder_than_its_echo_as_the_room_says() -> None:
    echo = response(Room(0.5, 6), generator())

    assert -10 * np.log10(np.sum(echo[1:] ** 2)) == pytest.approx(6, abs=0.01)
    assert in_room(hum(), Room(0.5, 6), generator()).size == hum().size
