"""Thresholds, districts, and data that grows old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, issue
from voicebot.routing.table import TO_DISTRICT

MAX_NAMES = 100
"""Whisper reads a hint of at most 224 tokens, which is about a hundred short names."""

LONGEST_NAME = 60
"""Characters: the longest name of a place in the United Kingdom has 58."""


def threshold_order(draft: Draft) -> Iterator[Issue]:
    """`confirm` above `accept` would leave a gap in which a sure answer is doubted and a doubtful one believed."""
    table = draft.thresholds
    if table is None:
        return
    fix = "make confirm the smaller one, or equal"
    if table.confirm > table.accept:
        mark = draft.places.value("thresholds", "confirm")
        yield issue("E601", mark, f"confirm ({table.confirm}) is above accept ({table.accept})", fix)
    for name, route in draft.intents.items():
        accept = table.accept if route.accept is None else route.accept
        confirm = table.confirm if route.confirm is None else route.confirm
        if confirm > accept and (route.accept is not None or route.confirm is not None):
            mark = draft.places.value("intents", name, "accept" if route.confirm is None else "confirm")
            yield issue("E601", mark, f"for {name}, confirm ({confirm}) is above accept ({accept})", fix)


def districts(draft: Draft) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for district in draft.districts:
        mark = draft.places.key("districts", district.queue)
        if not district.places:
            message = f"{district.name} has no places, so no caller can name one"
            yield issue("E602", mark, message, "add places: [a town, a village]")
        for number, place in enumerate(district.places):
            other = seen.setdefault(place.lower(), district.queue)
            if other != district.queue or place.lower() in (each.lower() for each in district.places[:number]):
                where = draft.places.value("districts", district.queue, "places", str(number))
                yield issue("E604", where, f"{place} stands in {other} already", "keep it where it belongs")


def district_intents(draft: Draft) -> Iterator[Issue]:
    if draft.declared.get("districts") or not draft.whole:
        return
    for name, route in draft.intents.items():
        if route.to == TO_DISTRICT:
            mark = draft.places.value("intents", name, "to")
            yield issue(
                "E603", mark, "there are no districts to send the caller to", "add districts:, or name a queue here"
            )


def vocabulary(draft: Draft) -> Iterator[Issue]:
    """The recogniser takes a hint of limited length, and every call carries it with it."""
    if len(draft.vocabulary) > MAX_NAMES:
        message = f"vocabulary has {len(draft.vocabulary)} names, and the recogniser can take a hint of {MAX_NAMES}"
        fix = "keep those that callers say most and that are most often misheard"
        yield issue("E608", draft.places.key("vocabulary"), message, fix)
    for number, name in enumerate(draft.vocabulary):
        if len(name) > LONGEST_NAME:
            mark = draft.places.value("vocabulary", str(number))
            fix = "keep a name or a few words, as callers say them"
            yield issue("E608", mark, f"this entry of vocabulary is longer than {LONGEST_NAME} characters", fix)


def stale_bank_holidays(draft: Draft, today: date) -> Iterator[Issue]:
    if draft.council is None:
        return
    last = max(draft.bank_holidays, default=None)
    if last is None or last.year < today.year:
        known = f"end in {last.year}" if last else "are missing"
        message = f"the bank holidays of {draft.council.nation} {known}, so lines will seem open on the next one"
        fix = "upgrade the package govuk-bank-holidays, or add the dates as exceptions"
        yield issue("N701", draft.places.key("council", "nation"), message, fix)
