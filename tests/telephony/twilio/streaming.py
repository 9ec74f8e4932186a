"""A live channel on a real socket: streams that are kept in memory, a line that echoes, and a hand-made Twilio."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from simple_websocket import Client, ConnectionClosed

from voicebot.live.ports import AudioOut, CallControl, Frame, Gone, Inbound, Key, Played
from voicebot.live.room import Room
from voicebot.live.streams import Opened, Standing, Ticket
from voicebot.ports import Arrival
from voicebot.regression.local_server import serving
from voicebot.telephony.twilio.listening import LiveCalls
from voicebot.telephony.twilio.signature import signed
from voicebot.telephony.twilio.webhooks import twilio_blueprint

from .desk import CALL, LAST_RESORT, PUBLIC, TOKEN, Desk

SOCKET = PUBLIC.replace("https", "wss") + "/twilio/stream"
SID = "MZ" + "2" * 32
PATIENCE = 20.0
"""A limit that only a broken channel meets."""


@dataclass
class Kept:
    """`Streams` without a database."""

    tickets: dict[int, tuple[str, str, int, bool]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    endings: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    turn: int = 1
    refuses: bool = False
    broken: Exception | None = None
    closed: threading.Event = field(default_factory=threading.Event)

    def issue(self, call_id: str, turn: int, *, speak: bool) -> Ticket | None:
        if self.broken:
            raise self.broken
        if self.refuses:
            return None
        stream = len(self.tickets) + 1
        self.tickets[stream] = (f"token-{stream}", call_id, turn, speak)
        return Ticket(stream, f"token-{stream}")

    def open(self, token: str, call_id: str, turn: int) -> Opened | None:
        for stream, (issued, for_call, for_turn, speak) in self.tickets.items():
            if (issued, for_call, for_turn) == (token, call_id, turn) and stream not in self.used:
                self.used.add(stream)
                return Opened(stream, turn, speak, "twilio", "mobile")
        return None

    def close(self, stream: int, ending: str, spoken: int | None = None) -> None:
        self.endings.setdefault(stream, (ending, spoken))
        self.closed.set()

    def after(self, stream: int, call_id: str) -> Standing | None:
        ending, spoken = self.endings.get(stream, ("", None))
        failed = ending != "handed_over"
        return Standing(self.turn, None if failed else spoken, failed)


@dataclass
class Echo:
    """A line that plays back what it hears, marks and clears at keys, and hands over at `#`."""

    arrival: Arrival
    audio: AudioOut
    control: CallControl
    done: bool = False
    opened: tuple[int, bool] | None = None
    heard: bytearray = field(default_factory=bytearray)
    took: list[Inbound] = field(default_factory=list)
    ticks: int = 0
    ticked: threading.Event = field(default_factory=threading.Event)

    def open(self, number: int, *, speak: bool) -> None:
        self.opened = number, speak

    def take(self, inbound: Inbound) -> None:
        self.took.append(inbound)
        match inbound:
            case Frame(audio):
                self.heard += audio
                self.audio.play(audio)
            case Key("#"):
                self.control.hand_over(2, spoken=True)
                self.done = True
            case Key("*"):
                self.audio.clear()
            case Key("9"):
                raise RuntimeError("a bug in the line")
            case Key(key):
                self.audio.mark(key)
            case Gone():
                self.done = True
            case Played():
                pass

    def tick(self) -> None:
        self.ticks += 1
        self.ticked.set()


@dataclass
class Site:
    """The channel behind a real server."""

    desk: Desk = field(default_factory=Desk)
    streams: Kept = field(default_factory=Kept)
    room: Room = field(default_factory=lambda: Room(2))
    prompts: Any = None
    lines: list[Echo] = field(default_factory=list)
    url: str = ""

    def make_line(self, arrival: Arrival, audio: AudioOut, control: CallControl) -> Echo:
        self.lines.append(Echo(arrival, audio, control))
        return self.lines[-1]

    def app(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        live = LiveCalls(self.streams, self.prompts or Silent(), self.make_line, self.room)
        app.register_blueprint(
            twilio_blueprint(
                self.desk,
                public_url=PUBLIC,
                auth_token=TOKEN,
                fallback=LAST_RESORT,
                on_text_status=self.desk.text_status,
                live=live,
            )
        )
        return app

    def ticket(self) -> str:
        ticket = self.streams.issue(CALL, 1, speak=True)
        assert ticket is not None
        return ticket.token

    @property
    def line(self) -> Echo:
        return self.lines[-1]


class Silent:
    """`Prompts` of a bot without a voice."""

    def audio(self, text: str, *, slow: bool = False, language: str | None = None) -> bytes | None:
        return None


class Voiced:
    """`Prompts` that have everything."""

    def audio(self, text: str, *, slow: bool = False, language: str | None = None) -> bytes | None:
        return text.encode()


@contextmanager
def streaming(site: Site) -> Iterator[Site]:
    with serving(site.app()) as url:
        site.url = f"{url.replace('http', 'ws')}/twilio/stream"
        try:
            yield site
        finally:
            site.room.leave()
            until(lambda: site.room.empty)


class Twilio:
    """Its side of one stream, message by message."""

    def __init__(self, site: Site, *, signature: str | None = None) -> None:
        self.site = site
        headers = {"X-Twilio-Signature": signed(SOCKET, {}, TOKEN) if signature is None else signature}
        self.ws = Client(site.url, headers=headers)
        self._sequence = itertools.count(1)
        self._chunk = itertools.count(1)

    def start(self, token: str | None, turn: str = "1", call: str = CALL) -> Twilio:
        parameters = {"turn": turn, **({"token": token} if token else {})}
        with suppress(ConnectionClosed):  # the other side may be full
            self.send(event="connected", protocol="Call", version="1.0.0")
            self.send(event="start", start={"streamSid": SID, "callSid": call, "customParameters": parameters})
        return self

    def send(self, **message: Any) -> None:
        self.ws.send(json.dumps({"sequenceNumber": str(next(self._sequence)), "streamSid": SID, **message}))

    def say(self, audio: bytes, chunk: int | None = None) -> None:
        number = next(self._chunk) if chunk is None else chunk
        payload = base64.b64encode(audio).decode()
        self.send(event="media", media={"track": "inbound", "chunk": str(number), "timestamp": "0", "payload": payload})

    def press(self, key: str) -> None:
        self.send(event="dtmf", dtmf={"track": "inbound_track", "digit": key})

    def hears(self) -> dict[str, Any]:
        text = self.ws.receive(timeout=PATIENCE)
        assert text is not None, "nothing came"
        found: dict[str, Any] = json.loads(text)
        return found

    def is_closed(self) -> bool:
        """Waits until the other side has closed; what still comes is read."""
        try:
            while self.ws.receive(timeout=PATIENCE) is not None:
                pass
        except ConnectionClosed:
            return True
        return False


def until(true: Callable[[], object]) -> None:
    """Wait for what another thread brings about."""
    waiting = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if true():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come to pass")
