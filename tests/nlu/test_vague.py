"""Who has said nothing yet is asked, and never taken for an emergency."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.dialogue.actions import Expecting, Option
from voicebot.nlu.answers import match_answer
from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import read_corpus
from voicebot.nlu.vague import says_nothing

ROOT = Path(__file__).parents[2]

NOTHING = [
    "I don't know.",
    "I don't know, really.",
    "I haven't a clue",
    "It's about my mum",
    "My husband...",
    "I've got a problem",
    "I've had a letter from you",
    "You sent me an email",
    "I want to report something",
    "Well, it's, it's, I've got a bit of a question",
    "he's seventeen",
    "I don't know what to do",
    "I need help with my son",
    "Could you help me with my dad?",
]
SOMETHING = [
    "He's hitting me",
    "my mum's not breathing",
    "I can't go on",
    "I just need someone to tell me not to",
    "My husband, he's locked me in",
    "help",
    "help me",
    "help my son",
    "bins",
    "somebody rang me",
    "I don't want to be here any more",
    "it's gone",
]


FEELS_HER_WAY = {"Is this where you ring about a husband"}
"""A beginning that only she knows the end of: she is asked what it is about."""


@pytest.mark.parametrize("words", NOTHING)
def test_nothing_is_said_yet(words: str) -> None:
    assert says_nothing(clean(words))
    answer = match_answer(words, Expecting("request"))
    assert (answer.choice, answer.rest) == (None, ""), "nothing is left to be taken for an intent"


@pytest.mark.parametrize("words", SOMETHING)
def test_something_is_said(words: str) -> None:
    assert not says_nothing(clean(words))


def test_silence_is_an_event_of_its_own() -> None:
    assert not says_nothing("")


def test_no_urgent_phrase_says_nothing() -> None:
    corpus = read_corpus(ROOT / "intents")
    urgent = [phrase.words for intent in corpus.intents if intent.urgent for phrase in intent.phrases]
    assert len(urgent) > 1_000
    assert {words for words in urgent if says_nothing(clean(words))} <= FEELS_HER_WAY


def test_an_emergency_that_names_an_option_is_ranked() -> None:
    """ "Is that for an adult, or for a child?" """
    options = (Option("adult", ("my mum", "my husband")), Option("child", ("my son", "my daughter")))
    for words in ("My mum's not breathing", "my husband's unconscious", "He's hitting my son"):
        answer = match_answer(words, Expecting("options", options))
        assert answer.rest == clean(words)
    assert match_answer("my son", Expecting("options", options)).rest == ""
    assert match_answer("it's my son", Expecting("options", options)).choice == "child"


def test_yes_and_nothing_more_is_only_yes() -> None:
    assert match_answer("Yes, I've got a question.", Expecting("yes_no")).rest == ""
    assert match_answer("No, it's about my bin.", Expecting("yes_no")).rest == "it's about my bin"


@pytest.mark.parametrize(
    "words",
    [
        "Can I speak to somebody about my son, please?",
        "erm, well, it's sort of, can I, can I have somebody please",
        "I need someone",
    ],
)
def test_who_says_no_more_than_that_she_wants_a_person_gets_one(words: str) -> None:
    answer = match_answer(words, Expecting("request"))
    assert (answer.choice, answer.rest) == ("advisor", "")
