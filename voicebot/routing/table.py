"""The model of `routing.yaml`: what becomes of each intent, and every word that a caller hears. Pure.

`voicebot.routing.loader` makes a `Table` from files and knows where each part stands; `Table.where` gives the file and
line that a decision rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
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

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


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


class Change(Part):
    """What is different on one date: `spans` instead of the ordinary ones, or, where `spans` is None, the ordinary ones
    cut short: nothing before `opens`, nothing from `closes` on."""

    spans: tuple[Span, ...] | None = None
    opens: time | None = None
    closes: time | None = None


class Hours(Part):
    """Opening hours by day of the week, in Europe/London time. A day without a span is closed.

    `bank_holidays` holds the spans of a bank holiday (empty: closed). Exceptions change both: `exceptions` one date
    (`date`), `yearly` one day in every year (`(month, day)`).
    """

    days: Mapping[DayName, tuple[Span, ...]]
    bank_holidays: tuple[Span, ...] = ()
    exceptions: Mapping[date, Change] = Field(default_factory=dict)
    yearly: Mapping[DayOfYear, Change] = Field(default_factory=dict)


class Notice(Part):
    """Something that callers are told for a while: `say`, from `start` up to, but not at, `until` (aware instants).

    With neither `queues` nor `intents` everybody hears it after the greeting; else those who ring about one of
    `intents`, and those who are put through to one of `queues`. Where `closes`, those queues are closed meanwhile.
    From the moment at which a call is known to be urgent it hears no notice; the greeting comes before that.
    """

    name: str
    say: str
    start: datetime | None = None
    until: datetime
    queues: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    closes: bool = False

    def holds(self, now: datetime) -> bool:
        return (self.start is None or self.start <= now) and now < self.until


class Queue(Part):
    """A team's line. `target` is an E.164 number or a SIP address."""

    name: str
    """What callers hear it called, such as "the Blue Badge team"."""
    target: str
    hours: str
    """When the line is open: one of the names under hours."""
    overflow: str | None = None
    """The queue that takes the call when this one is busy or nobody answers."""
    external: bool = False
    """true for a line that is not the council's. No messages are taken for it, and nothing is said to who answers."""
    ring_seconds: int = Field(default=25, ge=5, le=120)
    """How long it may ring, in seconds from 5 to 120, before somebody else is tried."""
    deliver: str | None = None
    """Where messages left for it are sent: an e-mail address, or a webhook's https address. Without it they go where
    those of the default queue go; where that has none they stay listed (`voicebot messages`)."""
    whisper: str | bool = True
    """What the advisor hears before the caller is joined: true for the wording, false for nothing, or words of its own,
    which may use {topic} and {words}."""
    priority: Literal["normal", "high"] = "normal"
    """high goes along to a contact centre on SIP lines (header X-Priority). Urgent calls always have it."""


class District(Part):
    """A district council: its queue, and the towns and villages that callers name."""

    queue: str
    name: str
    places: tuple[str, ...]


class Route(Part):
    """What becomes of one intent, or of one option of a follow-up question."""

    kind: Kind
    """queue: put the caller through. answer: read the answer and offer more. signpost: say whose service it is, and
    offer to put the caller through. urgent: put through at once, at any hour, without a question."""
    to: str
    """The queue that the call goes to, or that an advisor is found in."""
    about: str
    """Completes both "Is it about …?" and "For …, press 1."."""
    answer: tuple[str, ...] = ()
    """What is read aloud, in parts: after each but the last the caller is asked whether to go on."""
    text: str | None = None
    """The text message that the caller can have."""
    link: str | None = None
    """The web page; it ends the text message."""
    when_closed: str | None = None
    """The queue that takes the call when `to` is closed."""
    first: str | None = None
    """Said before an urgent call is put through, such as the sentence about 999."""
    accept: float | None = Field(default=None, ge=0, le=1)
    """From this probability on the call goes straight there; without it, thresholds.accept counts."""
    confirm: float | None = Field(default=None, ge=0, le=1)
    """From this probability on the bot asks "Is it about …?"; without it, thresholds.confirm counts."""
    ask: Question | None = None
    """A follow-up question that is asked first."""

    @property
    def message(self) -> str | None:
        """The text message as it is sent."""
        return " ".join(part for part in (self.text, self.link) if part) or None


class Choice(Part):
    """One option of a follow-up question: where it leads. `intent` names another intent to go on with; else `route` is
    the asking intent's route with what the option says instead."""

    about: str
    """Completes "For …, press 1."."""
    phrases: tuple[str, ...] = ()
    """Words that mean this option, beside those of `about`."""
    key: str
    """The key to press: 1 to 9."""
    intent: str | None = None
    """Another intent, whose rules are followed from here on."""
    route: Route | None = None


class Question(Part):
    """A follow-up question, with the options by name. Who does not answer is put through to the intent's own `to`."""

    say: str
    """The question, such as "Is that for an adult, or for a child?"."""
    options: Mapping[str, Choice]


class Language(Part):
    """What somebody hears who speaks another language: before a person is rung, or where nobody is there."""

    name: str
    """What the language is called in English; the advisor hears it."""
    say: str
    """One sentence in that language: please wait, somebody will help."""
    closed: str | None = None
    """In that language: we are closed now; if someone is in danger, press 1; please ring again in the day time. Said
    instead of say where no line is open that could help; without it, the closed message is heard in English alone."""
    voice: str | None = None
    """A voice that speaks the language, as the telephone provider calls it."""
    locale: str
    """The language as the telephone provider calls it, such as pl-PL."""
    to: str | None = None
    """The queue that helps; without it, the default queue."""


class Thresholds(Part):
    """Calibrated probabilities from 0 to 1 (design rule 5).

    At or above `accept`: go. At or above `confirm`: confirm. Where the best two together reach `offer_two`: offer both.
    `refuse`: out of scope at or above it is answered "I can't help with that". `urgent`: an urgent intent, or all
    urgent intents together, at or above it are put through at once. `choice`: an answer to a question is believed from
    here on. The defaults were chosen from the data of the model that is shipped, by cost (docs/understanding.md).
    """

    accept: float = Field(default=0.8, ge=0, le=1)
    """From here on the call goes straight to where it belongs."""
    confirm: float = Field(default=0.2, ge=0, le=1)
    """From here on the bot asks "Is it about …?"."""
    offer_two: float = Field(default=0.7, ge=0, le=1)
    """Where the two likeliest together reach this, it asks which of them."""
    refuse: float = Field(default=0.7, ge=0, le=1)
    """From here on it says that the council cannot help with that."""
    urgent: float = Field(default=0.3, ge=0, le=1)
    """From here on an urgent call is put through at once, without a question."""
    choice: float = Field(default=0.6, ge=0, le=1)
    """From here on an answer to a question is believed."""


class Council(Part):
    """Who we are."""

    name: str
    """The council's name as callers hear it."""
    caller_id: str
    """The number that teams see when a call is put through."""
    default_queue: str
    """Where a call goes when a person is asked for, or nothing else is known."""
    danger_queue: str
    """Where "if anyone is in danger now, press 1" goes. It must be open day and night."""
    website: str
    """The council's website, such as westshire.example."""
    nation: Literal["england", "wales", "scotland", "northern-ireland"] = "england"
    """Whose bank holidays count."""
    voice: str = "Polly.Amy-Neural"
    """The voice that speaks, as the telephone provider calls it."""
    language: str = "en-GB"
    """The language of that voice."""


class Table(Part):
    """Everything `routing.yaml` and the files of `routing.d/` say. `hash` (SHA-256, hex) names this version for good.

    `vocabulary` are names that the recogniser should expect. `languages` go by ISO 639-1 code. `owners` says who looks
    after each file that names an owner.
    """

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
    notices: tuple[Notice, ...] = ()
    vocabulary: tuple[str, ...] = ()
    languages: Mapping[str, Language] = Field(default_factory=dict)
    owners: Mapping[str, str] = Field(default_factory=dict)

    def where(self, path: str) -> Line:
        """The file and line of a dotted path such as `intents.pothole`; else of the nearest part above it."""
        while path not in self.lines and "." in path:
            path = path.rsplit(".", 1)[0]
        return self.lines.get(path, Line(file="routing.yaml", line=1))

    def owner(self, path: str) -> str | None:
        """Who looks after the file in which the part at this dotted path stands; None where nobody is named."""
        return self.owners.get(self.where(path).file)

    def is_urgent(self, intent: str | None) -> bool:
        return intent is not None and intent in self.intents and self.intents[intent].kind == "urgent"

    def district(self, queue: str) -> District | None:
        return next((each for each in self.districts if each.queue == queue), None)
