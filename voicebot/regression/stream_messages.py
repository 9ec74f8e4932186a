"""The messages of a media stream from Twilio's side: written as Twilio writes them, read as strictly as it reads them.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages. Independent of the bot's own reader.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from voicebot.errors import VoicebotError
from voicebot.regression.call_leg import Leg
from voicebot.regression.provider_store import new_sid
from voicebot.regression.telephone_wav import decode
from voicebot.speech import telephone

FRAME = 160
"""Bytes of 20 ms of µ-law at 8 kHz."""


class StreamError(VoicebotError):
    """The bot sent what Twilio would not take."""

    code = "stream"


def mulaw(wav: bytes) -> bytes:
    """The samples of an 8 kHz WAV as a telephone line carries them."""
    samples, _ = decode(wav)
    return telephone.mulaw(samples)


def line_noise(seconds: float, seed: int) -> bytes:
    """What is on a line while nobody speaks: the smallest steps of µ-law around zero."""
    quiet = np.array([0xFF, 0xFE, 0x7F, 0x7E], dtype=np.uint8)
    return np.random.default_rng(seed).choice(quiet, int(seconds * 8_000)).tobytes()


class Writer:
    """Numbers the messages of one stream."""

    def __init__(self, leg: Leg) -> None:
        self.sid = new_sid("MZ")
        self._leg = leg
        self._sequence = itertools.count(1)
        self._chunk = itertools.count(1)

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        return self._message(
            "start",
            start={
                "accountSid": self._leg.account_sid,
                "streamSid": self.sid,
                "callSid": self._leg.call_sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": dict(parameters),
            },
        )

    def media(self, frame: bytes) -> str:
        chunk = next(self._chunk)
        payload = base64.b64encode(frame).decode()
        stamp = {"track": "inbound", "chunk": str(chunk), "timestamp": str(20 * (chunk - 1))}
        return self._message("media", media={**stamp, "payload": payload})

    def dtmf(self, key: str) -> str:
        return self._message("dtmf", dtmf={"track": "inbound_track", "digit": key})

    def mark(self, name: str) -> str:
        return self._message("mark", mark={"name": name})

    def stop(self) -> str:
        return self._message("stop", stop={"accountSid": self._leg.account_sid, "callSid": self._leg.call_sid})

    def _message(self, event: str, **more: Any) -> str:
        return json.dumps(
            {"event": event, "sequenceNumber": str(next(self._sequence)), "streamSid": self.sid, **more},
            separators=(",", ":"),
        )


class Playback:
    """What the bot has sent and the caller has yet to hear, 20 ms at a time."""

    def __init__(self, sid: str) -> None:
        self._sid = sid
        self._queue: deque[bytes | str] = deque()
        self._echo: list[str] = []
        self.heard = bytearray()

    @property
    def is_empty(self) -> bool:
        return not self._queue

    def take(self, text: str | bytes) -> bool:
        """One message of the bot's; whether it brought sound. Raises `StreamError`."""
        value = _object(text)
        if value.get("streamSid") != self._sid:
            raise StreamError("Twilio would ignore a message without this stream's streamSid")
        match value.get("event"):
            case "media":
                self._queue.append(_payload(value))
                return True
            case "mark":
                self._queue.append(str(value["mark"]["name"]))
            case "clear":
                self._echo += [each for each in self._queue if isinstance(each, str)]
                self._queue.clear()
            case event:
                raise StreamError(f"Twilio knows no message {event!r} (error 31924)")
        return False

    def step(self) -> list[str]:
        """Play one frame; the marks that have been reached, or were cleared."""
        reached, self._echo = self._echo, []
        room = FRAME
        while self._queue:
            first = self._queue[0]
            if isinstance(first, str):
                reached.append(first)
                self._queue.popleft()
                continue
            if not room:
                break
            self.heard += first[:room]
            rest, room = first[room:], max(0, room - len(first))
            if rest:
                self._queue[0] = rest
            else:
                self._queue.popleft()
        return reached


def _object(text: str | bytes) -> dict[str, Any]:
    if isinstance(text, bytes):
        raise StreamError("Twilio takes no binary messages (error 31950)")
    try:
        value = json.loads(text)
    except ValueError:
        raise StreamError("Twilio cannot read a message that is no JSON (error 31950)") from None
    if not isinstance(value, dict):
        raise StreamError("Twilio takes JSON objects alone (error 31951)")
    return value


def _payload(value: Mapping[str, Any]) -> bytes:
    try:
        audio = base64.b64decode(value["media"]["payload"], validate=True)
    except (ValueError, KeyError, TypeError):
        raise StreamError("Twilio wants µ-law as base64 in media.payload (error 31951)") from None
    if not audio or audio.startswith(b"RIFF"):
        raise StreamError("Twilio wants bare µ-law, neither nothing nor a file (error 31951)")
    return audio
