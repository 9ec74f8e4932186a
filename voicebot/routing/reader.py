"""What the sections of the file have in common when they are read: shapes, unknown fields, empty values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from voicebot.routing.draft import Path, Places
from voicebot.routing.explain import explain
from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, Text

_NO_SPACE = re.compile(r"([\w-]+):(\S+)")
Model = TypeVar("Model", bound=BaseModel)
Plain = str | list["Plain"] | dict[str, "Plain"]


class Reader:
    """Reads parts of the tree and gathers what is wrong with them. `today`, where it is known, makes examples fit."""

    def __init__(self, places: Places, today: date | None = None) -> None:
        self.places = places
        self.today = today
        self.issues: list[Issue] = []

    def report(self, code: str, mark: Mark, message: str, fix: str) -> None:
        self.issues.append(issue(code, mark, message, fix))

    def fields(self, node: Node, what: str) -> tuple[Entry, ...]:
        """The entries of a group; none, and an issue, where it is something else."""
        if isinstance(node, Fields):
            return node.entries
        fix = f"write the parts of {what} below it, each indented by two spaces, such as name: value"
        if isinstance(node, Text) and (slip := _NO_SPACE.match(node.text)):
            fix = f"is a space missing after the colon? Write {slip[1]}: {slip[2]}"
        self.report("E104", node.mark, f"{what} must be a group of names and values", fix)
        return ()

    def known(self, entries: Iterable[Entry], allowed: Iterable[str], what: str) -> Iterator[Entry]:
        """The entries whose names are allowed; an issue for each of the others."""
        names = tuple(allowed)
        for entry in entries:
            if entry.key in names:
                yield entry
            else:
                fix = choose(entry.key, names, f"it can have {', '.join(names)}")
                self.report("E101", entry.mark, f"{what} cannot have {shown(entry.key)}", fix)

    def text(self, entry: Entry, what: str) -> str | None:
        """The words of a value on one line; None, and an issue, where there are none."""
        if not isinstance(entry.value, Text):
            self.report(
                "E104", entry.value.mark, f"{what} must be text", "write the value after the colon, on the same line"
            )
            return None
        words = " ".join(entry.value.text.split())
        if not words:
            self.report("E108", entry.mark, f"{what} is empty", "write its value, or delete the line")
            return None
        return words

    def names(self, node: Node, what: str) -> tuple[str, ...]:
        """The texts of a list."""
        if not isinstance(node, Items):
            self.report("E104", node.mark, f"{what} must be a list", "write [one, another], or one a line after a dash")
            return ()
        found: list[str] = []
        for item in node.items:
            words = self.text(Entry("", item.mark, item), f"an entry of {what}")
            if words is not None:
                found.append(words)
        return tuple(found)

    def raw(self, entries: Iterable[Entry], what: str) -> dict[str, Plain] | None:
        """The values of a part as pydantic takes them; None where one of them is empty."""
        found: dict[str, Plain] = {}
        sound = True
        for entry in entries:
            value = _plain(entry.value)
            if value == "" or (isinstance(value, list) and "" in value):
                self.report(
                    "E108", entry.mark, f"{entry.key} of {what} is empty", "write its value, or delete the line"
                )
                sound = False
            found[entry.key] = value
        return found if sound else None

    def build(self, model: type[Model], raw: Mapping[str, object], path: Path, what: str) -> Model | None:
        """The part as its model; None, and an issue for each mistake, where it does not fit."""
        try:
            return model.model_validate(dict(raw))
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                code, message, fix = explain(problem, what)
                loc = tuple(str(part) for part in problem["loc"])
                mark = self.places.key(*path) if code == "E102" else self.places.value(*path, *loc)
                self.report(code, mark, message, fix)
            return None


def _plain(node: Node) -> Plain:
    if isinstance(node, Text):
        return " ".join(node.text.split())
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return {entry.key: _plain(entry.value) for entry in node.entries}
