"""Parts that fail, workers that die, calls that nobody knows: what the caller then gets."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from parts import ARRIVAL, CALL, RECORDING, TUESDAY, last

from voicebot.dialogue.actions import Ask, Transfer
from voicebot.errors import (
    RecogniserBusyError,
    RecogniserLateError,
    RecordingError,
    RecordingLateError,
    StorageError,
    UnderstandingError,
)
from voicebot.ports import Pending, TurnInput
from voicebot.routing.table import Notice


def test_a_dead_worker_s_turn_is_taken_over_once_the_lease_is_out(bench):
    """The worker dies as one does: it claims, and is never heard of again."""
    bench.impatient()
    bench.ring()
    calls = bench.conversation.parts.calls
    calls.claim(CALL, 1, TurnInput(recording=RECORDING))
    reply = bench.conversation.poll(CALL, 1, ARRIVAL)
    assert isinstance(reply, Pending)
    time.sleep(2)
    assert last(bench.conversation.poll(CALL, 1, ARRIVAL), Transfer).queue == "blue-badge"


def test_a_turn_that_is_worked_on_here_is_not_begun_again_when_its_lease_runs_out(bench):
    bench.impatient()
    bench.ring()
    bench.ear.seconds = 2.8
    assert isinstance(bench.speak(), Pending)
    reply: object = Pending(0.0)
    while isinstance(reply, Pending):
        reply = bench.conversation.poll(CALL, 1, ARRIVAL)
    assert last(reply, Transfer).queue == "blue-badge"
    assert len(bench.ear.heard) == 1


@pytest.mark.parametrize("failure", [RecogniserLateError("late"), RecogniserBusyError("busy")])
def test_a_recogniser_that_fails_leads_to_keys_and_then_to_a_person(bench, failure):
    bench.ring()
    bench.ear.failure = failure
    keys = last(bench.speak(), Ask)
    assert keys.expecting.kind == "options"
    assert "press 0" in keys.text
    assert last(bench.speak(2), Transfer).queue == "switchboard"


@pytest.mark.parametrize("failure", [RecordingLateError("not there"), RecordingError("is HTML")])
def test_a_recording_that_cannot_be_had_leads_to_keys(bench, failure):
    bench.ring()
    bench.shelf.failure = failure
    assert last(bench.speak(), Ask).expecting.kind == "options"


@pytest.mark.parametrize("failure", [UnderstandingError("no model"), ZeroDivisionError("a bug about Jane Smith")])
def test_an_understander_that_fails_leads_to_a_person(bench, failure, capsys):
    bench.ring()
    bench.mind.failure = failure
    assert last(bench.speak(), Transfer).queue == "switchboard"
    assert "Jane" not in capsys.readouterr().err


def test_a_database_that_is_gone_is_the_webhook_s_to_answer(bench, tmp_path):
    bench.ring()
    bench.engine.dispose()
    (tmp_path / "bot.db").unlink()
    with pytest.raises(StorageError):
        bench.press("0")
    assert bench.conversation.fallback(CALL).target == "+441632960100"


def test_an_unknown_call_is_greeted_afresh(bench):
    reply = bench.conversation.turn(CALL, 7, TurnInput(keys="1"), ARRIVAL)
    assert "Westshire" in last(reply, Ask).text


def test_a_turn_that_has_not_come_yet_says_the_last_thing_again(bench):
    first = bench.ring()
    assert bench.press("1", number=5) == first


def test_a_hang_up_during_transcription_ends_the_call_all_the_same(bench):
    bench.impatient()
    bench.ring()
    bench.ear.seconds = 0.6
    bench.speak()
    bench.conversation.ended(CALL)
    bench.conversation.poll(CALL, 1, ARRIVAL)
    time.sleep(0.5)
    stored = bench.stored()
    assert stored["ended"] is not None
    assert stored["outcome"] == "abandoned"


def test_at_night_the_fallback_is_the_duty_team_with_the_999_advice(bench):
    bench.conversation.parts.clock.at = TUESDAY.replace(hour=3)
    fallback = bench.conversation.fallback(CALL)
    assert fallback.target == "+441632960119"
    assert "999" in fallback.words


def test_where_a_notice_closes_the_switchboard_the_fallback_is_the_duty_team(bench):
    tables = bench.conversation.parts.tables
    until = TUESDAY + timedelta(hours=1)
    closed = Notice(name="flood", say="We are flooded.", until=until, queues=("switchboard",), closes=True)
    tables.table = tables.table.model_copy(update={"notices": (closed,)})
    assert bench.conversation.fallback(CALL).target == "+441632960119"
    bench.conversation.parts.clock.at = until
    assert bench.conversation.fallback(CALL).target == "+441632960100"


def test_a_message_is_not_lost_however_late_its_turn_is_taken(bench):
    """A worker died with it: late words become keys, but a message has only to be stored."""
    bench.conversation.parts.clock.at = TUESDAY.replace(hour=22)
    bench.ring()
    bench.speak()
    bench.press("3", 2)
    bench.conversation.limits = replace(bench.conversation.limits, turn=-1.0)
    given = TurnInput(recording=RECORDING, message=True, recording_seconds=12.0)
    bench.conversation.turn(CALL, 3, given, ARRIVAL)
    with bench.engine.connect() as connection:
        assert connection.exec_driver_sql("select queue from messages").scalars().all() == ["blue-badge"]
    assert bench.stored()["outcome"] == "message_left"
