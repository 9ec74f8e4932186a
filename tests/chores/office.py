"""A database, the simulated provider and a team's webhook, with the chores that go between them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from voicebot import bootstrap
from voicebot.chores import Chores
from voicebot.config import Settings
from voicebot.delivery.hearing import Hearing
from voicebot.delivery.messages import deliver
from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.session import Session
from voicebot.ports import (
    Answer,
    Arrival,
    Claim,
    NewMessage,
    OutgoingText,
    Recogniser,
    Transcript,
    TurnInput,
    TurnRecord,
)
from voicebot.regression.provider import Provider
from voicebot.regression.provider_faults import Fault
from voicebot.regression.telephone_wav import silent_wav
from voicebot.routing.loader import parse_table
from voicebot.routing.source import Sources
from voicebot.routing.table import Table
from voicebot.sending import text_sender
from voicebot.speech.pieces import pieces
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.deletions import Deletions
from voicebot.storage.messages import Message, Messages
from voicebot.storage.outbox import Outbox
from voicebot.telephony.twilio.origins import allowed_origins
from voicebot.telephony.twilio.recordings import TwilioRecordings

NUMBER = "+447700900123"
WORDS = "This is Jane Smith, my pothole is still there."
SECRET = "a secret for tests alone, never used elsewhere"
SMALL = (Path(__file__).parents[1] / "routing_files" / "good" / "small.yaml").read_text(encoding="utf-8")


class Now:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


class Hears(Recogniser):
    """Hears `WORDS` in each piece, after it has raised what is in `failures`."""

    def __init__(self, *failures: Exception, words: str = WORDS) -> None:
        self.failures = list(failures)
        self.words = words
        self.heard = 0

    def transcribe(self, wav: bytes, *, deadline: float, hints: Any = ()) -> Transcript:
        if self.failures:
            raise self.failures.pop(0)
        self.heard += 1
        return Transcript(self.words, -0.2, 0.01, "en", 0.99, 1.2, 4.0, 4.0 if self.words else 0.0, 0.5, "base")


@dataclass
class Hook:
    """A team's webhook: answers `status`, keeps what it was given."""

    url: str = ""
    status: int = 200
    letters: list[dict[str, Any]] = field(default_factory=list)


class Office:
    """A database, the provider and the team's webhook, with everything that the chores are made of."""

    def __init__(self, folder: Path, provider: Provider, hook: Hook) -> None:
        self.settings = Settings(
            _env_file=None,
            account_sid=provider.account_sid,
            auth_token=provider.token,
            api_base=provider.url,
            public_url="https://bot.example",
            sms_from="Westshire",
            secret_key=SECRET,
            database_url=f"sqlite:///{folder / 'voicebot.db'}",
        )
        self.provider, self.hook, self.now = provider, hook, Now()
        self.engine = bootstrap.open_storage(self.settings)
        self.sealer = bootstrap.sealer(self.settings)
        self.store = SqlCallStore(self.engine, self.sealer, self.now, lease=timedelta(seconds=12))
        self.outbox = Outbox(self.engine, self.sealer, self.now)
        self.messages = Messages(self.engine, self.sealer, self.now)
        self.table = with_addresses(team=hook.url)
        self.hears = Hears()

    def chores(self, **other: Any) -> Chores:
        provider = self.provider
        recordings = TwilioRecordings(
            provider.account_sid, provider.token, allowed_origins(provider.url), sleep=lambda _: None
        )
        # a recording that is not there is asked for only as long as the test needs
        patient = Hearing(recordings, self.hears, bootstrap.trustworthy, pieces)
        parts: dict[str, Any] = {
            "outbox": self.outbox,
            "messages": self.messages,
            "deletions": Deletions(self.engine, self.now),
            "tables": self,
            "hearing": patient,
            "texts": text_sender(self.settings),
            "deliver": lambda letter, address: deliver(letter, address, None, seconds=5),
            "caller_number": self.store.caller_number,
            "intent": lambda call_id: bootstrap._intent(self.engine, call_id),
            "forget": lambda: None,
            "watch": lambda: None,
        }
        return Chores(**{**parts, **other})

    def current(self) -> Table:
        return self.table

    def get(self, hash: str) -> Table:
        return self.table

    def call(
        self,
        call_id: str = "CA1",
        *,
        number: str | None = NUMBER,
        texts: tuple[str, ...] = (),
        message: NewMessage | None = None,
        **session: Any,
    ) -> None:
        """A call of two turns that leaves texts and a message behind."""
        beginning = Session(call_id, table="t" * 64, model="m" * 64, caller="mobile", turn=1)
        answer = Answer((Ask("What?", Expecting("request")),), 1)
        record = TurnRecord("What?", "CallStarted")
        arrival = Arrival(call_id, "twilio", "mobile" if number else "withheld", number)
        self.store.begin(arrival, beginning, answer, record, self.now())
        claim = self.store.claim(call_id, 1, TurnInput(keys="1"))
        assert isinstance(claim, Claim)
        following = claim.session.with_(turn=2, **session)
        outgoing = [OutgoingText(NUMBER, body) for body in texts]
        self.store.finish(claim, following, Answer(answer.actions, 2), record, texts=outgoing, message=message)

    def leave(self, queue: str = "team", *, seconds: float = 4.0, fault: Fault | None = None, **call: Any) -> str:
        """A message left; the recording's SID."""
        recording = self.provider.store.record(silent_wav(seconds), fault)
        self.call(message=NewMessage(queue, recording.url, seconds), **call)
        return recording.sid

    def message(self) -> Message:
        found = self.messages.show(1)
        assert found is not None
        return found

    def statuses(self) -> list[str]:
        return [each.status for each in self.outbox.list()]


def with_addresses(**deliver_to: str | None) -> Table:
    table, issues = parse_table(Sources((("small.yaml", SMALL),)))
    assert table is not None, issues
    queues = {name: queue.model_copy(update={"deliver": None}) for name, queue in table.queues.items()}
    for name, address in deliver_to.items():
        queues[name] = queues[name].model_copy(update={"deliver": address})
    return table.model_copy(update={"queues": queues})


def all_due(chores: Chores) -> None:
    while chores.once():
        pass


def events(logged: list[Any]) -> list[str]:
    return [each["event"] for each in logged]


@contextmanager
def taking_without_answer(listening: socket.socket) -> Iterator[threading.Event]:
    """A provider that takes one request and never answers it; the event tells that it has come."""
    taken = threading.Event()
    kept: list[socket.socket] = []

    def take() -> None:
        connection, _ = listening.accept()
        kept.append(connection)
        connection.recv(65536)
        taken.set()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield taken
    for each in kept:
        each.close()
    thread.join(5)
