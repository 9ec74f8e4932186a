"""Seeded random walks over all kinds of events and the routing.yaml that is shipped, with what else its language knows,
for tests of what always holds."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from fixed_table import fuller_table

from voicebot.dialogue.actions import Action, Ask
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import (
    CallerHungUp,
    CallStarted,
    Event,
    Heard,
    MessageLeft,
    NothingHeard,
    NotUnderstood,
    PartFailed,
    Pressed,
    Ranked,
    TransferEnded,
)
from voicebot.dialogue.session import Session, dump_session, load_session
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.universals import BY_VOICE
from voicebot.routing.table import OUT_OF_SCOPE

LONDON = ZoneInfo("Europe/London")
TABLE = fuller_table()
TIMES = [
    datetime.fromisoformat(at).replace(tzinfo=LONDON)
    for at in (
        "2026-11-24T11:00",  # an ordinary Tuesday
        "2026-11-24T03:00",  # at night
        "2026-11-27T16:30",  # Friday, most lines closed, libraries and transport open
        "2026-11-28T10:00",  # Saturday, registrars and libraries open, the switchboard closed
        "2026-12-25T14:00",  # Christmas Day
        "2026-05-04T10:00",  # a bank holiday with the recycling centres open
    )
]
WALKS = 3000
LONGEST = 14
URGENT = [name for name in TABLE.intents if TABLE.is_urgent(name)]
ORDINARY = [name for name in TABLE.intents if not TABLE.is_urgent(name)]


@dataclass
class Walk:
    """One call: every event that came, the stage that it came in, and the turn that it led to."""

    now: datetime
    played: list[tuple[Session, Event, Turn]] = field(default_factory=list)

    def step(self, session: Session, event: Event) -> Session:
        turn = take_turn(session, event, table=TABLE, now=self.now)
        self.played.append((session, event, turn))
        reloaded = load_session(dump_session(turn.session))
        assert reloaded == turn.session
        return reloaded.with_(turn=session.turn + 1)

    @property
    def actions(self) -> list[Action]:
        return [action for _, _, turn in self.played for action in turn.actions]


@cache
def walk(seed: int) -> Walk:
    rng = random.Random(seed)
    call = Walk(rng.choice(TIMES))
    caller = rng.choice(("mobile", "landline", "withheld", "sip"))
    session = call.step(Session("CA" + "0" * 32, TABLE.hash, "model", caller), CallStarted(caller))
    for _ in range(rng.randint(1, LONGEST)):
        session = call.step(session, event(rng, session))
    return call


def event(rng: random.Random, session: Session) -> Event:
    """Mostly what fits the stage, now and then anything at all."""
    if rng.random() < 0.85:
        if session.stage == "transferring":
            return TransferEnded(rng.choice(("completed", "busy", "no_answer", "failed", "cancelled")))
        if session.stage == "message" and rng.random() < 0.5:
            return MessageLeft(rng.uniform(0, 120))
        return rng.choices(
            (heard(rng, session), Pressed(rng.choice(keys(session))), NothingHeard(), NotUnderstood()), (6, 3, 1.5, 1)
        )[0]
    return rng.choice(
        (
            heard(rng, session),
            Pressed(
                rng.choice(("0", "1", "9", "*", "#", "", "0#", "00", "07700900123", "+447700900123", "12345", "①"))
            ),
            NothingHeard(),
            NotUnderstood("es"),
            MessageLeft(3),
            TransferEnded(rng.choice(("completed", "busy", "no_answer", "failed", "cancelled"))),
            PartFailed(rng.choice(("recording", "recogniser", "understander", "storage", "unknown"))),
            CallerHungUp(),
        )
    )


def keys(session: Session) -> list[str]:
    if session.stage == "mobile":
        return ["07700900123", "0", "0#", "123"]
    asked = session.asked
    offered = [each.key for each in asked.expecting.options if each.key] if isinstance(asked, Ask) else []
    return [*offered, *offered, "0", "1", "2", "5"]


def heard(rng: random.Random, session: Session, intent: str | None = None) -> Heard:
    asked = session.asked
    offered = [each.id for each in asked.expecting.options] if isinstance(asked, Ask) else []
    choice = rng.choice((None, None, "yes", "no", rng.choice(sorted(BY_VOICE)), rng.choice([*offered, None])))
    best = intent or rng.choice((OUT_OF_SCOPE, rng.choice(ORDINARY), rng.choice(ORDINARY), rng.choice(URGENT)))
    share = 0.9 if intent else rng.random()
    others = [Ranked(each, (1 - share) / 4) for each in rng.sample([*ORDINARY, *URGENT], 3) if each != best]
    ranked = tuple(sorted([Ranked(best, share), *others], key=lambda each: -each.confidence))
    if rng.random() < 0.1 and not intent:
        ranked = ()
    words = rng.choice(("words", "words in my town of Banfield", "one two three {four} five", "Northway or Didbury"))
    return Heard(
        words,
        ranked,
        choice,
        rng.choice((0.3, 0.95)) if choice else share,
        rng.choice(("en",) * 9 + ("pl",)),
        rng.choice((None,) * 20 + tuple(URGENT)),
    )


def sensible(rng: random.Random, session: Session) -> Event:
    match session.stage:
        case "transferring":
            return TransferEnded(rng.choice(("completed", "completed", "busy")))
        case "message":
            return MessageLeft(20)
        case "confirm" | "signpost":
            return Heard("yes", (), "yes", 0.98)
        case "follow_up" | "follow_up_keys" if isinstance(session.asked, Ask):
            choice = rng.choice(session.asked.expecting.options).id
            return Heard(choice, (), choice, 0.98)
        case "district":
            return Heard("Banfield", (), "north-vale", 0.98)
        case "closed" | "line_failed":
            options = [each.id for each in session.asked.expecting.options] if isinstance(session.asked, Ask) else []
            choice = rng.choice([each for each in options if each != "danger"] or ["no"])
            return Heard(choice, (), choice, 0.98)
        case _:
            return Heard("no thank you", (), "no", 0.98)
