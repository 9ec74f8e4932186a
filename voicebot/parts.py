"""What a conversation is made of, and how long each part may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from voicebot.ports import CallStore, Clock, Gate, Recogniser, Recordings, Tables, Transcript, Understanders


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: `answer` a webhook may wait; `turn` after which a turn becomes keys; `fetch` for a recording to be had;
    `recognise` for all that the recogniser does, the smaller model included."""

    answer: float
    turn: float
    fetch: float
    recognise: float


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a conversation is made of; `bootstrap.py` puts it together.

    `recogniser_ahead` hears what may be thrown away, so that such work takes no place from a turn; None where that is
    the same."""

    calls: CallStore
    tables: Tables
    clock: Clock
    recogniser: Recogniser
    understanders: Understanders
    recordings: Recordings
    gate: Gate
    language: Callable[[Transcript], str]
    doubtful: Callable[[Transcript], bool]
    redact: Callable[[str], str]
    recogniser_ahead: Recogniser | None = None
    observe: Callable[[Mapping[str, float], str], None] = field(default=lambda seconds, decision: None)
