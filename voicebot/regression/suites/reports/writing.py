"""Writes a report in one step: whoever reads it never finds half of one."""

from __future__ import annotations

from pathlib import Path

from voicebot.errors import ContentError


def write(path: Path, data: bytes) -> None:
    """Folders are made where they are missing. Raises `ContentError` that names the file and the way out."""
    scratch = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(data)
        scratch.replace(path)
    except OSError as error:
        raise ContentError(f"{path}: the report cannot be written ({error.strerror}); name another file.") from None
