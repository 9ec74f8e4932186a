"""E-mail addresses, as written and as spoken: "jane dot smith at example dot com"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.storage.personal.found import Found
from voicebot.storage.personal.spoken import words_in

_ENDINGS = r"(?:com|co|uk|org|net|gov|ac|info|eu|ie|me|biz|tv|io|example)"
_WRITTEN = re.compile(r"[\w.+'-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_SPOKEN = re.compile(rf"\s(?:at|@)\s+(?:[\w-]+\s+){{0,5}}?[\w-]+(?:(?:\s+dot\s+|\.)\s?{_ENDINGS})+\b(?!\s+dot\b)", re.I)
"""From "at" to the end of the domain; the name before it is read backwards."""
_WORD_BEFORE = re.compile(r"([\w.'+-]+)(\s*)$")
_NOT_OF_A_NAME = words_in(
    """
    is it's its that's thats email emails email's e-mail mail address to me at from on my and it was as down but use
    says went by with him her them us i you if sent send
    """
)
MOST_WORDS = 9
"""Words of the name before "at": letters spelled one by one with "dot" and "underscore" make so many."""


def find_emails(words: str) -> Iterator[Found]:
    for match in _WRITTEN.finditer(words):
        yield Found(*match.span(), "email")
    for match in _SPOKEN.finditer(words):
        yield Found(_name_before(words, match.start()), match.end(), "email")


def _name_before(words: str, at: int) -> int:
    start = at
    for _ in range(MOST_WORDS):
        match = _WORD_BEFORE.search(words, 0, start)
        if match is None or match[1].lower() in _NOT_OF_A_NAME:
            break
        start = match.start()
    return start
