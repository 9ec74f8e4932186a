"""The messages between the page and the socket, read strictly and written. Pure.

Sound goes both ways as binary messages of µ-law at 8 kHz; everything else is JSON text with a `type`.
From the page: `start` (call, turn, token), `key`, `played` (mark), `hang_up`. To the page: `mark`, `clear`, `say`
(words that the page has to speak itself, for how many seconds by estimate), `event` (what happens in the call),
`ended`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voicebot.dialogue.turn import Decision
from voicebot.live import events
from voicebot.live.events import LiveEvent
from voicebot.live.ports import FRAME_BYTES, Frame, Inbound, Key, Played

MESSAGE_BYTES = 4 * 1024
"""A frame has 160 bytes, `start` some 150."""

_KEY = re.compile(r"[0-9*#]")


@dataclass(frozen=True, slots=True)
class Start:
    call_id: str
    turn: int
    token: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """She has pressed the button, or closed the page."""


def parse(data: str | bytes | bytearray) -> Inbound | Start | HungUp | None:
    """One message from the page; None where ours would send no such thing."""
    if isinstance(data, bytes | bytearray):
        return Frame(bytes(data)) if 0 < len(data) <= 10 * FRAME_BYTES else None
    try:
        value = json.loads(data)
        return _read(value) if isinstance(value, dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _read(value: Mapping[str, Any]) -> Inbound | Start | HungUp | None:
    match value["type"]:
        case "start":
            turn = value["turn"]
            is_turn = isinstance(turn, int) and not isinstance(turn, bool) and 0 <= turn <= 9999
            return Start(_text(value["call"]), turn, _text(value["token"])) if is_turn else None
        case "key":
            key = _text(value["key"])
            return Key(key) if _KEY.fullmatch(key) else None
        case "played":
            return Played(_text(value["mark"]))
        case "hang_up":
            return HungUp()
    return None


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise TypeError
    return value


def written(kind: str, **fields: object) -> str:
    return json.dumps({"type": kind, **fields}, ensure_ascii=False)


def told(event: LiveEvent) -> str | None:
    """What the page shows of an event; None for one that it does not."""
    match event:
        case events.PromptBegun():
            return _event("prompt", event.at, text=event.text) if event.text else None
        case events.PromptStopped():
            return _event("stopped", event.at, by=event.by, after=round(event.after, 2))
        case events.PromptResumed():
            return _event("resumed", event.at)
        case events.SpeechBegun():
            return _event("speech", event.at)
        case events.WordsSoFar():
            return _event("words_so_far", event.at, words=event.words)
        case events.Dismissed():
            return _event("dismissed", event.at)
        case events.EndpointReached():
            return _event("endpoint", event.at, silence=round(event.silence, 2))
        case events.TurnTaken():
            seconds = {name: round(value, 2) for name, value in event.hearing.items()}
            return _event(
                "turn",
                event.at,
                words=event.words,
                keys=event.keys,
                waited=round(event.waited, 2),
                seconds=seconds,
                decision=_decision(event.decision),
            )
    return None


def _event(name: str, at: float, **fields: object) -> str:
    return written("event", event=name, at=round(at, 2), **fields)


def _decision(decision: Decision | None) -> dict[str, object] | None:
    if decision is None:
        return None
    confidence = None if decision.confidence is None else round(decision.confidence, 2)
    return {
        "name": decision.name,
        "rule": decision.rule,
        "at": decision.at,
        "intent": decision.intent,
        "confidence": confidence,
        "queue": decision.queue,
    }
