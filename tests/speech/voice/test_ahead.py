"""Whether everything that the shipped table can say is rendered ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voicebot.dialogue.sayings import opening_times, sayings
from voicebot.dialogue.tree import intent_tree, opening_tree
from voicebot.dialogue.wording import prompt
from voicebot.routing.loader import load_table
from voicebot.routing.prompts import PROMPTS
from voicebot.routing.table import Table
from voicebot.speech.voice.ahead import ahead
from voicebot.speech.voice.pieces import clauses, sentences

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 12, 22, 12, 0, tzinfo=UTC)
MOMENTS = [NOW + timedelta(days=days, hours=hours) for days, hours in ((0, 0), (0, 9), (2, 11), (3, 2), (13, 9))]
"""A Tuesday noon and night, Christmas Eve at night, Christmas Day, and the last evening of the fortnight."""


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table(ROOT / "routing.yaml")


@pytest.fixture(scope="module")
def rendered(table: Table) -> frozenset[str]:
    return frozenset(ahead(table, NOW).pieces)


def missing(text: str, rendered: frozenset[str]) -> Iterator[str]:
    for sentence in sentences(text):
        if sentence not in rendered and not all(clause in rendered for clause in clauses(sentence)):
            yield sentence


@pytest.mark.parametrize("now", MOMENTS)
def test_every_prompt_of_every_tree_is_there(table: Table, rendered: frozenset[str], now: datetime) -> None:
    trees = [opening_tree(table, now), *(intent_tree(table, intent, now) for intent in table.intents)]
    said = {p.text for tree in trees for node in tree.walk() for p in node.prompts if p.language is None}
    assert len(said) > 200
    assert [each for text in said for each in missing(text, rendered)] == []


def test_any_two_topics_can_be_offered(table: Table, rendered: frozenset[str]) -> None:
    topics = [route.about for route in table.intents.values()]
    for first in topics:
        for second in topics:
            assert not list(missing(prompt(table, "offer_two", first=first, second=second), rendered))
        for key in "12":
            assert not list(missing(prompt(table, "topic_key", topic=first, key=key), rendered))


def test_pairs_do_not_multiply(table: Table, rendered: frozenset[str]) -> None:
    assert len(rendered) < 1500
    assert ahead(table, NOW).too_many == ()


def test_a_wording_without_a_comma_between_its_parts_is_said_to_be_too_much(table: Table) -> None:
    worded = table.model_copy(update={"wording": {**table.wording, "offer_two": "Is it {first} or {second}?"}})
    assert ahead(worded, NOW).too_many == ("Is it {first} or {second}?",)


def test_every_prompt_is_filled_with_what_it_must_use(table: Table) -> None:
    for (text, values), (name, variables) in zip(
        sayings(table, NOW), [each for each in PROMPTS.items() if not each[0].startswith("whisper")], strict=False
    ):
        assert text == table.wording[name]
        assert all(each.keys() == variables for each in values), name


def test_the_opening_comes_first(table: Table) -> None:
    assert ahead(table, NOW).pieces[0].startswith("Hello")


def test_opening_times_are_said_as_on_each_day_of_the_fortnight(table: Table) -> None:
    queue = next(name for name, each in table.queues.items() if each.hours == "office")
    said = opening_times(table, queue, NOW)
    assert {"today at half past eight", "tomorrow at half past eight"} <= set(said)
    assert any("29th of December" in each or "on Tuesday" in each for each in said), "after the long weekend"
