"""Reads files that may be anything: bytes to text, text to trees, trees to a draft."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from voicebot.routing.bank_holidays import bank_holidays
from voicebot.routing.default_wording import default_wording
from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, Mark, issue
from voicebot.routing.sections import SECTIONS, Holidays, read_sections
from voicebot.routing.yaml_text import Fields, Text, read_yaml

MAIN = "routing.yaml"
_STORED = '{"files": '
"""How a stored table begins; no routing.yaml does, for it has no section of that name."""

_URGENT = re.compile(r"^[\"']?urgent[\"']? *:.*$", re.MULTILINE)

MAX_BYTES = 1_000_000
"""A whole county's table is about 50 kB; what is twenty times that is another file."""

BOM = "\ufeff"
"""What some editors put before the first character of a text."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of one table: routing.yaml first, then those of routing.d by name.

    `files` holds the name of each as messages carry it, such as "routing.d/highways.yaml", and its text. `wording` is
    the default wording that fills what they leave out: a published table keeps that of its day, so that an upgrade of
    the bot does not have callers hear other words under the same hash. None: whatever the bot brings."""

    files: tuple[tuple[str, str], ...]
    wording: Mapping[str, str] | None = None

    @property
    def hash(self) -> str:
        """SHA-256, hex: of names, texts and wording; of the text alone where there is one file and no wording."""
        alone = len(self.files) == 1 and self.wording is None
        return hashlib.sha256((self.files[0][1] if alone else dump_sources(self)).encode()).hexdigest()

    @property
    def words(self) -> Mapping[str, str]:
        """The default wording in force. Prompts that came with a later version of the bot have that version's words."""
        return {**default_wording(), **(self.wording or {})}


def dump_sources(sources: Sources) -> str:
    """The files as JSON, the form in which published tables are stored; `load_sources` reads it."""
    stored: dict[str, object] = {"files": [{"name": name, "text": text} for name, text in sources.files]}
    if sources.wording is not None:
        stored["wording"] = dict(sorted(sources.wording.items()))
    return json.dumps(stored, ensure_ascii=False)


def load_sources(text: str) -> Sources:
    """What `dump_sources` wrote, or the text of routing.yaml alone: so tables were stored before migration 0005, when
    they had one file. It leaves them alone, for workers of the version before still answer by them. Raises `ValueError`
    for what is neither."""
    if text and not text.startswith(_STORED):
        return Sources(((MAIN, text),))
    try:
        stored = json.loads(text)
        files = tuple((str(each["name"]), str(each["text"])) for each in stored["files"])
        words = stored.get("wording")
        wording = None if words is None else {str(name): str(each) for name, each in words.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("this is no stored routing table") from error
    if not files:
        raise ValueError("this stored routing table has no files")
    return Sources(files, wording)


def parse_draft(
    sources: Sources,
    holidays: Holidays = bank_holidays,
    today: date | None = None,
    main: str | None = None,
    whole: bool = True,
) -> tuple[Draft | None, tuple[Issue, ...]]:
    """What can be read of the files, for the checks; None where none of them can be read. Where one cannot, the draft
    is not whole (`Draft.whole`), and neither is it where `whole` says that a file is missing already. `main` is the
    file that may hold every section, the first unless it is named. `today` only makes the examples in messages fit."""
    main = main or sources.files[0][0]
    issues: list[Issue] = []
    trees: list[tuple[str, Fields]] = []
    for name, text in sources.files:
        tree, found = _tree(name, text, part=name != main)
        issues += found
        if tree is not None:
            trees.append((name, tree))
    draft: Draft | None = None
    if trees:
        whole = whole and len(trees) == len(sources.files)
        draft, more = read_sections(trees, main, sources.hash, holidays, sources.words, today)
        draft = replace(draft, texts=dict(sources.files), whole=whole)
        issues += (each for each in more if whole or each.code != "E110")
    return draft, tuple(sorted(issues))


def _tree(name: str, text: str, part: bool) -> tuple[Fields | None, tuple[Issue, ...]]:
    """A part in which every line is a comment is how a service switches its notices off; a file with nothing at all in
    it was lost."""
    start = Mark(name, 1, 1)
    if part and text.removeprefix(BOM).strip() and not _has_content(text):
        fix = "this is fine if it is meant; else take away the # before its lines"
        return Fields(start, ()), (issue("N018", start, "every line of this file is a comment", fix),)
    root, issues = read_yaml(text, name, go_on=True) if _has_content(text) else (None, ())
    if root is None and not issues:
        return None, (issue("E004", start, "the file is empty", "restore it from its last published version"),)
    if root is None or isinstance(root, Fields):
        return root, issues
    fix = f"begin with the sections {', '.join(SECTIONS)}"
    return None, (*issues, issue("E005", root.mark, "this is not a routing table", fix))


def _has_content(text: str) -> bool:
    lines = (line.strip() for line in text.removeprefix(BOM).splitlines())
    return any(line and not line.startswith("#") and line not in ("---", "...") for line in lines)


def read_sources(path: Path) -> tuple[Sources | None, tuple[Issue, ...]]:
    """The file at `path` and those that belong to it: routing.yaml takes in routing.d/*.yaml, beside it.

    None where one of them cannot be read; the issues say why. Line ends are left alone: the text's bytes are the
    file's. The default wording that the bot brings goes with them."""
    sources, whole, issues = read_what_can_be_read(path)
    return (sources if whole else None), issues


def read_what_can_be_read(path: Path) -> tuple[Sources | None, bool, tuple[Issue, ...]]:
    """Those of the files of `read_sources` that can be read, None where there are none; whether these are all; and why
    others cannot be read."""
    files: list[tuple[str, str]] = []
    parts, issues = _parts(path)
    for name, file in ((path.name, path), *parts):
        text, found = read_text(file, name)
        issues += found
        if text is not None:
            files.append((name, text))
    whole = len(files) == 1 + len(parts) and all(each.severity == "notice" for each in issues)
    return (Sources(tuple(files), default_wording()) if files else None), whole, tuple(sorted(issues))


def parts_folder(path: Path) -> Path:
    """Where the further files of the table at `path` lie: routing.d for routing.yaml."""
    return path.parent / f"{path.stem}.d"


def _parts(path: Path) -> tuple[list[tuple[str, Path]], list[Issue]]:
    """The files of the folder by name, and what keeps others from counting."""
    folder = parts_folder(path)
    try:
        entries = sorted(folder.iterdir()) if folder.exists() else []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fix = "make it a folder that may be read, or delete it"
        return [], [issue("E014", Mark(folder.name, 1, 1), f"{folder} cannot be read as a folder ({reason})", fix)]
    parts: list[tuple[str, Path]] = []
    issues: list[Issue] = []
    for each in entries:
        name = f"{folder.name}/{each.name}".encode(errors="replace").decode()  # a name may be bytes of any kind
        if each.name.startswith("."):  # what editors keep beside a file that is open
            continue
        if each.suffix == ".yaml":
            parts.append((name, each))
        elif each.suffix.lower() in (".yml", ".yaml"):
            fix = f"rename it to {each.stem}.yaml, or move it elsewhere"
            issues.append(issue("N016", Mark(name, 1, 1), "this file is left out: its name must end in .yaml", fix))
    return parts, issues


def read_text(path: Path, name: str) -> tuple[str | None, tuple[Issue, ...]]:
    """The text of a file, or the one issue that keeps it from being read; never more than `MAX_BYTES` of it."""
    start = Mark(name, 1, 1)
    try:
        if path.exists() and not path.is_file():  # to open a pipe is to wait for whoever writes to it
            fix = "move it away, or put a file in its place"
            return None, (issue("E001", start, f"{path} is no file (but a folder, a pipe or a device)", fix),)
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, (issue("E001", start, f"there is no file {path}", "check the path, or set VOICEBOT_ROUTING"),)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, (issue("E001", start, f"{path} cannot be read ({reason})", "check the path and the permissions"),)
    if len(content) > MAX_BYTES:
        return None, (
            issue("E002", start, f"the file is larger than {MAX_BYTES // 1000} kB", "check that it is the right file"),
        )
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        mark = Mark(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        return None, (issue("E003", mark, "the file is not UTF-8 text", "save it again with the encoding UTF-8"),)


def intent_names(folder: Path) -> frozenset[str] | None:
    """The intents that have a training file in `folder`; None where there is no such folder."""
    return frozenset(file.stem for file in folder.glob("*.yaml")) if folder.is_dir() else None


def trained_intents(folder: Path) -> dict[str, bool] | None:
    """The intents that have a training file in `folder`, and whether it says `urgent: yes`; None where there is no such
    folder. Whatever else is wrong with these files, `voicebot intents check` says."""
    return {file.stem: _urgent(file) for file in folder.glob("*.yaml")} if folder.is_dir() else None


def _urgent(file: Path) -> bool:
    """One line is looked for, not the whole file read: it holds hundreds of phrases."""
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace") if file.is_file() else ""
    except OSError:
        return False
    found = _URGENT.search(text)
    tree = read_yaml(found[0], file.name)[0] if found is not None else None
    values = [entry.value for entry in tree.entries] if isinstance(tree, Fields) else []
    return any(isinstance(each, Text) and each.text.strip().lower() in ("yes", "true") for each in values)
