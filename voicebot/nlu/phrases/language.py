"""Phrases in another language than English. Whisper is told to hear English, so the bot never meets them as they stand.

A notice and no error: whoever asks for an interpreter does say a few words of her own language, and telling languages
apart by their commonest words is a guess.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator

from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import Phrase
from voicebot.nlu.phrases.findings import Finding, finding

LANGUAGES = {
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "lt": "Lithuanian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "tr": "Turkish",
}
"""spaCy's codes of languages that are written in our letters and spoken by many who ring a British council."""

LEAST_WORDS = 6
"""Shorter ones are what people say before they ask for somebody who speaks their language."""

LEAST_COMMON = 0.3
"""Share of a phrase's words that are among a language's commonest; prose has half."""


def foreign(phrases: Iterable[Phrase]) -> Iterator[Finding]:
    english = _common("en")
    others = {name: _common(code) - english for code, name in LANGUAGES.items()}
    for phrase in phrases:
        words = [word for word in clean(phrase.words).split() if len(word) > 1]  # single letters are a stammer
        if len(words) < LEAST_WORDS or sum(word in english for word in words) / len(words) >= LEAST_COMMON:
            continue
        shares = {name: sum(word in common for word in words) / len(words) for name, common in others.items()}
        likest = max(shares, key=shares.__getitem__)
        if shares[likest] >= LEAST_COMMON:
            message = f"this seems to be {likest}, and the bot listens in English"
            fix = "write what Whisper would make of it, or delete it"
            yield finding("spelling", 0.7, "N781", phrase.mark, message, fix)


def _common(code: str) -> frozenset[str]:
    """The commonest words of a language, from spaCy."""
    return frozenset(importlib.import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS)
