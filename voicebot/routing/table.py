"""The model of `routing.yaml`: what becomes of each intent, and every word that a caller hears. Pure.

`voicebot.routing.loader` makes a `Table` from files and knows where each part stands; `Table.where` gives the file and
line that a decision rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

OUT_OF_SCOPE = "out_of_scope"
SPEAK_TO_ADVISOR = "speak_to_advisor"
"""The intent of a caller who asks for a person and gives no reason."""

TO_DISTRICT = "district"
"""The `to:` of an intent that belongs to whichever district council the caller lives in."""

Kind = Literal["queue", "answer", "signpost", "urgent"]
DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _from_json(value: object) -> object:
    """JSON writes the key (12, 25) as "12,25"; a table that was stored must come back as it was."""
    return tuple(value.split(",")) if isinstance(value, str) else value


DayOfYear = Annotated[tuple[int, int], BeforeValidator(_from_json)]
"""Month and day."""


class Part(BaseModel):
    """Base of every part of the table: frozen, and a field that nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Part):
    """Where something stands: `file` as it was given to the loader, `line` counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Span(Part):
    """Open from `start` up to, but not at, `end`. `end` None stands for midnight at the end of the day."""

    start: time
    end: time | None


class Hours(Part):
    """Opening hours by day of the week, in Europe/London time. A day without a span is closed.

    `bank_holidays` holds the spans of a bank holiday (empty: closed). `exceptions` win over both: the spans of one date
    (`date`) or of one day in every year (`(month, day)`).
    """

    days: Mapping[DayName, tuple[Span, ...]]
    bank_holidays: tuple[Span, ...] = ()
    exceptions: Mapping[date, tuple[Span, ...]] = Field(default_factory=dict)
    yearly: Mapping[DayOfYear, tuple[Span, ...]] = Field(default_factory=dict)


class Queue(Part):
    """A team's line. `target` is an E.164 number or a SIP address.

    `deliver` is where a message left for it goes: an e-mail address or a webhook's URL. None means the default queue's;
    where that has none the message stays listed."""

    name: str
    target: str
    hours: str
    overflow: str | None = None
    external: bool = False
    ring_seconds: int = Field(default=25, ge=5, le=120)
    deliver: str | None = None


class District(Part):
    """A district council: its queue, and the towns and villages that callers name."""

    queue: str
    name: str
    places: tuple[str, ...]


class Route(Part):
    """What becomes of one intent.

    `about` completes "Is it about …?". `answer` is read aloud for kind answer, and offered when a queue is closed.
    `text` is the text message. `first` is said before anything else (only for urgent intents: the 999 sentence).
    `accept` and `confirm` override the thresholds of the table (probabilities, 0 to 1).
    """

    kind: Kind
    to: str
    about: str
    answer: str | None = None
    text: str | None = None
    when_closed: str | None = None
    first: str | None = None
    accept: float | None = Field(default=None, ge=0, le=1)
    confirm: float | None = Field(default=None, ge=0, le=1)


class Thresholds(Part):
    """Calibrated probabilities from 0 to 1 (design rule 5).

    At or above `accept`: go. At or above `confirm`: confirm. Where the best two together reach `offer_two`: offer both.
    `refuse`: out of scope at or above it is answered "I can't help with that". `urgent`: an urgent intent, or all
    urgent intents together, at or above it are put through at once. `choice`: an answer to a question is believed from
    here on.
    """

    accept: float = Field(ge=0, le=1)
    confirm: float = Field(ge=0, le=1)
    offer_two: float = Field(ge=0, le=1)
    refuse: float = Field(ge=0, le=1)
    urgent: float = Field(ge=0, le=1)
    choice: float = Field(ge=0, le=1)


class Council(Part):
    name: str
    caller_id: str
    default_queue: str
    danger_queue: str
    website: str
    nation: Literal["england", "wales", "scotland", "northern-ireland"] = "england"
    voice: str = "Polly.Amy-Neural"
    language: str = "en-GB"


class Table(Part):
    """Everything `routing.yaml` says. `hash` (SHA-256 of the files' bytes, hex) names this version for good."""

    hash: str
    council: Council
    wording: Mapping[str, str]
    hours: Mapping[str, Hours]
    queues: Mapping[str, Queue]
    districts: tuple[District, ...]
    intents: Mapping[str, Route]
    thresholds: Thresholds
    key_topics: tuple[str, ...]
    bank_holidays: frozenset[date]
    lines: Mapping[str, Line]

    def where(self, path: str) -> Line:
        """The file and line of a dotted path such as `intents.pothole`; else of the nearest part above it."""
        while path not in self.lines and "." in path:
            path = path.rsplit(".", 1)[0]
        return self.lines.get(path, Line(file="routing.yaml", line=1))

    def is_urgent(self, intent: str | None) -> bool:
        return intent is not None and intent in self.intents and self.intents[intent].kind == "urgent"

    def district(self, queue: str) -> District | None:
        return next((each for each in self.districts if each.queue == queue), None)
