"""Which pieces to render ahead, so that everything that a routing table can say is there when it is said. Pure.

A sentence in which few things change is rendered once for each of them, whole: that sounds best. Where there are many,
as in "Is it about one thing, or another?", its clauses are: two times a hundred instead of ten thousand.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from voicebot.dialogue.sayings import Saying, Values, sayings
from voicebot.routing.table import Table
from voicebot.speech.voice.pieces import clauses, normalised, sentences, speakable

WHOLE = 100
"""Up to so many versions of a sentence are rendered whole: five minutes of speech, or as many of one processor."""

MOST = 1_000
"""More versions of a clause than that are not rendered ahead: an hour of speech. They are rendered once wanted."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """`pieces` in the order in which they matter, each once. `too_many`: clauses of prompts in which so much changes at
    once that they are not rendered ahead."""

    pieces: tuple[str, ...]
    too_many: tuple[str, ...]


def ahead(table: Table, now: datetime) -> Ahead:
    """What callers may hear from `now` (aware) on."""
    pieces: dict[str, None] = {}
    too_many: dict[str, None] = {}
    for saying in sayings(table, now):
        for piece in _pieces(saying, too_many):
            pieces.setdefault(piece)
    return Ahead(tuple(pieces), tuple(too_many))


def _pieces(saying: Saying, too_many: dict[str, None]) -> Iterator[str]:
    text, values = saying
    for sentence in sentences(text):
        versions = _versions(sentence, values)
        if len(versions) <= WHOLE:
            yield from (piece for version in versions for piece in speakable(version))
            continue
        for clause in clauses(sentence):
            filled = _versions(clause, values)
            if len(filled) > MOST:
                too_many.setdefault(clause)
            else:
                yield from (piece for version in filled for piece in clauses(version))


def _versions(template: str, values: tuple[Values, ...]) -> list[str]:
    """`template` with every different set of values for the variables that it holds."""
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    sets = dict.fromkeys(tuple(each[name] for name in names) for each in values)
    return [normalised(template.format(**dict(zip(names, each, strict=True)))) for each in sets]
