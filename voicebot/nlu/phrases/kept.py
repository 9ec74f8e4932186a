"""What a check of phrases found, kept by the content that it looked at: the same check again takes no time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from voicebot.nlu.manifest import encoder_hash
from voicebot.nlu.phrases.check import Checked
from voicebot.nlu.phrases.findings import Finding
from voicebot.routing.issues import Issue

_MOST = 8
"""Checks kept, of some hundred kilobytes each; the oldest goes first."""

_CODE = Path(__file__).parents[2]
_LOOKED_WITH = ("nlu", "storage/personal", "routing")
"""Code that decides what is found: where it changes, nothing is taken from before."""

_LIBRARIES = ("scikit-learn", "cleanlab")


def kept_check(
    place: Path, folder: Path, held_out: Path | None, weights: Path | None, look: Callable[[], Checked]
) -> Checked:
    """What `look` finds, from `place` where the same content was looked at before. Raises what `look` raises."""
    file = place / f"{_content(folder, held_out, weights)}.json"
    found = _read(file)
    if found is None:
        found = look()
        _write(file, found)
    return found


def _content(folder: Path, held_out: Path | None, weights: Path | None) -> str:
    """16 hex digits: the same files, encoder, code and libraries give the same. Raises `WeightsError`."""
    digest = hashlib.sha256()
    said = [str(folder), str(held_out), encoder_hash(weights / "minilm") if weights else "quick"]
    digest.update(json.dumps([*said, *map(version, _LIBRARIES)]).encode())
    looked_at = [*folder.glob("*.y*ml"), *folder.glob("*/*.yaml"), *(held_out.glob("*.y*ml") if held_out else ())]
    code = [each for part in _LOOKED_WITH for each in (_CODE / part).rglob("*.py")]
    for each in (*sorted(looked_at), *sorted(code)):
        digest.update(f"\n{each}\n".encode() + (_bytes(each)))
    return digest.hexdigest()[:16]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # the check itself says what is wrong with it
        return b"?"


def _read(file: Path) -> Checked | None:
    """None where there is none, or it was damaged."""
    try:
        said = json.loads(file.read_text("utf-8"))
        findings = tuple(Finding(Issue(**each.pop("issue")), **each) for each in said["findings"])
        found = Checked(findings, said["intents"], said["phrases"])
        os.utime(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found


def _write(file: Path, found: Checked) -> None:
    """Whole or not at all; a folder that cannot be written to only makes the next check slower."""
    part = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(asdict(found)), "utf-8")
        part.replace(file)
        _forget(sorted(file.parent.glob("*.json"), key=lambda each: each.stat().st_mtime)[:-_MOST])
    except OSError:
        part.unlink(missing_ok=True)


def _forget(files: Iterable[Path]) -> None:
    for each in files:
        each.unlink(missing_ok=True)
