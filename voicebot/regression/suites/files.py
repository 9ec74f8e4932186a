"""Which files of a folder are the suite, and their text as it was typed, whoever saved it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voicebot.routing.issues import Issue, Mark, issue
from voicebot.routing.source import BOM

AUDIO = frozenset({".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".au"})
"""Endings of files that can be played."""

MAX_BYTES = 5_000_000
"""A call takes about 400 bytes of YAML, so this is more than 10,000 calls."""

CALLS, TABLE, WORDS = "calls.yaml", "calls.csv", "words.csv"

_SYSTEM = {".yaml", ".yml", ".csv"}


@dataclass(frozen=True, slots=True)
class SuiteFiles:
    """The files that describe a suite: `yaml` and `csv` have its calls, and together where both are there; `words` is a
    spreadsheet of what is said in each recording."""

    yaml: Path | None
    csv: Path | None
    words: Path | None


def find_files(folder: Path) -> tuple[SuiteFiles | None, tuple[Issue, ...]]:
    """None, and why, where the folder holds no suite."""
    start = Mark(folder.name or str(folder), 1, 1)
    if folder.is_file():
        fix = f"give the folder in which it lies, {folder.parent}"
        return None, (issue("S001", start, f"{folder} is a file, and a suite is a folder", fix),)
    if not folder.is_dir():
        fix = "give the folder in which calls.yaml and the recordings lie"
        return None, (issue("S001", start, f"there is no folder {folder}", fix),)
    texts = sorted(
        each for each in folder.iterdir() if each.suffix.lower() in _SYSTEM and not each.name.startswith(".")
    )
    yaml = _only(folder / CALLS, [each for each in texts if each.suffix.lower() != ".csv"])
    csv = _only(folder / TABLE, [each for each in texts if each.suffix.lower() == ".csv" and each.name != WORDS])
    words = folder / WORDS if (folder / WORDS).is_file() else None
    if yaml is not None or csv is not None:
        return SuiteFiles(yaml, csv, words), ()
    if texts:
        named = ", ".join(each.name for each in texts)
        fix = f"rename the one that has them to {CALLS}, or to {TABLE} where it comes from a spreadsheet"
        return None, (issue("S001", start, f"it cannot be told which file of {folder} has the calls: {named}", fix),)
    fix = f"write {CALLS} beside the recordings, or `voicebot suite add RECORDING --suite {folder}`"
    return None, (issue("S001", start, f"{folder} has neither {CALLS} nor {TABLE}", fix),)


def _only(usual: Path, there: list[Path]) -> Path | None:
    """The file of the usual name; else the only one."""
    if usual in there:
        return usual
    return there[0] if len(there) == 1 else None


def read_suite_text(path: Path) -> tuple[str | None, tuple[Issue, ...]]:
    """UTF-8; of a spreadsheet's CSV also UTF-16 and Windows-1252, which is what Excel saves where nobody asked it for
    anything else. Line ends are left as they are, a byte order mark is not."""
    start = Mark(path.name, 1, 1)
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, (issue("S002", start, f"{path} cannot be read ({reason})", "check the path and the permissions"),)
    if data is None:
        fix = "check that it is the right file, or part it into several suites"
        return None, (issue("S002", start, f"the file is larger than {MAX_BYTES // 10**6} MB", fix),)
    text = _decoded(data, spreadsheet=path.suffix.lower() == ".csv")
    if text is None:
        fix = "save it again with the encoding UTF-8"
        return None, (issue("S002", start, "this is no text that can be read", fix),)
    return text.removeprefix(BOM), ()


def _decoded(data: bytes, spreadsheet: bool) -> str | None:
    encodings = ["utf-8"]
    if spreadsheet:
        encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None
