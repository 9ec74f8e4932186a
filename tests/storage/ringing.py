"""Rings calls through the real engine and stores them, so that tests see the rules and decisions that calls leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallStarted, Event, Heard, Ranked
from voicebot.dialogue.session import Session
from voicebot.ports import Answer, Arrival, Claim, TurnInput
from voicebot.records import record
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table, Thresholds
from voicebot.storage.calls import SqlCallStore

from .samples import NUMBER, START, Now

THRESHOLDS = Thresholds(accept=0.62, confirm=0.35, offer_two=0.45, refuse=0.5, urgent=0.3, choice=0.6)


@cache
def fixed_table() -> Table:
    """The routing.yaml that is shipped, with thresholds that stay."""
    table = load_table(Path(__file__).parents[2] / "routing.yaml")
    routes = {name: each.model_copy(update={"accept": None, "confirm": None}) for name, each in table.intents.items()}
    return table.model_copy(update={"thresholds": THRESHOLDS, "intents": routes})


def heard(words: str, choice: str | None = None, **ranked: float) -> Heard:
    """`heard("a big hole", pothole=0.7)`; the rest is shared by nobody, so that the numbers stay readable."""
    found = tuple(Ranked(name, value) for name, value in sorted(ranked.items(), key=lambda each: -each[1]))
    return Heard(words, found, choice, 0.95 if choice else (found[0].confidence if found else 0.0))


def ring(
    store: SqlCallStore,
    now: Now,
    table: Table,
    call_id: str,
    events: Sequence[Event | float],
    *,
    number: str | None = NUMBER,
    at: datetime = START,
) -> None:
    """A call in which `events` happen one after the other; a number among them lets so many seconds pass."""
    session = Session(call_id, table.hash, "m" * 64, "mobile" if number else "withheld")
    turn = take_turn(session, CallStarted(session.caller), table=table, now=now())
    session = turn.session.with_(turn=1)
    first = record(turn, CallStarted(session.caller), {})
    store.begin(Arrival(call_id, "twilio", session.caller, number), session, Answer((), 1), first, at)
    for event in events:
        if isinstance(event, int | float):
            now.forward(event)
            continue
        claim = store.claim(call_id, session.turn, TurnInput(recording=f"https://api.example/{call_id}/{session.turn}"))
        assert isinstance(claim, Claim)
        turn = take_turn(session, event, table=table, now=now())
        session = turn.session.with_(turn=session.turn + 1)
        store.finish(claim, session, Answer(turn.actions, session.turn), record(turn, event, {}))
    store.end(call_id, session.outcome or "abandoned", now())
