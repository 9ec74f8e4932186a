"""Makes one spelling of what Whisper may write in many: lower case, no punctuation, no "um", no stammer. Pure."""

from __future__ import annotations

import re
import unicodedata

FILLERS = frozenset(
    {"um", "umm", "ummm", "uh", "uhh", "uhm", "er", "err", "erm", "erms", "mm", "mmm", "hmm", "hm", "ahem"}
)

MAX_CHARACTERS = 2_000
"""More than anybody says in one recording; what is beyond is not looked at."""

LONGEST_REPEAT = 4
"""Words of the longest phrase that is a stammer when it comes twice in a row ("can I have a can I have a")."""

_SHORT_WORDS_TEXT = """
a i o am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we ye
"""
_SHORT_WORDS = frozenset(_SHORT_WORDS_TEXT.split())
_HYPHEN_STAMMER = re.compile(r"\b(\w{1,4})[-–—]+(?=\1)", re.IGNORECASE)
_SYMBOLS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "£": " pounds ", "%": " per cent ", "&": " and ", "+": " plus "}
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def clean(words: str) -> str:
    """`words` in lower case, words parted by one space; "" where nothing but noise was said.

    "I, I, I w-want a... a b-badge" → "i want a badge".
    """
    text = unicodedata.normalize("NFKC", words[:MAX_CHARACTERS]).translate(_SYMBOLS).lower()
    previous = ""
    while text != previous:
        previous, text = text, _HYPHEN_STAMMER.sub("", text)
    kept = [word for word in _WORD.findall(text) if word not in FILLERS]
    return " ".join(_without_repeats(_without_starts(kept)))


def _without_starts(words: list[str]) -> list[str]:
    """Drop a broken-off start that the next word finishes: "b b badge", "th the"."""
    kept: list[str] = []
    for word in reversed(words):
        broken = len(word) <= 2 and word.isalpha() and word not in _SHORT_WORDS
        if broken and kept and kept[-1].startswith(word):
            continue
        kept.append(word)
    return kept[::-1]


def _without_repeats(words: list[str]) -> list[str]:
    """Keep one of a word or phrase that is said several times in a row. Numbers stay: "double two" is not a stammer."""
    kept: list[str] = []
    for word in words:
        kept.append(word)
        for size in range(1, LONGEST_REPEAT + 1):
            tail = kept[-size:]
            if len(kept) >= 2 * size and tail == kept[-2 * size : -size] and not any(part.isdigit() for part in tail):
                del kept[-size:]
                break
    return kept
