"""Reads a transcript as digits and letters, however they were spoken: "double oh", "Q for Queen", "twenty two".

Whisper writes one and the same number in a dozen ways. Here each becomes a run of symbols, so that a telephone number
is one pattern, and not twelve.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voicebot.storage.personal.spoken import TEENS, TENS, UNITS, ZEROS, words_in

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
_BETWEEN = re.compile(r"[\s,.\-–—+()]*")
"""What may stand between two symbols of one run."""
_FILLERS = frozenset({"um", "er", "erm", "uh", "then"})
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_VALUES = {
    **dict.fromkeys(ZEROS, "0"),
    **{word: str(value) for value, word in enumerate(UNITS, 1)},
    **{word: str(value) for value, word in enumerate(TEENS, 10)},
}
_TENS = {word: str(value) for value, word in enumerate(TENS, 2)}
_WORDS = words_in(
    """
    is it at to on my me in of or if as an am be by do go he so no up us we ok pm mr ms dr st nd rd th km mm cm kg
    ft re ve ll la le de the and
    """
)
"""Short words that are no letters of a code."""
MOST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Symbol:
    """One digit or capital letter; several symbols of one word ("twelve") share its `start` and `end`."""

    char: str
    start: int
    end: int
    magnitude: bool = False  # spoken as a quantity ("thousand"), unlike the digits of a number


@dataclass(frozen=True, slots=True)
class Run:
    """Symbols with nothing but blanks and punctuation between them."""

    symbols: tuple[Symbol, ...]

    @property
    def text(self) -> str:
        return "".join(symbol.char for symbol in self.symbols)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the symbols from `start` up to `end` stand in the transcript."""
        return self.symbols[start].start, self.symbols[end - 1].end


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.lower()


def runs(words: str) -> Iterator[Run]:
    """Every run of digits and letters, in order."""
    tokens = [_Token(each.group(), *each.span()) for each in _TOKEN.finditer(words)]
    run: list[Symbol] = []
    last, index = 0, 0
    while index < len(tokens):
        symbols, used = _read(tokens, index, words)
        joined = _joined(words, last, tokens[index].start)
        if run and (not symbols or not joined):
            if not symbols and joined and _is_filler(tokens, index):
                last, index = tokens[index].end, index + 1
                continue
            yield Run(tuple(run))
            run = []
        run += symbols
        index += used
        last = tokens[index - 1].end
    if run:
        yield Run(tuple(run))


def _joined(words: str, start: int, end: int) -> bool:
    return _BETWEEN.fullmatch(words, start, end) is not None


def _is_filler(tokens: list[_Token], index: int) -> bool:
    """Words that are spoken in the middle of a number: "um", "and then"."""
    word = tokens[index].word
    following = tokens[index + 1].word if index + 1 < len(tokens) else ""
    return word in _FILLERS or (word == "and" and following == "then")


def _read(tokens: list[_Token], index: int, words: str) -> tuple[list[Symbol], int]:
    """The symbols that begin at this token, and how many tokens they took (1 where there are none)."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.word in _REPEATS:
        if following is None or following.word in _REPEATS:
            return [], 1  # a looped transcript, "double double double"
        symbols, used = _read(tokens, index + 1, words)
        if len(symbols) == 1:
            return [Symbol(symbols[0].char, token.start, symbols[0].end)] * _REPEATS[token.word], used + 1
        return [], 1
    if token.text.isdecimal():
        return [Symbol(char, token.start + at, token.start + at + 1) for at, char in enumerate(token.text)], 1
    if token.word in _TENS:
        return _tens(token, following)
    if token.word in _VALUES:
        return _value(token, following)
    return _letters(tokens, index)


def _tens(token: _Token, following: _Token | None) -> tuple[list[Symbol], int]:
    if following is not None and following.word in UNITS:
        chars, end, used = _TENS[token.word] + _VALUES[following.word], following.end, 2
    else:
        chars, end, used = _TENS[token.word] + "0", token.end, 1
    return [Symbol(char, token.start, end) for char in chars], used


def _value(token: _Token, following: _Token | None) -> tuple[list[Symbol], int]:
    chars = _VALUES[token.word]
    zeros = {"hundred": "00", "thousand": "000"}.get(following.word, "") if following is not None else ""
    if not zeros or following is None:
        return [Symbol(char, token.start, token.end) for char in chars], 1
    large = following.word == "thousand"
    return [Symbol(char, token.start, following.end, large) for char in chars + zeros], 2


def _letters(tokens: list[_Token], index: int) -> tuple[list[Symbol], int]:
    token = tokens[index]
    if len(token.text) == 1:
        following = tokens[index + 1 : index + 3]
        if len(following) == 2 and following[0].word == "for" and following[1].word.startswith(token.word):
            return [Symbol(token.text.upper(), token.start, following[1].end)], 3
        return [Symbol(token.text.upper(), token.start, token.end)], 1
    if len(token.text) > MOST_LETTERS or token.word in _WORDS or not token.text.isascii():
        return [], 1
    return [Symbol(char.upper(), token.start + at, token.start + at + 1) for at, char in enumerate(token.text)], 1
