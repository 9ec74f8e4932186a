"""What the conversation needs from the outside world, as Protocols. Adapters implement them; tests pass their own.

Every method that can wait takes a `deadline`: seconds from now, after which it must have returned or raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from voicebot.dialogue.actions import Action, Expecting
from voicebot.dialogue.events import CallerKind, Event, Heard
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Decision
from voicebot.routing.table import Table


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the recogniser made of one utterance.

    `average_log_probability` is per token (≤ 0), `no_speech_probability` 0 to 1, `language` ISO 639-1 with
    `language_probability` 0 to 1, `speech_seconds` how much of the audio the voice activity detector took for speech
    (None where the server has none), `compression_ratio` of the text (high means looped), `seconds` spent, `model`
    used.
    """

    words: str
    average_log_probability: float
    no_speech_probability: float
    language: str
    language_probability: float
    compression_ratio: float
    audio_seconds: float
    speech_seconds: float | None
    seconds: float
    model: str


GateVerdict = Literal["nothing", "not_understood", "words"]
Gate = Callable[[Transcript], GateVerdict]
"""Whether a transcript is worth believing (design rule 6)."""


class Clock(Protocol):
    """Time as the call with this id lives it, so that recorded calls can ring on other dates."""

    def now(self, call_id: str) -> datetime:
        """Aware, in UTC."""


class Recogniser(Protocol):
    def transcribe(self, wav: bytes, *, deadline: float, hints: Sequence[str] = ()) -> Transcript:
        """Raises `RecogniserError`, `RecogniserLateError`, `RecogniserBusyError`."""


class Understander(Protocol):
    def understand(self, words: str, expecting: Expecting, *, language: str = "en") -> Heard:
        """Raises `UnderstandingError`."""

    @property
    def version(self) -> str:
        """Content hash of the model."""


class Understanders(Protocol):
    """The models that are loaded, by content hash. Nothing is loaded here: no caller waits for that."""

    def current(self) -> Understander:
        """The live one: calls that ring from now on begin with it."""

    def get(self, version: str) -> Understander:
        """The model `version` while it is loaded, else the live one."""


class Recordings(Protocol):
    """The provider's store of recordings."""

    def fetch(self, url: str, *, deadline: float) -> bytes:
        """A WAV file, mono 16-bit or µ-law, checked for size and type. Waits while the provider says "not yet".

        Raises `RecordingLateError` where it is still not there at the deadline, `RecordingError` otherwise."""

    def delete(self, url: str, *, deadline: float) -> None:
        """Raises `RecordingError`; a recording that is gone already is a success."""


class TextSender(Protocol):
    def send(self, to: str, body: str) -> str:
        """Send one text message; the provider's id for it. Raises `DeliveryError`, whose flags say whether
        it may be tried again."""


class Tables(Protocol):
    """Published routing tables, by content hash."""

    def current(self) -> Table: ...

    def get(self, hash: str) -> Table:
        """Raises `StorageError` where no such table was ever published."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as it rings. `number` is E.164 or a SIP address, None where withheld; `provider` is `twilio` or
    `twilio-sip`."""

    call_id: str
    provider: str
    caller: CallerKind
    number: str | None


@dataclass(frozen=True, slots=True)
class TurnInput:
    """What a provider posted for one turn, in our words. Kept with the turn until it is done, but for `keys`.

    Exactly one of these holds: `keys` pressed; `recording` (a URL at the provider) to be heard; `transfer` ended;
    `failed` part; `hung_up`; `live`; none of them (silence). `message` says that the recording is a message left.
    `live`: heard on a live stream, whose sound is kept nowhere, so that only the worker that heard it can tell what it
    was; to any other it is a recogniser that failed.
    """

    keys: str = ""
    recording: str = ""
    transfer: str = ""
    failed: str = ""
    hung_up: bool = False
    message: bool = False
    recording_seconds: float = 0.0
    live: bool = False


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was made of a stretch of sound, without any effect on the call. `event` is what the dialogue will be told,
    redacted; `words` are what was recognised, in full, and are never stored. `seconds` are those of each part.
    `decision` is what the dialogue would decide upon it; None where the call is not known."""

    event: Event
    words: str
    seconds: Mapping[str, float]
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one turn until the lease runs out; `token` proves it when the turn is finished.
    `age` is the seconds since the turn was first posted: more than a moment means that a worker before has died."""

    call_id: str
    number: int
    token: str
    session: Session
    input: TurnInput
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a finished turn says: the actions, and the number of the turn that the next event will answer."""

    actions: tuple[Action, ...]
    next_turn: int


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody is working on the turn, or was; `age` is the seconds since it was first posted."""

    age: float


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """What is stored of a turn, redacted already. `seconds` holds the time of each part: fetch, transcribe,
    understand, total."""

    prompt: str
    event: str
    heard: str = ""
    intent: str | None = None
    confidence: float | None = None
    ranked: tuple[tuple[str, float], ...] = ()
    decision: str = ""
    rule: str = ""
    at: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text message to be sent once. `to` is E.164."""

    to: str
    body: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that a caller left for a queue. `audio` stays at the provider until the retention says otherwise."""

    queue: str
    recording: str
    seconds: float


class CallStore(Protocol):
    """Calls, turns and everything that must survive a killed worker. Raises `StorageError`."""

    def begin(self, arrival: Arrival, session: Session, answer: Answer, record: TurnRecord, now: datetime) -> Answer:
        """Store a call that has just rung with turn 0 already done. Where it is there already, nothing changes and the
        stored answer of turn 0 comes back."""

    def claim(self, call_id: str, number: int, given: TurnInput | None) -> Claim | Answer | Pending | None:
        """Claim a turn, in one statement that the database decides.

        `Claim`: it is yours. `Answer`: it is done (also where the call is already past it). `Pending`: another worker's
        lease still runs. None: no such call, or this turn has not come yet, or `given` is None (a poll) and nobody ever
        posted it. A poll takes over a turn whose lease has run out, with the stored input."""

    def finish(
        self,
        claim: Claim,
        session: Session,
        answer: Answer,
        record: TurnRecord,
        *,
        texts: Sequence[OutgoingText] = (),
        message: NewMessage | None = None,
        recordings: Sequence[str] = (),
    ) -> None:
        """One transaction: session, turn, text messages, message left, recordings to be deleted.
        Raises `ClaimLostError` where the claim is no longer held; then nothing is stored."""

    def release(self, claim: Claim) -> None:
        """Give a claim back unfinished."""

    def recording_seen(self, call_id: str, url: str) -> None:
        """The provider keeps a recording: it must be deleted there some time, even where no turn ever asks for it."""

    def current(self, call_id: str) -> tuple[Session, Answer] | None:
        """The session and the last answer of a call; None where it is unknown."""

    def caller_number(self, call_id: str) -> str | None:
        """The caller's number, as long as it is kept (sealed, until the call's retention ends)."""

    def end(self, call_id: str, outcome: str | None, now: datetime) -> None:
        """The call is over. The outcome is stored unless there is one already. Safe to repeat."""
