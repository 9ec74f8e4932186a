"""Reads `intents/` and the held-out utterances, as text, and reports every mistake at once with its file and line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.nlu.clean import clean
from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.routing.yaml_text import Fields, Items, Node, Text, read_yaml

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS = ("title", "spoken", "scope", "near", "urgent", "phrases")
_TEXT_FIX = "write it on one line; put it in quotes where it holds a colon and a space"
KINDS = ("ordinary", "long", "hard")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a caller says, and where it stands. `line` counts from 1."""

    words: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Intent:
    """`title` and `spoken` name it to people ("Is it about applying for a Blue Badge?"); `near` are those it is
    mistaken for."""

    name: str
    title: str
    spoken: str
    scope: str
    near: tuple[str, ...]
    urgent: bool
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """`hash`: SHA-256 (hex) of names and phrases, in order of name; titles and comments do not count."""

    intents: tuple[Intent, ...]
    hash: str

    @property
    def urgent(self) -> tuple[str, ...]:
        return tuple(intent.name for intent in self.intents if intent.urgent)

    def pairs(self) -> list[tuple[str, str]]:
        """(words, intent) of every phrase, in order."""
        return [(phrase.words, intent.name) for intent in self.intents for phrase in intent.phrases]


@dataclass(frozen=True, slots=True)
class Utterance:
    """A held-out utterance. Any of `acceptable` is right, the file's own intent first."""

    words: str
    kind: str
    acceptable: tuple[str, ...]
    file: str
    line: int


class _Reader:
    """Walks the tree of one file and collects what is wrong with it."""

    def __init__(self, file: Path, issues: list[Issue]) -> None:
        self.file = file
        self.start = Mark(str(file), 1, 1)
        self.issues = issues

    def complain(self, code: str, mark: Mark, message: str, fix: str) -> None:
        self.issues.append(issue(code, mark, message, fix))

    def root(self) -> Mapping[str, Node] | None:
        try:
            text = self.file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            self.complain("E701", self.start, "the file cannot be read as UTF-8 text", "save it again as UTF-8 text")
            return None
        node, issues = read_yaml(text, str(self.file))
        self.issues += issues
        return None if node is None and issues else self.fields(node)

    def fields(self, node: Node | None) -> Mapping[str, Node]:
        if isinstance(node, Fields):
            return {entry.key: entry.value for entry in node.entries}
        self.complain(
            "E702", node.mark if node else self.start, "fields are missing here", "write `name: value`, one a line"
        )
        return {}

    def text(self, node: Node | None, what: str) -> str:
        if isinstance(node, Text) and node.text.strip():
            return node.text.strip()
        self.complain("E703", node.mark if node else self.start, f"{what} is missing, empty or not text", _TEXT_FIX)
        return ""

    def items(self, node: Node | None, what: str) -> Iterable[Node]:
        if isinstance(node, Items):
            return node.items
        fix = "write one a line, each after a dash and a space"
        self.complain("E704", node.mark if node else self.start, f"{what} must be a list", fix)
        return ()


def read_corpus(folder: Path) -> Corpus:
    """Every `<intent>.yaml` of `folder`. Raises `ContentError` that lists all mistakes, each with file and line."""
    issues: list[Issue] = []
    intents = tuple(_read_intent(file, issues) for file in _files(folder, "intents"))
    issues += _unknown_near(intents, folder)
    issues += _duplicates(intents)
    _raise(issues, folder)
    content = [[intent.name, intent.urgent, [phrase.words for phrase in intent.phrases]] for intent in intents]
    return Corpus(intents, hashlib.sha256(json.dumps(content).encode()).hexdigest())


def read_held_out(folder: Path) -> list[Utterance]:
    """The held-out utterances, in order of file and line. Raises `ContentError` like `read_corpus`."""
    issues: list[Issue] = []
    found = [each for file in _files(folder, "held-out utterances") for each in _read_utterances(file, issues)]
    _raise(issues, folder)
    return found


def _files(folder: Path, what: str) -> list[Path]:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ContentError(f"{folder}: no {what} here. Put one YAML file an intent into it.")
    return files


def _raise(issues: list[Issue], folder: Path) -> None:
    if issues:
        found = tuple(sorted(issues))
        raise ContentError(f"{folder}: {len(found)} to correct\n" + "\n".join(map(str, found)), found)


def _read_intent(file: Path, issues: list[Issue]) -> Intent:
    reader = _Reader(file, issues)
    if not _NAME.fullmatch(file.stem):
        fix = "use lower-case letters, digits and underscores"
        reader.complain("E705", reader.start, f"{shown(file.stem)} is no name for an intent", fix)
    fields = reader.root()
    if fields is None:
        return Intent(file.stem, "", "", "", (), False, ())
    for name, node in fields.items():
        if name not in _FIELDS:
            reader.complain(
                "E706", node.mark, f"nobody knows the field {shown(name)}", choose(name, _FIELDS, "delete it")
            )
    title, spoken, scope = (reader.text(fields.get(name), name) for name in ("title", "spoken", "scope"))
    near = _near(reader, fields)
    return Intent(file.stem, title, spoken, scope, near, _is_urgent(reader, fields), _phrases(reader, fields))


def _near(reader: _Reader, fields: Mapping[str, Node]) -> tuple[str, ...]:
    if "near" not in fields:
        return ()
    return tuple(reader.text(node, "a near intent") for node in reader.items(fields["near"], "near"))


def _is_urgent(reader: _Reader, fields: Mapping[str, Node]) -> bool:
    if "urgent" not in fields:
        return False
    said = reader.text(fields["urgent"], "urgent")
    if said not in ("yes", "no", ""):
        reader.complain("E707", fields["urgent"].mark, f"urgent is {shown(said)}", "write yes, or delete the line")
    return said == "yes"


def _phrases(reader: _Reader, fields: Mapping[str, Node]) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    for node in reader.items(fields.get("phrases"), "phrases"):
        words = reader.text(node, "a phrase")
        if words and not clean(words):
            reader.complain("E708", node.mark, "there is no word in this phrase", "delete it")
        elif words:
            found.append(Phrase(words, node.mark.file, node.mark.line))
    if isinstance(fields.get("phrases"), Items) and not found:
        reader.complain("E709", fields["phrases"].mark, "there are no phrases", "write what callers say, one a line")
    return tuple(found)


def _unknown_near(intents: tuple[Intent, ...], folder: Path) -> Iterator[Issue]:
    known = {intent.name for intent in intents}
    for intent in intents:
        for name in intent.near:
            if name and name not in known:
                mark = Mark(str(folder / f"{intent.name}.yaml"), 1, 1)
                yield issue(
                    "E710", mark, f"near names {shown(name)}, which is no intent", choose(name, known, "delete it")
                )


def _duplicates(intents: tuple[Intent, ...]) -> Iterator[Issue]:
    """The same words under one intent or two; spelling, case, punctuation and stammer apart."""
    first: dict[str, Phrase] = {}
    for intent in intents:
        for phrase in intent.phrases:
            seen = first.setdefault(clean(phrase.words), phrase)
            if seen is not phrase:
                message = f"the same words stand in {seen.file}:{seen.line}"
                yield issue("E711", Mark(phrase.file, phrase.line, 1), message, "keep them in one place")


def _read_utterances(file: Path, issues: list[Issue]) -> Iterator[Utterance]:
    reader = _Reader(file, issues)
    for node in reader.items((reader.root() or {}).get("utterances"), "utterances"):
        fields = reader.fields(node)
        words, kind = reader.text(fields.get("words"), "words"), reader.text(fields.get("kind"), "kind")
        if kind and kind not in KINDS:
            reader.complain(
                "E712", fields["kind"].mark, f"{shown(kind)} is no kind", f"write one of {', '.join(KINDS)}"
            )
        also = (
            [reader.text(each, "an intent") for each in reader.items(fields["also"], "also")]
            if "also" in fields
            else []
        )
        yield Utterance(words, kind, (file.stem, *also), str(file), node.mark.line)
