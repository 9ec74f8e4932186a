"""The conversation tree says what a call would: it is finite, whole, and every length is that of its words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from walks import LONDON, TIMES

from voicebot.dialogue.tree import intent_tree, opening_tree
from voicebot.dialogue.tree_nodes import Node
from voicebot.dialogue.tree_overview import overview
from voicebot.routing.loader import load_table
from voicebot.routing.spoken import spoken_seconds
from voicebot.routing.table import Table

ROOT = Path(__file__).parents[2]
DAY = datetime(2026, 11, 24, 11, tzinfo=LONDON)
NIGHT = datetime(2026, 11, 24, 3, tzinfo=LONDON)
MOST = 400
"""Nodes of one tree: more could not be read."""


@pytest.fixture(scope="module")
def shipped() -> Table:
    return load_table(ROOT / "routing.yaml")


@pytest.fixture(scope="module")
def small() -> Table:
    return load_table(Path(__file__).parent / "tree" / "routing.yaml")


def heard(tree: Node) -> str:
    return "\n".join(prompt.text for node in tree.walk() for prompt in node.prompts)


def told(tree: Node) -> str:
    return "\n".join(each.says for node in tree.walk() for each in node.happens)


def after(node: Node, does: str) -> Node:
    """The one child that is done by `does`, or by something else or that."""
    found = [each for each in node.then if does in each.does.split(", or ")]
    assert len(found) == 1, [each.does for each in node.then]
    return found[0]


@pytest.mark.parametrize("now", TIMES, ids=str)
def test_every_tree_of_the_shipped_table_ends_by_itself(shipped: Table, now: datetime) -> None:
    for tree in (opening_tree(shipped, now), *(intent_tree(shipped, each, now) for each in shipped.intents)):
        nodes = list(tree.walk())
        assert len(nodes) <= MOST
        assert not any(node.cut for node in nodes)
        assert [node.number for node in nodes] == list(range(1, len(nodes) + 1))


@pytest.mark.parametrize("now", TIMES, ids=str)
def test_nothing_is_left_hanging(shipped: Table, small: Table, now: datetime) -> None:
    """A node without a sequel ends the call, or says where to read on."""
    for table in (shipped, small):
        for tree in (opening_tree(table, now), *(intent_tree(table, each, now) for each in table.intents)):
            numbers = {node.number: node for node in tree.walk()}
            for node in numbers.values():
                ends = any(each.what == "hangs_up" for each in node.happens)
                assert node.then or ends or node.same_as or node.like or node.leads_to or node.any_request, node
                for other in (node.same_as, node.like):
                    assert other is None or numbers[other].then or numbers[other].any_request


def test_lengths_are_those_of_the_words_and_add_up(shipped: Table) -> None:
    for node in intent_tree(shipped, "pothole", DAY).walk():
        assert [each.seconds for each in node.prompts] == [spoken_seconds(each.text) for each in node.prompts]
        assert node.seconds == pytest.approx(sum(each.seconds for each in node.prompts))
        assert node.prompts


def test_it_begins_with_the_greeting_and_the_answer(shipped: Table) -> None:
    tree = intent_tree(shipped, "pothole", DAY)
    assert tree.does == "rings"
    assert shipped.council.name in tree.prompts[0].text
    sure, unsure = tree.then
    assert sure.prompts[0].text.startswith(shipped.intents["pothole"].answer[0][:40])
    assert sure.decision.at == str(shipped.where("intents.pothole"))
    assert shipped.intents["pothole"].about in unsure.prompts[0].text
    assert after(unsure, "presses 1").same_as == sure.number


def test_an_urgent_call_is_never_asked_about(shipped: Table) -> None:
    for name in filter(shipped.is_urgent, shipped.intents):
        assert len(intent_tree(shipped, name, NIGHT).then) == 1


def test_every_prompt_that_an_option_leads_to_appears(small: Table) -> None:
    tree = intent_tree(small, "school_transport", DAY)
    words, deeds = heard(tree), told(tree)
    route = small.intents["school_transport"]
    assert route.ask is not None
    for choice in route.ask.options.values():
        assert choice.about in words
        for part in choice.route.answer if choice.route else ():
            assert part in words
        if choice.route and choice.route.message and choice.route.kind == "answer":
            assert choice.route.message in deeds
    for part in small.intents["bus_pass"].answer:
        assert part in words, "an option that goes on with another intent is followed"
    for queue in ("transport", "switchboard"):
        assert small.queues[queue].target in deeds


def test_who_answers_no_question_reaches_a_person(small: Table) -> None:
    asked = intent_tree(small, "school_transport", DAY).then[0]
    once = after(asked, "says nothing")
    again = next(each for each in once.then if "says nothing again" in each.does)
    assert any(small.queues["transport"].target in each.says for each in again.happens)


def test_a_text_message_from_a_mobile_and_from_a_landline(shipped: Table) -> None:
    answer = intent_tree(shipped, "pothole", DAY).then[0]
    mobile, landline = (each for each in answer.then if each.does.startswith("presses 1"))
    assert [each.what for each in mobile.happens] == ["texts"]
    assert "landline" in landline.does
    assert not landline.happens
    keyed = after(landline, "keys in a mobile number")
    assert "+447700900123" in keyed.happens[0].says


def test_a_line_that_is_busy_and_one_that_nobody_answers(shipped: Table) -> None:
    rung = intent_tree(shipped, "complaint", DAY).then[0]
    assert shipped.queues["customer-feedback"].target in rung.happens[0].says
    busy, unanswered = rung.then
    assert (busy.does, unanswered.does) == ("the line is busy", "nobody answers")
    message = next(each for each in busy.then if any(what.what == "records" for what in each.happens))
    assert shipped.queues["customer-feedback"].deliver or "" in message.happens[0].says
    assert {each.does for each in message.then} == {"leaves a message", "says nothing"}


def test_closed_lines_are_closed_at_that_time(shipped: Table) -> None:
    assert intent_tree(shipped, "complaint", DAY).then[0].decision.open
    closed = intent_tree(shipped, "complaint", NIGHT).then[0]
    assert closed.decision.action == "closed"
    danger = after(closed, "presses 1")
    assert shipped.queues[shipped.council.danger_queue].target in danger.happens[0].says


def test_one_place_of_each_district_and_dont_know(shipped: Table) -> None:
    asked = intent_tree(shipped, "district_bins", DAY).then[0]
    for district in shipped.districts:
        node = next(each for each in asked.then if f"({district.name})" in each.does)
        assert district.places[0] in node.does
        assert shipped.queues[district.queue].name in node.prompts[0].text
    assert after(asked, 'says "i don\'t know"').happens[0].what == "rings"


def test_the_opening_leads_from_silence_to_keys_to_a_person(shipped: Table) -> None:
    once = after(opening_tree(shipped, DAY), "says nothing")
    twice = after(once, "says nothing again")
    assert shipped.intents[shipped.key_topics[0]].about in twice.prompts[-1].text
    assert after(twice, "says nothing again").happens[0].what == "rings"


def test_a_language_of_the_table_is_spoken_in_the_opening(small: Table) -> None:
    node = after(opening_tree(small, DAY), "speaks Polish")
    assert (node.prompts[0].text, node.prompts[0].language) == (small.languages["pl"].say, "pl-PL")


def test_a_notice_is_heard_while_it_holds_and_not_after(small: Table) -> None:
    car_park = next(each for each in small.notices if each.name == "car-park")
    assert car_park.say in heard(opening_tree(small, datetime(2026, 12, 1, 11, tzinfo=LONDON)))
    assert car_park.say not in heard(opening_tree(small, datetime(2026, 12, 8, 11, tzinfo=LONDON)))


def test_a_tree_that_is_too_deep_says_that_it_was_cut(shipped: Table) -> None:
    nodes = list(intent_tree(shipped, "complaint", DAY, deepest=2).walk())
    assert any(node.cut for node in nodes)
    assert not any(node.cut and node.then for node in nodes)


def test_owners_stand_beside_what_they_look_after(shipped: Table) -> None:
    at = shipped.where("intents.pothole").file
    table = shipped.model_copy(update={"owners": {at: "Highways"}})
    assert intent_tree(table, "pothole", DAY).then[0].owner == "Highways"
    assert {each.owner for each in overview(table, DAY) if each.file == at} == {"Highways"}


def test_the_overview_has_every_intent_once_with_its_line(shipped: Table) -> None:
    entries = {each.intent: each for each in overview(shipped, NIGHT)}
    assert entries.keys() == shipped.intents.keys()
    complaint, bins = entries["complaint"], entries["district_bins"]
    assert (complaint.queue, complaint.open, complaint.then) == ("customer-feedback", False, "closed message")
    assert (bins.queue, bins.team, bins.open) == (None, None, None)
    assert entries["life_in_danger"].then.startswith("rings ")
    assert complaint.at == str(shipped.where("intents.complaint"))
    first = intent_tree(shipped, "complaint", NIGHT).then[0]
    assert complaint.seconds == pytest.approx(first.seconds)
