"""Nobody is asked for ever: callers who do one thing, whatever they are asked, end with a person, an answer, a message
or a goodbye, on every table that passes the check and at any time."""

from __future__ import annotations

from datetime import datetime

import pytest
from callers import CALLERS, Caller, on_lines_that
from drawn_calls import Call
from drawn_hours import moments
from fixed_table import fuller_table
from hypothesis import given, settings
from hypothesis import strategies as st
from test_calls import SHIPPED_TIMES, tables

from voicebot.dialogue.actions import Ask, HangUp, Say, TakeMessage, Transfer
from voicebot.dialogue.events import Heard, Pressed, TransferEnded
from voicebot.dialogue.stuck import GIVEN_UP, PATIENCE
from voicebot.routing.hours import line_open
from voicebot.routing.table import Table

MOST = PATIENCE + 2 * GIVEN_UP
"""Turns of the longest call that gets nowhere, on lines that are all busy: the person, the message, and what comes of
each, on top of what the dialogue has patience for. Who gets somewhere on the way is asked as often from there on."""

ASKS_FOR_A_PERSON = ("keys 0", "advisor")
"""For as long as she does so, she is answered."""

REFUSED = tuple(TransferEnded(outcome) for outcome in ("busy", "no_answer", "failed", "cancelled"))


def play(table: Table, caller: Caller, now: datetime) -> Call:
    """Until the call is over, or on its way to an urgent line, where it goes on for ever; at most a turn too long."""
    call = Call(table)
    session = call.begin(now)
    while session.stage != "ended" and not session.restricted and len(call.played) <= 3 * MOST:
        session = call.step(session, caller(session, table), now)
    return call


def got_nowhere(call: Call) -> int:
    """Turns from the last thing that she reached to the end."""
    return max(turn.session.stuck for *_, turn in call.played)


@settings(max_examples=10)
@given(tables(), moments(), st.sampled_from(REFUSED))
def test_whoever_does_one_thing_comes_to_an_end(table: Table, now: datetime, refused: TransferEnded) -> None:
    for name, caller in CALLERS.items():
        for ending in (TransferEnded("completed"), refused):
            call = play(table, on_lines_that(caller, ending), now)
            if name not in ASKS_FOR_A_PERSON:
                ends_well(call, name)


def ends_well(call: Call, name: str) -> None:
    last = call.last
    assert last.session.stage == "ended" or last.session.restricted, name
    assert isinstance(last.actions[-1], HangUp | Transfer), name
    assert got_nowhere(call) <= MOST, name
    if last.session.outcome == "abandoned":
        a_person_was_looked_for(call, name)


def a_person_was_looked_for(call: Call, name: str) -> None:
    """Nobody is given up on who has not been put through, offered a message, told that the line is closed, or who has
    not said goodbye or no."""
    offered = any(isinstance(each, Transfer | TakeMessage) for each in call.actions)
    closed = any(turn.session.stage == "closed" for *_, turn in call.played)
    assert offered or closed or name in ("goodbye", "no"), name


@settings(max_examples=10)
@given(tables(), moments(), st.sampled_from(REFUSED))
def test_who_asks_for_a_person_is_answered_each_time(table: Table, now: datetime, refused: TransferEnded) -> None:
    for name in ASKS_FOR_A_PERSON:
        call = play(table, on_lines_that(CALLERS[name], refused), now)
        for _, event, _, turn in call.played[1:]:
            last = turn.actions[-1]
            if isinstance(last, Transfer):
                assert line_open(table, last.queue, now)
            elif isinstance(event, Heard | Pressed):
                assert isinstance(last, Ask)
                assert table.wording["danger_key"] in last.text


@settings(max_examples=10)
@given(tables(), moments(), st.sampled_from(REFUSED))
def test_help_is_promised_in_another_language_where_a_line_is_rung_and_nowhere_else(
    table: Table, now: datetime, refused: TransferEnded
) -> None:
    polish = table.languages.get("pl")
    for name in ("another language", "noise in another language"):
        for *_, turn in play(table, on_lines_that(CALLERS[name], refused), now).played:
            said = [each.text for each in turn.actions if isinstance(each, Say) and each.language]
            rings = isinstance(turn.actions[-1], Transfer)
            assert not said or (polish is not None and said == [polish.say if rings else polish.closed])


@pytest.mark.parametrize("name", [name for name in CALLERS if name not in ASKS_FOR_A_PERSON])
def test_on_the_table_that_is_shipped(name: str) -> None:
    table = fuller_table()
    for now in SHIPPED_TIMES:
        for ending in (TransferEnded("completed"), *REFUSED[:2]):
            ends_well(play(table, on_lines_that(CALLERS[name], ending), now), name)
