"""Notices where several rules meet: told once, in the right place, and never in an urgent call."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from voicebot.dialogue.actions import Ask, Say, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallStarted, Event, Heard, Pressed, Ranked, TransferEnded
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import heard_by_caller
from voicebot.routing.hours import LONDON
from voicebot.routing.loader import load_table
from voicebot.routing.table import Notice, Table

DAY = datetime(2026, 11, 24, 11, 0, tzinfo=LONDON)
SMALL = load_table(Path(__file__).parent / "small" / "routing.yaml")
SAYS = "The heating is broken."


def told(**changes: object) -> Table:
    values = {"name": "heating", "say": SAYS, "until": DAY.replace(day=25), **changes}
    return SMALL.model_copy(update={"notices": (Notice.model_validate(values),)})


def with_route(table: Table, intent: str, **changes: object) -> Table:
    route = table.intents[intent].model_copy(update=changes)
    return table.model_copy(update={"intents": {**table.intents, intent: route}})


def rings_about(intent: str) -> Heard:
    return Heard("about it", (Ranked(intent, 0.95),), None, 0.95)


def play(table: Table, *events: Event, now: datetime = DAY) -> list[Turn]:
    session = Session("CA" + "0" * 32, table.hash, "model", "mobile")
    turns = []
    for each in (CallStarted("mobile"), *events):
        turns.append(take_turn(session, each, table=table, now=now))
        session = turns[-1].session
    return turns


def times(turns: list[Turn]) -> int:
    return sum(heard_by_caller(each.actions).count(SAYS) for each in turns)


def test_a_follow_up_question_comes_after_the_notice_of_its_intent() -> None:
    turns = play(told(intents=("school_transport",)), rings_about("school_transport"), Pressed("9"))
    assert turns[1].actions[0] == Say(SAYS)
    assert isinstance(turns[1].actions[1], Ask)
    assert SAYS not in turns[1].actions[1].text  # "repeat" repeats the question alone
    assert times(turns) == 1


def test_an_option_that_leads_to_an_intent_brings_that_intent_s_notice() -> None:
    chosen = Heard("a bus pass", (), "option bus-pass", 0.95)
    turns = play(told(intents=("bus_pass",)), rings_about("school_transport"), chosen)
    assert [times([each]) for each in turns] == [0, 0, 1]


def test_a_notice_of_both_the_intent_and_its_line_is_told_once() -> None:
    table = told(intents=("pothole",), queues=("roads",))
    turns = play(table, rings_about("pothole"), TransferEnded("busy"), rings_about("pothole"))
    assert [times([each]) for each in turns] == [0, 1, 0, 0]


def test_a_notice_that_closes_the_line_stands_in_the_closed_message_alone() -> None:
    table = told(intents=("pothole",), queues=("roads",), closes=True)
    turns = play(table, rings_about("pothole"))
    assert turns[1].session.stage == "closed"
    assert heard_by_caller(turns[1].actions).startswith(f"{SAYS} You can reach the roads team again")
    assert times(turns) == 1


def test_where_another_line_takes_the_call_the_reason_comes_first() -> None:
    table = with_route(told(queues=("roads",), closes=True), "pothole", when_closed="switchboard")
    turn = play(table, rings_about("pothole"))[1]
    assert turn.actions[0] == Say(SAYS)
    assert "the roads team is closed now" in heard_by_caller(turn.actions[1:])
    assert isinstance(turn.actions[-1], Transfer)
    assert turn.actions[-1].queue == "switchboard"
    assert "closed by the notice heating" in turn.decision.rule


def test_a_person_of_a_team_that_a_notice_closes_is_one_of_the_switchboard() -> None:
    turns = play(told(queues=("transport",), closes=True), rings_about("bus_pass"), Pressed("0"))
    assert isinstance(turns[-1].actions[-1], Transfer)
    assert turns[-1].actions[-1].queue == "switchboard"


def test_a_line_that_a_notice_closes_is_not_offered_instead_of_another() -> None:
    turns = play(told(queues=("switchboard",), closes=True), rings_about("pothole"), TransferEnded("busy"))
    question = turns[-1].session.asked
    assert isinstance(question, Ask)
    assert "overflow" not in [each.id for each in question.expecting.options]
    assert "danger" in [each.id for each in question.expecting.options]


def test_urgent_calls_go_on_whatever_is_closed_and_hear_nothing_of_it() -> None:
    everywhere = tuple(SMALL.queues)
    table = told(intents=("child_safeguarding",), queues=everywhere, closes=True)
    turns = play(table, rings_about("child_safeguarding"), *[TransferEnded("busy")] * 3)
    for turn in turns[1:]:
        assert isinstance(turn.actions[-1], Transfer)
        assert turn.actions[-1].queue == "emergency-duty"
    assert times(turns) == 0


def test_the_key_for_danger_rings_whatever_is_closed() -> None:
    table = told(queues=tuple(SMALL.queues), closes=True)
    turns = play(table, rings_about("pothole"), Pressed("1"))
    assert isinstance(turns[-1].actions[-1], Transfer)
    assert turns[-1].actions[-1].queue == "emergency-duty"
    assert times(turns[2:]) == 0


def test_before_it_begins_and_from_its_end_on_nobody_hears_it() -> None:
    table = told(start=DAY, until=DAY.replace(hour=12))
    for hour, minute, heard in ((10, 59, 0), (11, 0, 1), (11, 59, 1), (12, 0, 0)):
        assert times(play(table, now=DAY.replace(hour=hour, minute=minute))) == heard


def test_it_is_said_slowly_to_those_who_asked_for_it() -> None:
    slower = Heard("slower", (), "slower", 0.97)
    turns = play(told(intents=("pothole",)), slower, rings_about("pothole"))
    assert turns[-1].actions[0] == Say(SAYS, slow=True)
