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


_MEANS = {"1": "yes", "2": "no"}
_OPPOSITE = {"yes": "no", "no": "yes"}
_YES_OR_NO = {"yes": "yes", "right": "yes", "correct": "yes", "no": "no", "not": "no", "wrong": "no"}


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


def yes_and_no(draft: Draft) -> Iterator[Issue]:
    """1 is yes and 2 is no, whatever the prompt says; who does as it says must not get the opposite."""
    words = draft.wording.get("confirm_keys", "")
    if ("wording", "confirm_keys") not in draft.places.keys:
        return
    for key, around in _beside_keys(words):
        if key in _MEANS and _MEANS[key] not in around and around & frozenset(_MEANS.values()):
            said, meant = _OPPOSITE[_MEANS[key]], _MEANS[key]
            message = f"the prompt confirm_keys says to press {key} for {said}, and {key} is {meant}"
            mark = draft.places.value("wording", "confirm_keys")
            yield issue("E431", mark, message, 'write "For yes, press 1. For no, press 2."')


def _beside_keys(words: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each key, and of yes and no what is said for it: before it, or after it where the keys come first."""
    found = list(_PRESS.finditer(words))
    first = found and _KEY_FIRST.match(words, found[0].start()) is not None
    for number, match in enumerate(found):
        after = found[number + 1].start() if number + 1 < len(found) else len(words)
        before = found[number - 1].end() if number else 0
        said = words[match.end() : after] if first else words[before : match.start()]
        named = {_YES_OR_NO[each] for each in re.findall(r"\w+", said.lower()) if each in _YES_OR_NO}
        yield _DIGITS.get(match[1].lower(), match[1]), frozenset(named)


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
