"""A caller at the browser phone: the page's side of its socket, in real time, without a browser."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from server import LONDON, Bot
from simple_websocket import Client

from voicebot import bootstrap
from voicebot.regression.script import Press, Speak, Step
from voicebot.regression.stream_messages import FRAME, line_noise, mulaw
from voicebot.storage.queries import show_call

FRAME_SECONDS = 0.02
SETTLED = 0.6
"""Seconds without anything new to hear after which she takes the prompt for over."""
PATIENCE = 90.0


@dataclass
class BrowserCaller:
    """She hears each prompt out, then does the next of her steps. What the page would speak takes no time."""

    bot: Bot
    key: str

    def call(self, steps: Sequence[Step], *, at: str) -> tuple[str, Any]:
        """Place a call; how the page says that it ended, and what the bot has stored."""
        origin = {"Origin": self.bot.environment["VOICEBOT_PUBLIC_URL"]}
        url = f"{self.bot.url}/phone"
        rung = httpx.post(f"{url}/call", json={"key": self.key}, headers=origin, trust_env=False).raise_for_status()
        start = rung.json()
        engine = bootstrap.open_storage(self.bot.settings)
        bootstrap.call_clocks(engine).ring_at(start["call"], datetime.fromisoformat(at).replace(tzinfo=LONDON))
        page = Client(f"{url.replace('http', 'ws', 1)}/socket", headers=origin)
        page.send(json.dumps({"type": "start", **start}))
        ended = _Call(page, deque(steps)).until_ended()
        stored = show_call(engine, start["call"])
        engine.dispose()
        return ended, stored


class _Call:
    def __init__(self, page: Client, steps: deque[Step]) -> None:
        self._page = page
        self._steps = steps
        self._voice = b""
        self._prompted: float | None = None

    def until_ended(self) -> str:
        began = time.monotonic()
        frames = 0
        while time.monotonic() - began < PATIENCE:
            while (message := self._page.receive(timeout=0)) is not None:
                if isinstance(message, bytes):
                    self._prompted = time.monotonic()
                elif (ended := self._told(json.loads(message))) is not None:
                    return ended
            self._act()
            self._page.send(self._frame(frames))
            frames += 1
            time.sleep(max(0.0, began + frames * FRAME_SECONDS - time.monotonic()))
        raise AssertionError("the call did not end")

    def _told(self, message: dict[str, Any]) -> str | None:
        match message["type"]:
            case "ended":
                return str(message["what"])
            case "say":
                self._prompted = time.monotonic()
            case "mark":
                self._prompted = time.monotonic()
                self._page.send(json.dumps({"type": "played", "mark": message["mark"]}))
        return None

    def _act(self) -> None:
        if self._voice or self._prompted is None or time.monotonic() - self._prompted < SETTLED or not self._steps:
            return
        self._prompted = None
        match self._steps.popleft():
            case Speak(wav):
                self._voice = mulaw(wav)
            case Press(keys):
                for key in keys:
                    self._page.send(json.dumps({"type": "key", "key": key}))

    def _frame(self, number: int) -> bytes:
        frame, self._voice = self._voice[:FRAME], self._voice[FRAME:]
        return frame + line_noise(1.0, number)[len(frame) : FRAME]
