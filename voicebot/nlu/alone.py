"""One training at a time: two beside each other take twice as long, and may write the same model."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voicebot.errors import ModelError

LOCK = ".training"
"""In the folder of models while a training runs; holds the number of its process."""


@contextmanager
def training_alone(models: Path) -> Iterator[None]:
    """Raises `ModelError` where another process trains into the folder `models`. The system takes the lock back when
    its process ends, however that happens: a file left behind by a killed training stops nobody."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        lock = os.open(models / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ModelError(f"{models}: cannot be written to ({error.strerror}).") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            process = os.read(lock, 20).decode("ascii", "replace").strip() or "unknown"
            raise ModelError(
                f"{models}: another training is running (process {process}). Wait until it is done, or end it with "
                f"`kill {process}`."
            ) from error
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        try:
            yield
        finally:
            (models / LOCK).unlink(missing_ok=True)
    finally:
        os.close(lock)
