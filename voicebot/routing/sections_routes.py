"""Reads what becomes of an intent, and the follow-up question that it may ask first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from voicebot.routing.draft import Path
from voicebot.routing.reader import Plain, Reader
from voicebot.routing.table import Choice, Question, Route
from voicebot.routing.yaml_text import Entry, Fields

MAX_OPTIONS = 9
"""One for each key: 0 is a person's."""

_OWN = tuple(name for name in Route.model_fields if name != "ask")
_OF_OPTION = ("about", "phrases", "key", "intent")
_DESTINATION = tuple(name for name in _OWN if name != "about")
_SOUND: Mapping[str, Plain] = {"kind": "queue", "to": "", "about": "-"}
"""Stands for an intent with mistakes of its own, so that those of its options are found as well."""

_EXAMPLES = {"say": "say: Is that for an adult, or for a child?", "options": "options:, and below it the options"}


def route(reader: Reader, entry: Entry) -> Route | None:
    what = f"the intent {entry.key}"
    entries = tuple(reader.known(reader.fields(entry.value, what), Route.model_fields, what))
    if not isinstance(entry.value, Fields):
        return None
    raw = _raw(reader, entries, _OWN, what)
    built = None if raw is None else reader.build(Route, raw, ("intents", entry.key), what)
    asked = next((each for each in entries if each.key == "ask"), None)
    if asked is None:
        return built
    question = _question(reader, asked, entry.key, _SOUND if built is None or raw is None else raw)
    return built if built is None or question is None else built.model_copy(update={"ask": question})


def _raw(reader: Reader, entries: Iterable[Entry], names: Iterable[str], what: str) -> dict[str, Plain] | None:
    """The fields of a destination; an answer that is one text is an answer of one part."""
    raw = reader.raw((each for each in entries if each.key in names), what)
    if raw is not None and isinstance(raw.get("answer"), str):
        raw["answer"] = [raw["answer"]]
    return raw


def _question(reader: Reader, entry: Entry, intent: str, outer: Mapping[str, Plain]) -> Question | None:
    what = f"the question of {intent}"
    fields = {each.key: each for each in reader.known(reader.fields(entry.value, what), Question.model_fields, what)}
    if not isinstance(entry.value, Fields):
        return None
    for name in Question.model_fields:
        if name not in fields:
            reader.report("E102", entry.mark, f"{what} has no {name}", f"add a line such as {_EXAMPLES[name]}")
    words = reader.text(fields["say"], f"say of {what}") if "say" in fields else None
    listed = reader.fields(fields["options"].value, f"options of {what}") if "options" in fields else ()
    if "options" in fields and isinstance(fields["options"].value, Fields) and not listed:
        reader.report("E102", fields["options"].mark, f"{what} has no options", "write them below it, or delete ask")
    before = len(reader.issues)
    options = {each.key: _choice(reader, each, intent, str(number), outer) for number, each in enumerate(listed, 1)}
    if len(listed) > MAX_OPTIONS:
        fix = f"keep at most {MAX_OPTIONS}, one for each key; ask about some of them in an intent of their own"
        reader.report("E114", listed[MAX_OPTIONS].mark, f"{what} has {len(listed)} options", fix)
    _keys(reader, intent, options)
    sound = {name: choice for name, choice in options.items() if choice is not None}
    if words is None or not sound or len(reader.issues) > before:
        return None
    return Question(say=words, options=sound)


def _keys(reader: Reader, intent: str, options: Mapping[str, Choice | None]) -> None:
    taken: dict[str, str] = {}
    for name, choice in options.items():
        if choice is None:
            continue
        first = taken.setdefault(choice.key, name)
        if first != name:
            mark = reader.places.value("intents", intent, "ask", "options", name, "key")
            fix = "give each option its own key; without one, it has its position"
            reader.report("E115", mark, f"key {choice.key} would mean {first} and {name}", fix)


def _choice(reader: Reader, entry: Entry, intent: str, position: str, outer: Mapping[str, Plain]) -> Choice | None:
    what = f"the option {entry.key} of {intent}"
    path = ("intents", intent, "ask", "options", entry.key)
    entries = tuple(each for each in reader.fields(entry.value, what) if not _nested(reader, each, what))
    known = tuple(reader.known(entries, (*_OF_OPTION, *_DESTINATION), what))
    raw = reader.raw((each for each in known if each.key in _OF_OPTION), what)
    own = _raw(reader, known, _DESTINATION, what)
    if raw is None or own is None or not isinstance(entry.value, Fields):
        return None
    if not _sound_key(reader, raw, position, path, what):
        return None
    if "intent" in raw and own:
        fix = f"keep one of them: the intent that the call goes on with, or {', '.join(own)}"
        reader.report("E116", entry.mark, f"{what} has an intent and a destination of its own", fix)
        return None
    choice = reader.build(Choice, raw, path, what)
    if "intent" in raw:
        return choice
    about = "-" if choice is None else choice.about
    built = reader.build(Route, {**outer, **own, "about": about}, path, what)
    return None if choice is None or built is None else choice.model_copy(update={"route": built})


def _sound_key(reader: Reader, raw: dict[str, Plain], position: str, path: Path, what: str) -> bool:
    """Whether `raw` has a key that a telephone has; an option that names none gets its position."""
    if "key" not in raw:
        raw["key"] = position[-1]  # more than nine have an issue of their own
        return True
    if raw["key"] in tuple("123456789"):
        return True
    reader.report("E115", reader.places.value(*path, "key"), f"{what} has no key from 1 to 9", "write key: 1")
    return False


def _nested(reader: Reader, entry: Entry, what: str) -> bool:
    if entry.key != "ask":
        return False
    fix = "write intent: and the name of an intent that asks it"
    reader.report("E117", entry.mark, f"{what} asks a question of its own", fix)
    return True
