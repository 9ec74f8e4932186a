"""Reads each section of routing.yaml into its part of the draft. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from voicebot.routing.bank_holidays import Nation
from voicebot.routing.draft import Draft, places
from voicebot.routing.hours_text import NotationError, read_date, read_days, read_spans
from voicebot.routing.issues import Issue, Mark, issue
from voicebot.routing.reader import Reader
from voicebot.routing.table import Council, DayName, District, Hours, Queue, Route, Span, Thresholds
from voicebot.routing.yaml_text import Entry, Fields, Node

Part = TypeVar("Part")
Holidays = Callable[[Nation], frozenset[date]]

SECTIONS = ("council", "wording", "hours", "queues", "districts", "thresholds", "key_topics", "intents")
_OPTIONAL = {"districts"}


def read_sections(root: Node, file: str, hash: str, holidays: Holidays) -> tuple[Draft, tuple[Issue, ...]]:
    """The draft of a whole file, and what is wrong with its parts taken one by one."""
    reader = Reader(places(root, file))
    if not isinstance(root, Fields):
        found = issue(
            "E005", root.mark, "this is not a routing table", f"begin with the sections {', '.join(SECTIONS)}"
        )
        return Draft(hash, reader.places, {}), (found,)
    sections = {entry.key: entry for entry in reader.known(root.entries, SECTIONS, "the file")}
    for name in SECTIONS:
        if name not in sections and name not in _OPTIONAL:
            reader.report(
                "E110", Mark(file, 1, 1), f"there is no section {name}", f"add {name}: at the start of a line"
            )
    council = _council(reader, sections["council"]) if "council" in sections else None
    draft = Draft(
        hash=hash,
        places=reader.places,
        declared={name: _declared(entry.value) for name, entry in sections.items()},
        council=council,
        wording=_each(reader, sections, "wording", _prompt),
        hours=_each(reader, sections, "hours", _hours),
        queues=_each(reader, sections, "queues", _queue),
        districts=tuple(_each(reader, sections, "districts", _district).values()),
        intents=_each(reader, sections, "intents", _route),
        thresholds=_thresholds(reader, sections["thresholds"]) if "thresholds" in sections else None,
        key_topics=reader.names(sections["key_topics"].value, "key_topics") if "key_topics" in sections else (),
        bank_holidays=holidays(council.nation) if council else frozenset(),
    )
    return draft, tuple(reader.issues)


def _declared(node: Node) -> frozenset[str]:
    return frozenset(entry.key for entry in node.entries) if isinstance(node, Fields) else frozenset()


def _each(
    reader: Reader, sections: Mapping[str, Entry], name: str, read: Callable[[Reader, Entry], Part | None]
) -> dict[str, Part]:
    if name not in sections:
        return {}
    read_entries = ((entry.key, read(reader, entry)) for entry in reader.fields(sections[name].value, name))
    return {key: part for key, part in read_entries if part is not None}


def _council(reader: Reader, entry: Entry) -> Council | None:
    entries = reader.known(reader.fields(entry.value, "council"), Council.model_fields, "council")
    raw = reader.raw(entries, "council")
    if raw is None:
        return None
    if isinstance(number := raw.get("caller_id"), str):
        raw["caller_id"] = _dialled(number)
    return reader.build(Council, raw, ("council",), "council")


def _thresholds(reader: Reader, entry: Entry) -> Thresholds | None:
    entries = reader.known(reader.fields(entry.value, "thresholds"), Thresholds.model_fields, "thresholds")
    raw = reader.raw(entries, "thresholds")
    return None if raw is None else reader.build(Thresholds, raw, ("thresholds",), "thresholds")


def _prompt(reader: Reader, entry: Entry) -> str | None:
    return reader.text(entry, f"the prompt {entry.key}")


def _queue(reader: Reader, entry: Entry) -> Queue | None:
    what = f"the queue {entry.key}"
    allowed = ["number", "sip", *(name for name in Queue.model_fields if name != "target")]
    raw = reader.raw(reader.known(reader.fields(entry.value, what), allowed, what), what)
    if raw is None or not isinstance(entry.value, Fields):
        return None
    targets = [raw.pop(name) for name in ("number", "sip") if name in raw]
    if len(targets) != 1:
        problem = "has no number" if not targets else "has a number and a SIP address"
        reader.report(
            "E107", entry.mark, f"{what} {problem}", 'give it one line number: "+44…" or sip: "sip:name@host"'
        )
        raw["target"] = "unknown"
        reader.build(Queue, raw, ("queues", entry.key), what)
        return None
    raw["target"] = _dialled(targets[0]) if isinstance(targets[0], str) else targets[0]
    return reader.build(Queue, raw, ("queues", entry.key), what)


def _dialled(target: str) -> str:
    """A number without the spaces, brackets and hyphens that people write in it; a SIP address as it is."""
    return target if ":" in target or "@" in target else re.sub(r"[\s()\-]", "", target)


def _district(reader: Reader, entry: Entry) -> District | None:
    what = f"the district {entry.key}"
    fields = {each.key: each for each in reader.known(reader.fields(entry.value, what), ("name", "places"), what)}
    name = reader.text(fields["name"], f"name of {what}") if "name" in fields else None
    named = reader.names(fields["places"].value, f"places of {what}") if "places" in fields else ()
    if "name" not in fields and isinstance(entry.value, Fields):
        reader.report("E102", entry.mark, f"{what} has no name", "add a line such as name: North Vale")
    return None if name is None else District(queue=entry.key, name=name, places=named)


def _route(reader: Reader, entry: Entry) -> Route | None:
    what = f"the intent {entry.key}"
    raw = reader.raw(reader.known(reader.fields(entry.value, what), Route.model_fields, what), what)
    if raw is None or not isinstance(entry.value, Fields):
        return None
    return reader.build(Route, raw, ("intents", entry.key), what)


def _hours(reader: Reader, entry: Entry) -> Hours | None:
    what = f"the hours {entry.key}"
    days: dict[DayName, tuple[Span, ...]] = {}
    bank_holidays: tuple[Span, ...] = ()
    exceptions: dict[date, tuple[Span, ...]] = {}
    yearly: dict[tuple[int, int], tuple[Span, ...]] = {}
    before = len(reader.issues)
    for each in reader.fields(entry.value, what):
        if each.key == "bank_holidays":
            bank_holidays = _spans(reader, each, f"bank_holidays of {what}")
        elif each.key == "closed_on":
            for text in reader.names(each.value, f"closed_on of {what}"):
                _exception(reader, each.value.mark, text, (), exceptions, yearly)
        elif each.key == "exceptions":
            for one in reader.fields(each.value, f"exceptions of {what}"):
                _exception(reader, one.mark, one.key, _spans(reader, one, f"{one.key} of {what}"), exceptions, yearly)
        else:
            _weekdays(reader, each, what, days)
    if len(reader.issues) > before:
        return None
    return Hours(days=days, bank_holidays=bank_holidays, exceptions=exceptions, yearly=yearly)


def _weekdays(reader: Reader, entry: Entry, what: str, days: dict[DayName, tuple[Span, ...]]) -> None:
    try:
        named = read_days(entry.key)
    except NotationError as error:
        reader.report("E105", entry.mark, f"{error.message}, in {what}", error.fix)
        return
    spans = _spans(reader, entry, f"{entry.key} of {what}")
    for day in named:
        if day in days:
            reader.report(
                "E105", entry.mark, f"{day} stands twice in {what}", "name each day once, with all of its spans"
            )
        days[day] = spans


def _spans(reader: Reader, entry: Entry, what: str) -> tuple[Span, ...]:
    text = reader.text(entry, what)
    try:
        return () if text is None else read_spans(text)
    except NotationError as error:
        reader.report("E105", entry.value.mark, error.message, error.fix)
        return ()


def _exception(
    reader: Reader,
    mark: Mark,
    text: str,
    spans: tuple[Span, ...],
    exceptions: dict[date, tuple[Span, ...]],
    yearly: dict[tuple[int, int], tuple[Span, ...]],
) -> None:
    try:
        day = read_date(text)
    except NotationError as error:
        reader.report("E106", mark, error.message, error.fix)
        return
    if day in exceptions or day in yearly:
        reader.report("E106", mark, f"{text} stands twice", "name each date once")
    elif isinstance(day, date):
        exceptions[day] = spans
    else:
        yearly[day] = spans
