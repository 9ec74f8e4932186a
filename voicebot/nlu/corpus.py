"""Reads `intents/` and the held-out utterances, as text, and reports every mistake at once with its file and line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.nlu.clean import clean
from voicebot.nlu.phrases.reading import FileReader
from voicebot.routing.issues import Issue, Mark, choose, errors, issue, shown
from voicebot.routing.yaml_text import Items, Node, Text

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS = ("title", "spoken", "scope", "near", "urgent", "phrases")
_UTTERANCE_FIELDS = ("words", "kind", "also", "heard")
KINDS = ("ordinary", "long", "hard")
HEARD = "heard"
"""The folder below `intents/`, and the field, of what Whisper made of phrases on a telephone line."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a caller says, and where it stands. `line` and `column` count from 1."""

    words: str
    file: str
    line: int
    column: int = 1

    @property
    def mark(self) -> Mark:
        return Mark(self.file, self.line, self.column)


@dataclass(frozen=True, slots=True)
class HeardPhrase:
    """`heard` is what Whisper wrote where `words`, a phrase of `intent`, were spoken over a telephone."""

    words: str
    heard: str
    intent: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Intent:
    """`title` and `spoken` name it to people ("Is it about applying for a Blue Badge?"); `near` are those it is
    mistaken for. `marks` tells where fields stand, and each near name as `near <name>`."""

    name: str
    title: str
    spoken: str
    scope: str
    near: tuple[str, ...]
    urgent: bool
    phrases: tuple[Phrase, ...]
    marks: Mapping[str, Mark] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Corpus:
    """`heard` holds those of intents/heard whose words are still a phrase of their intent; they are not among `pairs`.

    `hash`: SHA-256 (hex) of names, phrases and what was heard, in order of name; titles and comments do not count."""

    intents: tuple[Intent, ...]
    hash: str
    heard: tuple[HeardPhrase, ...] = ()

    @property
    def urgent(self) -> tuple[str, ...]:
        return tuple(intent.name for intent in self.intents if intent.urgent)

    def pairs(self) -> list[tuple[str, str]]:
        """(words, intent) of every phrase, in order."""
        return [(phrase.words, intent.name) for intent in self.intents for phrase in intent.phrases]

    def texts(self) -> list[str]:
        """All that a model learns from: every phrase, and what was heard of some."""
        return [words for words, _ in self.pairs()] + [each.heard for each in self.heard]


@dataclass(frozen=True, slots=True)
class Utterance:
    """A held-out utterance. Any of `acceptable` is right, the file's own intent first. `heard` is what Whisper made of
    it on a telephone line, None where it has not been tried."""

    words: str
    kind: str
    acceptable: tuple[str, ...]
    file: str
    line: int
    heard: str | None = None


def read_corpus(folder: Path) -> Corpus:
    """Every `<intent>.yaml` of `folder`, and of `heard` in it. Raises `ContentError` that lists all mistakes, each with
    file and line."""
    corpus, issues = inspect_corpus(folder)
    _raise(issues, folder)
    return corpus


def read_held_out(folder: Path) -> list[Utterance]:
    """The held-out utterances, in order of file and line. Raises `ContentError` like `read_corpus`."""
    found, issues = inspect_held_out(folder)
    _raise(issues, folder)
    return found


def inspect_corpus(folder: Path) -> tuple[Corpus, tuple[Issue, ...]]:
    """What can be read of `folder`, and all that is wrong with it, sorted. Raises `ContentError` only where the folder
    has no file."""
    issues: list[Issue] = []
    intents = tuple(_read_intent(file, issues) for file in _files(folder, "intents"))
    issues += _other_endings(folder)
    issues += _wrong_near(intents)
    issues += _duplicates(intents)
    phrases = {intent.name: frozenset(phrase.words for phrase in intent.phrases) for intent in intents}
    files = sorted((folder / HEARD).glob("*.yaml"))
    heard = tuple(each for file in files for each in _read_heard(file, phrases, issues))
    return Corpus(intents, _hash(intents, heard), heard), tuple(sorted(issues))


def inspect_held_out(folder: Path) -> tuple[list[Utterance], tuple[Issue, ...]]:
    """The held-out utterances that can be read, and all that is wrong with their files, sorted."""
    issues: list[Issue] = []
    files = _files(folder, "held-out utterances")
    found = [each for file in files for each in _read_utterances(file, issues)]
    return found, tuple(sorted((*issues, *_other_endings(folder))))


def _hash(intents: Iterable[Intent], heard: Iterable[HeardPhrase]) -> str:
    content = [[intent.name, intent.urgent, [phrase.words for phrase in intent.phrases]] for intent in intents]
    spoken = [[each.intent, each.words, each.heard] for each in heard]
    return hashlib.sha256(json.dumps([content, spoken] if spoken else content).encode()).hexdigest()


def _files(folder: Path, what: str) -> list[Path]:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ContentError(f"{folder}: no {what} here. Put one YAML file an intent into it.")
    return files


def _other_endings(folder: Path) -> Iterator[Issue]:
    for file in sorted(folder.glob("*.yml")):
        yield issue("N717", Mark(str(file), 1, 1), "only files that end in .yaml are read", f"name it {file.stem}.yaml")


def _raise(issues: Iterable[Issue], folder: Path) -> None:
    found = errors(issues)
    if found:
        raise ContentError(f"{folder}: {len(found)} to correct\n" + "\n".join(map(str, found)), found)


def _read_intent(file: Path, issues: list[Issue]) -> Intent:
    reader = FileReader(file, issues)
    if not _NAME.fullmatch(file.stem):
        fix = "use lower-case letters, digits and underscores"
        reader.complain("E705", reader.start, f"{shown(file.stem)} is no name for an intent", fix)
    fields = reader.root(_FIELDS)
    if fields is None:
        return Intent(file.stem, "", "", "", (), False, ())
    title, spoken, scope = (reader.text(fields.get(name), name) for name in ("title", "spoken", "scope"))
    near = _near(reader, fields)
    marks = {**reader.keys, **{f"near {name}": mark for name, mark in near.items()}}
    phrases = _phrases(reader, fields)
    return Intent(file.stem, title, spoken, scope, tuple(near), _is_urgent(reader, fields), phrases, marks)


def _near(reader: FileReader, fields: Mapping[str, Node]) -> dict[str, Mark]:
    """Where each near intent is named."""
    found: dict[str, Mark] = {}
    for node in reader.items(fields["near"], "near") if "near" in fields else ():
        name = reader.text(node, "a near intent")
        if name in found:
            reader.complain("E718", node.mark, f"near names {shown(name)} twice", "delete one of the two")
        elif name:
            found[name] = node.mark
    return found


def _is_urgent(reader: FileReader, fields: Mapping[str, Node]) -> bool:
    if "urgent" not in fields:
        return False
    said = reader.text(fields["urgent"], "urgent")
    if said not in ("yes", "no", ""):
        reader.complain("E707", fields["urgent"].mark, f"urgent is {shown(said)}", "write yes, or delete the line")
    return said == "yes"


def _phrases(reader: FileReader, fields: Mapping[str, Node]) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    for node in reader.items(fields.get("phrases"), "phrases"):
        words = reader.words(node, "a phrase")
        if words and reader.together(node):
            found.append(Phrase(words, *node.mark))
    listed = fields.get("phrases")
    if isinstance(listed, Items) and not listed.items:
        reader.complain("E709", listed.mark, "there are no phrases", "write what callers say, one a line")
    return tuple(found)


def _wrong_near(intents: tuple[Intent, ...]) -> Iterator[Issue]:
    known = {intent.name for intent in intents}
    for intent in intents:
        for name in intent.near:
            mark = intent.marks[f"near {name}"]
            if name == intent.name:
                yield issue("E718", mark, "near names the intent itself", "delete it")
            elif name not in known:
                message = f"near names {shown(name)}, which is no intent"
                yield issue("E710", mark, message, choose(name, known, "delete it"))


def _duplicates(intents: tuple[Intent, ...]) -> Iterator[Issue]:
    """The same words under one intent or two; spelling, case, punctuation and stammer apart."""
    first: dict[str, Phrase] = {}
    for intent in intents:
        for phrase in intent.phrases:
            seen = first.setdefault(clean(phrase.words), phrase)
            if seen is not phrase:
                message = f"the same words stand in {seen.file}:{seen.line}"
                yield issue("E711", phrase.mark, message, "keep them in one place")


def _read_heard(file: Path, phrases: Mapping[str, frozenset[str]], issues: list[Issue]) -> Iterator[HeardPhrase]:
    reader = FileReader(file, issues)
    known = phrases.get(file.stem)
    if known is None:
        message = f"there is no intent {shown(file.stem)}, and training leaves this file out"
        reader.complain("N720", reader.start, message, choose(file.stem, phrases, "delete the file"))
    if not known:  # where the intent's own file cannot be read, that is what has to be put right
        return
    listed = (reader.root((HEARD,)) or {}).get(HEARD)
    if isinstance(listed, Text) and not listed.text:  # a file in which nothing has been heard yet
        return
    for node in reader.items(listed, HEARD):
        fields = reader.fields(node, ("words", HEARD))
        words = reader.text(fields.get("words"), "words", node.mark)
        heard = reader.text(fields.get(HEARD), HEARD, node.mark)
        if words and words not in known:
            message = f"{shown(words)} is no phrase of {file.stem}.yaml any more, and training leaves it out"
            reader.complain("N719", node.mark, message, "delete these two lines; others are made by hear_phrases")
        elif words and heard:
            yield HeardPhrase(words, heard, file.stem, str(file), node.mark.line)


def _read_utterances(file: Path, issues: list[Issue]) -> Iterator[Utterance]:
    reader = FileReader(file, issues)
    for node in reader.items((reader.root(("utterances",)) or {}).get("utterances"), "utterances"):
        fields = reader.fields(node, _UTTERANCE_FIELDS)
        words = reader.words(fields.get("words"), "words", node.mark, noise=True)
        kind = reader.text(fields.get("kind"), "kind", node.mark)
        if kind and kind not in KINDS:
            message = f"{shown(kind)} is no kind"
            reader.complain("E712", fields["kind"].mark, message, f"write one of {', '.join(KINDS)}")
        also = tuple(reader.text(each, "an intent") for each in _also(reader, fields))
        heard = reader.text(fields[HEARD], HEARD) if HEARD in fields else None
        if words:
            yield Utterance(words, kind, (file.stem, *also), str(file), node.mark.line, heard)


def _also(reader: FileReader, fields: Mapping[str, Node]) -> Iterable[Node]:
    return reader.items(fields["also"], "also") if "also" in fields else ()
