"""What holds in every call on every table that passes the check, at any time, whatever callers and providers do."""

from __future__ import annotations

import re
from datetime import datetime
from typing import get_args

from drawn_calls import Call, walk
from drawn_hours import moments
from drawn_tables import SECRET, sources
from fixed_table import fuller_table
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sayings import Sayings

from voicebot.dialogue.actions import Ask, HangUp, Say, SendText, TakeMessage, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallerHungUp, Event, Heard, Pressed, Ranked, TransferEnded
from voicebot.dialogue.session import Session, Stage
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import heard_by_caller
from voicebot.routing.hours import LONDON, line_open
from voicebot.routing.loader import parse_table
from voicebot.routing.table import Table

LAST = (Ask, Transfer, TakeMessage, HangUp)
CALLS = 8
"""Calls on each table: drawing a table takes longer than playing them."""

SHIPPED_CALLS = 400
SHIPPED_TIMES = tuple(
    datetime.fromisoformat(at).replace(tzinfo=LONDON)
    for at in (
        "2026-11-24T11:00",  # an ordinary Tuesday
        "2026-11-24T03:00",  # at night
        "2026-11-27T16:30",  # Friday, most lines closed, libraries and transport open
        "2026-11-28T10:00",  # Saturday, registrars and libraries open, the switchboard closed
        "2026-12-25T14:00",  # Christmas Day
        "2026-05-04T10:00",  # a bank holiday with the recycling centres open
    )
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    table, _ = parse_table(draw(sources()))
    assume(table is not None)
    assert table is not None
    return table


@settings(max_examples=40)
@given(tables(), st.lists(moments(), min_size=CALLS, max_size=CALLS), st.integers(0, 2**32))
def test_what_holds_in_every_call(table: Table, times: list[datetime], seed: int) -> None:
    sayings = Sayings(table)
    for number, now in enumerate(times):
        holds(walk(table, seed + number, now), sayings)


def holds(call: Call, sayings: Sayings) -> None:
    urgent = False
    for session, event, now, turn in call.played:
        every_turn_keeps_the_call_alive_or_ends_it_on_purpose(event, turn)
        only_open_lines_are_rung(call.table, turn, now)
        all_words_are_the_tables(sayings, turn)
        options_are_few_and_named_before_their_key(turn)
        urgent = urgent or turn.decision.name == "urgent"
        if urgent and not isinstance(event, CallerHungUp) and session.stage != "ended":
            an_urgent_call_is_only_put_through(event, turn)
        zero_is_a_person_or_the_way_out(call.table, session, now)
        urgent_words_win(call.table, session, now)
    text_messages_are_sent_once(call)
    messages_are_for_our_own_lines(call)


def every_turn_keeps_the_call_alive_or_ends_it_on_purpose(event: Event, turn: Turn) -> None:
    if isinstance(event, CallerHungUp):
        assert turn.session.stage == "ended"
        return
    assert isinstance(turn.actions[-1], LAST), (event, turn)
    assert isinstance(turn.actions[-1], HangUp) == (turn.session.stage == "ended")
    assert not any(isinstance(each, LAST) for each in turn.actions[:-1])


def only_open_lines_are_rung(table: Table, turn: Turn, now: datetime) -> None:
    for each in turn.actions:
        if isinstance(each, Transfer):
            assert line_open(table, each.queue, now), turn
            assert each.target == table.queues[each.queue].target
            assert each.whisper is None or not table.queues[each.queue].external


def all_words_are_the_tables(sayings: Sayings, turn: Turn) -> None:
    for each in turn.actions:
        if isinstance(each, Say | Ask | TakeMessage):
            assert each.text.strip(), turn
            assert SECRET not in each.text, turn
            assert sayings.rest(each.text) == "", each.text


def options_are_few_and_named_before_their_key(turn: Turn) -> None:
    asked = turn.actions[-1] if turn.actions else None
    if not isinstance(asked, Ask):
        return
    keys = [each.key for each in asked.expecting.options if each.key]
    assert len(keys) == len(set(keys)), asked
    assert "0" not in keys
    assert len([each for each in asked.expecting.options if each.key and each.id not in ("more", "neither")]) <= 3
    for key in keys:
        assert f"press {key}" in asked.text, asked


def an_urgent_call_is_only_put_through(event: Event, turn: Turn) -> None:
    """No closed line, question, text message, message or goodbye: the next line until she has been connected."""
    if isinstance(event, TransferEnded) and event.outcome == "completed":
        assert turn.actions == (HangUp(),)
        return
    *said, last = turn.actions
    assert isinstance(last, Transfer), (event, turn)
    assert said
    assert all(isinstance(each, Say) for each in said)


def zero_is_a_person_or_the_way_out(table: Table, session: Session, now: datetime) -> None:
    if session.stage in ("ended", "transferring") or session.asked is None:
        return
    for zero in (Pressed("0"), Pressed("0#"), Heard("advisor", (), "advisor", 1.0)):
        turn = take_turn(session, zero, table=table, now=now)
        last = turn.actions[-1]
        if isinstance(last, Transfer):
            continue
        assert isinstance(last, Ask), turn
        assert turn.session.stage == "closed"
        assert table.wording["danger_key"] in last.text
        assert ("danger", "1") in [(each.id, each.key) for each in last.expecting.options]
        assert "message" in [each.id for each in last.expecting.options]
        danger = take_turn(turn.session, Pressed("1"), table=table, now=now)
        assert isinstance(danger.actions[-1], Transfer)
        assert line_open(table, danger.actions[-1].queue, now)


def urgent_words_win(table: Table, session: Session, now: datetime) -> None:
    if session.stage == "ended" or session.asked is None:
        return
    for intent, route in table.intents.items():
        if route.kind != "urgent":
            continue
        spoken = Heard("no please he is hurting me", (Ranked(intent, 1.0),), "no", 1.0)
        turn = take_turn(session, spoken, table=table, now=now)
        assert turn.decision.name == "urgent"
        assert turn.session.restricted
        assert isinstance(turn.actions[-1], Transfer)
        assert line_open(table, turn.actions[-1].queue, now)
        assert SECRET not in heard_by_caller(turn.actions)


def text_messages_are_sent_once(call: Call) -> None:
    sent = [each for each in call.actions if isinstance(each, SendText)]
    remembered = call.last.session.texted
    assert len(set(remembered)) == len(remembered) == len(sent)
    for text in sent:
        assert text.body.strip()
        assert (text.to is None) == (call.caller == "mobile")
        assert text.to is None or re.fullmatch(r"\+447\d{9}", text.to)


def messages_are_for_our_own_lines(call: Call) -> None:
    for each in call.actions:
        if isinstance(each, TakeMessage):
            assert not call.table.queues[each.queue].external


def test_what_holds_in_every_call_on_the_table_that_is_shipped() -> None:
    """The shipped table, with what else its language knows. The calls come to every stage, or these properties would
    prove less than they seem to."""
    table = fuller_table()
    sayings = Sayings(table)
    seen: set[str] = set()
    for seed in range(SHIPPED_CALLS):
        call = walk(table, seed, SHIPPED_TIMES[seed % len(SHIPPED_TIMES)])
        holds(call, sayings)
        seen |= {session.stage for session, *_ in call.played}
    assert seen == set(get_args(Stage))
