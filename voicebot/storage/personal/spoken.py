"""Number words as regular expressions, for the parts that look at words in their order."""

from __future__ import annotations

from collections.abc import Iterable

UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ZEROS = ("zero", "oh", "o", "nought", "naught", "nil")
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "thirtieth",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


def any_of(words: Iterable[str]) -> str:
    """The longest first, so that `seventeen` is not read as `seven`."""
    return "(?:" + "|".join(sorted(words, key=lambda word: (-len(word), word))) + ")"


UNIT = any_of(UNITS)
BELOW_HUNDRED = rf"(?:{any_of(TENS)}(?:[- ]{UNIT})?|{any_of(TEENS)}|{UNIT})"
HOUSE_NUMBER = rf"(?:(?:an?|{UNIT}) hundred(?:(?: and)? {BELOW_HUNDRED})?|{BELOW_HUNDRED})"
"""1 to 999, as house numbers are spoken."""
ORDINAL = rf"(?:(?:twenty|thirty)[- ]{any_of(ORDINALS[:9])}|{any_of(ORDINALS)})"
TWO_DIGITS = rf"(?:{any_of(TENS)}(?:[- ]{UNIT})?|{any_of(TEENS)}|(?:oh|zero|nought) {UNIT})"
_THOUSANDS = rf"two thousand(?:(?: and)? {BELOW_HUNDRED})?"
YEAR = rf"(?:(?:nineteen|twenty)[- ]{TWO_DIGITS}|{_THOUSANDS}|nineteen hundred|(?:19|20)\d\d)"
"""A year from 1900 on."""
