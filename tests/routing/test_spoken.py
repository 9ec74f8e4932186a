"""How long texts take to say, and how hard they are: against renders that were measured, and figures worked by hand."""

from __future__ import annotations

import pytest

from voicebot.routing.spoken import reading_grade, sentences, spoken_seconds
from voicebot.routing.syllables import number_words, syllables, words

RENDERED = [
    ("Please wait. Help is coming. I am calling the Blue Badge team for you.", 3.57),
    ("Call about a pothole. The caller said: I need a new bus pass", 3.32),
    (
        "Your district council looks after that. Which town or village do you live in? "
        "If you're not sure, say \"I don't know\". To speak to someone, press 0.",
        7.54,
    ),
    (
        "Please don't pay first. Challenge it on the council's website, westshire dot example, within 14 days, "
        "with photographs. You keep the discount while we consider it.",
        8.83,
    ),
    (
        "I'm sorry, I don't think the council can help with that. "
        "If you need something else, tell me in a few words. To speak to someone, press 0.",
        7.07,
    ),
]
"""Seconds of audio, silence cut off at both ends: Kokoro-82M, voice bf_emma, speed 1.0."""


@pytest.mark.parametrize(("text", "seconds"), RENDERED)
def test_against_a_real_voice(text: str, seconds: float) -> None:
    assert spoken_seconds(text) == pytest.approx(seconds, rel=0.12)


def test_nothing_takes_no_time() -> None:
    assert spoken_seconds("") == spoken_seconds(" … ") == 0.0


def test_every_pause_and_digit_counts() -> None:
    assert spoken_seconds("Yes, no.") > spoken_seconds("Yes no.")
    assert spoken_seconds("Ring 0 1 6 3 2.") > spoken_seconds("Ring.") + 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("council", 2), ("application", 4), ("people", 2), ("closed", 1), ("needed", 2), ("safely", 2), ("table", 2),
        ("somebody\'s", 3), ("isn\'t", 2), ("W", 3), ("12 pounds 50", 4), ("0 8", 2), ("", 0), ("…", 0),
    ],
)  # fmt: skip
def test_syllables(text: str, count: int) -> None:
    assert syllables(text) == count


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("72", "seventy two"),
        ("100", "one hundred"),
        ("365", "three hundred and sixty five"),
        ("2027", "twenty twenty seven"),
        ("1900", "nineteen hundred"),
        ("2005", "two thousand five"),
        ("1,200", "one thousand two hundred"),
        ("2,000,000", "two million"),
        ("01632", "nought one six three two"),
        ("1234567", "one two three four five six seven"),
    ],
)
def test_numbers_in_words(digits: str, said: str) -> None:
    assert number_words(digits) == said


def test_numbers_count_as_their_words() -> None:
    assert words("1,200 people") == ["one", "thousand", "two", "hundred", "people"]


def test_sentences() -> None:
    assert sentences('Say "repeat". It costs 12.50 pounds! …') == ['Say "repeat"', "It costs 12.50 pounds"]


def test_the_grade_is_that_of_the_formula() -> None:
    """Eleven words in two sentences, fourteen syllables."""
    expected = 0.39 * 11 / 2 + 11.8 * 14 / 11 - 15.59
    assert reading_grade("You can go by bus. You need no ticket after seven.") == pytest.approx(expected)


def test_names_do_not_make_a_text_hard() -> None:
    text = "Adult Social Care can help you today."
    assert reading_grade(text, ["Adult Social Care"]) < reading_grade(text)
    assert reading_grade("") == 0.0
