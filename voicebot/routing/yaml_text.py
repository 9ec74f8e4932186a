"""Reads YAML as text: every value stays the characters that were typed, with its line and column. Pure.

PyYAML's own loaders make 1050 of 17:30, False of no, and a number of +441632960100 (see docs/decisions). So a tree is
built here from PyYAML's events, and whatever makes a file mean something other than it seems is refused: anchors, merge
keys, tags, duplicate keys, tabs, several documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from voicebot.routing.issues import Issue, Mark, issue, shown

MAX_DEPTH = 10
"""The deepest part of a table, a phrase of an option, is at level 8; far below Python's recursion limit."""


@dataclass(frozen=True, slots=True)
class Text:
    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    mark: Mark
    value: Node


@dataclass(frozen=True, slots=True)
class Fields:
    mark: Mark
    entries: tuple[Entry, ...]


Node = Text | Items | Fields


class _Unreadable(Exception):
    def __init__(self, found: Issue) -> None:
        super().__init__(found.message)
        self.issue = found


def read_yaml(text: str, file: str) -> tuple[Node | None, tuple[Issue, ...]]:
    """The tree of a YAML document, and what is wrong with it. The tree is None where nothing can be made of the text.

    `file` is the name that marks and messages carry."""
    tabs = _tabs(text, file)
    if tabs:
        return None, tabs
    builder = _Builder(file)
    try:
        root = builder.document(yaml.parse(text, Loader=yaml.SafeLoader))
    except _Unreadable as unreadable:
        return None, (*builder.issues, unreadable.issue)
    except yaml.YAMLError as error:
        return None, (*builder.issues, _syntax(error, text, file))
    return root, tuple(builder.issues)


def _tabs(text: str, file: str) -> tuple[Issue, ...]:
    return tuple(
        issue("E008", Mark(file, number, line.index("\t") + 1), "there is a tab", "use spaces, two for each level")
        for number, line in enumerate(text.split("\n"), 1)
        if "\t" in line
    )


class _Builder:
    """Builds the tree of one document from PyYAML's events.

    They come one by one, so that a bomb is met before it is unpacked."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.issues: list[Issue] = []

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    fix = "keep one document: delete the line --- and what belongs to another file"
                    raise _Unreadable(issue("E011", self.mark(event), "a second YAML document begins here", fix))
            elif isinstance(event, yaml.AliasEvent | yaml.NodeEvent):
                root = self.node(event, events, 1)
        return root

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        self.refuse_tricks(event)
        mark = self.mark(event)
        if depth > MAX_DEPTH:
            raise _Unreadable(
                issue("E006", mark, f"nested more than {MAX_DEPTH} levels deep", "check brackets and indentation")
            )
        if isinstance(event, yaml.MappingStartEvent):
            return Fields(mark, self.entries(events, depth))
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(mark, self.items(events, depth))
        return Text(mark, event.value if isinstance(event, yaml.ScalarEvent) else "")

    def items(self, events: Iterator[yaml.Event], depth: int) -> tuple[Node, ...]:
        found: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            found.append(self.node(event, events, depth + 1))
        return tuple(found)

    def entries(self, events: Iterator[yaml.Event], depth: int) -> tuple[Entry, ...]:
        found: dict[str, Entry] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if not isinstance(key, Text) or not key.text:
                self.issues.append(
                    issue("E013", key.mark, "a name is missing before a colon", "write a name, then the colon")
                )
            elif key.text in found:
                first = found[key.text].mark.line
                message = f"{key.text} stands here twice, first in line {first}; only one can count"
                self.issues.append(issue("E009", key.mark, message, "delete one of the two, or rename it"))
            else:
                found[key.text] = Entry(key.text, key.mark, value)
        return tuple(found.values())

    def refuse_tricks(self, event: yaml.Event) -> None:
        """Anchors, aliases, merge keys and tags: the file would say something that nobody can see at that place."""
        scalar = event.value if isinstance(event, yaml.ScalarEvent) and event.style is None else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or scalar == "<<":
            fix = "write the values out at each place; put text that begins with & or * in quotes"
            raise _Unreadable(
                issue("E010", self.mark(event), "YAML anchors, aliases and merge keys are not used here", fix)
            )
        tag = getattr(event, "tag", None)
        if tag:
            fix = "delete it; put text that begins with ! in quotes"
            raise _Unreadable(issue("E012", self.mark(event), f"YAML tags such as {shown(tag)} are not used here", fix))

    def mark(self, event: yaml.Event) -> Mark:
        start = event.start_mark
        return Mark(self.file, start.line + 1, start.column + 1) if start else Mark(self.file, 1, 1)


_NAME_ALONE = re.compile(r"\s*[\w-]+")

_SYNTAX = (
    (
        "mapping values are not allowed",
        "a colon stands where none can",
        "put text that holds a colon and a space in quotes",
    ),
    ("could not find expected ':'", "a colon is missing", "write a colon and a space after the name"),
    ("expected <block end>", "the indentation does not fit", "start this line in the same column as its neighbours"),
    ("expected ',' or", "a list or a group is not closed", "look for a missing comma or closing bracket"),
    ("unexpected end of stream", "a quotation mark is never closed", "close it with the same mark"),
    ("cannot start any token", "a value begins with a character that YAML keeps for itself", "put the value in quotes"),
    ("unknown escape character", "a backslash in double quotes", "use single quotes, or leave the backslash out"),
    ("did not find expected alphabetic", "a value begins with & or *", "put the value in quotes"),
    ("undefined tag handle", "a value begins with !", "put the value in quotes"),
)


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Issue:
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: int(error.position)]
        mark = Mark(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        return issue(
            "E003", mark, "there is a character that cannot be text", "delete it, or save the file again as UTF-8 text"
        )
    problem = str(getattr(error, "problem", None) or error)
    at = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if "end of stream" in problem:  # what was never closed is found at the end of the file; say where it was opened
        at = getattr(error, "context_mark", None) or at
    mark = Mark(file, at.line + 1, at.column + 1) if at else Mark(file, 1, 1)
    if "mapping values" in problem and _NAME_ALONE.fullmatch(text.split("\n")[mark.line - 1][: mark.column - 1]):
        problem = "expected <block end>"  # what PyYAML takes for text that goes on is a line indented too far
    for part, message, fix in _SYNTAX:
        if part in problem:
            return issue("E007", mark, message, fix)
    return issue("E007", mark, f"this is not YAML ({problem})", "compare the line with its neighbours")
