"""What can happen in a call, as the dialogue engine sees it.

Every event is a frozen value without any provider's words in it. Silence is `NothingHeard`, speech that is not worth
trusting is `NotUnderstood`, a broken part is `PartFailed`: none of them is ever an empty string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CallerKind = Literal["mobile", "landline", "withheld", "sip"]
"""How the caller rang; only a mobile can be sent a text message without asking for a number."""

TransferOutcome = Literal["completed", "busy", "no_answer", "failed", "cancelled"]

Part = Literal["recording", "recogniser", "understander", "storage", "unknown"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One intent and its calibrated probability (0 to 1)."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class CallStarted:
    caller: CallerKind


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller's words and what they were taken for.

    `ranked` is sorted, best first, over all intents and `out_of_scope`, and sums to 1; it is empty where the words are
    an answer and nothing else. `choice` is what the words mean
    in answer to what was asked (an option's id, `yes`, `no`, or a universal such as `repeat`); None where they are no
    such answer. `confidence` (0 to 1) belongs to `choice` where there is one, else to `ranked[0]`. `language` is the
    ISO 639-1 code of what was spoken. `urgent` names the urgent intent that the recall-first second opinion found.
    `doubtful`: the recogniser was unsure of the words.
    """

    words: str
    ranked: tuple[Ranked, ...]
    choice: str | None
    confidence: float
    language: str = "en"
    urgent: str | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys the caller pressed: one key, or a whole number where one was asked for."""

    keys: str


@dataclass(frozen=True, slots=True)
class NothingHeard:
    """Nobody spoke and no key was pressed."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """There was speech, but no words worth trusting. `language` is the ISO 639-1 code of what was spoken."""

    language: str = "en"


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The caller left a message (it is stored apart; the engine needs only to know that it is there)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TransferEnded:
    outcome: TransferOutcome


@dataclass(frozen=True, slots=True)
class PartFailed:
    """A part missed its deadline or broke; the caller is still there."""

    part: Part


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    pass


Event = (
    CallStarted
    | Heard
    | Pressed
    | NothingHeard
    | NotUnderstood
    | MessageLeft
    | TransferEnded
    | PartFailed
    | CallerHungUp
)
