"""The messages of a Twilio media stream, read strictly and written. Pure.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages. Numbers come as JSON strings
(`sequenceNumber`, `chunk`), audio as base64 of G.711 µ-law at 8 kHz.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.live.ports import FRAME_BYTES, RATE
from voicebot.live.sound import SILENCE

MESSAGE_BYTES = 16 * 1024
"""Twilio's own frames have some 300 bytes, `start` with our parameters below 1,000."""
AUDIO_BYTES = RATE
"""A second in one message; Twilio sends 20 ms."""
OUT_BYTES = RATE // 2
"""Half a second goes out in one message: Twilio queues it, and few messages cost less than many."""

_KEY = re.compile(r"[0-9*#]")
_NUMBER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Connected:
    """The first message: nothing is known yet."""


@dataclass(frozen=True, slots=True)
class Start:
    stream_sid: str
    call_sid: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Media:
    """`chunk` counts the messages with audio, from 1."""

    chunk: int
    audio: bytes


@dataclass(frozen=True, slots=True)
class Dtmf:
    sequence: int
    key: str


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The stream is over."""


Message = Connected | Start | Media | Dtmf | Mark | Stop


def parse(text: str | bytes) -> Message | None:
    """One message; None where Twilio would send no such thing."""
    if not isinstance(text, str) or len(text) > MESSAGE_BYTES:
        return None
    try:
        value = json.loads(text)
        return _read(value) if isinstance(value, dict) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _read(value: Mapping[str, Any]) -> Message | None:
    match value["event"]:
        case "media":
            media = value["media"]
            return Media(_number(media["chunk"]), _audio(media["payload"])) if media["track"] == "inbound" else None
        case "connected":
            return Connected()
        case "start":
            start = value["start"]
            given = start.get("customParameters") or {}
            parameters = {_text(name): _text(each) for name, each in given.items()}
            return Start(_text(start["streamSid"]), _text(start["callSid"]), parameters)
        case "dtmf":
            key = _text(value["dtmf"]["digit"])
            return Dtmf(_number(value["sequenceNumber"]), key) if _KEY.fullmatch(key) else None
        case "mark":
            return Mark(_text(value["mark"]["name"]))
        case "stop":
            return Stop()
    return None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise TypeError
    return int(value)


def _audio(payload: Any) -> bytes:
    audio = base64.b64decode(_text(payload), validate=True)
    if not 0 < len(audio) <= AUDIO_BYTES:
        raise binascii.Error
    return audio


def media(stream_sid: str, audio: bytes) -> list[str]:
    """What plays these bytes, in one message for each `OUT_BYTES`."""
    pieces = (audio[at : at + OUT_BYTES] for at in range(0, len(audio), OUT_BYTES))
    return [_message("media", stream_sid, media={"payload": base64.b64encode(each).decode()}) for each in pieces]


def mark(stream_sid: str, name: str) -> str:
    return _message("mark", stream_sid, mark={"name": name})


def clear(stream_sid: str) -> str:
    return _message("clear", stream_sid)


def _message(event: str, stream_sid: str, **more: Any) -> str:
    return json.dumps({"event": event, "streamSid": stream_sid, **more}, separators=(",", ":"))


QUIET = SILENCE * FRAME_BYTES
"""What a frame that is lost is heard as."""
WAITS_FOR = 5
"""Chunks that are held back while one before them is missing: 100 ms."""
WINDOW = 50
"""A chunk further ahead than so many, or behind, is astray."""
ASTRAY = 25
"""After half a second of nothing but chunks that are astray, the count begins anew with them."""


@dataclass(slots=True)
class InOrder:
    """Puts chunks in the order in which they were spoken. What comes twice or too late is dropped, what never comes is
    silence, so that a second of sound stays a second. `dropped` and `missing` count them."""

    dropped: int = 0
    missing: int = 0
    _next: int | None = None
    _waiting: dict[int, bytes] = field(default_factory=dict)
    _astray: int = 0

    def take(self, chunk: Media) -> bytes:
        """The audio that can go on now; often that of this chunk, sometimes none, sometimes that of several."""
        if self._next is None:
            self._next = chunk.chunk
        if not 0 <= chunk.chunk - self._next <= WINDOW:
            self.dropped += 1
            self._astray += 1
            if self._astray <= ASTRAY:
                return b""
            self._next = chunk.chunk
            self._waiting.clear()
        self._astray = 0
        self.dropped += chunk.chunk in self._waiting
        self._waiting[chunk.chunk] = chunk.audio
        ready = self._ready()
        if len(self._waiting) >= WAITS_FOR:
            lost = min(self._waiting) - self._next
            self.missing += lost
            self._next += lost
            ready += QUIET * lost + self._ready()
        return ready

    def _ready(self) -> bytes:
        ready = bytearray()
        while self._next is not None and self._next in self._waiting:
            ready += self._waiting.pop(self._next)
            self._next += 1
        return bytes(ready)


@dataclass(slots=True)
class Allowance:
    """How much a sender may send: half as much again as real time, and some seconds that a network has held back."""

    messages: int = 0
    audio: int = 0

    def exceeded(self, seconds: float, size: int) -> bool:
        """One more message with so many bytes of audio, so long after the first."""
        self.messages += 1
        self.audio += size
        real_time = BURST_SECONDS + seconds * FASTER
        return self.messages > real_time * MESSAGES_A_SECOND or self.audio > real_time * RATE


BURST_SECONDS = 10.0
FASTER = 1.5
MESSAGES_A_SECOND = 50
