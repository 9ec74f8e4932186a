"""JSON Schemas of routing.yaml and of the files of routing.d/, made from the models of `voicebot.routing.table`.

Editors complete and underline by them (docs/council-repository.md). They tell fields, kinds of value and what must be
there. What takes more than one look, such as a name that leads nowhere, `voicebot check` finds.

Fields, meanings, ranges and defaults come from the models. What is written in the file otherwise than it is kept in the
model stands here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic.json_schema import models_json_schema

from voicebot.routing.default_wording import default_wording
from voicebot.routing.merge import OWNER, PART_SECTIONS
from voicebot.routing.prompts import PROMPTS
from voicebot.routing.schema_values import DATE_KEY, DAYS_KEY, VALUES, Json, number, one_of
from voicebot.routing.sections_routes import MAX_OPTIONS
from voicebot.routing.table import TO_DISTRICT, Choice, Council, Language, Part, Question, Queue, Route, Thresholds

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FilePart = Literal["routing.yaml", "routing.d"]

SECTIONS: Mapping[str, str] = {
    "owner": "Who looks after this file, such as Customer Services.",
    "council": "Who we are.",
    "wording": "What the bot says, prompt by prompt, where it differs from the default wording. Words in {braces} are "
    "filled in when they are spoken; each prompt must use all of its own.",
    "hours": "When lines are open, by name, in local time. A day that is not named is closed.",
    "queues": "Where calls can go, by name. Each has a number, or sip: for a line on the contact centre.",
    "districts": f"The district councils, each by the name of its queue. Intents with to: {TO_DISTRICT} ask which town "
    "or village the caller lives in, and go to that one's queue.",
    "thresholds": "How sure the bot must be: probabilities from 0 (no idea) to 1 (certain).",
    "key_topics": "The intents that are offered by keys, three at a time, to callers whom the bot cannot understand. "
    "Most asked for first.",
    "notices": "What callers are told for a while only, by name. Without queues and intents everybody hears it after "
    "the greeting, urgent callers too: nobody knows yet. A call that is known to be urgent hears no notice.",
    "vocabulary": "Names that the recogniser should expect: places, buildings, services.",
    "languages": "What somebody hears who speaks another language, before a person is rung or where nobody is there, "
    "by the language's two-letter code (ISO 639-1), such as pl.",
    "intents": "What happens for each thing that people ring about, by the name of its file in intents/.",
}
"""Section → what stands there; in the order in which the sections are best written."""


_DAYS_OFFERED = ("mon-fri", "sat", "sun")
"""Lines of opening hours that an editor offers; days may be named in many more ways."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that stand in a council's files, in their order: what an editor offers."""

    queues: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()


def routing_schema(part: FilePart = "routing.yaml", names: Names | None = None) -> Json:
    """The schema of routing.yaml, or of a file of routing.d/; it offers `names` where they are used."""
    names = names or Names()
    sections = SECTIONS if part == "routing.yaml" else (OWNER, *PART_SECTIONS)
    return {
        "$schema": DIALECT,
        "description": "What becomes of each call, and every word that a caller hears.",
        **_group({name: {**_section(name, names), "description": SECTIONS[name]} for name in sections}),
        **({"required": ["council"]} if part == "routing.yaml" else {"minProperties": 1}),
        "$defs": {**VALUES, **_names(names), **_parts()},
    }


def _group(properties: Mapping[str, Json], required: tuple[str, ...] = ()) -> Json:
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **needed, "additionalProperties": False}


def _ref(name: str, **beside: object) -> Json:
    return {"$ref": f"#/$defs/{name}", **beside}


def _by_name(part: str, known: tuple[str, ...] = ()) -> Json:
    """Parts by names of the council's own choosing; those that are known are offered."""
    offered = {"properties": {name: _ref(part) for name in known}} if known else {}
    return {"type": "object", **offered, "additionalProperties": _ref(part)}


def _section(name: str, names: Names) -> Json:
    sections: dict[str, Json] = {
        "owner": _ref("text"),
        "council": _ref("council"),
        "wording": _group({prompt: _prompt(prompt) for prompt in PROMPTS}),
        "thresholds": _ref("thresholds"),
        "key_topics": _list_of("intent_name"),
        "vocabulary": _ref("texts"),
        "districts": _by_name("district", names.queues),
        "intents": _by_name("intent", names.intents),
    }
    return sections.get(name) or _by_name(name.removesuffix("s") if name != "hours" else name)


def _list_of(name: str) -> Json:
    return {"title": "list of names", "type": "array", "items": _ref(name)}


def _prompt(name: str) -> Json:
    variables = ", ".join(f"{{{each}}}" for each in sorted(PROMPTS[name]))
    words = default_wording()[name]
    return _ref("text", description=f"“{words}”" + (f" Uses {variables}." if variables else ""), default=words)


def _names(names: Names) -> dict[str, Json]:
    return {
        "queue_name": one_of(names.queues, "name of a queue"),
        "queue_or_district": one_of(
            (*names.queues, TO_DISTRICT) if names.queues else (), f"name of a queue, or {TO_DISTRICT}"
        ),
        "hours_name": one_of(names.hours, "name of opening hours"),
        "intent_name": one_of(names.intents, "name of an intent"),
    }


# --- the parts that the sections are made of ---------------------------------------------------------------------


def _parts() -> dict[str, Json]:
    """Name under `$defs` → schema of the part."""
    route = _fields(Route, to="queue_or_district", when_closed="queue_name", answer="text_or_parts")
    route["ask"] = _ref("question", description=route["ask"]["description"])
    queue = _fields(Queue, hours="hours_name", overflow="queue_name", deliver="text", whisper="whisper")
    queue.pop("target")
    lines = {
        "number": _ref(
            "text", description='The number, with its country code and in quotes: "+441632960100". Either this, or sip.'
        ),
        "sip": _ref(
            "text",
            description='The address of a line on the contact centre: "sip:team@host.example". Either this, or number.',
        ),
    }
    named = {"name": queue.pop("name")}
    return {
        "council": _group(_fields(Council, default_queue="queue_name", danger_queue="queue_name"), _required(Council)),
        "hours": _hours(),
        "queue": {
            **_group({**named, **lines, **queue}, ("name", "hours")),
            "oneOf": [{"required": ["number"]}, {"required": ["sip"]}],
        },
        "district": _district(),
        "thresholds": _group(_fields(Thresholds)),
        "notice": _notice(),
        "language": _group(_fields(Language, to="queue_name"), _required(Language)),
        "intent": _group(route, _required(Route)),
        "question": _question(),
        "option": _option(route),
    }


def _hours() -> Json:
    spans = _ref("spans", description="Such as 08:30-17:00, or 09:00-12:30, 13:30-16:30, or closed.")
    changes = {
        "description": "Dates that differ, such as 24 December: closes at 12:00 (every year) or 2027-03-19: closed.",
        "type": "object",
        "patternProperties": {DATE_KEY: _ref("change")},
        "additionalProperties": False,
    }
    return {
        **_group(
            {
                **dict.fromkeys(_DAYS_OFFERED, spans),
                "bank_holidays": _ref("spans", description="The hours of a bank holiday; without it, closed."),
                "exceptions": changes,
                "closed_on": {
                    "title": "list of dates",
                    "description": "Dates on which everything is closed, such as [25 December, 2027-03-19].",
                    "type": "array",
                    "items": _ref("date"),
                },
            }
        ),
        "patternProperties": {DAYS_KEY: _ref("spans", description="A day, or several: mon, mon-thu, or mon, wed-fri.")},
    }


def _district() -> Json:
    return _group(
        {
            "name": _ref("text", description="What callers hear it called, such as North Vale."),
            "places": _ref("texts", description="The towns and villages that callers name."),
        },
        ("name", "places"),
    )


def _notice() -> Json:
    return _group(
        {
            "say": _ref("text", description="What callers are told."),
            "from": _ref("moment", description="From then on, local time; without it, from now on."),
            "until": _ref("moment", description="Until then, local time, such as 2027-01-11 10:00."),
            "intents": {**_list_of("intent_name"), "description": "Who rings about one of these hears it."},
            "queues": {**_list_of("queue_name"), "description": "Who is put through to one of these hears it."},
            "closes": _ref("yes_or_no", description="yes: those queues are closed meanwhile.", default=False),
        },
        ("say", "until"),
    )


def _question() -> Json:
    fields = _fields(Question, options="text")
    options = {
        "title": "options by name",
        "description": "What the caller can choose, by a name of your own for each.",
        **_by_name("option"),
        "minProperties": 1,
        "maxProperties": MAX_OPTIONS,
    }
    return _group({**fields, "options": options}, _required(Question))


def _option(route: Mapping[str, Json]) -> Json:
    """Another intent to go on with; or what is different, since all that is left out is as the asking intent has it."""
    own = _fields(Choice, key="key", intent="intent_name", route="text")
    own.pop("route")
    own["key"]["description"] += " Without it, its position."
    of_intent = {name: field for name, field in route.items() if name not in ("about", "ask")}
    return {
        **_group({**own, **of_intent}, ("about",)),
        "if": {"required": ["intent"]},
        "then": {"propertyNames": {"enum": list(own)}},
    }


def _required(model: type[Part]) -> tuple[str, ...]:
    return tuple(name for name, field in model.model_fields.items() if field.is_required())


def _fields(model: type[Part], **written: str) -> dict[str, Json]:
    """The fields of a model; `written` names the value under `$defs` where the notation is not the model's own."""
    made = models_json_schema([(model, "validation")])[1]["$defs"][model.__name__]["properties"]
    return {name: _field(field, written.get(name)) for name, field in made.items()}


def _field(made: Json, written: str | None) -> Json:
    """A field as pydantic describes it, as it is written in the file, where every value is text."""
    kinds = [each for each in made.get("anyOf", [made]) if each.get("type") != "null"]
    told = {"description": " ".join(made["description"].split())} if "description" in made else {}
    if made.get("default") not in (None, []):
        told["default"] = made["default"]
    kind = kinds[0]
    if written:
        return _ref(written, **told)
    if "enum" in kind:
        return {"title": ", ".join(kind["enum"]), "enum": kind["enum"], **told}
    if kind.get("type") in ("number", "integer"):
        return {**number(kind), **told}
    if "$ref" in kind:
        return told
    return _ref({"boolean": "yes_or_no", "array": "texts"}.get(kind["type"], "text"), **told)
