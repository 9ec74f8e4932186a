"""Reads YAML as text: every value stays the characters that were typed, with its line and column. Pure.

PyYAML's own loaders make 1050 of 17:30, False of no, and a number of +441632960100 (see docs/decisions). So a tree is
built here from PyYAML's events, and whatever makes a file mean something other than it seems is refused: anchors, merge
keys, tags, duplicate keys, tabs, several documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from voicebot.routing.issues import Issue, Mark, issue, shown
from voicebot.routing.yaml_causes import SOFT, hard_spaces, soft_spaces, syntax_issue, yaml_lines

MAX_DEPTH = 10
"""The deepest part of a table, a phrase of an option, is at level 8; far below Python's recursion limit."""

TAB = "  "
"""What a tab is read as, where reading goes on."""


@dataclass(frozen=True, slots=True)
class Text:
    """`comment`: the spaces, the # and the rest, where they follow an unquoted value on its line."""

    mark: Mark
    text: str
    comment: str = ""


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


def read_yaml(text: str, file: str, *, go_on: bool = False) -> tuple[Node | None, tuple[Issue, ...]]:
    """The tree of a YAML document, and what is wrong with it. The tree is None where nothing can be made of the text.

    `file` is the name that marks and messages carry. With `go_on`, tabs and non-breaking spaces are reported, and the
    rest is read as if each were two spaces, or one, so that what else is wrong is found as well."""
    tabs = _tabs(text, file)
    if tabs and not go_on:
        return None, tabs
    root, issues, soft = _parse(text, file)
    if (root is None or soft) and (found := soft_spaces(text, file)):
        root, issues = _parse(hard_spaces(text), file)[:2] if go_on else (None, ())
        issues = (*found, *(issues if root is not None else ()))
    if not tabs:
        return root, issues
    return root, (*tabs, *(issues if root is not None else ()))


def _parse(text: str, file: str) -> tuple[Node | None, tuple[Issue, ...], bool]:
    """The tree, what is wrong, and whether a name begins with a space that is none to YAML."""
    builder = _Builder(file, text)
    plain = text.replace("\t", TAB)
    try:
        root = builder.document(yaml.parse(plain, Loader=yaml.SafeLoader))
    except _Unreadable as unreadable:
        return None, (*builder.issues, unreadable.issue), builder.soft
    except yaml.YAMLError as error:
        return None, (*builder.issues, syntax_issue(error, plain, file)), builder.soft
    return root, tuple(builder.issues), builder.soft


def _tabs(text: str, file: str) -> tuple[Issue, ...]:
    return tuple(
        issue("E008", Mark(file, number, line.index("\t") + 1), "there is a tab", "use spaces, two for each level")
        for number, line in enumerate(yaml_lines(text), 1)
        if "\t" in line
    )


class _Builder:
    """Builds the tree of one document from PyYAML's events.

    They come one by one, so that a bomb is met before it is unpacked."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = yaml_lines(text)
        self.issues: list[Issue] = []
        self.soft = False

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
        return Text(mark, event.value, self.comment(event)) if isinstance(event, yaml.ScalarEvent) else Text(mark, "")

    def comment(self, event: yaml.ScalarEvent) -> str:
        """PyYAML drops comments: one that follows an unquoted value may have been meant as a part of it."""
        end = event.end_mark
        if event.style is not None or end is None or end.line >= len(self.lines):
            return ""
        rest = self.lines[end.line].replace("\t", TAB)[end.column :].rstrip()
        return rest if rest.lstrip().startswith("#") else ""

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
            self.soft = self.soft or (isinstance(key, Text) and key.text[:1] in SOFT)
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
        if start is None:
            return Mark(self.file, 1, 1)
        return Mark(self.file, start.line + 1, self.typed(start.line, start.column) + 1)

    def typed(self, line: int, column: int) -> int:
        """The column as it was typed: a tab is one character."""
        text = self.lines[line] if line < len(self.lines) else ""
        if "\t" not in text:
            return column
        reached = 0
        for number, sign in enumerate(text):
            if reached >= column:
                return number
            reached += len(TAB) if sign == "\t" else 1
        return len(text)
