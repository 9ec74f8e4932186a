"""What happens in a recorded call, as values. `at` is seconds since the call rang."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

CallOutcome = Literal["connected", "ended", "abandoned", "rejected", "failed"]
"""As the telephone network sees it: put through, goodbye said, the caller hung up, not taken, no usable answer."""

TurnKind = Literal["ring", "speech", "keys", "silence", "transfer", "redirect"]


@dataclass(frozen=True, slots=True)
class Said:
    """The bot said `text`, to the caller or as the whisper to the advisor."""

    at: float
    text: str
    to: Literal["caller", "advisor"] = "caller"


@dataclass(frozen=True, slots=True)
class HeardAudio:
    """The caller heard the bot over a live stream: `audio` is µ-law at 8 kHz. What it says stands in `Said`, where the
    bot's own record could be asked."""

    at: float
    seconds: float
    audio: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Spoke:
    """The caller was recorded, or spoke over a live stream (then without a `recording_sid`). `name` is the audio's,
    `key` what ended the recording."""

    at: float
    name: str
    seconds: float
    recording_sid: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    at: float
    keys: str
    taken: bool = True
    """False where Twilio drops the key: nothing was recorded yet, or it does not end the recording."""


@dataclass(frozen=True, slots=True)
class StayedSilent:
    at: float


@dataclass(frozen=True, slots=True)
class Held:
    """The bot is still working and keeps the caller on the line."""

    at: float


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """The bot has answered what the caller did. `seconds` runs from then (or from when the recording could be fetched)
    to the TwiML that goes on with the call, hold lines between included."""

    at: float
    kind: TurnKind
    seconds: float
    held: bool = False


@dataclass(frozen=True, slots=True)
class Requested:
    """One webhook request. `status` is None where no answer came in time; `attempt` counts from 1."""

    at: float
    path: str
    status: int | None
    seconds: float
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Dialled:
    """A transfer and how it ended: `status` is Twilio's `DialCallStatus`, `bridged` whether the caller was joined to an
    advisor. `headers` are the SIP headers, decoded."""

    at: float
    target: str
    caller_id: str
    status: str
    bridged: bool
    ring_seconds: int
    whisper: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Texted:
    at: float
    to: str
    body: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that Twilio would write to its debugger."""

    at: float
    message: str


@dataclass(frozen=True, slots=True)
class Ended:
    at: float
    outcome: CallOutcome


CallEvent = (
    Said
    | HeardAudio
    | Spoke
    | Pressed
    | StayedSilent
    | Held
    | TurnTaken
    | Requested
    | Dialled
    | Texted
    | Trouble
    | Ended
)
OnEvent = Callable[[CallEvent], None]


@dataclass(frozen=True, slots=True)
class CallResult:
    """A recorded call from the ring to its end; `events` holds every one, in order."""

    call_sid: str
    outcome: CallOutcome
    seconds: float
    events: tuple[CallEvent, ...]

    @property
    def said(self) -> tuple[str, ...]:
        """What the caller heard, line by line."""
        return tuple(event.text for event in self.events if isinstance(event, Said) and event.to == "caller")

    @property
    def dialled(self) -> tuple[Dialled, ...]:
        return tuple(event for event in self.events if isinstance(event, Dialled))

    @property
    def connected_to(self) -> str | None:
        """The number or SIP address that she was put through to, if any."""
        return next((event.target for event in reversed(self.dialled) if event.bridged), None)

    @property
    def texts(self) -> tuple[Texted, ...]:
        return tuple(event for event in self.events if isinstance(event, Texted))

    @property
    def turns(self) -> tuple[TurnTaken, ...]:
        return tuple(event for event in self.events if isinstance(event, TurnTaken))

    @property
    def troubles(self) -> tuple[str, ...]:
        return tuple(event.message for event in self.events if isinstance(event, Trouble))
