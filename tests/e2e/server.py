"""Starts the real bot for tests: `voicebot serve` as a process of its own, with its own database, ports and account."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from voicebot import bootstrap
from voicebot.config import Settings
from voicebot.regression.call import place_call
from voicebot.regression.call_events import CallResult
from voicebot.regression.caller import Caller
from voicebot.regression.local_server import free_port
from voicebot.regression.provider import Provider, new_account
from voicebot.regression.provider_store import new_sid
from voicebot.regression.script import Step
from voicebot.storage.queries import prompts_of, show_call

ROOT = Path(__file__).parents[2]
LONDON = ZoneInfo("Europe/London")
STARTED = 120.0


@dataclass
class Bot:
    """A running bot and the provider that plays Twilio's part for it."""

    folder: Path
    provider: Provider
    more: Mapping[str, str] = field(default_factory=dict)
    arguments: Sequence[str] = ("serve",)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        ports = {name: free_port() for name in ("web", "base", "tiny")}
        self.environment = {
            "TWILIO_ACCOUNT_SID": self.provider.account_sid,
            "TWILIO_AUTH_TOKEN": self.provider.token,
            "TWILIO_API_BASE": self.provider.url,
            "VOICEBOT_PUBLIC_URL": "https://bot.council.example",
            "VOICEBOT_PORT": str(ports["web"]),
            "VOICEBOT_RECOGNISER_URL": f"http://127.0.0.1:{ports['base']}",
            "VOICEBOT_FALLBACK_URL": f"http://127.0.0.1:{ports['tiny']}",
            "VOICEBOT_SECRET_KEY": "a secret for tests alone, never used elsewhere",
            "VOICEBOT_SMS_FROM": "+447700900000",
            "VOICEBOT_THREADS": "64",
            "VOICEBOT_ROUTING": str(ROOT / "routing.yaml"),
            "VOICEBOT_INTENTS": str(ROOT / "intents"),
            "VOICEBOT_MODELS": str(ROOT / "models"),
            "VOICEBOT_WEIGHTS": str(ROOT / "weights"),
            "DATABASE_URL": f"sqlite:///{self.folder}/bot.db",
            **self.more,
        }

    @property
    def settings(self) -> Settings:
        return Settings(_env_file=None, **self.environment)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['VOICEBOT_PORT']}"

    @property
    def log(self) -> str:
        return (self.folder / "bot.log").read_text()

    def start(self, *, ready: bool = True) -> Bot:
        with (self.folder / "bot.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "voicebot.cli", *self.arguments],
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if ready:
            try:
                self.wait()
            except BaseException:
                self.stop()  # or it would go on beside all tests to come
                raise
        return self

    def wait(self, path: str = "/readyz") -> None:
        until = time.monotonic() + STARTED
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, f"the bot stopped:\n{self.log[-2000:]}"
            try:
                if httpx.get(self.url + path, timeout=3, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"the bot is not ready after {STARTED:.0f} s:\n{self.log[-2000:]}")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)

    def pids(self, name: str) -> list[int]:
        """The process ids of one part (`web`, `recogniser`, `chores`) that belong to this bot, children included."""
        assert self.process is not None
        found = subprocess.run(["ps", "-eo", "pid,sid,args"], capture_output=True, text=True, check=True).stdout
        mine = [line.split(None, 2) for line in found.splitlines()[1:]]
        return [int(pid) for pid, sid, args in mine if int(sid) == self.process.pid and f"voicebot.cli {name}" in args]

    def call(self, steps: Iterable[Step] | Caller, *, at: str | None = None, **more: Any) -> tuple[CallResult, Any]:
        """Place a call; what Twilio saw of it, and what the bot has stored."""
        engine = bootstrap.open_storage(self.settings)
        sid = new_sid("CA")
        if at:
            bootstrap.call_clocks(engine).ring_at(sid, datetime.fromisoformat(at).replace(tzinfo=LONDON))
        with httpx.Client(base_url=self.url, timeout=20, trust_env=False) as client:
            result = place_call(
                client,
                self.environment["VOICEBOT_PUBLIC_URL"],
                self.provider.token,
                self.provider.account_sid,
                steps,
                self.provider,
                call_sid=sid,
                prompts=lambda: prompts_of(engine, sid),
                **more,
            )
        stored = show_call(engine, sid)
        engine.dispose()
        return result, stored


def provider() -> Provider:
    return Provider(*new_account())
