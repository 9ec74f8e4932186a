from __future__ import annotations

import pytest

from voicebot.nlu.corpus import Phrase
from voicebot.nlu.phrases.written import small_words, written


def told(*many: str) -> list[tuple[str, str]]:
    phrases = [Phrase(words, "intents/pothole.yaml", line, 5) for line, words in enumerate(many, 6)]
    return [(each.issue.code, each.issue.fix) for each in written(phrases, small_words(phrases))]


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("can u come", "write you"),
        ("thx, bye", "write thanks"),
        ("my appt was b4 lunch", "write appointment"),
        ("lol it's still there", "delete it"),
        ("sooooo deep", "write so"),
    ],
)
def test_the_fix_says_what_to_write(words: str, fix: str) -> None:
    assert fix in [each for _, each in told(words)]


def test_capitals_are_shouted_where_the_word_is_known_in_small_letters() -> None:
    assert told("it is NOT a pothole") == []
    assert [code for code, _ in told("it is NOT a pothole", "no it's not")] == ["N770"]
    assert [code for code, _ in told("this is URGENT")] == ["N770"]
    assert told("send me the SEND form, my PIN is on it", "can you pin it up") == []


@pytest.mark.parametrize(
    "words",
    [
        "I, I, it's r run out",
        "no, it's R, then S",
        "what's the... um... the number of the 24/7 line?",
        "it's the A38, junction 4, at 3pm on the 21st",
        "A&E sent me, and Mr O'Brien's sister-in-law",
        'she said, "no", and hung up - twice',
        "mmm, ahhh, shhh",
        "a size XXL one, it's £2.50, or 5%",
        "café and a naïve über driver",
        "is it 10:30, or what?",
    ],
)
def test_what_whisper_writes_is_left_alone(words: str) -> None:
    assert told(words) == []
