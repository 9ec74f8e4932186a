"""Stands where the conversation stands: notes what webhooks pass on, and answers or fails as a test tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from voicebot.conversation import Fallback
from voicebot.dialogue.actions import Ask, Expecting
from voicebot.ports import Answer, Arrival, Pending, TurnInput
from voicebot.telephony.twilio.signature import signed
from voicebot.telephony.twilio.twiml import Voice

PUBLIC = "https://bot.example"
TOKEN = "token-of-the-tests"
CALL = "CA" + "0" * 32
CALLER = "+447700900123"
FORM = {"CallSid": CALL, "From": CALLER, "To": "+441632960100", "CallStatus": "in-progress"}
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"
LAST_RESORT = Voice("Polly.Amy-Neural", "en-GB", "Hold.", "Everything is broken.", "+441632960100", "+441632960100")
SPOKEN = Fallback("Something broke.", "+441632960119", "+441632960100", "Polly.Brian", "en-GB", "One moment.")
ASKED = Answer((Ask("What are you calling about?", Expecting("request")),), 1)


PATHS = [
    "/twilio/voice", "/twilio/turn/1", "/twilio/silence/1", "/twilio/wait/1", "/twilio/dial/1", "/twilio/message/1",
    f"/twilio/whisper/{CALL}/1", "/twilio/status", "/twilio/recording", "/twilio/sms-status",
]  # fmt: skip


@dataclass
class Desk:
    """A conversation that answers as it is told to, and keeps what it was asked."""

    reply: Answer | Pending | Exception = ASKED
    spoken: Fallback | Exception = SPOKEN
    whispered: str | Exception | None = "Blue Badge."
    broken: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def start(self, arrival: Arrival) -> Answer | Pending:
        self.asked.append(("start", arrival))
        return given(self.reply)

    def turn(self, call_id: str, number: int, heard: TurnInput, arrival: Arrival) -> Answer | Pending:
        self.asked.append(("turn", call_id, number, heard))
        return given(self.reply)

    def poll(self, call_id: str, number: int, arrival: Arrival) -> Answer | Pending:
        self.asked.append(("poll", call_id, number))
        return given(self.reply)

    def ended(self, call_id: str) -> None:
        self.asked.append(("ended", call_id))
        given(self.broken)

    def recording_ready(self, call_id: str, url: str) -> None:
        self.asked.append(("recording_ready", call_id, url))
        given(self.broken)

    def whisper(self, call_id: str) -> str | None:
        self.asked.append(("whisper", call_id))
        return given(self.whispered)

    def fallback(self, call_id: str) -> Fallback:
        return given(self.spoken)

    def text_status(self, sid: str, status: str, error: str) -> None:
        self.asked.append(("text_status", sid, status, error))
        given(self.broken)


def given(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


def post(app: Flask, path: str, form: Mapping[str, str] = FORM, **changes: Any) -> TestResponse:
    headers = {"X-Twilio-Signature": signed(PUBLIC + path, form, TOKEN)}
    return app.test_client().post(path, data=form, headers=changes.pop("headers", headers), **changes)
