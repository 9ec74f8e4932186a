"""Whether callers can take in what they hear: seconds at a time, words in a sentence, and hard words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from voicebot.routing.draft import Draft, Path
from voicebot.routing.issues import Issue, issue, shown
from voicebot.routing.rules.texts import Spoken, spoken, spot
from voicebot.routing.spoken import reading_grade, sentences, spoken_seconds
from voicebot.routing.syllables import word_syllables, words
from voicebot.routing.table import MONTHS

MAX_SECONDS = 20
MAX_WORDS = 25
"""GOV.UK's content design guidance: sentences of 25 words at most."""

MAX_GRADE = 6
"""Flesch-Kincaid grade 6 is read with ease at eleven. GOV.UK writes for a reading age of 9, the NHS for 9 to 11."""

ENOUGH_WORDS = 20
"""Grades are averages: in fewer words than these, one name decides."""

_AGE_OF_GRADE_0 = 5
_GROWN_UP = 18
_LONG_SYLLABLES = 3


def long_sentences(draft: Draft) -> Iterator[Issue]:
    for text in spoken(draft):
        for sentence in sentences(text.words):
            count = len(words(sentence))
            start = text.words.find(sentence)
            if count > MAX_WORDS:
                message = f"a sentence in {text.what} has {count} words: {shown(sentence)}"
                fix = f"make two or three of it; callers follow {MAX_WORDS} words at most"
                yield issue("N422", spot(draft, text, start, start + len(sentence)), message, fix)


def long_prompts(draft: Draft) -> Iterator[Issue]:
    """Texts that are too long by themselves, whatever is said before or after them."""
    longest = longest_values(draft)
    for text in spoken(draft):
        seconds = spoken_seconds(filled(text.words, longest))
        if seconds > MAX_SECONDS:
            yield too_long(draft, text, seconds, f"{text.what} takes")


def too_long(draft: Draft, text: Spoken, seconds: float, what: str) -> Issue:
    fix = f"keep to {MAX_SECONDS} seconds: the details belong in text:"
    if text.path[0] == "intents" and "answer" in text.path:
        fix += ", or make parts of it with a dash before each"
    return issue("N421", draft.places.value(*text.path), f"{what} {math.ceil(seconds)} seconds to say", fix)


def hard_to_read(draft: Draft) -> Iterator[Issue]:
    for text in spoken(draft) if draft.whole else ():  # names may stand in the file that cannot be read
        names = _names(draft, text)
        if len(words(text.words)) >= ENOUGH_WORDS and round(reading_grade(text.words, names)) > MAX_GRADE:
            age = round(reading_grade(text.words, names)) + _AGE_OF_GRADE_0
            readers = f"read like a {age}-year-old" if age <= _GROWN_UP else "have studied"
            message = f"{text.what} is hard to follow: only those who {readers} find it easy"
            yield issue("N423", draft.places.value(*text.path), message, _easier(text.words, names))


def _easier(text: str, names: tuple[str, ...]) -> str:
    known = {word.lower() for name in names for word in words(name)}
    said = dict.fromkeys(word.lower() for word in words(text))
    long = [word for word in said if word not in known and word_syllables(word) >= _LONG_SYLLABLES]
    if not long:
        return "make shorter sentences, one thought in each"
    long.sort(key=word_syllables, reverse=True)
    return f"make shorter sentences, and find shorter words for {', '.join(long[:4])}"


def _names(draft: Draft, text: Spoken) -> tuple[str, ...]:
    """Names are not hard to those who know them, and what the call is about the caller has said herself."""
    about = draft.intents[text.path[1]].about if text.path[0] == "intents" and text.path[1] in draft.intents else ""
    named = tuple(words for path, words in draft.places.texts.items() if _is_name(path))
    return (*named, *draft.vocabulary, *MONTHS, about)


def _is_name(path: Path) -> bool:
    """Taken from the files themselves: a name is one whether or not all that stands beside it can be read."""
    if path[0] == "council":
        return path[-1] in ("name", "website")
    return len(path) > 2 and (path[0], path[2]) in (("queues", "name"), ("districts", "name"), ("districts", "places"))


_OPENS = "on Monday at half past eight"
"""What {when} mostly is for those who ring out of hours."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with its variables filled; those without a value stay as they are."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def longest_values(draft: Draft) -> dict[str, str]:
    """What the variables of prompts stand for at their longest."""
    team = max((queue.name for queue in draft.queues.values()), key=len, default="the team")
    topic = max((route.about for route in draft.intents.values()), key=len, default="something")
    council = draft.council.name if draft.council is not None else "the council"
    named = {"team": team, "other": team, "topic": topic, "first": topic, "second": topic, "option": topic}
    return {**named, "council": council, "when": _OPENS, "key": "1", "words": ""}
