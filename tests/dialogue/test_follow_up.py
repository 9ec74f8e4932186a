"""The follow-up question on the small council, answered in the words that callers use, by the real matching."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from voicebot.dialogue.actions import Ask, Say, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import Event, Heard, NotUnderstood, Pressed, Ranked
from voicebot.dialogue.follow_up import answered_in
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.nlu.answers import match_answer
from voicebot.routing.hours import LONDON
from voicebot.routing.loader import load_table
from voicebot.routing.table import Choice, Question, Table

DAY = datetime(2026, 11, 24, 11, 0, tzinfo=LONDON)
FRESH = Session("CA" + "0" * 32, "table", "model", "mobile")
SMALL = load_table(Path(__file__).parent / "small" / "routing.yaml")


def with_options(**options: Choice) -> Table:
    route = SMALL.intents["school_transport"]
    changed = route.model_copy(update={"ask": Question(say="Which is it?", options=options)})
    return SMALL.model_copy(update={"intents": {**SMALL.intents, "school_transport": changed}})


def plain(about: str, key: str, *phrases: str, **changes: object) -> Choice:
    route = SMALL.intents["school_transport"].model_copy(update={"ask": None, **changes})
    return Choice(about=about, phrases=phrases, key=key, route=route)


def play(*events: Event, table: Table = SMALL) -> Turn:
    turn = take_turn(FRESH, rings_about("school_transport"), table=table, now=DAY)
    for each in events:
        turn = take_turn(turn.session, each, table=table, now=DAY)
    return turn


def rings_about(intent: str, words: str = "about it") -> Heard:
    return Heard(words, (Ranked(intent, 0.95),), None, 0.95)


def says(words: str, asked: Turn) -> Heard:
    question = asked.session.asked
    assert isinstance(question, Ask)
    answer = match_answer(words, question.expecting)
    return Heard(words, (), answer.choice, answer.confidence)


def offered(turn: Turn) -> list[str]:
    last = turn.actions[-1]
    assert isinstance(last, Ask)
    return [each.key for each in last.expecting.options if each.key]


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("It's new.", "new"),
        ("a new application, please", "new"),
        ("first time", "new"),
        ("the first one", "new"),
        ("Transport that we have already.", "existing"),
        ("the second one", "existing"),
        ("The bus is late!", "existing"),
        ("um, work as a driver", "driving"),
        ("yes", "driving"),  # a phrase of it, odd as that is
    ],
)
@pytest.mark.parametrize("keys", [False, True])
def test_an_option_is_chosen_by_voice(words: str, option: str, keys: bool) -> None:
    asked = play(*[NotUnderstood()] * keys)
    if option == "driving" and keys:
        asked = take_turn(asked.session, Pressed("9"), table=SMALL, now=DAY)
    turn = take_turn(asked.session, says(words, asked), table=SMALL, now=DAY)
    assert turn.session.option == option


@pytest.mark.parametrize("words", ["neither", "I'm not sure", "something else", "none of them"])
def test_who_does_not_know_which_reaches_the_team(words: str) -> None:
    asked = play()
    turn = take_turn(asked.session, says(words, asked), table=SMALL, now=DAY)
    assert isinstance(turn.actions[-1], Transfer)
    assert turn.actions[-1].queue == "transport"


def test_i_don_t_know_is_offered_the_options_by_key() -> None:
    asked = play()
    turn = take_turn(asked.session, says("I don't know", asked), table=SMALL, now=DAY)
    assert turn.session.stage == "follow_up_keys"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("I want to APPLY for it", "new"),
        ("it\u2019s  the bus   is late again", "existing"),
        ("the renewal", None),  # "new" inside another word
        ("a new one, or the one I have already", None),
        ("yes it's transport", None),  # "yes" answers only what was asked
        ("a bus pass", "bus-pass"),
        ("", None),
    ],
)
def test_words_that_answer_it_before_it_is_asked(words: str, option: str | None) -> None:
    question = SMALL.intents["school_transport"].ask
    assert question is not None
    assert answered_in(words, question) == option


def test_an_option_may_be_called_as_other_answers_are() -> None:
    names = ("text", "repeat", "advisor", "danger", "message")
    options = {name: plain(f"thing number {key}", str(key)) for key, name in enumerate(names, 1)}
    table = with_options(**options)
    for name in names:
        asked = play(table=table)
        turn = take_turn(asked.session, says(name, asked), table=table, now=DAY)
        assert turn.session.option == name
        assert isinstance(turn.actions[-1], Transfer)


def test_yes_and_no_can_be_options() -> None:
    table = with_options(yes=plain("a reference", "1"), no=plain("no reference", "2", to="schools"))
    for words, line in (("yes I do", "transport"), ("no I don't", "schools")):
        asked = play(table=table)
        turn = take_turn(asked.session, says(words, asked), table=table, now=DAY)
        assert isinstance(turn.actions[-1], Transfer)
        assert turn.actions[-1].queue == line


def test_yes_or_no_before_a_new_request_is_no_answer() -> None:
    table = with_options(yes=plain("a reference", "1"), no=plain("no reference", "2"))
    spoken = Heard("no it's about a pothole", (Ranked("pothole", 0.95),), "no", 0.95)
    for before in ([], [NotUnderstood()]):
        assert play(*before, spoken, table=table).session.intent == "pothole"


def test_nine_options_come_in_pages_of_three_and_every_key_is_its_own() -> None:
    options = {f"o{key}": plain(f"thing number {key}", str(key)) for key in range(1, 10)}
    table = with_options(**options)
    turn = play(NotUnderstood(), table=table)
    pages = []
    for _ in range(3):
        pages.append(offered(turn))
        more = pages[-1][-1]
        assert len(set(pages[-1])) == len(pages[-1]) == 4
        turn = take_turn(turn.session, Pressed(more), table=table, now=DAY)
    assert [page[:3] for page in pages] == [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]]
    assert isinstance(turn.actions[-1], Transfer)


def test_keys_of_the_owners_choice() -> None:
    table = with_options(new=plain("a new one", "4"), old=plain("an old one", "9"))
    assert offered(play(NotUnderstood(), table=table)) == ["4", "9", "8"]


def test_an_urgent_option_is_put_through_at_once() -> None:
    urgent = plain("a child on the road", "2", "on the road", kind="urgent", to="emergency-duty", first="Dial 999.")
    table = with_options(new=plain("a new one", "1"), road=urgent)
    for turn in (
        play(NotUnderstood(), Pressed("2"), table=table),
        take_turn(FRESH, rings_about("school_transport", "she stands on the road"), table=table, now=DAY),
    ):
        assert turn.decision.name == "urgent"
        assert turn.actions[0] == Say("Dial 999.")
        assert isinstance(turn.actions[-1], Transfer)
        assert turn.actions[-1].queue == "emergency-duty"
        assert turn.session.restricted


def test_options_that_lead_to_each_other_are_asked_one_after_the_other() -> None:
    """`check` finds the loop; until then the caller is asked, and the engine does not run for ever."""
    there = Choice(about="the other", phrases=("round",), key="1", intent="bus_pass")
    back = Choice(about="the first", phrases=("round",), key="1", intent="school_transport")
    table = with_options(there=there)
    bus_pass = table.intents["bus_pass"].model_copy(update={"ask": Question(say="Back?", options={"back": back})})
    table = table.model_copy(update={"intents": {**table.intents, "bus_pass": bus_pass}})
    turn = take_turn(FRESH, rings_about("school_transport", "round and round"), table=table, now=DAY)
    assert (turn.session.stage, turn.session.intent) == ("follow_up", "bus_pass")


def test_where_the_decision_rests_is_the_option_s_own_line() -> None:
    chosen = play(NotUnderstood(), Pressed("2")).decision
    assert chosen.at == str(SMALL.where("intents.school_transport.ask.options.existing"))
    assert chosen.at != str(SMALL.where("intents.school_transport"))


@pytest.mark.parametrize(
    ("words", "alarm", "decided"),
    [
        ("It's for my son, he's nine", 0.35, "accept"),
        ("It's for my son, he's nine", 0.7, "accept"),  # the option and next to nothing else
        ("It's for my son, he's nine", 0.9, "urgent"),
        ("It's my son, he frightens me", 0.69, "accept"),
        ("It's my son, he frightens me", 0.7, "urgent"),
    ],
)
def test_an_answer_that_names_a_child_is_no_child_in_danger_unless_it_sounds_like_one(words, alarm, decided) -> None:
    table = with_options(son=plain("a child", "1", "son"), mum=plain("an adult", "2", "mum"))
    asked = play(table=table)
    said = says(words, asked)
    urgent = next(name for name in SMALL.intents if SMALL.is_urgent(name))
    heard = replace(said, ranked=(Ranked(urgent, alarm), Ranked("school_transport", 1 - alarm)), urgent=urgent)
    assert said.choice == "option son"
    assert take_turn(asked.session, heard, table=table, now=DAY).decision.name == decided
