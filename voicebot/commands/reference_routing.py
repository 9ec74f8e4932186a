"""The page of docs/reference about the language of routing.yaml, made from the same schema that editors use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from voicebot.routing.merge import OWNER, PART_SECTIONS
from voicebot.routing.schema import routing_schema

Json = Mapping[str, Any]

HEAD = """# routing.yaml

Made from `voicebot/routing/schema.py` and `voicebot/routing/table.py` by `scripts/make_reference`; a change here is
overwritten. Every section and field, with its meaning, its default and the values that it takes. Fields marked
**required** must be there; the section `council` must be there, the others where they are needed.

A section marked *(also in routing.d)* may stand in the files of the folder `routing.d` beside `routing.yaml`, too,
so that each service can look after its own. An entry must not stand in two files.

Every value is read as the characters that were typed: `yes` and `"yes"` are the same, and so are `0.5` and `"0.5"`.
"""

_INSIDE = {"intents": ("question", "option")}
"""Parts that stand deeper in a section, and have a table of their own."""

_TITLES = {"question": "The follow-up question (ask)", "option": "An option of a follow-up question"}


def routing_page() -> str:
    schema = routing_schema()
    defs = schema["$defs"]
    parts = [HEAD]
    for name, section in schema["properties"].items():
        shared = " *(also in routing.d)*" if name in (OWNER, *PART_SECTIONS) else ""
        parts.append(f"## {name}\n\n{_words(section['description'])}{shared}\n")
        parts += _prompts(section) if name == "wording" else _table(_part(section, defs), defs)
        for inner in _INSIDE.get(name, ()):
            parts += [f"### {_TITLES[inner]}\n", *_table(defs[inner], defs)]
    return "\n".join(parts).rstrip() + "\n"


def _part(section: Json, defs: Json) -> Json:
    """What holds the fields: the section itself, or what stands under each name of it."""
    group = section if "$ref" in section or "properties" in section else section.get("additionalProperties", section)
    return _named(group, defs)


def _named(field: Json, defs: Json) -> Json:
    found: Json = defs[field["$ref"].rpartition("/")[2]] if "$ref" in field else field
    return found


def _prompts(section: Json) -> list[str]:
    rows = [f"| `{name}` | {_words(field['description'])} |" for name, field in section["properties"].items()]
    return ["| prompt | default wording, and the variables that it must use |", "|---|---|", *rows, ""]


def _table(group: Json, defs: Json) -> list[str]:
    """A row for each field, and one for those that go by a pattern of their name, such as the days of the week."""
    if "properties" not in group:
        return []
    named = [(f"`{name}`", field, name in group.get("required", ())) for name, field in group["properties"].items()]
    others = [("…", field, False) for field in group.get("patternProperties", {}).values()]
    rows = [
        f"| {name} | {_words(field['description'])}{' (**required**)' if required else ''} | {_default(field)} "
        f"| {_values(field, defs)} |"
        for name, field, required in (*named, *others)
    ]
    return ["| field | meaning | default | values |", "|---|---|---|---|", *rows, ""]


def _default(field: Json) -> str:
    if "default" not in field:
        return "–"
    value = field["default"]
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _values(field: Json, defs: Json) -> str:
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    title: str = _named(field, defs).get("title", "a group of names and values")
    return title


def _words(text: str) -> str:
    return text.replace("|", "\\|")
