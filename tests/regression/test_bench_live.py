"""The bench of live audio: its set, its yardsticks, and that each of them can tell good from bad."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.events import Heard, Ranked
from voicebot.dialogue.turn import Decision
from voicebot.errors import ContentError, RecogniserError
from voicebot.live.ports import Hearing
from voicebot.live.sound import samples
from voicebot.ports import Answer
from voicebot.regression.bench_bot import Measured
from voicebot.regression.bench_knee import knee, next_calls
from voicebot.regression.bench_live_endpoint import Ended, Rehearsal, added
from voicebot.regression.bench_live_knee import SAID, LiveStep, step
from voicebot.regression.bench_live_line import AudioTime, Remembered
from voicebot.regression.bench_live_load import Gaps
from voicebot.regression.bench_live_noise import PROMPT, Asking, over_prompt
from voicebot.regression.bench_live_sets import (
    AFTER,
    BEFORE,
    Utterance,
    last_sound,
    speech,
    utterances,
    with_pause,
)
from voicebot.regression.bench_live_sounds import GAINS, echo, sounds, voice
from voicebot.regression.bench_log import Logged, tally
from voicebot.regression.call_events import CallResult, Spoke, TurnTaken
from voicebot.regression.stream_messages import line_noise
from voicebot.speech.telephone import RATE, level

ROOT = Path(__file__).parents[2]
CALLS = ROOT / "tests/calls"
QUESTION = Answer((Ask("What are you calling about?", Expecting("request")),), 2)


# --- the set -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def said() -> list[Utterance]:
    return utterances(CALLS)


def test_the_set_is_mixed_and_large_enough(said: list[Utterance]) -> None:
    assert len(said) == 66
    assert len({each.name for each in said}) == 66
    assert {each.kind for each in said} == {"clean stop", "street behind", "hesitation", "inner pause"}


def test_each_utterance_has_line_before_it_and_after_its_end(said: list[Utterance]) -> None:
    assert all(len(each.sound) / RATE == pytest.approx(each.end + AFTER, abs=0.01) for each in said)
    quiet = [samples(each.sound) for each in said if each.kind != "street behind" and "street" not in each.name]
    assert all(np.abs(sound[: int(BEFORE * RATE)]).max() < 0.01 for sound in quiet)
    assert all(np.abs(sound[-int(AFTER * RATE) :]).max() < 0.02 for sound in quiet)


def test_the_end_of_speech_is_where_its_energy_ends_whatever_silence_follows() -> None:
    tone = 0.2 * np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE)
    breath = np.random.default_rng(1).normal(0, 0.002, RATE)
    assert last_sound(np.concatenate([np.zeros(800), tone, breath])) == pytest.approx(8800, abs=80)
    assert last_sound(np.zeros(RATE)) == 0


def test_a_pause_is_put_where_nobody_speaks() -> None:
    whole = speech(CALLS, "bins")
    paused = with_pause(whole, 1.5, "bins")
    added_seconds = (paused.size - whole.size) / RATE
    assert 1.0 <= added_seconds <= 1.5
    silent = np.flatnonzero(np.convolve(np.abs(paused) < 0.01, np.ones(RATE), mode="valid") == RATE)
    assert silent.size, "a whole second without a sound"
    assert np.sum(np.square(paused)) == pytest.approx(np.sum(np.square(whole)))


def test_without_the_recordings_the_bench_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="make_calls"):
        utterances(tmp_path)


# --- the endpoint's yardstick ------------------------------------------------------------------------------------


class Hears:
    """A conversation that is sure of what it hears, or not, and took `seconds` for it."""

    def __init__(self, decision: str = "accept", seconds: float = 0.3) -> None:
        self.decision, self.seconds, self.heard = decision, seconds, 0

    def start(self, arrival: Any) -> Answer:
        return QUESTION

    def hear(self, call_id: str, wav: bytes, deadline: float, *, ahead: bool = False) -> Hearing:
        self.heard += 1
        event = Heard("my bin was not emptied", (Ranked("bins", 0.99),), None, 0.99)
        decision = Decision(self.decision, "test", confidence=0.99)  # type: ignore[arg-type]
        return Hearing(event, event.words, {"transcribe": self.seconds}, decision)

    def turn(self, call_id: str, number: int, given: Any, arrival: Any, *, hearing: Any = None) -> Answer:
        return replace(QUESTION, next_turn=number + 1)

    def poll(self, call_id: str, number: int, arrival: Any) -> Answer:
        return QUESTION

    def answer(self, call_id: str) -> Answer:
        return QUESTION

    def hold(self) -> str:
        return "One moment, please."


class Clocks:
    def ring_at(self, call_id: str, at: Any) -> None:
        pass


def rehearsal(conversation: Hears, monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    monkeypatch.setattr("voicebot.bootstrap.call_clocks", lambda engine: Clocks())
    return Rehearsal(conversation, None, 5.0)  # type: ignore[arg-type]


def of(said: list[Utterance], name: str) -> Utterance:
    return next(each for each in said if each.name == name)


def test_a_bot_that_is_sure_answers_within_a_second_of_the_true_end(
    said: list[Utterance], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rehearsal(Hears(), monkeypatch).say(of(said, "hedge"), 1.0, AudioTime())
    assert not found.cut_off
    assert found.gap is not None
    assert 0.5 <= found.gap <= 0.95


def test_a_bot_that_does_not_wait_is_seen_to_cut_callers_off(
    said: list[Utterance], monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = rehearsal(Hears(), monkeypatch)
    assert hasty.say(of(said, "hesitant"), 0.5, AudioTime()).cut_off
    patient = rehearsal(Hears("ask_again"), monkeypatch)
    assert not patient.say(of(said, "hesitant"), 1.0, AudioTime()).cut_off


def test_recognition_that_outlasts_the_silence_is_seen_in_the_gap(
    said: list[Utterance], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = of(said, "hedge")
    at_once = [rehearsal(Hears(), monkeypatch).say(one, 1.0, AudioTime(at_once=True))]
    quick = [rehearsal(Hears(seconds=0.2), monkeypatch).say(one, 1.0, AudioTime())]
    slow = [rehearsal(Hears(seconds=1.0), monkeypatch).say(one, 1.0, AudioTime())]
    assert added(quick, at_once)[0] <= 0.1
    assert added(slow, at_once)[0] >= 0.5


def test_a_hold_line_is_no_reply(said: list[Utterance], monkeypatch: pytest.MonkeyPatch) -> None:
    found = rehearsal(Hears(seconds=3.5), monkeypatch).say(of(said, "hedge"), 1.0, AudioTime())
    assert found.words
    assert found.gap is not None
    assert found.gap >= 3.0


def test_who_was_cut_off_has_no_gap_to_compare() -> None:
    cut = Ended("a", "clean stop", True, None, 0.6, "accept", "")
    whole = replace(cut, cut_off=False, gap=0.7)
    assert added([cut, whole], [whole, whole]) == [0.0]


def test_the_same_sound_is_heard_once_and_at_another_turn_again() -> None:
    real = Hears()
    remembered = Remembered(real)
    for _ in range(3):
        remembered.hear("CA1", b"sound", 1.0)
    assert (real.heard, remembered.asked) == (1, 1)
    remembered.turn("CA1", 1, None, None)  # type: ignore[arg-type]
    remembered.hear("CA1", b"sound", 1.0)
    assert real.heard == 2


# --- noise -------------------------------------------------------------------------------------------------------


def test_a_voice_over_the_prompt_is_counted_as_one_and_its_echo_is_not() -> None:
    prompt = voice(CALLS, PROMPT)
    caller = line_noise(1, 1) + voice(CALLS, ("bins",)) + line_noise(2, 1)
    frames = [caller[at : at + 160] for at in range(0, len(caller) - 159, 160)]
    assert over_prompt(lambda out: iter(frames), prompt)["stopped"] >= 1
    assert over_prompt(lambda out: echo(out, 4.0), prompt)["stopped"] == 0


def test_the_echo_is_what_was_played_later_and_quieter() -> None:
    out = bytearray(voice(CALLS, ("bins",)))
    heard = samples(b"".join(echo(out[:], 0.02)))
    assert heard.size == 160
    played = bytearray(b"\xff" * RATE)
    silent = list(echo(played, 0.5))
    assert np.abs(samples(b"".join(silent))).max() < 0.001
    grown, found = bytearray(), []
    for frame in echo(grown, 2.0):
        found.append(frame)
        grown += out[len(grown) : len(grown) + 160]
    back, front = samples(b"".join(found)), samples(bytes(grown))
    assert level(back.astype(float)) < level(front.astype(float)) + max(GAINS) + 3
    assert np.abs(back[:400]).max() < 0.001, "nothing comes back sooner than the shortest delay"


def test_computed_noise_is_as_long_as_wanted_and_recorded_noise_takes_its_place(tmp_path: Path) -> None:
    made = sounds(None, 3.0)
    assert list(made) == ["street noise", "hold music"]
    assert {len(each) for each in made.values()} == {3 * RATE}
    with pytest.raises(ContentError, match="noise"):
        sounds(tmp_path, 3.0)


class Recogniser:
    def __init__(self, transcript: Any) -> None:
        self.transcript = transcript

    def transcribe(self, wav: bytes, *, deadline: float, hints: Any = ()) -> Any:
        if isinstance(self.transcript, Exception):
            raise self.transcript
        return self.transcript


def test_a_recogniser_that_fails_is_no_proof_that_no_words_are_made_up() -> None:
    asking = Asking(Recogniser(RecogniserError("gone")))
    asking.hear("CA1", b"", 1.0)
    assert (asking.asked, asking.failed, asking.heard) == (1, 1, [])


# --- the knee ----------------------------------------------------------------------------------------------------

GOOD = LiveStep(8, 34, 0.1, 0.4, 0.8, 1.1, 0, 0, 0, 0, 0, 0, 0)


def test_a_step_holds_only_where_nothing_is_late_or_lost() -> None:
    assert GOOD.holds
    for spoilt in ({"p95": 1.6}, {"frames": 1}, {"broken": 1}, {"lost": 1}, {"shed": 1}, {"recorded": 1}):
        assert not replace(GOOD, **spoilt).holds  # type: ignore[arg-type]
    assert not replace(GOOD, unanswered=1).holds
    steps = [GOOD, replace(GOOD, calls=16, p95=2.0)]
    assert (knee(steps), next_calls(steps)) == (8, 12)


def test_a_load_is_judged_by_what_lies_beyond_the_silence_of_each_recording() -> None:
    report = {"gaps": {"bins": [0.7, 1.0], "hedge": [1.7]}, "recorded": 1, "unanswered": 0, "lost": 0}
    logged = Logged({}, {"tiny": 2}, {}, {"offer_keys": 1}, {"lost": 1}, {"missing": 2, "dropped": 1})
    found = step(3, Measured(report, logged, {}), {"bins": 0.6, "hedge": 1.6}, "tiny")
    assert (found.utterances, found.shed, found.smaller, found.frames, found.broken) == (4, 1, 2, 3, 1)
    assert (found.p50, found.p95) == (pytest.approx(0.1), pytest.approx(0.4))


def test_what_each_stream_lost_is_read_from_the_log() -> None:
    lines = [
        json.dumps({"event": "stream_closed", "ending": "handed_over", "dropped": 0, "missing": 2, "garbage": 0}),
        json.dumps({"event": "stream_closed", "ending": "lost", "dropped": 1, "missing": 0, "garbage": 0}),
    ]
    found = tally(lines)
    assert found.streams == {"handed_over": 1, "lost": 1}
    assert found.frames == {"dropped": 1, "missing": 2, "garbage": 0}


def test_gaps_are_kept_by_recording_and_what_was_not_heard_live_apart() -> None:
    gaps = Gaps()
    live = Spoke(1.0, "bins", 4.5, "")
    gaps.note(CallResult("CA1", "ended", 9.0, (TurnTaken(0.1, "ring", 0.1), live, TurnTaken(6.2, "speech", 0.7))))
    gaps.note(CallResult("CA2", "ended", 9.0, (live,)))
    gaps.note(CallResult("CA3", "ended", 9.0, (replace(live, recording_sid="RE1"), TurnTaken(6.2, "speech", 0.7))))
    assert (gaps.found, gaps.recorded, gaps.unanswered) == ({"bins": [0.7]}, 1, 1)


def test_what_the_callers_of_the_knee_say_takes_about_five_seconds() -> None:
    assert all(4.4 <= speech(CALLS, name).size / RATE <= 5.2 for name in SAID)
