"""Personal data in phrases. `intents/` is public and kept for ever, so nobody's real number may stand in it. Pure.

First names and invented places are fine: callers say them. What is found is never repeated in a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from voicebot.nlu.corpus import Phrase
from voicebot.nlu.phrases.findings import Finding, finding


class Found(Protocol):
    """Characters `start` up to `end` of a text that are personal data; `tag` says of which kind."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def tag(self) -> str: ...


Find = Callable[[str], Iterable[Found]]
"""Finds personal data in a text, as the redaction does; of names only those that say who somebody is."""

KINDS = {
    "email": ("an e-mail address", 1.0),
    "ni number": ("a National Insurance number", 1.0),
    "card": ("a card number", 1.0),
    "telephone": ("a telephone number", 1.0),
    "postcode": ("a postcode", 0.8),
    "date of birth": ("a date of birth", 0.7),
    "name": ("a full name", 0.6),
}
"""The kinds that count, with their weights. Street addresses and reference numbers, which are found as well, are part
of what callers say about potholes and notices; our places are invented."""

_FIX = {
    "email": "write an address that ends in example.org, or take it out",
    "telephone": "write a number that Ofcom keeps for drama, such as 01632 960 123, or take it out",
    "postcode": "take it out, or write an invented one that begins with WB",
    "name": "keep the first name or the surname alone",
}

_DAY = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\d[/.-]\d", re.I)
"""Only dates that name the month count: "born in nineteen sixty" are ten thousand people in a county."""

_INVENTED_EMAIL = re.compile(r"(?:[@.]|\b(?:at|dot) )example(?:\.| dot )?(?:\w+)?$", re.I)
_INVENTED_POSTCODE = re.compile(r"W\W?B\W?\d", re.I)
"""WB is no postcode area of Royal Mail's; Westshire's invented addresses use it."""

_DRAMA = re.compile(
    r"(?:01632960|07700900|02079460|02896496|02920180|08081570|09098790|03069990|01(?:1[3-8]|[2-6]1)4960|01914980)\d{3}"
)
"""Telephone numbers for use in TV and radio drama (Ofcom), which are nobody's."""


def personal(phrases: Iterable[Phrase], find: Find) -> Iterator[Finding]:
    for phrase in phrases:
        for each in find(phrase.words):
            if each.tag in KINDS and not _harmless(each.tag, phrase.words[each.start : each.end]):
                what, weight = KINDS[each.tag]
                fix = _FIX.get(each.tag, "take it out, or put something else in its place")
                yield finding("personal", weight, "N760", phrase.mark, f"there seems to be {what} here", fix)


def _harmless(tag: str, text: str) -> bool:
    if tag == "date of birth":
        return not _DAY.search(text)
    if tag == "email":
        return bool(_INVENTED_EMAIL.search(text))
    if tag == "postcode":  # Whisper writes its letters as capitals; "fifty cc, is it" has none
        return not text[0].isupper() or bool(_INVENTED_POSTCODE.match(text))
    return tag == "telephone" and bool(_DRAMA.fullmatch(re.sub(r"\D", "", text)))
