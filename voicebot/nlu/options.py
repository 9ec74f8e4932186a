"""Which of the options offered was chosen: by its phrase, its place in the list, its key, or the words that only it
has. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from voicebot.dialogue.actions import Option
from voicebot.nlu.clean import clean
from voicebot.nlu.spoken import forms

_NUMBERS = {
    "one": 1, "won": 1, "first": 1, "1": 1, "1st": 1, "former": 1,
    "two": 2, "to": 2, "too": 2, "second": 2, "2": 2, "2nd": 2,
    "three": 3, "third": 3, "3": 3, "3rd": 3,
    "four": 4, "for": 4, "fourth": 4, "4": 4, "4th": 4,
    "five": 5, "fifth": 5, "5": 5, "5th": 5,
    "six": 6, "sixth": 6, "6": 6, "seven": 7, "seventh": 7, "7": 7,
    "eight": 8, "8": 8, "nine": 9, "9": 9,
}  # fmt: skip
_HOMOPHONES = frozenset({"won", "to", "too", "for"})
_BY_NUMBER = re.compile(
    r"(?:(?:it's|its|that's|press|pressing|say|choose|i'll have|i'll take|i'd like|i want|i'll go for|oh|um|yes|yeah|"
    r"please|definitely|probably|i think|so|well|sorry|go with|go for|i'd go for|i'll go with|would be|it would be|"
    r"that would be) )*(?:the )?(?P<lead>number |option |choice |key )?(?:the )?(?P<which>\w+)(?: (?:one|option|"
    r"thing|choice|you said|of those|"
    r"of them|of the two|then|please|thanks|thank you))*"
)
_LAST = frozenset({"last", "latter", "final"})
_PLAIN_TEXT = """
a about an and any are at be been being but by can could do does for from get go had has have her him his how i i'd
i'll i'm i've if in is it it's its just me mine my need not of off on one or our out please she so some something
that that's the their them then there they thing think this those to up us want was we what when where which who
will with would yes yeah you your like really actually looking trying ring ringing call calling phone phoning
council well oh no said say mean want wanted bit little
he he's she's they're we're who's years aged
"""
_PLAIN = frozenset(_PLAIN_TEXT.split())
LONGEST = 12
"""Words of the longest answer that still picks an option by its key words; more is a request in her own words."""

_SAME_WORD = 84.0
"""rapidfuzz ratio (0 to 100) from which two words are one that was misheard. "Renewing" and "renew" share a start."""

_SHARED_START = 4

Choice = tuple[str, float]


def choose_option(words: str, options: Sequence[Option]) -> Choice | None:
    """(option id, confidence 0 to 1) for `words` (clean), None where they pick none of `options`."""
    return exact(words, options) or by_number(words, options) or _by_words(words, options)


def exact(words: str, options: Sequence[Option]) -> Choice | None:
    """Her words, without politeness, are a phrase of one option."""
    shapes = set(forms(words))
    for option in options:
        if any(clean(phrase) in shapes for phrase in option.phrases):
            return option.id, 0.98
    return None


def by_number(words: str, options: Sequence[Option]) -> Choice | None:
    """ "The second one", "number two", "two", "the last one": the key where one is offered, else the place in the
    list."""
    found = _BY_NUMBER.fullmatch(words)
    if not found or not options:
        return None
    which = found["which"]
    if which in _LAST:
        return _numbered(options)[-1].id, 0.85
    number = _NUMBERS.get(which)
    if number is None or (which in _HOMOPHONES and not found["lead"] and words != which):
        return None
    confidence = 0.8 if which in _HOMOPHONES else 0.97
    keyed = [option for option in options if option.key == str(number)]
    if keyed:
        return keyed[0].id, confidence
    if any(option.key for option in options) or number > len(options):
        return None
    return options[number - 1].id, confidence


def _numbered(options: Sequence[Option]) -> Sequence[Option]:
    """Without "neither" and "something else": the last one that was named is meant by "the last one"."""
    named = [option for option in options if option.id not in ("neither", "more", "dont_know")]
    return named or options


def _by_words(words: str, options: Sequence[Option]) -> Choice | None:
    held = {option.id: _key_words(option) for option in options}
    everything = set[str]().union(*held.values())
    # "he's nine" tells his age and takes nothing away from "it's for my son", unless an option is about that number
    said = [word for word in words.split() if word not in _PLAIN and (word not in _NUMBERS or word in everything)]
    if not said or len(words.split()) > LONGEST:
        return None
    scores: dict[str, float] = {}
    for name, own in held.items():
        others = set[str]().union(*(each for other, each in held.items() if other != name))
        scores[name] = sum(_like(word, own) for word in said if _like(word, own) > _like(word, others))
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    best, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if score < 0.8 or score - second < 0.5:
        return None
    explained = sum(1 for word in said if _like(word, everything)) / len(said)
    return (best, 0.6 + 0.35 * explained) if explained >= 0.5 else None


def _key_words(option: Option) -> set[str]:
    return {word for phrase in option.phrases for word in clean(phrase).split() if word not in _PLAIN}


def _like(word: str, known: set[str]) -> float:
    """How surely `word` is one of `known`, 0 to 1."""
    if word in known:
        return 1.0
    best = 0.0
    for each in known:
        shorter, longer = sorted((word, each), key=len)
        if len(shorter) >= _SHARED_START and longer.startswith(shorter[: max(_SHARED_START, len(shorter) - 2)]):
            best = max(best, 0.9)
        elif len(shorter) > _SHARED_START and fuzz.ratio(word, each) >= _SAME_WORD:
            best = max(best, 0.85)
    return best
