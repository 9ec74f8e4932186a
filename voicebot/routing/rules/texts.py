"""Everything that is said aloud, and where in the files it stands: what the rules about wording look through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from voicebot.routing.draft import Draft, Path
from voicebot.routing.issues import Mark
from voicebot.routing.table import Route
from voicebot.routing.yaml_causes import yaml_lines

FOLDED_LINES = 60
"""How many lines a text is looked through for the words that a message is about."""


class Spoken(NamedTuple):
    """`words` that are said aloud, `what` they are called in a message, and the `path` of their value."""

    path: Path
    what: str
    words: str


def spoken(draft: Draft) -> Iterator[Spoken]:
    """Every text of the files that a caller or an advisor hears in English. Default wording is not the files'."""
    for name, words in draft.wording.items():
        if ("wording", name) in draft.places.keys:
            yield Spoken(("wording", name), f"the prompt {name}", words)
    yield from _names(draft)
    for notice in draft.notices:
        yield Spoken(("notices", notice.name, "say"), f"the notice {notice.name}", notice.say)
    for path, name, route in routes(draft):
        yield from _of_route(draft, path, name, route)


def _names(draft: Draft) -> Iterator[Spoken]:
    if draft.council is not None:
        yield Spoken(("council", "name"), "the council's name", draft.council.name)
    for name, queue in draft.queues.items():
        yield Spoken(("queues", name, "name"), f"the name of the queue {name}", queue.name)
        if isinstance(queue.whisper, str):
            yield Spoken(("queues", name, "whisper"), f"the whisper of the queue {name}", queue.whisper)
    for district in draft.districts:
        path = ("districts", district.queue)
        yield Spoken((*path, "name"), f"the name of the district {district.queue}", district.name)
        for number, place in enumerate(district.places):
            yield Spoken((*path, "places", str(number)), f"a place of {district.name}", place)


def routes(draft: Draft) -> Iterator[tuple[Path, str, Route]]:
    """Every intent and every option with a destination of its own: its path, what it is called, what becomes of it."""
    for name, route in draft.intents.items():
        yield ("intents", name), f"the intent {name}", route
        for option, choice in route.ask.options.items() if route.ask is not None else ():
            if choice.route is not None:
                yield ("intents", name, "ask", "options", option), f"the option {option} of {name}", choice.route


def _of_route(draft: Draft, path: Path, name: str, route: Route) -> Iterator[Spoken]:
    """What stands at this very place: an option has its intent's words too, which are looked at there."""
    if (*path, "about") in draft.places.keys:
        yield Spoken((*path, "about"), f"about of {name}", route.about)
    if route.first is not None and (*path, "first") in draft.places.keys:
        yield Spoken((*path, "first"), f"first of {name}", route.first)
    if (*path, "answer") in draft.places.keys:
        listed = (*path, "answer", "0") in draft.places.keys
        for number, part in enumerate(route.answer):
            where = (*path, "answer", str(number)) if listed else (*path, "answer")
            yield Spoken(where, f"the answer of {name}", part)
    if route.ask is not None and len(path) == 2:
        yield Spoken((*path, "ask", "say"), f"the question of {name}", route.ask.say)
        for option, choice in route.ask.options.items():
            if choice.route is None:
                about = (*path, "ask", "options", option, "about")
                yield Spoken(about, f"about of the option {option} of {name}", choice.about)


def spot(draft: Draft, text: Spoken, start: int, end: int) -> Mark:
    """Where the characters from `start` up to `end` of the text stand: one that is folded over several lines begins far
    above the word that matters."""
    mark = draft.places.value(*text.path)
    lines = yaml_lines(draft.texts.get(mark.file, ""))[mark.line - 1 : mark.line - 1 + FOLDED_LINES]
    rest = "\n".join(lines)
    snippet = text.words[start:end]
    same = re.compile(r"\s+".join(map(re.escape, snippet.split()))).finditer(rest, mark.column - 1)
    found = next(islice(same, text.words.count(snippet, 0, start), None), None)
    if found is None:
        return mark
    before = rest[: found.start()]
    return Mark(mark.file, mark.line + before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1)
