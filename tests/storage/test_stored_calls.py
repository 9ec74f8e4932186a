"""Stored calls as those read them who go through them once more, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from voicebot.dialogue.events import TransferEnded
from voicebot.storage import stored_calls
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.retention import erase
from voicebot.storage.stored_calls import calls_that_begin, count_calls, read_call, read_calls

from .ringing import fixed_table, heard, ring
from .samples import START, Now

BADGE = heard("has my badge come", blue_badge_progress=0.95)
IDS = ("CAa1", "CAa2", "CAb1")


@pytest.fixture
def rung(engine: Engine, store: SqlCallStore, now: Now) -> Engine:
    """Three calls, an hour apart; in each the line is busy after five seconds."""
    for number, call_id in enumerate(IDS):
        now.moment = START + timedelta(hours=number)
        ring(store, now, fixed_table(), call_id, [BADGE, 5.0, TransferEnded("busy")], at=now.moment)
    return engine


def test_turns_come_in_order_with_what_was_understood_and_when(rung: Engine) -> None:
    call = read_call(rung, "CAa1")
    assert call is not None
    assert (call.started, call.caller, call.table, call.outcome) == (START, "mobile", fixed_table().hash, "abandoned")
    assert [each.event for each in call.turns] == ["CallStarted", "Heard", "TransferEnded"]
    assert [each.seconds for each in call.turns] == [0.0, 0.0, 5.0]
    assert call.turns[1].ranked == (("blue_badge_progress", 0.95),)
    assert call.turns[1].heard == "has my badge come"
    assert call.turns[2].rule.startswith("busy at blue-badge")


def test_calls_are_read_newest_first_whatever_the_size_of_a_batch(
    rung: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (1, 2, 500):
        monkeypatch.setattr(stored_calls, "_BATCH", size)
        assert [each.call_id for each in read_calls(rung, START)] == ["CAb1", "CAa2", "CAa1"]
        assert [len(each.turns) for each in read_calls(rung, START)] == [3, 3, 3]
    assert [each.call_id for each in read_calls(rung, START + timedelta(minutes=90))] == ["CAb1"]
    assert (count_calls(rung, START), count_calls(rung, START + timedelta(minutes=90))) == (3, 1)


def test_a_call_that_is_erased_while_others_are_read_is_left_out(rung: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_calls, "_BATCH", 1)
    reading = read_calls(rung, START)
    assert next(reading).call_id == "CAb1"
    erase(rung, START, call_id="CAa2")
    assert [each.call_id for each in reading] == ["CAa1"]


def test_a_call_is_found_by_the_beginning_of_its_id(rung: Engine) -> None:
    assert calls_that_begin(rung, "CAb") == ("CAb1",)
    assert calls_that_begin(rung, "CAa") == ("CAa1", "CAa2")
    assert calls_that_begin(rung, "CA%") == (), "a wildcard is a letter like any other"
    assert read_call(rung, "CAb") is None
