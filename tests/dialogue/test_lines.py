"""Tables that the shipped one is not: some districts open and some closed, and urgent lines with gaps."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from fixed_table import fixed_table

from voicebot.dialogue.actions import Ask, Say, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import Heard, PartFailed, Pressed, Ranked, TransferEnded
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.routing.table import Table

SHIPPED = fixed_table()
NIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=ZoneInfo("Europe/London"))
DAY = NIGHT.replace(hour=11)
FRESH = Session("CA" + "0" * 32, "table", "model", "mobile")


def with_queue(table: Table, name: str, **changes: object) -> Table:
    queue = table.queues[name].model_copy(update=changes)
    return table.model_copy(update={"queues": {**table.queues, name: queue}})


def with_route(table: Table, name: str, **changes: object) -> Table:
    route = table.intents[name].model_copy(update=changes)
    return table.model_copy(update={"intents": {**table.intents, name: route}})


ONE_OPEN = with_queue(SHIPPED, "north-vale", hours="always")


def says(table: Table, session: Session, intent: str, words: str = "words", now: datetime = NIGHT) -> Turn:
    return take_turn(session, Heard(words, (Ranked(intent, 0.95),), None, 0.95), table=table, now=now)


def lives_in(table: Table, session: Session, district: str) -> Turn:
    return take_turn(session, Heard("there", (), district, 0.95), table=table, now=NIGHT)


def ring(turn: Turn) -> str | None:
    last = turn.actions[-1]
    return last.queue if isinstance(last, Transfer) else None


def test_homeless_where_the_district_is_open_is_offered_the_district() -> None:
    asked = says(ONE_OPEN, FRESH, "district_housing")
    assert asked.session.stage == "district"
    offered = lives_in(ONE_OPEN, asked.session, "north-vale")
    assert offered.session.stage == "signpost"
    assert ring(take_turn(offered.session, Pressed("1"), table=ONE_OPEN, now=NIGHT)) == "north-vale"


def test_homeless_where_the_district_is_closed_goes_to_the_duty_team() -> None:
    asked = says(ONE_OPEN, FRESH, "district_housing")
    assert ring(lives_in(ONE_OPEN, asked.session, "ashdown")) == "emergency-duty"


@pytest.mark.parametrize(("place", "reached"), [("Wantley", "emergency-duty"), ("Banfield", None)])
def test_a_district_known_before_is_treated_no_worse(place: str, reached: str | None) -> None:
    told = says(ONE_OPEN, FRESH, "district_bins", f"my bins in {place}")
    assert ring(says(ONE_OPEN, told.session, "district_housing")) == reached
    assert ring(says(ONE_OPEN, FRESH, "district_housing", f"I live in {place}")) == reached


def test_where_the_line_for_closed_hours_is_closed_too_the_town_is_asked_and_the_closing_told() -> None:
    table = with_route(SHIPPED, "district_housing", when_closed="switchboard")
    asked = says(table, FRESH, "district_housing")
    assert asked.session.stage == "district"
    assert lives_in(table, asked.session, "ashdown").session.stage == "closed"


def test_bins_where_the_district_is_closed_are_told_when_it_opens_and_an_open_one_is_offered() -> None:
    asked = says(ONE_OPEN, FRESH, "district_bins")
    assert lives_in(ONE_OPEN, asked.session, "ashdown").session.stage == "closed"
    assert lives_in(ONE_OPEN, asked.session, "north-vale").session.stage == "signpost"


def test_two_places_named_in_one_breath_are_a_question() -> None:
    turn = says(SHIPPED, FRESH, "district_bins", "from Banfield to Didbury", DAY)
    assert turn.session.stage == "district"


def test_a_place_inside_another_word_is_not_named() -> None:
    assert says(SHIPPED, FRESH, "district_bins", "the Northways bins", DAY).session.stage == "district"


def test_an_urgent_line_that_is_closed_is_followed_by_its_own_not_by_an_earlier_topic_s() -> None:
    table = with_queue(SHIPPED, "libraries", hours="always", overflow="bus-operators")
    read = says(table, FRESH, "library_services")
    assert read.session.queue == "libraries"
    assert ring(says(table, read.session, "domestic_abuse")) == "emergency-duty"


def test_an_urgent_line_without_a_line_for_closed_hours_goes_to_its_overflow_then_to_the_danger_queue() -> None:
    table = with_route(SHIPPED, "domestic_abuse", when_closed=None)
    assert ring(says(table, FRESH, "domestic_abuse")) == "emergency-duty"
    turn = says(table, FRESH, "domestic_abuse", now=DAY)
    rung = [ring(turn)]
    for _ in range(5):
        turn = take_turn(turn.session, TransferEnded("busy"), table=table, now=DAY)
        rung.append(ring(turn))
    assert rung[:4] == ["adult-social-care", "switchboard", "emergency-duty", "emergency-duty"]
    assert set(rung[4:]) <= {"switchboard", "emergency-duty"}


def test_a_line_that_closed_while_she_made_up_her_mind_is_told_to_be_closed() -> None:
    busy = take_turn(
        says(SHIPPED, FRESH, "marriage_notice", now=DAY).session, TransferEnded("busy"), table=SHIPPED, now=DAY
    )
    turn = take_turn(busy.session, Pressed("1"), table=SHIPPED, now=NIGHT)
    assert turn.session.stage == "closed"
    last = turn.actions[-1]
    assert isinstance(last, Ask)
    assert "the switchboard is closed now" in last.text


def test_the_second_line_can_fail_as_often_as_it_likes() -> None:
    turn = says(SHIPPED, FRESH, "marriage_notice", now=DAY)
    for key in ("1", "0", "0", "0"):
        turn = take_turn(turn.session, TransferEnded("no_answer"), table=SHIPPED, now=DAY)
        assert turn.session.stage == "line_failed"
        turn = take_turn(turn.session, Pressed(key), table=SHIPPED, now=DAY)
        assert ring(turn) == "switchboard"
        assert isinstance(turn.actions[0], Say)


@pytest.mark.parametrize("zero", [Pressed("0"), Heard("advisor", (), "advisor", 0.95)])
def test_a_person_after_the_answer_of_an_outside_line_at_night(zero: Pressed | Heard) -> None:
    """That line takes no messages; the switchboard does."""
    outside = with_queue(SHIPPED, "highways", external=True, hours="office")
    answering = with_route(outside, "pothole", kind="answer", to="highways", answer=("Report it online.",), ask=None)
    answered = says(answering, FRESH, "pothole")
    assert answered.session.stage == "answered"
    turn = take_turn(answered.session, zero, table=answering, now=NIGHT)
    asked = turn.actions[-1]
    assert isinstance(asked, Ask)
    assert turn.session.queue == "switchboard"
    assert {each.id for each in asked.expecting.options} >= {"danger", "message"}


@pytest.mark.parametrize("name", ["message", "text", "danger", "overflow", "enough", "go_on"])
def test_an_intent_may_be_called_what_something_else_is_called_elsewhere(name: str) -> None:
    intents = {**SHIPPED.intents, name: SHIPPED.intents["speak_to_advisor"]}
    table = SHIPPED.model_copy(update={"intents": intents, "key_topics": (name,)})
    menu = take_turn(FRESH, PartFailed("recogniser"), table=table, now=DAY)
    chosen = take_turn(menu.session, Pressed("1"), table=table, now=DAY)
    assert chosen.session.intent == name
    assert ring(chosen) == "switchboard"
