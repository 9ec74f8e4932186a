"""A prompt in the pieces that are kept: its sentences, and where one is not there as a whole, its clauses. Pure.

Looking a prompt up and rendering ahead cut in the same way, so that what one of them makes the other finds.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from voicebot.routing.short_numbers import spelt

PIECE = 220
"""Characters that are spoken in one go: well within the 510 phonemes that Kokoro takes at once."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+")
_CLAUSE_END = re.compile(r"[,;:][\"'”’)\]]*\s+|\s[–—-]\s+")
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def normalised(text: str) -> str:
    """`text` as it is spoken: one kind of quote, single spaces, numbers that are dialled digit by digit."""
    return spelt(" ".join(unicodedata.normalize("NFC", text).translate(_STRAIGHT).split()))


def sentences(text: str) -> list[str]:
    """The sentences of `text`, normalised, with their punctuation: it shapes the melody."""
    return _cut(normalised(text), _SENTENCE_END)


def clauses(sentence: str) -> list[str]:
    """The clauses of one sentence, each at most `PIECE` characters; cut between words where a clause is longer."""
    return [part for clause in _cut(sentence, _CLAUSE_END) for part in _by_words(clause)]


def speakable(sentence: str) -> list[str]:
    """One sentence as it is best spoken: whole, or in clauses where it is too long for that."""
    return [sentence] if len(sentence) <= PIECE else clauses(sentence)


def _cut(text: str, end: re.Pattern[str]) -> list[str]:
    cuts = [0, *(found.end() for found in end.finditer(text)), len(text)]
    parts = (text[start:stop].strip() for start, stop in pairwise(cuts))
    return [part for part in parts if any(sign.isalnum() for sign in part)]


def _by_words(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > PIECE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
