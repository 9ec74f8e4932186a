"""Makes one tree of the files of a table, so that it does not matter to anything else in which of them a part stands.

Every mark keeps its file. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.routing.issues import choose, shown
from voicebot.routing.reader import Reader
from voicebot.routing.yaml_text import Entry, Fields, Items, Text

SECTIONS = (
    *("council", "wording", "hours", "queues", "districts", "notices"),
    *("vocabulary", "languages", "thresholds", "key_topics", "intents"),
)
PART_SECTIONS = ("hours", "queues", "notices", "vocabulary", "intents")
"""What a file of routing.d may hold: a service's own part. What concerns all callers stands in one place."""

OWNER = "owner"
_LISTS = ("vocabulary",)
_MAY_BE_EMPTY = ("notices", "vocabulary", "languages")
"""What the main file can do without: when the snow is over, all that stands below notices: is commented out."""


def merge(reader: Reader, trees: Iterable[tuple[str, Fields]], main: str) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """The sections by name, each with the entries of all files, and the `owner` of each file that names one.

    `trees` are the files by name; `main` is the one that may hold every section."""
    owners: dict[str, Entry] = {}
    found: dict[str, list[Entry]] = {}
    for file, tree in trees:
        for entry in tree.entries:
            if entry.key == OWNER:
                owners[file] = entry
            elif _allowed(reader, entry, file, main) and not _empty(reader, entry, file, main):
                found.setdefault(entry.key, []).append(entry)
    return {name: _together(reader, name, entries) for name, entries in found.items()}, owners


def _allowed(reader: Reader, entry: Entry, file: str, main: str) -> bool:
    allowed = (OWNER, *(SECTIONS if file == main else PART_SECTIONS))
    if entry.key in allowed:
        return True
    if entry.key in SECTIONS:
        fix = f"move it to {main}; this file can have {', '.join(allowed)}"
        reader.report("E111", entry.mark, f"only {main} can have {entry.key}", fix)
    else:
        fix = choose(entry.key, allowed, f"it can have {', '.join(allowed)}")
        if isinstance(entry.value, Fields) and {"kind", "to", "about"} & {each.key for each in entry.value.entries}:
            fix = "if it is an intent, indent it like the others, by two spaces, with all that belongs to it"
        reader.report("E101", entry.mark, f"the file cannot have {shown(entry.key)}", fix)
    return False


def _empty(reader: Reader, entry: Entry, file: str, main: str) -> bool:
    """Whether nothing stands below a section that may be left out; then it is read as if it were."""
    may = _MAY_BE_EMPTY if file == main else PART_SECTIONS
    if entry.key not in may or not isinstance(entry.value, Text) or entry.value.text.strip():
        return False
    fix = "this is fine if it is meant; else take away the # before its lines, or write its entries below it"
    reader.report("N018", entry.mark, f"nothing stands below {entry.key}", fix)
    return True


def _together(reader: Reader, name: str, entries: list[Entry]) -> Entry:
    """One section out of those of several files. Where it has the wrong shape in one of them, the others count."""
    shape = Items if name in _LISTS else Fields
    sound = [entry for entry in entries if isinstance(entry.value, shape)]
    for entry in entries if sound else entries[1:]:
        if not isinstance(entry.value, shape):
            _ = reader.names(entry.value, name) if shape is Items else reader.fields(entry.value, name)
    if len(sound) < 2:
        return (sound or entries)[0]
    first = sound[0]
    if shape is Items:
        items = (item for entry in sound if isinstance(entry.value, Items) for item in entry.value.items)
        return Entry(name, first.mark, Items(first.value.mark, tuple(items)))
    parts: dict[str, Entry] = {}
    for entry in sound:
        for part in entry.value.entries if isinstance(entry.value, Fields) else ():
            _add(reader, name, parts, part)
    return Entry(name, first.mark, Fields(first.value.mark, tuple(parts.values())))


def _add(reader: Reader, section: str, parts: dict[str, Entry], part: Entry) -> None:
    if part.key not in parts:
        parts[part.key] = part
        return
    first = parts[part.key].mark
    message = f"{part.key} stands in two files under {section}: here, and in {first.file}:{first.line}"
    reader.report("E112", part.mark, message, "delete one of the two, or rename it")
