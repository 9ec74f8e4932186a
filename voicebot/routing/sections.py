"""Reads the files of a table, section by section, into the draft. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from voicebot.routing.bank_holidays import Nation
from voicebot.routing.draft import Draft, Places, places
from voicebot.routing.issues import Issue, Mark
from voicebot.routing.merge import PART_SECTIONS, SECTIONS, merge
from voicebot.routing.reader import Reader
from voicebot.routing.sections_hours import hours
from voicebot.routing.sections_notices import notice
from voicebot.routing.sections_queues import dialled, queue
from voicebot.routing.sections_routes import route
from voicebot.routing.table import Council, District, Language, Thresholds
from voicebot.routing.yaml_text import Entry, Fields, Node

__all__ = ["PART_SECTIONS", "SECTIONS", "Holidays", "read_sections"]

Part = TypeVar("Part")
Holidays = Callable[[Nation], frozenset[date]]

_NEEDED = ("council", "hours", "queues", "intents")


def read_sections(
    trees: Iterable[tuple[str, Fields]],
    main: str,
    hash: str,
    holidays: Holidays,
    wording: Mapping[str, str],
    today: date | None = None,
) -> tuple[Draft, tuple[Issue, ...]]:
    """The draft of a table's files, and what is wrong with their parts taken one by one.

    `trees` are the files by name, `main` the one among them that may hold every section. `wording` is what is said
    where the files have no words of their own. `today`, where it is given, makes the examples in messages fit."""
    merging = Reader(Places(main, {}, {}))
    sections, owners = merge(merging, trees, main)
    root = Fields(Mark(main, 1, 1), tuple(sections.values()))
    reader = Reader(places(root, main), today)
    reader.issues += merging.issues
    for name in _NEEDED:
        if name not in sections:
            reader.report(
                "E110", Mark(main, 1, 1), f"there is no section {name}", f"add {name}: at the start of a line"
            )
    council = _council(reader, sections["council"]) if "council" in sections else None
    owned = {file: reader.text(entry, f"the owner of {file}") for file, entry in owners.items()}
    draft = Draft(
        hash=hash,
        places=reader.places,
        declared={name: _declared(entry.value) for name, entry in sections.items()},
        council=council,
        wording={**wording, **_each(reader, sections, "wording", _prompt)},
        hours=_each(reader, sections, "hours", hours),
        queues=_each(reader, sections, "queues", queue),
        districts=tuple(_each(reader, sections, "districts", _district).values()),
        intents=_each(reader, sections, "intents", route),
        thresholds=_thresholds(reader, sections["thresholds"]) if "thresholds" in sections else Thresholds(),
        key_topics=_names(reader, sections, "key_topics"),
        bank_holidays=holidays(council.nation) if council else frozenset(),
        notices=tuple(_each(reader, sections, "notices", notice).values()),
        vocabulary=_names(reader, sections, "vocabulary"),
        languages=_each(reader, sections, "languages", _language),
        owners={file: owner for file, owner in owned.items() if owner is not None},
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


def _names(reader: Reader, sections: Mapping[str, Entry], name: str) -> tuple[str, ...]:
    return reader.names(sections[name].value, name) if name in sections else ()


def _council(reader: Reader, entry: Entry) -> Council | None:
    entries = reader.known(reader.fields(entry.value, "council"), Council.model_fields, "council")
    raw = reader.raw(entries, "council")
    if raw is None:
        return None
    if isinstance(number := raw.get("caller_id"), str):
        raw["caller_id"] = dialled(number)
    return reader.build(Council, raw, ("council",), "council")


def _thresholds(reader: Reader, entry: Entry) -> Thresholds | None:
    entries = reader.known(reader.fields(entry.value, "thresholds"), Thresholds.model_fields, "thresholds")
    raw = reader.raw(entries, "thresholds")
    return None if raw is None else reader.build(Thresholds, raw, ("thresholds",), "thresholds")


def _prompt(reader: Reader, entry: Entry) -> str | None:
    return reader.text(entry, f"the prompt {entry.key}")


def _language(reader: Reader, entry: Entry) -> Language | None:
    what = f"the language {entry.key}"
    raw = reader.raw(reader.known(reader.fields(entry.value, what), Language.model_fields, what), what)
    if raw is None or not isinstance(entry.value, Fields):
        return None
    return reader.build(Language, raw, ("languages", entry.key), what)


def _district(reader: Reader, entry: Entry) -> District | None:
    what = f"the district {entry.key}"
    fields = {each.key: each for each in reader.known(reader.fields(entry.value, what), ("name", "places"), what)}
    name = reader.text(fields["name"], f"name of {what}") if "name" in fields else None
    named = reader.names(fields["places"].value, f"places of {what}") if "places" in fields else ()
    if "name" not in fields and isinstance(entry.value, Fields):
        reader.report("E102", entry.mark, f"{what} has no name", "add a line such as name: North Vale")
    return None if name is None else District(queue=entry.key, name=name, places=named)
