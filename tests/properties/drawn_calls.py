"""Calls of any kind on a table: whatever callers, parts and providers can do, at any stage."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from voicebot.dialogue.actions import Action, Ask
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import (
    CallerHungUp,
    CallerKind,
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
from voicebot.routing.table import OUT_OF_SCOPE, Table

CALLERS: tuple[CallerKind, ...] = ("mobile", "landline", "withheld", "sip")
OUTCOMES = ("completed", "busy", "no_answer", "failed", "cancelled")
PARTS = ("recording", "recogniser", "understander", "storage", "unknown")
KEYED = ("0", "1", "2", "3", "4", "9", "*", "#", "", "0#", "00", "07700900123", "+447700900123", "12345", "①")
SAID = ("words", "yes", "no", "I live in Banfield", "new", "{topic} and more words", "no he is hurting me", "Łódź", "")
LONGEST = 14
SURE = (0.0, 0.1, 0.3, 0.5, 0.7, 0.95, 1.0)


@dataclass
class Call:
    """A call on `table`: every event that came, the session that it found, and the turn that it led to."""

    table: Table
    caller: CallerKind = "mobile"
    played: list[tuple[Session, Event, datetime, Turn]] = field(default_factory=list)

    def begin(self, now: datetime) -> Session:
        fresh = Session("CA" + "0" * 32, self.table.hash, "model", self.caller)
        return self.step(fresh, CallStarted(self.caller), now)

    def step(self, session: Session, event: Event, now: datetime) -> Session:
        """The session after `event`, as another worker finds it: written down and read again."""
        turn = take_turn(session, event, table=self.table, now=now)
        self.played.append((session, event, now, turn))
        reloaded = load_session(dump_session(turn.session))
        assert reloaded == turn.session
        return reloaded.with_(turn=session.turn + 1)

    @property
    def last(self) -> Turn:
        return self.played[-1][-1]

    @property
    def actions(self) -> list[Action]:
        return [action for *_, turn in self.played for action in turn.actions]


def walk(table: Table, seed: int, now: datetime) -> Call:
    """One call of up to fourteen turns, the same for the same seed; `now` is when it begins, and time goes on in it."""
    rng = random.Random(seed)
    call = Call(table, rng.choice(CALLERS))
    session = call.begin(now)
    for _ in range(rng.randint(1, LONGEST)):
        now += timedelta(seconds=rng.choice((5, 20, 20, 600)))
        session = call.step(session, event(rng, session, table), now)
    return call


def event(rng: random.Random, session: Session, table: Table) -> Event:
    """Mostly what fits the stage, now and then anything at all."""
    if rng.random() < 0.2:
        return _anything(rng, session, table)
    if session.stage == "transferring":
        return TransferEnded(rng.choice(OUTCOMES[1:] * 2 + OUTCOMES))
    if session.stage == "message" and rng.random() < 0.7:
        return MessageLeft(rng.uniform(0, 120))
    if session.stage == "mobile" and rng.random() < 0.7:
        return Pressed(rng.choice(("07700900123", "123")))
    ways = (heard(rng, session, table), Pressed(rng.choice(_keys(session))), NothingHeard(), NotUnderstood())
    return rng.choices(ways, (8, 4, 1, 1))[0]


def _anything(rng: random.Random, session: Session, table: Table) -> Event:
    others = (Pressed(rng.choice(KEYED)), NothingHeard(), NotUnderstood(), NotUnderstood("pl"), MessageLeft(3.0))
    parts = (PartFailed(rng.choice(PARTS)), TransferEnded(rng.choice(OUTCOMES)))
    ending = CallerHungUp() if rng.random() < 0.3 else NothingHeard()
    return rng.choice((heard(rng, session, table), *others, *parts, ending))


def _keys(session: Session) -> list[str]:
    asked = session.asked
    offered = [each.key for each in asked.expecting.options if each.key] if isinstance(asked, Ask) else []
    return [*offered, *offered, "1", "2", "5", "0"]


def heard(rng: random.Random, session: Session, table: Table) -> Heard:
    """Words that are taken for anything, whether or not it can be."""
    asked = session.asked
    offered = [each.id for each in asked.expecting.options] if isinstance(asked, Ask) else []
    answers = (None, "yes", "no", rng.choice(offered or [None]), rng.choice(offered or [None]))
    choice = rng.choice((None, *answers, rng.choice(sorted(BY_VOICE))))
    names = rng.sample([OUT_OF_SCOPE, *table.intents], min(3, 1 + len(table.intents)))
    calm = [each for each in names if not table.is_urgent(each)]
    names = calm if calm and rng.random() < 0.8 else names
    shares = sorted((rng.choice(SURE) for _ in names), reverse=True)
    ranked = tuple(Ranked(*each) for each in zip(names, shares, strict=True))[: rng.choice((0, 1, 2, 3, 3))]
    sure = rng.choice((0.3, 0.95, 1.0)) if choice is not None or not ranked else ranked[0].confidence
    second = rng.choice((None,) * 30 + tuple(table.intents)[:2])
    return Heard(rng.choice(SAID), ranked, choice, sure, rng.choice(("en",) * 12 + ("pl", "cy")), second)
