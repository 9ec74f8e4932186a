"""What the engine tells a channel to do, in order. Plain values; an adapter renders them in its provider's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Option:
    """One thing the caller can choose: by any of `phrases`, or by `key` where it has one."""

    id: str
    phrases: tuple[str, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Expecting:
    """What was asked, so that the understander knows what an answer looks like.

    `request`: anything she may be calling about · `yes_no` · `options`: one of `options` · `place`: a town, village or
    district, `options` holding the places of each district · `keys`: keys alone (a telephone number ended by #).
    A new request in her own words is understood in all of them but `keys`.
    """

    kind: Literal["request", "yes_no", "options", "place", "keys"]
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Say:
    """Say `text`; where it is in another language, `language` is its locale, such as pl-PL, and `voice` one that speaks
    it (None: the provider's own)."""

    text: str
    slow: bool = False
    language: str | None = None
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Say `text`, then listen for speech or keys.

    `hints`: names that the recogniser should expect. `patience` is how many seconds of silence end the utterance.
    """

    text: str
    expecting: Expecting
    slow: bool = False
    patience: int = 3
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SendText:
    """Send `body` to the caller's own number, or to `to` where she keyed one in."""

    body: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Put the caller through.

    `target` is an E.164 number or a SIP address. `whisper` is said to the advisor before the caller is joined; None
    where nothing may be said. `headers` go along on SIP only. `ring_seconds` is how long the line may ring.
    """

    queue: str
    target: str
    caller_id: str
    ring_seconds: int
    whisper: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Say `text`, then record a message for `queue`, at most `seconds` long."""

    text: str
    queue: str
    seconds: int
    slow: bool = False


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


Action = Say | Ask | SendText | Transfer | TakeMessage | HangUp
