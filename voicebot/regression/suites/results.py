"""What a run of a suite came to, as values; `run.json` is exactly these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Channel = Literal["record", "stream"]
Status = Literal["passed", "failed", "not_run"]
Cause = Literal["heard", "understood", "routed", "hours", "broken"]
"""Why a call failed, found by replaying it with the true words, the true intent, and so on:

`heard`      with the true words it would have passed: the recogniser
`understood` with the true intent it would have passed: the model
`hours`      at another time of the week, the line being open (or closed), it would have passed: hours and closures
`routed`     words and intent are right and it still went elsewhere: routing.yaml or the suite's expectation
`broken`     the bot gave no usable answer: the engineer
"""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """One turn. `words` are the true ones (None where unknown, or where the recogniser was not asked, as for a message
    that is left), `heard` what the bot stored of what it heard."""

    number: int
    did: str
    said: str
    words: str | None
    heard: str
    intent: str | None
    confidence: float | None
    decision: str
    rule: str
    at: str
    seconds: float
    sound: str = ""


@dataclass(frozen=True, slots=True)
class Miss:
    """One expectation that was not met."""

    what: str
    wanted: str
    got: str


@dataclass(frozen=True, slots=True)
class CallReport:
    """One call of the suite under one line condition. `misrouted`: on the way she reached a queue, or was read an
    answer, that was not hers. `word_errors` of `word_count` true words. `attempts`: the status of each repetition."""

    name: str
    profile: str
    about: str
    status: Status
    cause: Cause | None
    misses: tuple[Miss, ...]
    intent: str | None
    outcome: str | None
    queue: str | None
    texts: tuple[str, ...]
    misrouted: bool
    turns: tuple[TurnResult, ...]
    seconds: float
    word_errors: int = 0
    word_count: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    attempts: tuple[Status, ...] = ()
    why: str = ""
    file: str = ""
    line: int = 0

    @property
    def flaky(self) -> bool:
        return len(set(self.attempts)) > 1


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run. `settings`: channel, recogniser, model, table hash, profiles, repeat…, as the reader is told."""

    suite: str
    began: str
    seconds: float
    machine: str
    settings: dict[str, str]
    calls: tuple[CallReport, ...]
