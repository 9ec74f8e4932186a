"""What callers hear in one breath although it stands in several places: answers, closed lines, menus."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from voicebot.routing.draft import Draft, Path
from voicebot.routing.hours import LONDON
from voicebot.routing.issues import Issue, issue
from voicebot.routing.prompts import PAGE
from voicebot.routing.rules.length import MAX_SECONDS, filled, longest_values, too_long
from voicebot.routing.rules.texts import Spoken, routes, spoken
from voicebot.routing.spoken import spoken_seconds
from voicebot.routing.table import Notice, Route

MAX_GREETING = 30
"""Seconds before the caller's turn: the greeting of the shipped table takes 9, and two notices of 10 fit beside it."""


def _say(draft: Draft, *names: str, **values: str) -> str:
    longest = {**longest_values(draft), **values}
    return " ".join(filled(draft.wording.get(name, ""), longest) for name in names)


def greetings(draft: Draft, today: date) -> Iterator[Issue]:
    """The greeting with all the notices for everybody that hold at one time, from `today` on."""
    start = datetime.combine(today, time(), LONDON).astimezone(UTC)
    told = [each for each in draft.notices if not each.queues and not each.intents]
    alone = spoken_seconds(_say(draft, "greeting", "recording_notice", "opening"))
    most, together = alone, list[Notice]()
    for moment in (start, *(each.start for each in told if each.start is not None and each.start > start)):
        holding = [each for each in told if each.holds(moment)]
        seconds = alone + sum(spoken_seconds(each.say) for each in holding)
        if seconds > most:
            most, together = seconds, holding
    if most <= MAX_GREETING:
        return
    path = ("notices", together[-1].name) if together else ("wording", "opening")
    listed = ", ".join(each.name for each in together)
    what = f"the greeting with the notices for everybody ({listed})" if together else "the greeting"
    fix = "say less in them, or give those that are not for all callers a line such as intents: [the intents meant]"
    message = f"{what} takes {math.ceil(most)} seconds, and until it ends nobody can say what she rings about"
    yield issue("N440", draft.places.key(*path), message, fix if together else f"keep to {MAX_GREETING} seconds")


def answers_with_offers(draft: Draft) -> Iterator[Issue]:
    """A part that is short enough alone, but not with the offers that follow it."""
    offers = {True: _say(draft, "after_answer_text", "after_answer"), False: _say(draft, "after_answer")}
    more = _say(draft, "answer_more")
    found = {path: route for path, _, route in routes(draft)}
    for text in spoken(draft):
        path = text.path[: text.path.index("answer")] if "answer" in text.path[1:] else ()
        route = found.get(path)
        if route is None or route.kind != "answer":
            continue
        last = text.path[-1] in ("answer", str(len(route.answer) - 1))
        seconds = spoken_seconds(f"{text.words} {offers[route.message is not None] if last else more}")
        if spoken_seconds(text.words) <= MAX_SECONDS < seconds:
            yield too_long(draft, text, seconds, f"{text.what}, with what is offered after it, takes")


def closed_messages(draft: Draft) -> Iterator[Issue]:
    """When the line opens, what to do meanwhile, a text message, a message, and the way out for danger."""
    alone = spoken_seconds(_say(draft, "closed", "text_key", "message_key", "danger_key"))
    if alone > MAX_SECONDS:
        text = Spoken(("wording", "closed"), "", "")
        yield too_long(draft, text, alone, "the message that a line is closed, with all that is offered then, takes")
        return
    for path, name, route in routes(draft):
        if route.kind == "queue" and route.answer and (*path, "answer") in draft.places.keys:
            seconds = spoken_seconds(_closed(draft, route))
            if seconds > MAX_SECONDS:
                text = Spoken((*path, "answer"), "", "")
                yield too_long(draft, text, seconds, f"what callers about {name} hear when the line is closed takes")


def _closed(draft: Draft, route: Route) -> str:
    line = draft.queues.get(route.to)
    told = _say(draft, "closed", team=line.name) if line is not None else _say(draft, "closed")
    offers = ("text_key", "message_key", "danger_key") if route.message else ("message_key", "danger_key")
    return f"{told} {' '.join(route.answer)} {_say(draft, *offers)}"


def menus(draft: Draft) -> Iterator[Issue]:
    """Options by key, three at a time."""
    end = _say(draft, "more_key", "person_key")
    for path, what, prompts in _menus(draft):
        pages = (prompts[start : start + PAGE] for start in range(0, len(prompts), PAGE))
        seconds = max((spoken_seconds(f"{' '.join(page)} {end}") for page in pages), default=0.0)
        if seconds > MAX_SECONDS:
            message = f"three options of {what} by key take {math.ceil(seconds)} seconds to say"
            yield issue("N421", draft.places.key(*path), message, f"shorten them; keep to {MAX_SECONDS} seconds")


def _menus(draft: Draft) -> Iterator[tuple[Path, str, list[str]]]:
    topics = [draft.intents[each].about for each in draft.key_topics if each in draft.intents]
    yield ("key_topics",), "the keypad menu", [_say(draft, "topic_key", topic=each) for each in topics]
    areas = [(each.name, ", ".join(each.places[:3])) for each in draft.districts]
    named = [_say(draft, "district_key", name=name, places=places) for name, places in areas]
    yield ("districts",), "the districts", named
    for name, route in draft.intents.items():
        if route.ask is not None:
            options = [_say(draft, "option_key", option=choice.about) for choice in route.ask.options.values()]
            yield ("intents", name, "ask"), f"the question of {name}", options
