"""Signs that no caller speaks and Whisper does not write for English speech. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_SYMBOLS_FINE = frozenset("£$€%&+=<>|`^~°")
"""Symbols that are left to the checks of spelling, which know what to write instead."""


class Unspeakable(NamedTuple):
    """`sign` is the character as it stands in the words, for its place to be found."""

    code: str
    sign: str
    message: str
    fix: str


def unspeakable(words: str) -> Iterator[Unspeakable]:
    """One for each kind of sign in `words` that cannot be spoken English: control characters and invisible ones,
    emoji, letters of another script. Accents stay (café), and so do line breaks."""
    if words.isascii() and words.isprintable():
        return
    seen: set[str] = set()
    for sign in words:
        found = None if sign.isascii() and (sign.isprintable() or sign in "\r\n") else _judge(sign)
        if found is not None and found.code not in seen:
            seen.add(found.code)
            yield found


def _judge(sign: str) -> Unspeakable | None:
    category = unicodedata.category(sign)
    number = f"U+{ord(sign):04X}"
    if category[0] == "C":
        return Unspeakable("E714", sign, f"there is an invisible character ({number})", "delete it")
    if category in ("So", "Sk") and sign not in _SYMBOLS_FINE:
        name = unicodedata.name(sign, number).lower()
        return Unspeakable("E715", sign, f"there is a sign that nobody speaks ({name})", "delete it, or write words")
    if category[0] == "L" and not unicodedata.name(sign, "LATIN").startswith(("LATIN", "FEMININE", "MASCULINE")):
        name = unicodedata.name(sign).split()[0].lower()
        fix = "write what Whisper would make of it in English, or delete the phrase"
        return Unspeakable("E716", sign, f"there are {name} letters, and the bot listens in English", fix)
    return None
