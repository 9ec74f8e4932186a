"""The values of routing.yaml as JSON Schema: texts, numbers, yes or no, times, dates. Pure.

An editor takes 12 for a number and true for a truth value; our reader takes both as the characters that were typed
(decision 0002). So a text may be any of the three here. An empty value is nowhere allowed, as in the reader.

`patternErrorMessage` is a word of VS Code's: what it says instead of showing the pattern. Other tools ignore it.
"""

from __future__ import annotations

from typing import Any

from voicebot.routing.table import DAYS, MONTHS

Json = dict[str, Any]


def _any_case(word: str) -> str:
    """A pattern for the word in small or capital letters: JSON Schema's patterns know no flags."""
    return "".join(f"[{each.lower()}{each.upper()}]" if each.isalpha() else each for each in word)


def _either(*words: str) -> str:
    return "(" + "|".join(_any_case(word) for word in words) + ")"


def _matching(pattern: str, fix: str, *also: str) -> Json:
    """A text of this pattern. What is of the types `also` passes: patterns and limits each hold for their own type, so
    that one schema with both tells more about a mistake than a choice between two."""
    types = "string" if not also else ["string", *also]
    return {"type": types, "pattern": rf"^\s*{pattern}\s*$", "patternErrorMessage": fix}


_HOUR_MINUTE = r"([01]?\d|2[0-3]):[0-5]\d"
_SPAN = rf"{_HOUR_MINUTE}\s*[-–]\s*({_HOUR_MINUTE}|24:00)"
_SPANS = rf"({_any_case('closed')}|{_SPAN}(\s*,\s*{_SPAN})*)"
_EARLY_OR_LATE = rf"{_either('opens', 'closes')}\s+{_any_case('at')}\s+{_HOUR_MINUTE}"
_DAY = rf"{_either(*DAYS)}(\s*-\s*{_either(*DAYS)})?"
_ISO_DATE = r"\d{4}-\d{2}-\d{2}"
_WRITTEN_DATE = rf"\d{{1,2}}(st|nd|rd|th)?\s+{_either(*(month[:3] for month in MONTHS))}[a-zA-Z]*"
_YES_NO = _either("yes", "no", "true", "false", "on", "off", "y", "n", "t", "f")
_NUMBER = r"\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"

DAYS_KEY = rf"^\s*{_DAY}(\s*,\s*{_DAY})*\s*$"
"""The name of a line of opening hours: mon, mon-thu, or "mon, wed-fri"."""

DATE_KEY = rf"^\s*({_ISO_DATE}|{_WRITTEN_DATE}(\s+\d{{4}})?)\s*$"
"""The name of an exception: 2027-03-19, 24 December, or 24 December 2026."""

TEXT: Json = {"title": "text", "type": ["string", "number", "boolean"], "pattern": r"\S"}
TEXTS: Json = {"title": "list of texts", "type": "array", "items": {"$ref": "#/$defs/text"}}
TEXT_OR_PARTS: Json = {
    "title": "text, or a list of parts",
    "anyOf": [{"$ref": "#/$defs/text"}, {"type": "array", "items": {"$ref": "#/$defs/text"}, "minItems": 1}],
}
YES_OR_NO: Json = {
    "title": "yes or no",
    **_matching(_YES_NO, "write yes or no", "boolean", "integer"),
    "minimum": 0,
    "maximum": 1,
    "examples": ["yes", "no"],
}
WHISPER: Json = {**TEXT, "title": "yes, no, or words", "examples": ["yes", "no"]}
SPANS: Json = {
    "title": "opening hours of a day",
    **_matching(_SPANS, 'write a span such as 08:30-17:00, several with commas between them, or "closed"'),
}
CHANGE: Json = {
    "title": "opening hours of one date",
    **_matching(
        rf"({_SPANS}|{_EARLY_OR_LATE}(\s*,\s*{_EARLY_OR_LATE})?)",
        'write "closed", "closes at 12:00", "opens at 10:00", or spans such as 08:30-12:00',
    ),
}
DATE: Json = {
    "title": "date",
    "type": "string",
    "pattern": DATE_KEY,
    "patternErrorMessage": 'write "24 December" for every year, or 2026-12-24 for one',
}
MOMENT: Json = {
    "title": "date and time",
    **_matching(
        rf"({_either('on', 'next', 'this')}\s+)?({_ISO_DATE}|{_WRITTEN_DATE}\s+\d{{4}})"
        rf"([\s,T]+(at\s+)?({_HOUR_MINUTE}|24:00))?",
        "write the date and the time, such as 2027-01-11 10:00",
    ),
}
KEY: Json = {
    "title": "key from 1 to 9",
    **_matching("[1-9]", "write a key from 1 to 9", "integer"),
    "minimum": 1,
    "maximum": 9,
}

VALUES: dict[str, Json] = {
    "text": TEXT,
    "texts": TEXTS,
    "text_or_parts": TEXT_OR_PARTS,
    "yes_or_no": YES_OR_NO,
    "whisper": WHISPER,
    "spans": SPANS,
    "change": CHANGE,
    "date": DATE,
    "moment": MOMENT,
    "key": KEY,
}
"""Name under `$defs` → schema."""


def number(of: Json) -> Json:
    """A number as it may be written: plain, or in quotes, where its range cannot be seen."""
    whole = of["type"] == "integer"
    pattern, fix = (r"\d+", "write digits alone") if whole else (_NUMBER, "write digits, and a point, such as 0.62")
    return {
        "title": f"{'whole number' if whole else 'number'} from {of['minimum']} to {of['maximum']}",
        **_matching(pattern, fix, of["type"]),
        "minimum": of["minimum"],
        "maximum": of["maximum"],
    }


def one_of(names: tuple[str, ...], title: str) -> Json:
    """A name, of which these are offered. Others pass: the schema was made before the name that she adds now, and
    whether a name exists is for `voicebot check` to say."""
    if not names:
        return {**TEXT, "title": title}
    return {"title": title, "anyOf": [{"enum": list(names)}, {"$ref": "#/$defs/text"}]}
