"""How well the redaction does on a list of examples, and what it takes out of sentences that hold nothing personal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from voicebot.storage.personal.found import Found
from voicebot.storage.redaction import Names, find

Examples = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Class → `tuned` or `held_back` → sentences, each with what is personal between braces."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Of `total` sentences, in how many everything personal was `gone`; `missed` holds the others."""

    total: int
    gone: int
    tagged: int  # and under the right tag
    missed: tuple[str, ...]


def read_examples(file: Path) -> Examples:
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # type: ignore[no-any-return]


def recall(tag: str, sentences: Iterable[str], names: Names | None = None) -> Recall:
    """How many of these sentences lose everything personal, and how many of them under the tag `tag`."""
    gone, tagged, missed, total = 0, 0, [], 0
    for sentence in sentences:
        total += 1
        words, personal = unmark(sentence)
        found = find(words, names)
        if all(_covered(words, start, end, found) for start, end in personal):
            gone += 1
            tagged += all(_has_tag(tag, start, end, found) for start, end in personal)
        else:
            missed.append(sentence)
    return Recall(total, gone, tagged, tuple(missed))


def unmark(sentence: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentence without its braces, and where each piece of personal data stands in it."""
    words, spans, start = "", [], 0
    for part in re.split(r"([{}])", sentence):
        if part == "{":
            start = len(words)
        elif part == "}":
            spans.append((start, len(words)))
        else:
            words += part
    return words, tuple(spans)


def _covered(words: str, start: int, end: int, found: Iterable[Found]) -> bool:
    """Whether every letter and digit from `start` to `end` would go; `the` and `of` between them tell nothing."""
    left = list(words)
    for each in found:
        left[each.start : each.end] = " " * (each.end - each.start)
    rest = re.findall(r"\w+", "".join(left[start:end]))
    return not [word for word in rest if word.lower() not in ("the", "of", "s", "then", "and")]


def _has_tag(tag: str, start: int, end: int, found: Iterable[Found]) -> bool:
    return any(each.tag == tag and each.start < end and start < each.end for each in found)


def changed(
    sentences: Iterable[str], names: Names | None = None, keep: frozenset[str] = frozenset()
) -> list[tuple[str, tuple[str, ...]]]:
    """The sentences that the redaction changes, and what it takes out of each, as `tag: words`."""
    result = []
    for words in sentences:
        found = find(words, names, keep)
        if found:
            result.append((words, tuple(f"{each.tag}: {words[each.start : each.end]}" for each in found)))
    return result
