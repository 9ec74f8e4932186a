"""How long a voice takes to say something, and how hard it is to follow: estimates from the text alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voicebot.routing.syllables import syllables, words

_PAUSE = re.compile(r"[,;:](?=\s)|\s[–—-]\s")
_FULL_STOP = re.compile(r"[.!?…]+[\"'”’)]*\s+")
_SECONDS, _PER_SYLLABLE, _PER_PAUSE, _PER_STOP = 0.19, 0.203, 0.12, 0.12


def spoken_seconds(text: str) -> float:
    """Seconds that the voice takes to say `text`; 0 for no words.

    0.19 + 0.203 for each syllable (numbers counted as words) + 0.12 for each comma, colon or dash + 0.12 for each full
    stop inside the text. Fitted by least squares to 50 renders of our own prompts and answers, of 0.4 to 15.5 seconds,
    by Kokoro-82M's voice bf_emma at speed 1.0: R² 0.99; left out of the fit one at a time, they are missed by 0.3 s on
    average, those over 8 s by 10 % at most; numbers spelt digit by digit take up to a fifth longer than this. Another
    voice may be slower or faster by a tenth.
    """
    body = text.strip().rstrip(".!?…\"'”’)")
    count = syllables(body)
    if not count:
        return 0.0
    pauses, stops = len(_PAUSE.findall(body)), len(_FULL_STOP.findall(body))
    return _SECONDS + _PER_SYLLABLE * count + _PER_PAUSE * pauses + _PER_STOP * stops


def sentences(text: str) -> list[str]:
    """The sentences of `text`, without those that hold no word."""
    return [each for each in (part.strip() for part in _FULL_STOP.split(text + " ")) if words(each)]


def reading_grade(text: str, names: Iterable[str] = ()) -> float:
    """The Flesch-Kincaid grade of `text`; add 5 for the age of somebody who reads it with ease. 0 for no words.

    0.39 × words per sentence + 11.8 × syllables per word - 15.59 (Kincaid, Fishburne, Rogers and Chissom 1975,
    "Derivation of new readability formulas", Navy Research Branch Report 8-75). The formula of the package textstat,
    which fetches a dictionary over the network when it is first used. `names` are proper names: who knows
    the place or the team is not slowed by its syllables, so each of their words counts as one.
    """
    counted = sentences(text)
    known = {word.lower() for name in names for word in words(name)}
    said = [word for each in counted for word in words(each)]
    if not said:
        return 0.0
    sounds = sum(1 if word.lower() in known else syllables(word) for word in said)
    return 0.39 * len(said) / len(counted) + 11.8 * sounds / len(said) - 15.59
