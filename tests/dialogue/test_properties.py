"""What holds in every call, whatever callers and providers do: thousands of seeded random walks over all kinds of
events and the routing.yaml that is shipped, the session saved and reloaded between every two turns. What holds on any
table stands in tests/properties."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import datetime
from typing import get_args

import pytest
from walks import TABLE, TIMES, URGENT, WALKS, Walk, sensible, walk

from voicebot.dialogue.actions import Ask, HangUp, Say, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import (
    CallerHungUp,
    CallStarted,
    Event,
    Heard,
    NothingHeard,
    Pressed,
    Ranked,
    TransferEnded,
)
from voicebot.dialogue.session import Session, Stage
from voicebot.dialogue.stuck import PATIENCE
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import heard_by_caller
from voicebot.routing.hours import line_open
from voicebot.routing.table import OUT_OF_SCOPE

# --- what holds in every call -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def walks() -> list[Walk]:
    return [walk(seed) for seed in range(WALKS)]


def turns(walks: list[Walk]) -> Iterator[tuple[Walk, Session, Event, Turn]]:
    for call in walks:
        for session, happened, turn in call.played:
            yield call, session, happened, turn


def test_the_walks_see_every_stage(walks: list[Walk]) -> None:
    """Or the other tests would prove less than they seem to."""
    stages = {session.stage for _, session, _, _ in turns(walks)}
    assert stages == set(get_args(Stage))
    assert {turn.decision.name for _, _, _, turn in turns(walks)} >= {"accept", "confirm", "offer_two", "urgent"}


def test_nobody_is_hung_up_on_without_a_reason(walks: list[Walk]) -> None:
    """She said goodbye or that there is nothing else, was silent more than once, was connected, goes round in circles,
    or has gone."""
    for call in walks:
        silences = 0
        for session, happened, turn in call.played:
            silences = silences + 1 if isinstance(happened, NothingHeard) else 0
            if session.stage == "ended" or not any(isinstance(each, HangUp) for each in turn.actions):
                continue
            said_so = isinstance(happened, Heard) and happened.choice in ("goodbye", "no")
            connected = isinstance(happened, TransferEnded) and happened.outcome == "completed"
            noise = "a message was left" in turn.decision.rule and session.tries >= 1
            circles = session.stuck >= PATIENCE
            assert said_so or connected or noise or circles or silences >= 2 or (session.tries >= 1 and silences), (
                session,
                happened,
            )


def test_the_key_for_danger_works_wherever_it_was_offered(walks: list[Walk]) -> None:
    seen = 0
    for call in walks:
        for session, _, turn in call.played[:-1]:
            last = turn.actions[-1] if turn.actions else None
            if not isinstance(last, Ask) or TABLE.wording["danger_key"] not in last.text or session.stage == "ended":
                continue
            seen += 1
            pressed = take_turn(turn.session, Pressed("1"), table=TABLE, now=call.now)
            assert pressed.decision.name == "urgent"
            put_through_quietly(pressed, call.now)
    assert seen > 500


@pytest.mark.parametrize("intent", URGENT)
def test_urgent_words_are_put_through_at_once_from_anywhere(intent: str, walks: list[Walk]) -> None:
    rng = random.Random(intent)
    for call in walks[::8]:
        for session, _, _ in call.played[1:]:
            if session.stage == "ended":
                continue
            said = rng.choice((None, "no", "yes"))
            words = "no my husband is hitting me" if said == "no" else "yes he is hitting me"
            spoken = Heard(words, (Ranked(intent, 0.8),), said, 0.9 if said else 0.8)
            turn = take_turn(session, spoken, table=TABLE, now=call.now)
            assert turn.decision.name == "urgent"
            put_through_quietly(turn, call.now)
            assert TABLE.intents[intent].about not in heard_by_caller(turn.actions)
            assert session.district == turn.session.district
            assert turn.session.restricted


def put_through_quietly(turn: Turn, now: datetime) -> None:
    *said, last = turn.actions
    assert all(isinstance(each, Say) for each in said)
    assert said
    assert isinstance(last, Transfer)
    assert line_open(TABLE, last.queue, now)


def test_after_urgent_words_there_is_only_the_next_line_until_she_is_connected(walks: list[Walk]) -> None:
    seen = 0
    for call in walks:
        urgent = False
        for _, happened, turn in call.played:
            if urgent and turn.session.stage == "ended":
                assert isinstance(happened, CallerHungUp | TransferEnded)
                break
            urgent = urgent or turn.decision.name == "urgent"
            if urgent:
                seen += 1
                put_through_quietly(turn, call.now)
    assert seen > 500


def test_no_urgent_topic_is_ever_said_aloud(walks: list[Walk]) -> None:
    topics = [TABLE.intents[name].about for name in URGENT]
    for _, _, _, turn in turns(walks):
        spoken = heard_by_caller(turn.actions)
        assert not any(topic in spoken for topic in topics)


def test_at_most_three_options_at_a_time_each_before_its_key(walks: list[Walk]) -> None:
    for asked in {each for call in walks for each in call.actions if isinstance(each, Ask)}:
        keyed = [each for each in asked.expecting.options if each.key and each.id not in ("more", "neither")]
        assert len(keyed) <= 3, asked
        sentences = [each for each in re.split(r"(?<=[.?]) ", asked.text) if re.search(r"press \d", each)]
        for each in sentences:
            assert not re.search(r"press \d,? (?:for|to)\b", each, re.IGNORECASE), each
        for option in asked.expecting.options:
            if option.key:
                assert f"press {option.key}" in asked.text, asked


def test_each_notice_is_told_once_in_a_call_and_never_after_urgent_words(walks: list[Walk]) -> None:
    told = 0
    for call in walks:
        urgent = False
        heard: list[str] = []
        for _, _, turn in call.played:
            urgent = urgent or turn.decision.name == "urgent"
            spoken = heard_by_caller(turn.actions)
            new = [
                each.say for each in TABLE.notices if each.say in spoken and not _asked_before(each.say, turn, heard)
            ]
            assert not (urgent and new), turn
            assert not set(new) & set(heard), turn
            heard += new
        told += len(heard)
    assert told > 1000


def _asked_before(say: str, turn: Turn, heard: list[str]) -> bool:
    """Whether it is part of a question that is asked again: the closed message gives its reason each time."""
    asked = turn.session.asked
    return say in heard and asked is not None and say in asked.text


def test_lines_that_a_notice_closes_are_not_rung(walks: list[Walk]) -> None:
    closed = {queue for each in TABLE.notices if each.closes for queue in each.queues}
    assert any(turn.session.stage == "closed" and turn.session.queue in closed for _, _, _, turn in turns(walks))
    assert not [each for call in walks for each in call.actions if isinstance(each, Transfer) and each.queue in closed]


@pytest.mark.parametrize("at", TIMES, ids=lambda at: at.strftime("%a-%H%M"))
def test_calls_of_those_who_answer_sensibly_end(at: datetime) -> None:
    """Whatever they ring about: said once, every question answered, nothing else wanted. Never more than ten turns."""
    for number, intent in enumerate(TABLE.intents):
        rng = random.Random(number)
        call = Walk(at)
        session = call.step(Session("CA" + "0" * 32, TABLE.hash, "model", "mobile"), CallStarted("mobile"))
        share = rng.choice((0.4, 0.9))
        said: Event = Heard("what I ring about", (Ranked(intent, share), Ranked(OUT_OF_SCOPE, 0.1)), None, share)
        for _ in range(10):
            session = call.step(session, said)
            if session.stage == "ended":
                break
            said = sensible(rng, session)
        assert session.stage == "ended", [turn.actions for _, _, turn in call.played]
        assert session.outcome in ("connected", "answered", "signposted", "message_left", "abandoned")
