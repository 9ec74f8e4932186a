"""Whisper's best-known failure: it falls into a loop and writes the same phrase until its token limit."""

from __future__ import annotations

import zlib

# Whisper's own threshold (`compression_ratio_threshold` in openai-whisper's transcribe.py).
LOOPED_COMPRESSION_RATIO = 2.4
LONGEST_PHRASE = 20


def compression_ratio(text: str) -> float:
    """Bytes of the text over bytes of its zlib compression, as Whisper counts it; 0 for an empty text."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def looks_looped(text: str) -> bool:
    """Whether the text compresses as only repetition does, or says a phrase more often in a row than people do."""
    return compression_ratio(text) > LOOPED_COMPRESSION_RATIO or truncate_loop(text) != text


def says_twice(text: str) -> bool:
    """Whether a phrase of four words or more comes twice in a row. People do that, and so does a window that was cut
    too close: worth a second opinion, no proof."""
    words = _keys(text.split())
    return any(_repeats(words, at, size) >= 2 for size in range(4, LONGEST_PHRASE + 1) for at in range(len(words)))


def truncate_loop(text: str) -> str:
    """The text with every phrase that is repeated too often kept once.

    Too often in a row is 7 times for one word (a telephone number has six zeros at most), 4 for two words, 3 for more:
    a caller says "no no no" and "please please", and states a thing twice.
    """
    words = text.split()
    kept: list[str] = []
    at = 0
    while at < len(words):
        size, times = _loop_at(_keys(words), at)
        kept += words[at : at + size]
        at += size * times
    return " ".join(kept) if len(kept) < len(words) else text


def _keys(words: list[str]) -> list[str]:
    return [word.casefold().strip(".,!?…-\"'") for word in words]


def _loop_at(keys: list[str], at: int) -> tuple[int, int]:
    """Length in words and number of repetitions of the loop that begins here; (1, 1) where there is none."""
    for size in range(1, LONGEST_PHRASE + 1):
        times = _repeats(keys, at, size)
        if times >= {1: 7, 2: 4}.get(size, 3):
            return size, times
    return 1, 1


def _repeats(keys: list[str], at: int, size: int) -> int:
    """How many times the `size` words from `at` on come in a row."""
    phrase = keys[at : at + size]
    if len(phrase) < size:
        return 0
    times = 1
    while keys[at + times * size : at + (times + 1) * size] == phrase:
        times += 1
    return times
