"""`run.json`: a run of a suite as a file, written at once or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from voicebot.errors import ContentError
from voicebot.regression.suites.results import Run

NAME = "run.json"

_ADAPTER: TypeAdapter[Run] = TypeAdapter(Run)


def dump_run(run: Run) -> str:
    return _ADAPTER.dump_json(run, indent=2).decode()


def write_run(run: Run, path: Path) -> None:
    """Raises `ContentError` where the file cannot be written."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(dump_run(run) + "\n", encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise ContentError(f"{path}: cannot be written ({error.strerror}). Name another place with --out.") from None


def read_run(path: Path) -> Run:
    """The run in this file, or in `run.json` of this folder. Raises `ContentError` in one line."""
    file = path / NAME if path.is_dir() else path
    try:
        return _ADAPTER.validate_json(file.read_bytes())
    except OSError as error:
        raise ContentError(f"{file}: cannot be read ({error.strerror}). `voicebot regress` writes it.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ContentError(f"{file}: is not the result of a run ({where}: {first['msg']}).") from None
