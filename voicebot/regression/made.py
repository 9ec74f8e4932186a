"""What each recording of tests/calls was made from, so that only what has changed is made again.

`made.json` beside the recordings holds, for each, a fingerprint of its description and the SHA-256 of its file. Speech
differs in its last bits from one kind of processor to another, so descriptions are compared, not sounds.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.regression.making import Making

NAME = "made.json"

VERSION = 1
"""Raise it where recordings are made in another way than before: all of them are then made again."""


def fingerprint(making: Making, name: str) -> str:
    """Of all that shapes the sound of the recording called `name`: its description, but for what it is for, and the
    people behind it."""
    recording = making.recordings[name]
    told = recording.model_dump(mode="json", exclude={"for_"})
    behind = [each.model_dump(mode="json") for each in making.babble] if recording.background == "babble" else []
    return _digest(json.dumps([VERSION, name, told, behind], sort_keys=True).encode())


class Made:
    """`made.json` of a folder of recordings."""

    def __init__(self, folder: Path) -> None:
        """Raises `ContentError` where the file is there and is not what `note` writes."""
        self._folder = folder
        self._path = folder / NAME
        self._known: dict[str, list[str]] = {}
        if self._path.is_file():
            try:
                self._known = {str(name): [str(each) for each in pair] for name, pair in _read(self._path).items()}
            except (ValueError, AttributeError, TypeError):
                raise ContentError(f"{self._path} is damaged; delete it, and all recordings are made again.") from None

    def is_made(self, making: Making, name: str) -> bool:
        """Whether the file is there as it was made, and its description is still the same."""
        file = self._folder / f"{name}.wav"
        if not file.is_file() or name not in self._known:
            return False
        return self._known[name] == [fingerprint(making, name), _digest(file.read_bytes())]

    def note(self, making: Making, name: str, wav: bytes) -> None:
        """Write the recording and remember what it was made from; names that are described no more are forgotten."""
        (self._folder / f"{name}.wav").write_bytes(wav)
        self._known[name] = [fingerprint(making, name), _digest(wav)]
        kept = {each: self._known[each] for each in sorted(self._known) if each in making.recordings}
        lines = ",\n".join(f"  {json.dumps(each)}: {json.dumps(pair)}" for each, pair in kept.items())
        part = self._path.with_suffix(".part")
        part.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
        part.replace(self._path)


def _read(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
