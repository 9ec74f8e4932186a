"""Takes personal data out of a transcript before it is stored. How well: `scripts/measure_redaction`.

What tells what a call is about survives: council places, streets without a house number, Blue Badge, and the letters
before a notice's number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from voicebot.storage.personal.addresses import find_addresses
from voicebot.storage.personal.dates import find_dates
from voicebot.storage.personal.emails import find_emails
from voicebot.storage.personal.found import Found, Tag
from voicebot.storage.personal.names import find_names, is_no_name
from voicebot.storage.personal.numbers import find_numbers

Names = Callable[[str], Iterable[tuple[int, int]]]
"""Finds people in a text: `(start, end)` of each, in characters. spaCy's entities labelled PERSON, for one."""

_ORDER: tuple[Tag, ...] = (
    "email", "ni number", "card", "telephone", "postcode", "date of birth", "address", "number", "name"
)  # fmt: skip
"""Where two overlap, both go, under the tag that comes first here."""


def redact(words: str, names: Names | None = None, keep: frozenset[str] = frozenset()) -> str:
    """`words` with tags such as `[telephone]` in place of personal data. `keep` are names of places to leave alone."""
    out: list[str] = []
    last = 0
    for each in find(words, names, keep):
        out += (words[last : each.start], f"[{each.tag}]")
        last = each.end
    return "".join([*out, words[last:]])


def find(words: str, names: Names | None = None, keep: frozenset[str] = frozenset()) -> tuple[Found, ...]:
    """What `redact` would take out, in order, without overlaps."""
    every = [*find_emails(words), *find_numbers(words), *find_dates(words), *find_addresses(words), *find_names(words)]
    for start, end in names(words) if names is not None else ():
        if not is_no_name(words, start, end):
            every.append(Found(start, end, "name"))
    return _without_overlaps(each for each in every if words[each.start : each.end] not in keep)


def _without_overlaps(found: Iterable[Found]) -> tuple[Found, ...]:
    merged: list[Found] = []
    for each in sorted(found):
        if merged and each.start < merged[-1].end:
            last = merged.pop()
            tag = min(last.tag, each.tag, key=_ORDER.index)
            each = Found(last.start, max(last.end, each.end), tag)
        merged.append(each)
    return tuple(merged)
