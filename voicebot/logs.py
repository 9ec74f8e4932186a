"""Structured logs: JSON in service, readable in a terminal. What carries personal data is masked before it is
written."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TextIO, cast

import structlog

from voicebot.errors import VoicebotError

NUMBER = re.compile(r"\+?\d(?:[ \-]?\d){7,}")
"""Eight digits or more in a row are taken for a telephone or card number, whatever they are."""

HARMLESS = frozenset({"call_id", "timestamp", "table", "model", "hash", "recording_sid", "sid", "pid"})
"""Fields that hold ids and hashes, whose digits tell nothing about a person."""


def mask_numbers(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in entry.items():
        if isinstance(value, str) and name not in HARMLESS:
            entry[name] = NUMBER.sub("[number]", value)
    return entry


class _Masked(logging.Filter):
    """The same for what libraries log through the standard library."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = NUMBER.sub("[number]", record.getMessage())
        record.args = ()
        return True


class _Unfailing:
    """A disk that is full must not cost a caller her call because a line about it cannot be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure(style: Literal["json", "text"], level: str = "info") -> None:
    """Logs go to standard error, so that a command's output stays its own."""
    number = getattr(logging, level.upper())
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    last: Any = structlog.processors.JSONRenderer() if style == "json" else console
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask_numbers,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Unfailing(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Masked())
    logging.basicConfig(
        level=max(number, logging.WARNING), handlers=[handler], force=True, format="%(levelname)s %(message)s"
    )


FRAMES = 4


def where(error: BaseException) -> str:
    """The places in the code where it happened, innermost first; no message, which may hold her words."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-FRAMES:])
    return " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in frames)


def described(error: BaseException) -> dict[str, str]:
    """What may be logged of a failure: kind, code and place. The message only of our own errors, which promise to hold
    nothing personal."""
    if isinstance(error, VoicebotError):
        return {"kind": type(error).__name__, "code": error.code, "reason": error.message}
    return {"kind": type(error).__name__, "code": "bug", "where": where(error)}
