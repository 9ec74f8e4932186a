"""The parts of a conversation that tests put in the place of the provider and the models; the database is real."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from voicebot.conversation import Conversation
from voicebot.dialogue.events import Heard, Ranked
from voicebot.ports import (
    Answer,
    Arrival,
    Recogniser,
    Recordings,
    Tables,
    Transcript,
    TurnInput,
    Understander,
    Understanders,
)
from voicebot.routing.loader import load_table
from voicebot.storage.queries import show_call

CALL = "CA" + "1" * 32
ARRIVAL = Arrival(CALL, "twilio", "mobile", "+447700900123")
RECORDING = "http://127.0.0.1:8100/2010-04-01/Accounts/AC/Recordings/RE1"
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


class OneTable(Tables):
    def __init__(self) -> None:
        self.table = load_table(Path(__file__).parents[2] / "routing.yaml")

    def current(self):
        return self.table

    def get(self, hash):
        return self.table


@dataclass
class Stopped:
    at: datetime = TUESDAY

    def now(self, call_id):
        return self.at


@dataclass
class Shelf(Recordings):
    failure: Exception | None = None

    def fetch(self, url, *, deadline):
        if self.failure:
            raise self.failure
        return b"RIFF"

    def delete(self, url, *, deadline):
        raise AssertionError("the conversation deletes nothing itself")


@dataclass
class Ear(Recogniser):
    words: str = "my bin was not emptied"
    language: str = "en"
    log_probability: float = -0.3
    failure: Exception | None = None
    seconds: float = 0.0
    heard: list[float] = field(default_factory=list)

    def transcribe(self, wav, *, deadline, hints=()):
        self.heard.append(time.monotonic())
        time.sleep(self.seconds)
        if self.failure:
            raise self.failure
        return Transcript(
            self.words, self.log_probability, 0.01, self.language, 0.99, 1.2, 3.0, 2.5, self.seconds, "base"
        )


@dataclass
class Mind(Understander):
    intent: str = "blue_badge_progress"
    failure: Exception | None = None
    version: str = "model"

    def understand(self, words, expecting, *, language="en"):
        if self.failure:
            raise self.failure
        return Heard(words, (Ranked(self.intent, 0.95), Ranked("out_of_scope", 0.05)), None, 0.95, language)


@dataclass
class Minds(Understanders):
    """The live one, and others that are still loaded."""

    live: Mind
    others: tuple[Mind, ...] = ()

    def current(self):
        return self.live

    def get(self, version):
        return next((each for each in self.others if each.version == version), self.live)


@dataclass
class Bench:
    conversation: Conversation
    ear: Ear
    mind: Mind
    shelf: Shelf
    engine: object
    minds: Minds
    ahead: Ear
    verdict: str = "words"

    def ring(self):
        return self.conversation.start(ARRIVAL)

    def speak(self, number=1):
        return self.conversation.turn(CALL, number, TurnInput(recording=RECORDING), ARRIVAL)

    def press(self, keys, number=1):
        return self.conversation.turn(CALL, number, TurnInput(keys=keys), ARRIVAL)

    def polled(self, number=1):
        """The answer, asked for as a provider does that is redirected to a hold line again and again."""
        for _ in range(100):
            reply = self.conversation.poll(CALL, number, ARRIVAL)
            if isinstance(reply, Answer):
                return reply
        raise AssertionError("still pending")

    def impatient(self):
        """A webhook that answers with a hold line almost at once."""
        self.conversation.limits = replace(self.conversation.limits, answer=0.2)

    def stored(self):
        return show_call(self.engine, CALL)


def last(reply, kind):
    assert isinstance(reply, Answer)
    return next(action for action in reversed(reply.actions) if isinstance(action, kind))
