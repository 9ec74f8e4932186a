"""The browser phone behind a real server: a conversation that asks one thing, and a line that does as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask

from voicebot.dialogue.actions import Action, Ask, Expecting, HangUp, Say, SendText, TakeMessage, Transfer
from voicebot.dialogue.turn import Decision
from voicebot.live import events
from voicebot.live.events import LiveEvent
from voicebot.live.ports import AudioOut, CallControl, Frame, Gone, Inbound, Key, Played
from voicebot.live.room import Room
from voicebot.live.streams import Opened, Ticket
from voicebot.ports import Answer, Arrival, TurnInput
from voicebot.regression.local_server import serving
from voicebot.telephony.browser.blueprint import phone_blueprint
from voicebot.telephony.browser.phone_socket import Phone
from voicebot.telephony.browser.speaking import Words

KEY = "correct horse battery"
ASK = Ask("How can I help?", Expecting("request"))
ENDS: dict[str, tuple[Action, ...]] = {
    "1": (Say("I'm putting you through."), Transfer("roads", "+441632960100", "+441632960000", 25)),
    "2": (TakeMessage("Please leave a message.", "roads", 120),),
    "3": (Say("Goodbye."), HangUp()),
    "4": (ASK,),
    "5": (ASK, SendText("What you asked for.", "+447700900123")),
}
"""What the call comes to when this key is pressed."""


LOUD = 800
"""Samples over −30 dBFS that make a voice: a tenth of a second of them."""


@dataclass
class Desk:
    """A conversation that keeps what it was told."""

    now: tuple[Action, ...] = (ASK,)
    arrivals: list[Arrival] = field(default_factory=list)
    turns: list[TurnInput] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    def start(self, arrival: Arrival) -> Answer:
        self.arrivals.append(arrival)
        return Answer((ASK,), 1)

    def turn(self, call_id: str, number: int, given: TurnInput, arrival: Arrival) -> Answer:
        self.turns.append(given)
        return Answer((HangUp(),), number + 1)

    def answer(self, call_id: str) -> Answer | None:
        return Answer(self.now, 2)

    def ended(self, call_id: str) -> None:
        self.over.append(call_id)


@dataclass
class Kept:
    """`Streams` without a database."""

    tickets: dict[str, tuple[str, int]] = field(default_factory=dict)
    closed: threading.Event = field(default_factory=threading.Event)

    def issue(self, call_id: str, turn: int, *, speak: bool) -> Ticket | None:
        token = f"token-{len(self.tickets)}"
        self.tickets[token] = call_id, turn
        return Ticket(len(self.tickets), token)

    def open(self, token: str, call_id: str, turn: int) -> Opened | None:
        if self.tickets.get(token) != (call_id, turn):
            return None
        self.tickets[token] = "used", -1
        return Opened(1, turn, True, "browser", "withheld")

    def close(self, stream: int, ending: str, spoken: int | None = None) -> None:
        self.closed.set()

    def after(self, stream: int, call_id: str) -> None:
        return None


@dataclass
class Lead:
    """A line that greets with words and a tone, tells what it hears, and ends as the key says."""

    site: Site
    audio: AudioOut
    control: CallControl
    observe: Callable[[LiveEvent], None]
    done: bool = False
    heard: int = 0
    loud: int = 0
    marks: list[str] = field(default_factory=list)

    def open(self, number: int, *, speak: bool) -> None:
        self.observe(events.PromptBegun(0.0, ASK.text, 0.5))
        self.audio.play(Words.to_say(ASK.text, False, "en-GB"))
        self.audio.play(b"\x80\x00" * 400)
        self.audio.mark("greeted")

    def take(self, inbound: Inbound) -> None:
        match inbound:
            case Frame(audio):
                self.heard += len(audio)
                loud = sum(byte & 0x7F < 0x50 for byte in audio)
                if self.loud < LOUD <= self.loud + loud:
                    self.observe(events.PromptBegun(2.0, "There is a voice.", 0.5))
                self.loud += loud
            case Played(mark):
                self.marks.append(mark)
                self.observe(events.PromptBegun(1.0, f"You have heard {mark}.", 0.5))
            case Key("*"):
                self.audio.play(b"\xff" * 400_000)
                self.audio.mark("cleared")
                self.audio.clear()
            case Key("0"):
                self.observe(events.EndpointReached(3.0, 0.6, True))
                decision = Decision("accept", "said so", "routing.yaml:12", "pothole", 0.93, "connect", "roads", True)
                self.observe(events.TurnTaken(3.0, 1, "There's a <b>hole</b>.", "", 0.1, {"transcribe": 0.3}, decision))
                self.observe(events.PromptBegun(3.2, f"{self.heard} bytes.", 0.5))
            case Key(key):
                self.site.desk.now = ENDS[key]
                self.done = True
                self.control.hand_over(2, spoken=True)
            case Gone():
                self.done = True

    def tick(self) -> None:
        pass


@dataclass
class Site:
    desk: Desk = field(default_factory=Desk)
    streams: Kept = field(default_factory=Kept)
    room: Room = field(default_factory=lambda: Room(2))
    lines: list[Lead] = field(default_factory=list)
    url: str = ""

    def make_line(
        self, arrival: Arrival, audio: AudioOut, control: CallControl, observe: Callable[[LiveEvent], None]
    ) -> Lead:
        self.lines.append(Lead(self, audio, control, observe))
        return self.lines[-1]

    def app(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        phone = Phone(self.desk, self.streams, self.make_line, lambda call_id, queue: "the Roads team", self.room)
        app.register_blueprint(phone_blueprint(phone, key=KEY, public_url="https://bot.council.example"))
        return app


@contextmanager
def served() -> Iterator[Site]:
    site = Site()
    with serving(site.app()) as site.url:
        try:
            yield site
        finally:
            site.room.leave()
