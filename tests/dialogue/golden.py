"""Reads a call from a YAML file, plays it through the engine with the session saved and reloaded between every two
turns,
and writes down what the caller would notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from voicebot.dialogue.actions import Action, Ask, HangUp, Say, SendText, TakeMessage, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import (
    CallerHungUp,
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
from voicebot.dialogue.turn import Decision
from voicebot.routing.table import Table

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class GoldenCall:
    path: Path
    given: dict[str, Any]

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(str(self.given["at"])).replace(tzinfo=LONDON)

    @property
    def expected(self) -> list[list[str]]:
        return self.given.get("heard_by_caller", [])


def read(path: Path) -> GoldenCall:
    return GoldenCall(path, yaml.safe_load(path.read_text()))


def play(call: GoldenCall, table: Table) -> tuple[list[list[str]], Session]:
    session = Session("CA" + "0" * 32, table.hash, "model", call.given.get("caller", "mobile"))
    played = []
    for each in [{"started": True}, *call.given["events"]]:
        turn = take_turn(session, event_of(each, session), table=table, now=call.now)
        session = load_session(dump_session(turn.session.with_(turn=session.turn + 1)))
        played.append([*map(line, turn.actions), decided(turn.decision)])
    return played, session


def event_of(each: dict[str, Any], session: Session) -> Event:
    kind, value = next(iter(each.items()))
    match kind:
        case "started":
            return CallStarted(session.caller)
        case "heard":
            ranked = tuple(Ranked(intent, float(p)) for intent, p in each.get("as", {}).items())
            confidence = float(
                each.get("confidence", 0.95 if "choice" in each else (ranked[0].confidence if ranked else 0))
            )
            how = each.get("language", "en"), each.get("urgent"), each.get("doubtful", False)
            return Heard(value, ranked, each.get("choice"), confidence, *how)
        case "pressed":
            return Pressed(str(value))
        case "silence":
            return NothingHeard()
        case "not_understood":
            return NotUnderstood(each.get("language", "en"))
        case "message_left":
            return MessageLeft(float(value))
        case "transfer":
            return TransferEnded(value)
        case "failed":
            return PartFailed(value)
        case "hung_up":
            return CallerHungUp()
    raise ValueError(f"no such event: {kind}")


def line(action: Action) -> str:
    match action:
        case Say():
            tongue = f" in {action.language} by {action.voice or 'any voice'}" if action.language else ""
            return f"say{tongue}{' slowly' if action.slow else ''}: {action.text}"
        case Ask():
            keys = "".join(option.key or "" for option in action.expecting.options)
            slowly = f" slowly, patience {action.patience}" if action.slow else ""
            return f"ask {action.expecting.kind}{f' [{keys}]' if keys else ''}{slowly}: {action.text}"
        case SendText():
            return f"text to {action.to or 'the caller'}: {action.body}"
        case Transfer():
            whisper = f", whisper: {action.whisper}" if action.whisper else ""
            priority = f", {action.headers['X-Priority']} priority" if "X-Priority" in action.headers else ""
            return f"transfer to {action.queue} {action.target} for {action.ring_seconds} s{priority}{whisper}"
        case TakeMessage():
            return f"message for {action.queue}, {action.seconds} s: {action.text}"
        case HangUp():
            return "hang up"


def decided(decision: Decision) -> str:
    at = decision.at.rsplit(":", 1)[0]
    parts = [decision.name, f"({decision.rule})", f"by {at}" if at else "", decision.intent or ""]
    parts += [f"→ {decision.action}" if decision.action else "", decision.queue or ""]
    parts.append({True: "open", False: "closed", None: ""}[decision.open])
    return "decision: " + " ".join(part for part in parts if part)
