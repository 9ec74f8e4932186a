"""Reads a file that may be anything: bytes to text, text to tree, tree to draft."""

from __future__ import annotations

import hashlib
from pathlib import Path

from voicebot.routing.bank_holidays import bank_holidays
from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, Mark, issue
from voicebot.routing.sections import Holidays, read_sections
from voicebot.routing.yaml_text import read_yaml

MAX_BYTES = 1_000_000
"""A whole county's table is about 50 kB; what is twenty times that is another file."""


def parse_draft(text: str, file: str, holidays: Holidays = bank_holidays) -> tuple[Draft | None, tuple[Issue, ...]]:
    """What can be read of `text`, for the checks; None where nothing can."""
    if not _has_content(text):
        empty = issue("E004", Mark(file, 1, 1), "the file is empty", "restore it from its last published version")
        return None, (empty,)
    root, issues = read_yaml(text, file)
    if root is None:
        return None, tuple(sorted(issues))
    draft, more = read_sections(root, file, hashlib.sha256(text.encode()).hexdigest(), holidays)
    return draft, tuple(sorted((*issues, *more)))


def _has_content(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith("#") and line not in ("---", "...") for line in lines)


def read_text(path: Path) -> tuple[str | None, tuple[Issue, ...]]:
    """The text of a file, or the one issue that keeps it from being read.

    Line ends are left alone: the text's bytes are the file's, so its hash is the file's too."""
    start = Mark(path.name, 1, 1)
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
        mark = Mark(path.name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        return None, (issue("E003", mark, "the file is not UTF-8 text", "save it again with the encoding UTF-8"),)
