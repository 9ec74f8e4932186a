"""Which part of the table it is that callers hear differently. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from voicebot.replaying_places import Came
from voicebot.routing.table import Route, Table

OPENING_TIMES = "hours"
"""Names what cannot be found in any text: which of several sentences is said, and the times in them, hang on hours."""

_VARIABLE = re.compile(r"\{[^{}]*\}")


class Wording:
    """What is said by `old` and by `new`, part by part."""

    def __init__(self, old: Table, new: Table) -> None:
        self._old, self._new = old, new
        before, after = dict(_texts(old)), dict(_texts(new))
        differing = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        self._before = {path: _fixed(before.get(path, "")) for path in differing}
        self._after = {path: _fixed(after.get(path, "")) for path in differing}

    def causes(self, one: Came, other: Came) -> frozenset[str]:
        """The paths of the changed parts that are heard in what one of the two says. More than one may be, where both
        stand in the same sentence."""
        found = _heard(self._before, f"{one.says} {one.text}") | _heard(self._after, f"{other.says} {other.text}")
        return found or frozenset({self._hours(other)})

    def _hours(self, came: Came) -> str:
        queue = next((part for part in came.place.key[1:] if part in self._new.queues), None)
        return OPENING_TIMES if queue is None else f"hours.{self._new.queues[queue].hours}"

    def where(self, path: str) -> str:
        """The file and line of a path: in the new table, or in the old one where the whole entry is gone."""
        entry = ".".join(path.split(".")[:2])
        gone = entry in self._old.lines and entry not in self._new.lines
        return str((self._old if gone else self._new).where(path))


def _heard(parts: Mapping[str, tuple[str, ...]], said: str) -> frozenset[str]:
    return frozenset(path for path, fixed in parts.items() if fixed and all(each in said for each in fixed))


def _fixed(text: str) -> tuple[str, ...]:
    """What of a prompt is said whatever its variables hold."""
    return tuple(each for part in _VARIABLE.split(text) if (each := " ".join(part.split()).strip(" .,")))


def _texts(table: Table) -> Iterator[tuple[str, str]]:
    """Every text that callers may hear or be sent, by its path."""
    yield "council.name", table.council.name
    yield from ((f"wording.{name}", text) for name, text in table.wording.items())
    yield from ((f"queues.{name}.name", queue.name) for name, queue in table.queues.items())
    yield from ((f"districts.{each.queue}", each.name) for each in table.districts)
    yield from ((f"notices.{each.name}.say", each.say) for each in table.notices)
    yield from ((f"languages.{code}.say", each.say) for code, each in table.languages.items())
    yield from ((f"languages.{code}.closed", each.closed or "") for code, each in table.languages.items())
    for name, route in table.intents.items():
        yield from _of_route(f"intents.{name}", route)


def _of_route(path: str, route: Route) -> Iterator[tuple[str, str]]:
    yield f"{path}.about", route.about
    yield f"{path}.first", route.first or ""
    yield from ((f"{path}.answer.{number}", part) for number, part in enumerate(route.answer))
    yield f"{path}.text", route.message or ""
    if route.ask is None:
        return
    yield f"{path}.ask.say", route.ask.say
    for name, choice in route.ask.options.items():
        option = f"{path}.ask.options.{name}"
        yield f"{option}.about", choice.about
        if choice.route is not None:
            yield from _of_route(option, choice.route)
