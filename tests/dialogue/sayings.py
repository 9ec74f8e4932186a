"""Everything that a table gives the bot to say, so that a test can ask whether something else was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from voicebot.routing.table import Route, Table


class Sayings:
    """The prompts of a table with their variables filled, and all else that it words."""

    def __init__(self, table: Table) -> None:
        self.patterns = [*_prompts(table), *(re.compile(re.escape(words.strip())) for words in _own_words(table))]

    def rest(self, text: str) -> str:
        """What of `text` is not the table's: "" where it is made of its sayings from the first word to the last."""
        reached, furthest = {0}, 0
        waiting = [0]
        while waiting:
            start = waiting.pop()
            furthest = max(furthest, start)
            for end in self._ends(text, start):
                if end not in reached:
                    reached.add(end)
                    waiting.append(end)
        return "" if len(text) in reached else text[furthest:]

    def _ends(self, text: str, start: int) -> Iterator[int]:
        for pattern in self.patterns:
            found = pattern.match(text, start)
            if found and found.end() > start and text[found.end() : found.end() + 1].strip() == "":
                yield min(found.end() + 1, len(text))


def _prompts(table: Table) -> Iterator[re.Pattern[str]]:
    teams = [*(queue.name for queue in table.queues.values()), table.wording["your_district"]]
    topics = [route.about for route in table.intents.values() if route.kind != "urgent"]
    values = {
        "team": teams,
        "other": teams,
        "topic": topics,
        "option": [each.about for route in _asking(table) for each in route.ask.options.values() if route.ask],
        "first": topics,
        "second": topics,
        "name": [each.name for each in table.districts],
        "places": [", ".join(each.places[:3]) for each in table.districts],
        "council": [table.council.name],
        "key": list("0123456789"),
    }
    for words in table.wording.values():
        pattern = re.escape(words).replace(r"\{", "{").replace(r"\}", "}")
        for name, known in values.items():
            pattern = pattern.replace("{" + name + "}", _one_of(known))
        yield re.compile(pattern.replace("{when}", "[^.{}]+"))


def _one_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True)) + ")"


def _own_words(table: Table) -> Iterator[str]:
    for route in table.intents.values():
        options = route.ask.options.values() if route.ask is not None else ()
        for each in (route, *(choice.route for choice in options if choice.route is not None)):
            yield from each.answer
            if each.first:
                yield each.first
        if route.ask is not None:
            yield route.ask.say
    for spoken in (*table.notices, *table.languages.values()):
        yield spoken.say
    yield from (each.closed for each in table.languages.values() if each.closed)


def _asking(table: Table) -> list[Route]:
    return [route for route in table.intents.values() if route.ask is not None]
