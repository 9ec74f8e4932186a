"""Adds phrases to an intent's file without touching anything else in it: comments, order, indentation and line ends
stay as they were written. Pure.

A YAML library would write the whole file anew, and the diff would hide the one line that somebody has to look at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from voicebot.errors import ContentError
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, Text, read_yaml

PHRASES = "phrases"


def phrases_of(root: Node | None) -> tuple[Text, ...]:
    """The phrases of an intent's file with the lines that they stand in; none where it has no list of them."""
    listed = next((each.value for each in _entries(root) if each.key == PHRASES), None)
    return tuple(each for each in listed.items if isinstance(each, Text)) if isinstance(listed, Items) else ()


def add_phrases(text: str, file: str, words: Sequence[str]) -> str:
    """`text` with `words` at the end of its phrases, one a line. `file` is what messages call it.

    Raises `ContentError`, which says what to do, where that cannot be done safely. What comes back has been read again:
    it holds the new phrases, and everything else is what it was."""
    if not words:
        return text
    plain = text.replace("\r\n", "\n")
    before, issues = read_yaml(plain, file)
    if issues:
        raise ContentError(f"{file}: cannot be added to\n" + "\n".join(map(str, issues)), issues)
    if re.search("[\r\x85\u2028\u2029]", plain):
        raise ContentError(f"{file}: has line ends that only some programs see. Save it again as plain UTF-8 text.")
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    at, prefix = _end_of_list(plain, file)
    end = "\r\n" if at and lines[at - 1].endswith("\r\n") else "\n"
    if not lines[at - 1].endswith("\n"):
        lines[at - 1] += end
    new = [f"{prefix}{quoted(each)}{end}" for each in words]
    result = "".join([*lines[:at], *new, *lines[at:]])
    _prove(before, read_yaml(result.replace("\r\n", "\n"), file)[0], words, file)
    return result


def _end_of_list(text: str, file: str) -> tuple[int, str]:
    """How many lines stand before the place for a new phrase, and what a line there begins with."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    listed = next((value for key, value in root.value if key.value == PHRASES), None) if root is not None else None
    if not isinstance(listed, yaml.SequenceNode) or listed.flow_style or not listed.value:
        raise ContentError(f"{file}: nothing can be added. Write `phrases:` as a list, one a line after a dash.")
    last = listed.value[-1]
    dash = listed.start_mark.column
    beside = text.split("\n")[last.start_mark.line][: dash + 1].strip() == "-"
    gap = last.start_mark.column - dash - 1 if beside else 1
    lines = text.split("\n")
    end = last.end_mark.line + (last.end_mark.column > 0)
    while not lines[end - 1].strip():  # a block of text ends where the next thing begins
        end -= 1
    return end, " " * dash + "-" + " " * max(gap, 1)


def quoted(words: str) -> str:
    """`words` as a YAML value on one line: as they are where they mean nothing else to any YAML reader, else in double
    quotes."""
    try:
        plain = yaml.safe_load(f"- {words}") == [words]
    except yaml.YAMLError:
        plain = False
    if plain:
        return words
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _prove(before: Node | None, after: Node | None, words: Sequence[str], file: str) -> None:
    """Raises `ContentError` unless `after` is `before` with `words` at the end of the phrases, and nothing else."""
    there = [each.text for each in phrases_of(before)]
    now = [each.text for each in phrases_of(after)]
    if now != [*there, *words] or _all_but_phrases(before) != _all_but_phrases(after):
        raise ContentError(f"{file}: a new phrase cannot be added safely here. Add it by hand: {quoted(words[0])}")


def _all_but_phrases(root: Node | None) -> list[tuple[str, object]]:
    return [(each.key, _content(each.value)) for each in _entries(root) if each.key != PHRASES]


def _entries(root: Node | None) -> tuple[Entry, ...]:
    return root.entries if isinstance(root, Fields) else ()


def _content(node: Node) -> object:
    """What is said, wherever it stands."""
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Items):
        return [_content(each) for each in node.items]
    return [(each.key, _content(each.value)) for each in node.entries]
