"""Phrases that are nearly the same: within an intent, under two intents, and in the held-out set.

Two measures: parts of words (cosine of TF-IDF of character n-grams, 3 and 4), and, where vectors are given, meaning
(cosine of the sentence encoder's vectors). What is flagged at which cosine was chosen by reading the pairs of our own
ten thousand phrases: below, most pairs merely share a term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from voicebot.nlu.encoder import Vectors
from voicebot.nlu.phrases.findings import Finding, Tell, finding
from voicebot.routing.issues import Mark, shown

WITHIN = (0.80, 0.92)
"""Cosine of letters, and of meaning, from which two phrases of one intent teach no more than one of them."""

ACROSS = (0.75, 0.85)
"""The same for two intents, where it does more harm."""

INTO_HELD_OUT = (0.80, 0.92)
"""The same for a phrase and a held-out utterance."""

LENGTHS = 0.5
"""The shorter of the two must have half the words of the longer at least: "Switchboard" is near many a sentence."""

SAID_BY_ALL = 4
"""Words up to which a phrase is what everybody says ("lost my bus pass"): it may stand in the held-out set too."""

_BLOCK = 256
"""Rows compared at a time: 256 of 15,000 take 15 MB a measure."""

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Placed:
    """A phrase or held-out utterance: `text` is clean, `intents` are those that it may belong to, its own first."""

    words: str
    text: str
    intents: tuple[str, ...]
    mark: Mark

    @property
    def place(self) -> str:
        return f"{self.mark.file}:{self.mark.line}"


@dataclass(frozen=True, slots=True)
class Twins:
    """For each phrase: the nearest in its own intent and in the others, of those that stand before it, and the nearest
    held-out utterance; closeness is 1 where it is just worth a notice, -1 where there is none. `elsewhere` numbers the
    phrase of another intent, before or after it, that it is likest."""

    own: tuple[Numbers, Floats]
    other: tuple[Numbers, Floats]
    held_out: tuple[Numbers, Floats]
    elsewhere: Numbers


def find_twins(
    phrases: Sequence[Placed], held_out: Sequence[Placed], vectors: tuple[Vectors, Vectors] | None, tell: Tell
) -> Twins:
    """Compares all with all. `vectors` are those of the phrases and of the held-out utterances."""
    count, tried = len(phrases), len(held_out)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), dtype=np.float32)
    grams = letters.fit_transform([each.text for each in phrases])
    unseen = letters.transform([each.text for each in held_out]) if tried else None
    lengths = np.array([len(each.text.split()) for each in (*phrases, *held_out)])
    owner = np.unique([each.intents[0] for each in phrases], return_inverse=True)[1]
    places, closeness = np.zeros((3, count), np.int64), np.full((3, count), -1, np.float32)
    elsewhere = np.zeros(count, np.int64)
    for start in range(0, count, _BLOCK):
        tell(f"Comparing {count:,} phrases with each other", start / count)
        rows = np.arange(start, min(start + _BLOCK, count))
        by_letters = (grams[rows] @ grams.T).toarray()
        by_meaning = vectors[0][rows] @ vectors[0].T if vectors else None
        same = owner[rows, None] == owner[None, :]
        before = np.arange(count)[None, :] < rows[:, None]
        fits = _fits(lengths[rows], lengths)
        likeness = by_letters if by_meaning is None else by_letters + by_meaning
        elsewhere[rows] = np.where(same, -1, likeness).argmax(axis=1)
        for kind, (least, allowed) in enumerate(((WITHIN, same & before), (ACROSS, ~same & before))):
            allowed &= fits[:, :count]
            _best(np.where(allowed, _close(by_letters, by_meaning, least), -1), rows, places[kind], closeness[kind])
        if unseen is not None:
            by_meaning = vectors[0][rows] @ vectors[1].T if vectors else None
            close = _close((grams[rows] @ unseen.T).toarray(), by_meaning, INTO_HELD_OUT)
            _best(np.where(fits[:, count:], close, -1), rows, places[2], closeness[2])
    pairs = [(places[kind], closeness[kind]) for kind in range(3)]
    return Twins(pairs[0], pairs[1], pairs[2], elsewhere)


def _fits(some: Numbers, all_of_them: Numbers) -> npt.NDArray[np.bool_]:
    """Which of them are of like length."""
    shorter, longer = np.minimum(some[:, None], all_of_them), np.maximum(some[:, None], all_of_them)
    fits: npt.NDArray[np.bool_] = shorter >= LENGTHS * longer
    return fits


def _close(letters: Floats, meaning: Floats | None, least: tuple[float, float]) -> Floats:
    close: Floats = letters / np.float32(least[0])
    return close if meaning is None else np.maximum(close, meaning / np.float32(least[1]))


def _best(close: Floats, rows: Numbers, places: Numbers, closeness: Floats) -> None:
    best = close.argmax(axis=1)
    places[rows], closeness[rows] = best, close[np.arange(len(rows)), best]


def alike(phrases: Sequence[Placed], held_out: Sequence[Placed], twins: Twins) -> Iterator[Finding]:
    """One finding for each phrase and kind of twin; the same words twice in intents/ were found by the reader."""
    for at, phrase in enumerate(phrases):
        other, close = phrases[twins.other[0][at]], float(twins.other[1][at])
        if close >= 1 and phrase.text != other.text:
            message = f"{shown(phrase.words)} is nearly {shown(other.words)} of {other.intents[0]} ({other.place})"
            yield finding(
                "alike", _harm(phrase, other, close), "N730", phrase.mark, message, _tell_apart(phrase, other)
            )
        own, close = phrases[twins.own[0][at]], float(twins.own[1][at])
        if close >= 1 and phrase.text != own.text:
            message = f"{shown(phrase.words)} is nearly {shown(own.words)} of line {own.mark.line}"
            fix = "keep one of the two, and say the other in a way that is different"
            yield finding("alike", 0.2 * close, "N731", phrase.mark, message, fix)
        close = float(twins.held_out[1][at])
        if close >= 1:
            yield from _leaked(phrase, held_out[twins.held_out[0][at]], close)


def _harm(phrase: Placed, other: Placed, close: float) -> float:
    """Contrast phrases differ by a word and are meant to; those that differ by hardly any are likely mistakes."""
    return (0.6 if len(_differences(phrase, other)) <= 1 else 0.4) * close


def _differences(phrase: Placed, other: Placed) -> list[str]:
    return sorted(set(phrase.text.split()) ^ set(other.text.split()))


def _tell_apart(phrase: Placed, other: Placed) -> str:
    words = _differences(phrase, other)
    listed = ", ".join(words[:6]) + (" …" if len(words) > 6 else "")
    return f"leave both where {listed or 'the order of words'} tells the two intents apart, else keep one of them"


def _leaked(phrase: Placed, held_out: Placed, close: float) -> Iterator[Finding]:
    exact = phrase.text == held_out.text
    message = f"{shown(phrase.words)} is {'' if exact else 'nearly '}the held-out utterance {held_out.place}"
    if phrase.intents[0] not in held_out.intents:
        message += f", {shown(held_out.words)}, which belongs to {held_out.intents[0]}"
        fix = "find out which of the files is wrong, and move it" if exact else _tell_apart(phrase, held_out)
        weight = 0.9 if exact else _harm(phrase, held_out, close)
        yield finding("alike", weight, "N733", phrase.mark, message, fix)
    elif len(phrase.text.split()) > SAID_BY_ALL:
        fix = "say it in another way here: what was trained on measures nothing"
        yield finding("alike", 0.35 if exact else 0.25 * close, "N732", phrase.mark, message, fix)
