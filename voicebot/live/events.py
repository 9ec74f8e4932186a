"""What happens in a live call, for those who watch it: captions of the browser phone, measurements, metrics.

`at` is audio time: seconds of sound that have come from the caller's side since the stream began. Words are as they
were recognised, in full: whoever stores or logs them must redact them first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from voicebot.dialogue.turn import Decision
from voicebot.ports import Answer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PromptBegun:
    """A sentence is sent to the caller, behind those that are queued. `seconds`: how long it takes."""

    at: float
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """All that was to be said has been heard."""

    at: float


@dataclass(frozen=True, slots=True)
class PromptStopped:
    """The caller spoke or pressed a key. `after`: seconds from the beginning of her voice (0 for a key)."""

    at: float
    by: Literal["speech", "key"]
    after: float


@dataclass(frozen=True, slots=True)
class PromptResumed:
    """It was only noise: the prompt goes on with the sentence that it was in."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechBegun:
    """`onset` is the audio time at which her voice began. `joined`: she had been cut off, and goes on."""

    at: float
    onset: float
    joined: bool


@dataclass(frozen=True, slots=True)
class WordsSoFar:
    """What was made of the utterance at a first short silence; she may go on."""

    at: float
    words: str
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A noise, a cough, "mhm": no turn."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class EndpointReached:
    """She has finished. `silence`: how long she had been silent, in seconds; `ready`: whether the words were there."""

    at: float
    silence: float
    ready: bool


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """What she said or pressed is final. `waited`: seconds between the endpoint and its words; `hearing`: seconds of
    each part."""

    at: float
    number: int
    words: str
    keys: str
    waited: float
    hearing: dict[str, float]
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bot does about it."""

    at: float
    answer: Answer


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The live part of the call ends. `why` is one plain word or two."""

    at: float
    number: int
    spoken: bool
    why: str


LiveEvent = (
    PromptBegun
    | PromptEnded
    | PromptStopped
    | PromptResumed
    | SpeechBegun
    | WordsSoFar
    | Dismissed
    | EndpointReached
    | TurnTaken
    | Answered
    | HandedOver
)


def harmless(observe: Callable[[LiveEvent], None], call_id: str) -> Callable[[LiveEvent], None]:
    """The same observer, whose mistakes do the call no harm: they are logged."""

    def tell(event: LiveEvent) -> None:
        try:
            observe(event)
        except Exception as error:
            log.error("observer_failed", call_id=call_id, kind=type(error).__name__)

    return tell
