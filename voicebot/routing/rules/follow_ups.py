"""Follow-up questions: circles, options that lead nowhere, and questions that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, issue, shown
from voicebot.routing.table import Choice, Route

MAX_NAMED = 3
"""Options in a spoken question; as many as are offered by key at a time."""


def _leads_to(route: Route | None) -> list[tuple[str, str]]:
    """The options of a route that go on with another intent: option and intent."""
    if route is None or route.ask is None:
        return []
    return [(name, choice.intent) for name, choice in route.ask.options.items() if choice.intent is not None]


def questions_in_circles(draft: Draft) -> Iterator[Issue]:
    """Each circle once, at the option of its first intent in the file. Who answers honestly would be asked for ever."""
    reported: set[str] = set()
    for name in draft.intents:
        circle = _circle(draft, name)
        if circle is not None and not reported & set(circle[1]):
            option, chain = circle
            reported |= set(chain)
            mark = draft.places.value("intents", name, "ask", "options", option, "intent")
            message = f"the questions go round in a circle: {' → '.join(chain)}"
            yield issue("E309", mark, message, "give one of these options a destination of its own: kind, to")


def _circle(draft: Draft, start: str) -> tuple[str, list[str]] | None:
    """The way back to `start` through options, if there is one: its first option, and the intents."""
    ways = [(option, [start, intent]) for option, intent in _leads_to(draft.intents.get(start))]
    seen: set[str] = set()
    while ways:
        option, chain = ways.pop(0)
        if chain[-1] == start:
            return option, chain
        if chain[-1] not in seen:
            seen.add(chain[-1])
            ways += [(option, [*chain, intent]) for _, intent in _leads_to(draft.intents.get(chain[-1]))]
    return None


def questions_with_one_answer(draft: Draft) -> Iterator[Issue]:
    for name, route in draft.intents.items():
        if route.ask is not None and len(route.ask.options) == 1:
            mark = draft.places.key("intents", name, "ask", "options")
            message = f"the question of {name} has one option, so there is nothing to choose"
            yield issue("N310", mark, message, "add another option, or delete ask")


def options_called_alike(draft: Draft) -> Iterator[Issue]:
    """By voice and by key both are offered in the same words."""
    for name, route in draft.intents.items():
        taken: dict[str, str] = {}
        for option, choice in route.ask.options.items() if route.ask is not None else ():
            first = taken.setdefault(" ".join(choice.about.lower().split()), option)
            if first != option:
                mark = draft.places.value("intents", name, "ask", "options", option, "about")
                message = f"the options {first} and {option} of {name} are both called {shown(choice.about)}"
                yield issue("E316", mark, message, "say in each about: what tells it from the other")


def long_questions(draft: Draft) -> Iterator[Issue]:
    """Options are offered three at a time by key; a question that names more asks callers to keep them all in mind."""
    for name, route in draft.intents.items():
        if route.ask is None:
            continue
        said = _words(route.ask.say)
        named = [
            option for option, choice in route.ask.options.items() if any(_said(each, said) for each in _calls(choice))
        ]
        if len(named) > MAX_NAMED:
            mark = draft.places.value("intents", name, "ask", "say")
            message = f"the question of {name} names {len(named)} options, more than callers remember"
            fix = f"name {MAX_NAMED} at most, or none: by key they are offered in pages of three"
            yield issue("N436", mark, message, fix)


def _calls(choice: Choice) -> tuple[str, ...]:
    return (choice.about, *choice.phrases)


def _words(text: str) -> str:
    return " ".join(word for word in re.findall(r"[\w']+", text.lower()) if word not in ("a", "an", "the"))


def _said(name: str, said: str) -> bool:
    return bool(_words(name)) and f" {_words(name)} " in f" {said} "


def options_alike(draft: Draft) -> Iterator[Issue]:
    """Words that stand for two options lead to neither."""
    for name, route in draft.intents.items():
        taken: dict[str, str] = {}
        for option, choice in route.ask.options.items() if route.ask is not None else ():
            for number, phrase in enumerate(choice.phrases):
                first = taken.setdefault(" ".join(phrase.lower().split()), option)
                if first != option:
                    mark = draft.places.value("intents", name, "ask", "options", option, "phrases", str(number))
                    message = f'"{phrase}" stands for two options of {name}, {first} and {option}'
                    yield issue("N315", mark, message, "keep it where it belongs: words that mean both decide nothing")
