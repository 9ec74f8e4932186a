"""999 is written as people know it and read as they say it."""

from __future__ import annotations

import pytest

from voicebot.routing.short_numbers import spelt
from voicebot.routing.syllables import words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hang up and dial 999.", "Hang up and dial 9 9 9."),
        ("Dial 999, or ring 111 and wait.", "Dial 9 9 9, or ring 1 1 1 and wait."),
        ("by calling on 101", "by calling on 1 0 1"),
        ("Call 111 or, if it gets worse, 999.", "Call 1 1 1 or, if it gets worse, 9 9 9."),
        ("It costs 101 pounds. We call 1015 people.", "It costs 101 pounds. We call 1015 people."),
        ("We phone 999 people.", "We phone 999 people."),
    ],
)
def test_a_number_to_dial_is_read_digit_by_digit(written: str, read: str) -> None:
    assert spelt(written) == read


def test_its_length_is_that_of_its_digits() -> None:
    assert words("dial 999") == ["dial", "nine", "nine", "nine"]
