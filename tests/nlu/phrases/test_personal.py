from __future__ import annotations

import pytest

from voicebot.nlu.corpus import Phrase
from voicebot.nlu.phrases.personal import personal
from voicebot.storage.redaction import find


def told(words: str) -> list[str]:
    return [each.issue.message for each in personal([Phrase(words, "intents/pothole.yaml", 7, 5)], find)]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("my mobile's 07911 123456", "a telephone number"),
        ("it's oh seven nine one one, one two three, four five six", "a telephone number"),
        ("write to p.smith@hotmail.co.uk", "an e-mail address"),
        ("Q Q one two three four five six C", "a National Insurance number"),
        ("we live in M13 9PL", "a postcode"),
        ("my date of birth is 4th of March 1951", "a date of birth"),
    ],
)
def test_is_found(words: str, what: str) -> None:
    assert told(words) == [f"there seems to be {what} here"]


@pytest.mark.parametrize(
    "words",
    [
        "ring me on 01632 960 983",
        "ring me on 07700 900 123",
        "it's 020 7946 0018",
        "write to jane@example.org",
        "the hole outside 14 Mill Lane",
        "my reference is 440 221 98",
        "there's a bump by WB7 2ND",
        "I was born in nineteen sixty",
        "I'm on a fifty cc and it's written off",
    ],
)
def test_is_left_alone(words: str) -> None:
    assert told(words) == []
