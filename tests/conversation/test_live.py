"""Hearing without effect, and turns that were heard on a live stream."""

from __future__ import annotations

import time

import pytest
from parts import ARRIVAL, CALL, Mind, last

from voicebot.dialogue.actions import Ask, Transfer
from voicebot.dialogue.events import Heard, NothingHeard, NotUnderstood, PartFailed, Ranked
from voicebot.errors import RecogniserBusyError, UnderstandingError
from voicebot.ports import Pending, TurnInput

WAV = b"RIFF"
LIVE = TurnInput(live=True)


def test_hearing_tells_what_would_be_decided_and_changes_nothing(bench):
    bench.ring()
    before = bench.stored()
    hearing = bench.conversation.hear(CALL, WAV, 1.0)
    assert isinstance(hearing.event, Heard)
    assert (hearing.decision.name, hearing.decision.intent) == ("accept", "blue_badge_progress")
    assert set(hearing.seconds) == {"transcribe", "understand"}
    assert bench.stored() == before


def test_a_turn_with_what_was_heard_is_neither_fetched_nor_recognised_again(bench):
    bench.ring()
    hearing = bench.conversation.hear(CALL, WAV, 1.0)
    reply = bench.conversation.turn(CALL, 1, LIVE, ARRIVAL, hearing=hearing)
    assert last(reply, Transfer).queue == "blue-badge"
    assert len(bench.ear.heard) == 1
    turn = bench.stored()["turns"][1]
    assert turn["heard"] == "my bin was not emptied"
    assert turn["seconds"]["transcribe"] == pytest.approx(hearing.seconds["transcribe"])


def test_what_is_heard_is_redacted_for_the_call_and_whole_for_the_captions(bench):
    bench.ring()
    bench.ear.words = "this is Jane Smith about my badge"
    hearing = bench.conversation.hear(CALL, WAV, 1.0)
    assert hearing.event.words == "this is [name] about my badge"
    assert hearing.words == "this is Jane Smith about my badge"
    bench.conversation.turn(CALL, 1, LIVE, ARRIVAL, hearing=hearing)
    with bench.engine.connect() as connection:
        rows = (
            connection.exec_driver_sql("select * from turns").all()
            + connection.exec_driver_sql("select * from calls").all()
        )
    assert "Jane" not in str(rows)


def test_what_may_be_thrown_away_is_heard_by_a_recogniser_of_its_own(bench):
    """So that callers who may go on speaking take no place from one who has finished."""
    bench.ring()
    bench.ahead.failure = RecogniserBusyError("too many")
    assert bench.conversation.hear(CALL, WAV, 1.0, ahead=True).event == PartFailed("recogniser")
    assert isinstance(bench.conversation.hear(CALL, WAV, 1.0).event, Heard)
    assert (len(bench.ahead.heard), len(bench.ear.heard)) == (1, 1)


def test_what_is_heard_depends_on_what_was_asked(bench):
    asked = []

    class Unsure(Mind):
        def understand(self, words, expecting, *, language="en"):
            asked.append(expecting.kind)
            ranked = Ranked("blue_badge_progress", 0.6), Ranked("out_of_scope", 0.4)
            return Heard(words, ranked, None, 0.6, language)

    bench.minds.live = Unsure()
    bench.ring()
    bench.conversation.turn(CALL, 1, LIVE, ARRIVAL, hearing=bench.conversation.hear(CALL, WAV, 1.0))
    bench.conversation.hear(CALL, WAV, 1.0)
    assert asked == ["request", "yes_no"]


@pytest.mark.parametrize(("verdict", "event"), [("nothing", NothingHeard()), ("not_understood", NotUnderstood("en"))])
def test_what_is_no_words_has_no_words(bench, verdict, event):
    bench.ring()
    bench.verdict = verdict
    hearing = bench.conversation.hear(CALL, WAV, 1.0)
    assert (hearing.event, hearing.words) == (event, "")


def test_parts_that_fail_are_named_and_never_raised(bench):
    bench.ring()
    bench.ear.failure = RecogniserBusyError("busy")
    assert bench.conversation.hear(CALL, WAV, 1.0).event == PartFailed("recogniser")
    bench.ear.failure = None
    bench.mind.failure = UnderstandingError("no model")
    assert bench.conversation.hear(CALL, WAV, 1.0).event == PartFailed("understander")
    bench.mind.failure = ZeroDivisionError("a bug")
    assert bench.conversation.hear(CALL, WAV, 1.0).event == PartFailed("unknown")


def test_a_recogniser_that_failed_leads_to_keys_on_a_live_stream_too(bench):
    bench.ring()
    bench.ear.failure = RecogniserBusyError("busy")
    reply = bench.conversation.turn(CALL, 1, LIVE, ARRIVAL, hearing=bench.conversation.hear(CALL, WAV, 1.0))
    assert last(reply, Ask).expecting.kind == "options"


def test_an_unknown_call_is_heard_as_a_part_that_failed_and_answered_afresh(bench):
    hearing = bench.conversation.hear(CALL, WAV, 1.0)
    assert hearing.event == PartFailed("unknown")
    assert hearing.decision is None
    assert bench.conversation.answer(CALL) is None
    assert "Westshire" in last(bench.conversation.turn(CALL, 1, LIVE, ARRIVAL, hearing=hearing), Ask).text


def test_the_last_answer_of_a_call_can_be_had_again(bench):
    first = bench.ring()
    assert bench.conversation.answer(CALL) == first
    reply = bench.press("0")
    assert bench.conversation.answer(CALL) == reply


def test_the_live_turn_of_a_worker_that_died_becomes_keys(bench):
    """What was heard died with it: the caller is not asked to have said nothing."""
    bench.impatient()
    bench.ring()
    bench.conversation.parts.calls.claim(CALL, 1, LIVE)
    reply: object = bench.conversation.poll(CALL, 1, ARRIVAL)
    ends = time.monotonic() + 10
    while isinstance(reply, Pending) and time.monotonic() < ends:
        reply = bench.conversation.poll(CALL, 1, ARRIVAL)
    assert last(reply, Ask).expecting.kind == "options"
    assert not bench.ear.heard


def test_the_same_live_turn_twice_takes_effect_once(bench):
    bench.ring()
    hearing = bench.conversation.hear(CALL, WAV, 1.0)
    first = bench.conversation.turn(CALL, 1, LIVE, ARRIVAL, hearing=hearing)
    bench.mind.intent = "pothole"
    again = bench.conversation.turn(CALL, 1, LIVE, ARRIVAL, hearing=bench.conversation.hear(CALL, WAV, 1.0))
    assert again == first
