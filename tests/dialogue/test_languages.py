"""Help is promised in another language only where a line is open that can give it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from voicebot.dialogue.actions import Action, Ask, Say, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import Heard, NotUnderstood, Ranked
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.routing.hours import LONDON
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table

DAY = datetime(2026, 11, 24, 11, 0, tzinfo=LONDON)
NIGHT = DAY.replace(hour=23)
SMALL = load_table(Path(__file__).parent / "small" / "routing.yaml")
POLISH = SMALL.languages["pl"]
FRESH = Session("CA" + "0" * 32, "table", "model", "mobile")


def with_hours(**hours: str) -> Table:
    changed = {name: SMALL.queues[name].model_copy(update={"hours": each}) for name, each in hours.items()}
    return SMALL.model_copy(update={"queues": {**SMALL.queues, **changed}})


def polish(table: Table, now: datetime, session: Session = FRESH) -> Turn:
    return take_turn(session, NotUnderstood("pl"), table=table, now=now)


def in_polish(actions: tuple[Action, ...]) -> list[str]:
    return [each.text for each in actions if isinstance(each, Say) and each.language == "pl-PL"]


@pytest.mark.parametrize("helps", ["neighbours", "switchboard"])
def test_one_open_line_is_enough_to_promise_help(helps: str) -> None:
    turn = polish(with_hours(**{helps: "always"}), NIGHT)
    assert in_polish(turn.actions) == [POLISH.say]
    last = turn.actions[-1]
    assert isinstance(last, Transfer)
    assert last.queue == helps


def test_where_nobody_is_there_she_is_told_so_in_her_language_and_of_the_key_in_english() -> None:
    turn = polish(SMALL, NIGHT)
    assert in_polish(turn.actions) == [POLISH.closed]
    last = turn.actions[-1]
    assert isinstance(last, Ask)
    assert SMALL.wording["danger_key"] in last.text


@pytest.mark.parametrize("code", ["ro", "es"])
def test_without_words_for_it_nothing_is_said_but_the_english_ones(code: str) -> None:
    turn = take_turn(FRESH, NotUnderstood(code), table=SMALL, now=NIGHT)
    assert len(turn.actions) == 1
    assert isinstance(turn.actions[0], Ask)
    assert SMALL.wording["danger_key"] in turn.actions[0].text


def test_no_line_is_rung_where_her_words_say_that_it_is_closed() -> None:
    """At every hour of a day: the two sentences and what comes after them belong together."""
    for hour in range(24):
        turn = polish(SMALL, DAY.replace(hour=hour))
        rings = isinstance(turn.actions[-1], Transfer)
        assert in_polish(turn.actions) == [POLISH.say if rings else POLISH.closed]


def test_at_a_closed_line_that_english_words_led_to_she_hears_of_it_in_her_language() -> None:
    pothole = Heard("a pothole", (Ranked("pothole", 0.95),), None, 0.95)
    closed = take_turn(FRESH, pothole, table=SMALL, now=NIGHT)
    turn = polish(SMALL, NIGHT, closed.session)
    assert in_polish(turn.actions) == [POLISH.closed]
    assert (turn.session.stage, turn.session.queue, turn.session.language) == ("closed", "roads", "pl")


def test_the_line_for_messages_is_not_told_of_a_key_that_does_nothing_there() -> None:
    turn = polish(SMALL, NIGHT)
    for _ in range(2):
        turn = polish(SMALL, NIGHT, turn.session)
        assert in_polish(turn.actions) == ([POLISH.closed] if turn.session.stage == "closed" else [])
    turn = polish(SMALL, NIGHT, turn.session)
    assert turn.session.stage != "closed"
    assert in_polish(turn.actions) == []
