"""Every sentence that callers can hear under a routing table, with what changes in it filled in. Pure.

For rendering ahead: a voice of our own has no time to speak while somebody waits. The order is the one in which they
matter: the opening first, answers last. What advisors hear, and sentences in other languages, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product

from voicebot.dialogue.answers import ADVISOR_TEXT_KEY, GO_ON
from voicebot.dialogue.follow_up import MORE_KEYS
from voicebot.dialogue.wording import MESSAGE, TEXT
from voicebot.routing.hours import LONDON, line_next_opening, openings_on, spoken_time
from voicebot.routing.prompts import PAGE, PROMPTS
from voicebot.routing.table import Route, Table

DAYS_AHEAD = 14
"""Times of opening are filled in as they are said within so many days."""

Values = Mapping[str, str]
Saying = tuple[str, tuple[Values, ...]]
"""A text that may hold {variables}, and every set of values that they take together: one, empty, where it has none."""

_ADVISORS = "whisper"
_OWN_WORDS = re.compile(r"[{}]")


def sayings(table: Table, now: datetime) -> Iterator[Saying]:
    """All that the bot may say from `now` (aware) on, for `DAYS_AHEAD` days."""
    for name in PROMPTS:
        if not name.startswith(_ADVISORS):
            fill = _FILLED.get(name)
            yield table.wording[name], tuple(fill(table, now)) if fill is not None else ({},)
    until = now + timedelta(days=DAYS_AHEAD)
    for notice in table.notices:
        if notice.until > now and (notice.start is None or notice.start < until):
            yield _as_it_is(notice.say)
    for own in table.intents.values():
        yield from _own(own)


def _own(route: Route) -> Iterator[Saying]:
    """An intent's own words, and those of its options."""
    words = (route.first or "", route.ask.say if route.ask else "", *route.answer)
    yield from (_as_it_is(each) for each in words if each)
    for choice in route.ask.options.values() if route.ask else ():
        if choice.route is not None:
            yield from _own(choice.route.model_copy(update={"ask": None}))


def _as_it_is(words: str) -> Saying:
    return _OWN_WORDS.sub(lambda brace: brace.group() * 2, words), ({},)


# --- what the variables stand for ----------------------------------------------------------------------------------


def opening_times(table: Table, queue: str, now: datetime) -> list[str]:
    """How it may be said, within `DAYS_AHEAD` days from `now`, when this line next opens. It changes at midnight and
    where a line opens or closes, so those moments are looked at."""
    today = now.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = {now}
    for ahead in range(DAYS_AHEAD + 1):
        day = (today + timedelta(days=ahead)).date()
        moments.add(today + timedelta(days=ahead))
        for opening in openings_on(table, table.queues[queue].hours, day):
            moments.update(opening)
    moments.update(each.start for each in table.notices if each.closes and queue in each.queues and each.start)
    last = now + timedelta(days=DAYS_AHEAD)
    said = ((line_next_opening(table, queue, moment), moment) for moment in sorted(moments) if now <= moment <= last)
    return list(dict.fromkeys(spoken_time(opens, moment) for opens, moment in said if opens is not None))


def _topics(table: Table) -> list[str]:
    return list(dict.fromkeys(route.about for route in table.intents.values()))


def _teams(table: Table, queues: Iterable[str | None] | None = None) -> list[str]:
    wanted = table.queues if queues is None else [each for each in queues if each in table.queues]
    return list(dict.fromkeys(table.queues[each].name for each in wanted if each))


def _signposted(table: Table) -> list[str]:
    routes = (route.to for route in _routes(table) if route.kind == "signpost")
    return _teams(table, [*routes, *(each.queue for each in table.districts)])


def _own_lines(table: Table) -> list[str]:
    return _teams(table, [name for name, queue in table.queues.items() if not queue.external])


def _forwarded_to(table: Table) -> list[str]:
    return _teams(table, [route.when_closed for route in _routes(table)])


def _routes(table: Table) -> Iterator[Route]:
    for route in table.intents.values():
        yield route
        for choice in route.ask.options.values() if route.ask else ():
            if choice.route is not None:
                yield choice.route


def _others(table: Table) -> list[str]:
    """The lines that are offered where another is busy."""
    return _teams(table, [*(each.overflow for each in table.queues.values()), table.council.default_queue])


def _helpers(table: Table) -> list[str]:
    """Who is rung for a caller who speaks another language."""
    return _teams(table, [table.council.default_queue, *(each.to for each in table.languages.values())])


def _all(name: str, values: Sequence[str]) -> list[Values]:
    return [{name: value} for value in values]


def _both(one: str, first: Sequence[str], other: str, second: Sequence[str]) -> list[Values]:
    return [{one: a, other: b} for a, b in product(first, second)]


def _by_key(name: str, keys: Sequence[str]) -> Callable[[Table, datetime], list[Values]]:
    return lambda table, now: _all(name, keys)


def _by_team(teams: Callable[[Table], list[str]]) -> Callable[[Table, datetime], list[Values]]:
    return lambda table, now: _all("team", teams(table))


def _closed(table: Table, now: datetime) -> list[Values]:
    return [
        {"team": queue.name, "when": when}
        for name, queue in table.queues.items()
        for when in opening_times(table, name, now)
    ]


def _opens(table: Table, now: datetime) -> list[Values]:
    """Said only of lines that a notice closes."""
    closing = {queue for notice in table.notices if notice.closes for queue in notice.queues}
    return [
        {"team": table.queues[name].name, "when": when}
        for name in closing & table.queues.keys()
        for when in opening_times(table, name, now)
    ]


def _districts(table: Table, now: datetime) -> list[Values]:
    return [
        {"name": each.name, "places": ", ".join(each.places[:3]), "key": str(place % PAGE + 1)}
        for place, each in enumerate(table.districts)
    ]


def _options(table: Table, now: datetime) -> list[Values]:
    asked = [route.ask for route in table.intents.values() if route.ask]
    return [{"option": each.about, "key": each.key} for question in asked for each in question.options.values()]


def _more(table: Table, now: datetime) -> list[Values]:
    asks = any(route.ask for route in table.intents.values())
    return _all("key", [key for key in MORE_KEYS if key > "3"] if asks else [str(PAGE + 1)])


_KEYS = [str(number) for number in range(1, PAGE + 1)]

_FILLED: Mapping[str, Callable[[Table, datetime], list[Values]]] = {
    "greeting": lambda table, now: _all("council", [table.council.name]),
    "confirm": lambda table, now: _all("topic", _topics(table)),
    "offer_two": lambda table, now: _both("first", _topics(table), "second", _topics(table)),
    "topic_key": lambda table, now: _both("topic", _topics(table), "key", _KEYS),
    "something_else_key": _by_key("key", ["3"]),
    "more_key": _more,
    "option_key": _options,
    "connecting": _by_team(_teams),
    "to_person": _by_team(_teams),
    "language": _by_team(_helpers),
    "line_busy": _by_team(_teams),
    "line_no_answer": _by_team(_teams),
    "line_failed": _by_team(_teams),
    "try_line_key": lambda table, now: _both("team", _others(table), "key", ["1"]),
    "try_again_key": _by_key("key", ["0"]),
    "only_message_key": lambda table, now: _both("team", _own_lines(table), "key", [MESSAGE.key or ""]),
    "closed": _closed,
    "closed_for_good": _by_team(_teams),
    "opens": _opens,
    "closed_forwarding": lambda table, now: _both(
        "team", [*_teams(table), table.wording["your_district"]], "other", _forwarded_to(table)
    ),
    "text_key": _by_key("key", [TEXT.key or ""]),
    "message_key": _by_key("key", [MESSAGE.key or ""]),
    "answer_more": _by_key("key", [GO_ON.key or ""]),
    "after_answer_text": _by_key("key", [ADVISOR_TEXT_KEY]),
    "signpost": _by_team(_signposted),
    "district_key": _districts,
    "district_unknown": _by_team(lambda table: _teams(table, [table.council.default_queue])),
    "message": _by_team(_own_lines),
    "message_taken": _by_team(_own_lines),
    "message_missing": _by_team(_own_lines),
}
"""The prompts with variables. A test takes every prompt of `routing.prompts` that has some and looks for it here."""
