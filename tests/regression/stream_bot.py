"""A bot of a few lines that does as a test tells it over real media streams."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from flask_sock import Sock
from simple_websocket import Server
from tiny_bot import TOKEN, TinyBot
from twilio.request_validator import RequestValidator

SOUND = bytes([0x20]) * 1_600
"""0.2 s of a loud nothing."""


class Bot:
    """One stream from the bot's side."""

    def __init__(self, ws: Server) -> None:
        self.ws = ws
        self.got: list[dict[str, Any]] = []
        self.garbage = 0
        self.sid = ""

    def take(self) -> dict[str, Any]:
        while True:
            text = self.ws.receive(timeout=20)
            assert text is not None
            try:
                message = json.loads(text)
                self.got.append(message)
                self.sid = message.get("streamSid", self.sid)
                return message
            except (ValueError, AttributeError, TypeError):
                self.garbage += 1

    def until(self, event: str) -> dict[str, Any]:
        while (found := self.take())["event"] != event:
            pass
        return found

    def play(self, audio: bytes = SOUND, mark: str = "") -> None:
        self.send("media", media={"payload": base64.b64encode(audio).decode()})
        if mark:
            self.send("mark", mark={"name": mark})

    def send(self, event: str, **more: Any) -> None:
        self.ws.send(json.dumps({"event": event, "streamSid": self.sid, **more}))

    def hear(self) -> None:
        """Until the caller has spoken and fallen silent."""
        spoken = quiet = 0
        while not spoken or quiet < 5:
            message = self.take()
            if message["event"] == "media" and message["media"].get("payload", "*") != "*":
                loud = base64.b64decode(message["media"]["payload"])[0] not in (0xFF, 0xFE, 0x7F, 0x7E)
                spoken, quiet = spoken + loud, 0 if loud else quiet + 1

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [each["media"] for each in self.got if each["event"] == "media" and "chunk" in each["media"]]


@dataclass
class StreamBot(TinyBot):
    talk: Callable[[Bot], object] = lambda bot: None
    streams: list[Bot] = field(default_factory=list)

    def app(self) -> Flask:
        app = super().app()

        def stream(ws: Server) -> None:
            signature = request.headers["X-Twilio-Signature"]
            assert RequestValidator(TOKEN).validate("wss://bot.example/twilio/stream", {}, signature)
            self.streams.append(Bot(ws))
            self.streams[-1].until("start")
            self.talk(self.streams[-1])

        Sock(app).route("/twilio/stream")(stream)
        return app
