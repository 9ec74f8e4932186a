"""Reads files that may be anything: bytes to text, text to trees, trees to a draft."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from voicebot.routing.bank_holidays import bank_holidays
from voicebot.routing.default_wording import default_wording
from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, Mark, issue
from voicebot.routing.sections import SECTIONS, Holidays, read_sections
from voicebot.routing.yaml_text import Fields, read_yaml

MAX_BYTES = 1_000_000
"""A whole county's table is about 50 kB; what is twenty times that is another file."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of one table: routing.yaml first, then those of routing.d by name.

    `files` holds the name of each as messages carry it, such as "routing.d/highways.yaml", and its text."""

    files: tuple[tuple[str, str], ...]

    @property
    def hash(self) -> str:
        """SHA-256, hex: of the text where there is one file, so that it is the file's own; else of names and texts."""
        text = self.files[0][1] if len(self.files) == 1 else dump_sources(self)
        return hashlib.sha256(text.encode()).hexdigest()


def dump_sources(sources: Sources) -> str:
    """The files as JSON, the form in which published tables are stored; `load_sources` reads it."""
    return json.dumps({"files": [{"name": name, "text": text} for name, text in sources.files]}, ensure_ascii=False)


def load_sources(text: str) -> Sources:
    """What `dump_sources` wrote. Raises `ValueError` for anything else."""
    try:
        stored = json.loads(text)["files"]
        files = tuple((str(each["name"]), str(each["text"])) for each in stored)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("this is no stored routing table") from error
    if not files:
        raise ValueError("this stored routing table has no files")
    return Sources(files)


def parse_draft(
    sources: Sources, holidays: Holidays = bank_holidays, today: date | None = None
) -> tuple[Draft | None, tuple[Issue, ...]]:
    """What can be read of the files, for the checks; None where one of them cannot be read at all, since all that it
    holds would then be missed elsewhere. `today` only makes the examples in messages fit."""
    issues: list[Issue] = []
    trees: list[tuple[str, Fields]] = []
    for name, text in sources.files:
        tree, found = _tree(name, text)
        issues += found
        if tree is not None:
            trees.append((name, tree))
    draft: Draft | None = None
    if trees:
        draft, more = read_sections(trees, sources.files[0][0], sources.hash, holidays, default_wording(), today)
        if len(trees) < len(sources.files):
            draft, more = None, tuple(each for each in more if each.code != "E110")
        issues += more
    if draft is not None:
        draft = replace(draft, texts=dict(sources.files))
    return draft, tuple(sorted(issues))


def _tree(name: str, text: str) -> tuple[Fields | None, tuple[Issue, ...]]:
    if not _has_content(text):
        fix = "restore it from its last published version"
        return None, (issue("E004", Mark(name, 1, 1), "the file is empty", fix),)
    root, issues = read_yaml(text, name)
    if root is None or isinstance(root, Fields):
        return root, issues
    fix = f"begin with the sections {', '.join(SECTIONS)}"
    return None, (*issues, issue("E005", root.mark, "this is not a routing table", fix))


def _has_content(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith("#") and line not in ("---", "...") for line in lines)


def read_sources(path: Path) -> tuple[Sources | None, tuple[Issue, ...]]:
    """The file at `path` and those that belong to it: routing.yaml takes in routing.d/*.yaml, beside it.

    None where one of them cannot be read; the issues say why. Line ends are left alone: the text's bytes are the
    file's, so its hash is the file's too."""
    files: list[tuple[str, str]] = []
    parts, issues = _parts(path)
    for name, file in ((path.name, path), *parts):
        text, found = _read_text(file, name)
        issues += found
        if text is not None:
            files.append((name, text))
    whole = len(files) == 1 + len(parts) and all(each.severity == "notice" for each in issues)
    return (Sources(tuple(files)) if whole else None), tuple(sorted(issues))


def _parts(path: Path) -> tuple[list[tuple[str, Path]], list[Issue]]:
    """The files of the folder by name, and what keeps others from counting."""
    folder = path.parent / f"{path.stem}.d"
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


def _read_text(path: Path, name: str) -> tuple[str | None, tuple[Issue, ...]]:
    """The text of a file, or the one issue that keeps it from being read."""
    start = Mark(name, 1, 1)
    try:
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
