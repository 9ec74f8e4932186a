"""Numbers of three digits that callers are told to dial: written as they are, read digit by digit. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOLD = re.compile(r"\b(?:dial|ring|call|phone)(?:ing)?\b[^.!?]*", re.IGNORECASE)
_NUMBER = re.compile(r"\b(?:999|112|111|105|101)\b(?! (?:pounds|days|people|miles|years))")
"""Emergencies, the NHS, power cuts, the police."""


def to_dial(text: str) -> Iterator[tuple[int, int]]:
    """Where such a number stands in `text`: after "dial", "ring", "call" or "phone" in the same sentence."""
    for told in _TOLD.finditer(text):
        yield from (found.span() for found in _NUMBER.finditer(text, told.start(), told.end()))


def spelt(text: str) -> str:
    """ "Dial 999" as it is read: "Dial 9 9 9". No voice says "nine nine nine" of itself."""
    for start, end in reversed(list(to_dial(text))):
        text = text[:start] + " ".join(text[start:end]) + text[end:]
    return text
