"""The names that stand in a council's files, for an editor to offer. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.errors import ContentError
from voicebot.routing.issues import errors
from voicebot.routing.schema import Names
from voicebot.routing.source import Sources
from voicebot.routing.table import OUT_OF_SCOPE
from voicebot.routing.yaml_text import Fields, Node, read_yaml


def names_in(sources: Sources, intents: Iterable[str] = ()) -> Names:
    """Every name under queues, hours and intents, whatever else is wrong with the files; `intents` are offered, too.

    Raises `ContentError` where a file is no YAML, since its names would be missing."""
    roots: list[Node] = []
    for file, text in sources.files:
        root, issues = read_yaml(text, file)
        if root is None and errors(issues):
            raise ContentError(f"the names cannot be read. {issues[-1]}", issues)
        roots += [] if root is None else [root]
    declared = {section: _declared(roots, section) for section in ("queues", "hours", "intents")}
    known = dict.fromkeys((*declared["intents"], *(each for each in sorted(intents) if each != OUT_OF_SCOPE)))
    return Names(queues=declared["queues"], hours=declared["hours"], intents=tuple(known))


def _declared(roots: Iterable[Node], section: str) -> tuple[str, ...]:
    found = (
        part.key
        for root in roots
        if isinstance(root, Fields)
        for entry in root.entries
        if entry.key == section and isinstance(entry.value, Fields)
        for part in entry.value.entries
    )
    return tuple(dict.fromkeys(found))
