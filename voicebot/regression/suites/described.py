"""What a suite says of its recordings: under `recordings:`, in words.csv, and beside `play:`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

from voicebot.regression.suites.files import AUDIO
from voicebot.regression.suites.model import Channel
from voicebot.regression.suites.sounds import Described
from voicebot.regression.suites.values import NOTHING
from voicebot.routing.issues import choose, shown
from voicebot.routing.reader import Reader
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, Text

TAGS = ("voice", "accent", "noise", "language")
"""Tags that have a key of their own."""

KEYS = ("words", *TAGS, "channel", "tags", "for")

MAKING = frozenset({"speed", "background", "snr", "level", "seconds", "before", "after"})
"""Keys that only say how a recording of ours is made (`regression/making.py`). Nobody is told of them here."""

_CHANNELS: Mapping[str, Channel] = {"left": "left", "right": "right"}
_PAUSE = re.compile(r"\s*\[\d+(?:\.\d+)?\]\s*")


def plain_words(words: str) -> str:
    """What is said, without the pauses of recordings that are made, such as "[1.2]"."""
    plain = " ".join(_PAUSE.sub(" ", words).split())
    return "" if plain == NOTHING else plain


def read_described(
    reader: Reader, groups: Iterable[Node], calls: Iterable[Entry], there: Iterable[str]
) -> dict[str, Described]:
    """By file name. `groups` are names and values of recordings, `calls` those of the suite, whose steps may have
    words; `there` are the files of the folder."""
    known = tuple(there)
    found: dict[str, Described] = {}
    for group in groups:
        for entry in reader.fields(group, "recordings"):
            name = file_name(entry.key, known)
            if name in found:
                first = found[name].mark
                message = f"{name} is described twice, first in {first.file} line {first.line}"
                reader.report("S117", entry.mark, message, "delete one of the two")
            else:
                found[name] = _described(reader, entry)
    for step in _steps(calls):
        _add_words(reader, step, found)
    return found


def file_name(key: str, there: tuple[str, ...]) -> str:
    """The file that is meant by its name, or by what stands before .wav."""
    if PurePath(key).suffix.lower() in AUDIO:
        return key
    return next((each for each in there if PurePath(each).stem == key), f"{key}.wav")


def _described(reader: Reader, entry: Entry) -> Described:
    what = f"the recording {entry.key}"
    entries = reader.fields(entry.value, what)
    own = {each.key: each for each in reader.known((each for each in entries if each.key not in MAKING), KEYS, what)}
    words = _words(own["words"]) if "words" in own else None
    if words is None and any(each.key == "seconds" for each in entries):
        words = ""
    tags = {name: reader.text(own[name], f"{name} of {what}") or "" for name in TAGS if name in own}
    if "language" in tags:
        tags["language"] = tags["language"].rpartition("/")[2].partition("-")[0]  # gmw/en-GB-scotland is English
    background = next((each.value for each in entries if each.key == "background"), None)
    if isinstance(background, Text):
        tags.setdefault("noise", background.text)
    tags |= read_tags(reader, own["tags"], what) if "tags" in own else {}
    channel = _channel(reader, own["channel"], what) if "channel" in own else None
    return Described(entry.mark, words, {name: value for name, value in tags.items() if value}, channel)


def _words(entry: Entry) -> str | None:
    return plain_words(entry.value.text) if isinstance(entry.value, Text) else None


def _channel(reader: Reader, entry: Entry, what: str) -> Channel | None:
    given = reader.text(entry, f"channel of {what}")
    if given is not None and given.lower() not in _CHANNELS:
        fix = choose(given, _CHANNELS, "write left or right, or delete it: then the caller's is found by itself")
        reader.report("S115", entry.value.mark, f"there is no channel {shown(given)}", fix)
    return None if given is None else _CHANNELS.get(given.lower())


def read_tags(reader: Reader, entry: Entry, what: str) -> dict[str, str]:
    found = {
        each.key: reader.text(each, f"the tag {each.key}") for each in reader.fields(entry.value, f"tags of {what}")
    }
    return {name: value for name, value in found.items() if value is not None}


def _steps(calls: Iterable[Entry]) -> Iterator[tuple[Text, Entry]]:
    """What is played, and the words that stand beside it."""
    for call in calls:
        steps = (
            [each.value for each in call.value.entries if each.key == "steps"] if isinstance(call.value, Fields) else []
        )
        for step in steps[0].items if steps and isinstance(steps[0], Items) else ():
            parts = {each.key: each for each in step.entries} if isinstance(step, Fields) else {}
            if "words" in parts and "play" in parts and isinstance(parts["play"].value, Text):
                yield parts["play"].value, parts["words"]


def _add_words(reader: Reader, step: tuple[Text, Entry], found: dict[str, Described]) -> None:
    name, words = step[0].text, _words(step[1])
    before = found.get(name)
    if before is None:
        found[name] = Described(step[1].mark, words)
    elif before.words is None:
        found[name] = replace(before, words=words)
    elif before.words != words:
        fix = f"delete them here, or correct those in {before.mark.file} line {before.mark.line}"
        reader.report("S117", step[1].mark, f"the words of {name} are given twice, and differ", fix)
