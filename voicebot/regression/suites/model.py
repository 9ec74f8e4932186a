"""A suite of recorded calls as values: who rings, when, what is said turn by turn, and what must happen.

What the words mean: docs/regression.md. Files become these values in `reading.py`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from voicebot.dialogue.session import Outcome
from voicebot.dialogue.turn import DecisionName
from voicebot.routing.issues import Issue, Mark

Channel = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Sound:
    """An audio file of the suite. `words` is what is truly said in it: None where nobody has written it down, "" where
    nothing is said (silence, music, noise). `tags` are for slices: voice, accent, noise… `channel` is the caller's in a
    recording of two; None where it is to be found. `telephone_wav(path, channel)` gives what the simulator plays."""

    name: str
    path: Path
    words: str | None
    tags: Mapping[str, str]
    mark: Mark
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What the caller does when the bot has asked: exactly one of `play` a sound, press `keys`, keep `silence` at so
    many prompts, `hang_up`. `decision`: those that the bot may come to upon it; empty where any will do."""

    mark: Mark
    play: Sound | None = None
    keys: str = ""
    silence: int = 0
    hang_up: bool = False
    decision: tuple[DecisionName, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What must have happened when the call is over; empty or None where it does not matter.

    `intent`: any of these, at the end; `also`: what else she rings about before, which is no misroute. `queue`: the one
    that she was put through to, or whose answer was read. `says`: each of these was in what the bot said (case and
    spaces do not count). `text`: this was in a text message that was sent; "" where none may be sent. `turns`: she did
    at most so much."""

    intent: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    outcome: tuple[Outcome, ...] = ()
    queue: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    text: str | None = None
    turns: int | None = None


@dataclass(frozen=True, slots=True)
class SuiteCall:
    """One call. `at` is aware. `number` is E.164, "" where withheld. `transfers` is how each transfer ends, the last
    one for all that follow (`completed`, `busy`, `no-answer`, `failed`). After her last step she hangs up."""

    name: str
    about: str
    at: datetime
    number: str
    sip: bool
    steps: tuple[Step, ...]
    transfers: tuple[str, ...]
    expect: Expected
    tags: Mapping[str, str]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Broken:
    """A call that cannot be placed, and the mistakes that keep it from being: its own, or those of a file it plays."""

    name: str
    mark: Mark
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How callers behave beyond their steps. `confirm` is what they play when the bot asks "Is it about …?" and is
    right; None is a key. `again`: how often they say their last words once more where the bot asks them to."""

    confirm: Sound | None = None
    again: int = 0

    @property
    def sounds(self) -> tuple[Sound, ...]:
        return () if self.confirm is None else (self.confirm,)


@dataclass(frozen=True, slots=True)
class Suite:
    """`sounds`: the files that can be played, by name. `broken` calls are not among `calls`."""

    name: str
    folder: Path
    calls: tuple[SuiteCall, ...]
    manner: Manner = Manner()
    sounds: Mapping[str, Sound] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
