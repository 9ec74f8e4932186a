"""A clock, a session and a call for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, Table, func, select

from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.session import Session
from voicebot.ports import Answer, Arrival, Claim, TurnInput, TurnRecord
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading

NUMBER = "+447700900123"
START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HEARD = TurnInput(recording="https://api.example/recordings/RE1", recording_seconds=4.0)
RECORD = TurnRecord(
    prompt="What are you calling about?",
    event="Heard",
    heard="it's about my Blue Badge",
    intent="blue_badge_progress",
    confidence=0.91,
    ranked=(("blue_badge_progress", 0.91), ("blue_badge_apply", 0.05)),
    decision="accept",
    rule="confidence 0.91 ≥ accept 0.80",
    at="routing.yaml:212",
    seconds={"fetch": 0.1, "transcribe": 0.8, "understand": 0.02, "total": 0.95},
    note="the smaller model",
)


class Now:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def a_session(call_id: str = "CA1", turn: int = 1, **more: object) -> Session:
    return Session(call_id, table="t" * 64, model="m" * 64, caller="mobile", turn=turn).with_(**more)


def an_answer(text: str = "What are you calling about?", next_turn: int = 1) -> Answer:
    return Answer((Ask(text, Expecting("request")),), next_turn)


def begin(store: SqlCallStore, call_id: str = "CA1", number: str | None = NUMBER, at: datetime = START) -> Answer:
    arrival = Arrival(call_id, "twilio", "mobile" if number else "withheld", number)
    return store.begin(
        arrival, a_session(call_id), an_answer(), TurnRecord("What are you calling about?", "CallStarted"), at
    )


def claimed(store: SqlCallStore, number: int = 1, given: TurnInput | None = HEARD, call_id: str = "CA1") -> Claim:
    claim = store.claim(call_id, number, given)
    assert isinstance(claim, Claim)
    return claim


def done(store: SqlCallStore, claim: Claim, text: str = "Connecting you.") -> Answer:
    answer = an_answer(text, claim.number + 1)
    store.finish(claim, claim.session.with_(turn=claim.number + 1), answer, RECORD)
    return answer


def count(engine: Engine, table: Table) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()
