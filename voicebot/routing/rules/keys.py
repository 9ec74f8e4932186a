"""Keys in prompts: named after what they do, few at a time, and none that does something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, issue
from voicebot.routing.prompts import PROMPTS
from voicebot.routing.rules.texts import spoken, spot

MAX_KEYS = 3

_DIGITS = {
    **{"zero": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"},
    **{"six": "6", "seven": "7", "eight": "8", "nine": "9"},
}
_NAMED = rf"(?:\{{key\}}|\d|{'|'.join(_DIGITS)})"
_PRESS = re.compile(rf"\b(?:press|pressing|key in)\s+(?:the\s+)?(?:key\s+)?({_NAMED})(?![\w-])", re.IGNORECASE)
_KEY_FIRST = re.compile(
    rf"\b(?:press|pressing)\s+(?:the\s+)?(?:key\s+)?{_NAMED}\s+(?:for|to|if)\b",
    re.IGNORECASE,
)

_MUST: Mapping[str, tuple[str, ...]] = {"danger_key": ("1",), "person_key": ("0",), "confirm_keys": ("1", "2")}
"""What these keys do is settled (dialogue/wording.py), so a prompt with another one would lead callers astray."""

_SHOULD_NAME_A_PERSON = ("opening", "help", "examples", "refuse", "after_answer", "anything_else", "district", "mobile")
"""Where callers stand before an open question: a person is always one key away, if they are told (design rule 7)."""


def pressed(words: str) -> list[str]:
    """The keys that `words` tell callers to press, in order: digits, or "{key}"."""
    return [_DIGITS.get(key, key) for key in (match[1].lower() for match in _PRESS.finditer(words))]


def prompt_keys(draft: Draft) -> Iterator[Issue]:
    for name, words in draft.wording.items():
        if name not in PROMPTS or ("wording", name) not in draft.places.keys:
            continue
        named = pressed(words)
        mark = draft.places.value("wording", name)
        for key in _MUST.get(name, ()):
            if key not in named:
                yield issue("E427", mark, f"the prompt {name} does not say to press {key}", _how(name, key))
        if name in _SHOULD_NAME_A_PERSON and "0" not in named:
            message = f"the prompt {name} does not say how to get a person"
            yield issue("N428", mark, message, 'add "To speak to someone, press 0."')
        if "key" in PROMPTS[name] and "{key}" in words and "{key}" not in named:
            yield issue("N430", mark, f"the prompt {name} does not say what to do with {{key}}", 'write "press {key}"')
        allowed = {"0", "{key}", *_MUST.get(name, ())}
        for key in dict.fromkeys(each for each in named if each not in allowed):
            fix = "delete it; a key that changes is written {key}" if "key" in PROMPTS[name] else "delete it"
            yield issue("E429", mark, f"the prompt {name} says to press {key}, which does nothing here", fix)


def _how(name: str, key: str) -> str:
    if name == "danger_key":
        return 'write "If anyone is in danger now, press 1."; without it nobody finds the way to help at night'
    return f'write "press {key}", after the words for what it does'


def key_order(draft: Draft) -> Iterator[Issue]:
    """Who hears the key first has forgotten it when she knows that she wants it."""
    for text in spoken(draft):
        found = _KEY_FIRST.search(text.words)
        if found is not None and _PRESS.search(text.words):
            fix = 'say what it is for first: "For a Blue Badge, press 1."'
            yield issue(
                "N424", spot(draft, text, *found.span()), f"{text.what} says the key before what it is for", fix
            )


def too_many_keys(draft: Draft) -> Iterator[Issue]:
    for text in spoken(draft):
        count = len(set(pressed(text.words)))
        if count > MAX_KEYS:
            message = f"{text.what} names {count} keys, more than callers remember"
            yield issue("N425", draft.places.value(*text.path), message, f"name {MAX_KEYS} at most")
