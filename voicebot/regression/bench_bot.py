"""A bot to be measured: `voicebot serve` with a database, ports and an account of its own, and the load put on it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from voicebot.config import Settings
from voicebot.errors import VoicebotError
from voicebot.regression.bench_log import Logged, read_log
from voicebot.regression.bench_machine import cores, session_cpu
from voicebot.regression.local_server import free_port
from voicebot.regression.provider import new_account

READY_SECONDS = 180.0
STOP_SECONDS = 60.0
LOAD_GRACE = 120.0
"""Seconds that the load's process may take beyond the time it was given, before it is taken for stuck."""


class BenchError(VoicebotError):
    """The bot or the load did not run, so there is nothing to measure."""

    code = "bench"


@dataclass(frozen=True, slots=True)
class Measured:
    """One load: the load's own report (see `LoadReport`), what the bot logged meanwhile, and the share of all cores (0
    to 1) that each of the bot's processes took."""

    report: dict[str, Any]
    logged: Logged
    bot_cpu: Mapping[str, float]

    def summary(self) -> dict[str, Any]:
        """What every table states of the load."""
        report = self.report
        return {
            "calls": report["calls"],
            "seconds": round(report["seconds"], 1),
            "placed": report["placed"],
            "requests": report["requests"],
            "lost": report["lost"],
            "doubled": report["doubled"],
            "errors": report["errors"],
            "repeated": report["repeated"],
            "load_cpu_share": round(report["cpu_share"], 3),
            "bot_cpu_share": {name: round(share, 3) for name, share in self.bot_cpu.items()},
            "troubles": list(report["troubles"]),
        }


class BenchBot:
    """A running bot. `more` are settings besides those of a bench; `database` is a `DATABASE_URL`, "" for SQLite."""

    def __init__(
        self, folder: Path, settings: Settings, *, database: str = "", more: Mapping[str, str] | None = None
    ) -> None:
        account, token = new_account()
        self._folder = folder
        self._log = folder / f"bot-{secrets.token_hex(3)}.log"
        self._url = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            "TWILIO_ACCOUNT_SID": account,
            "TWILIO_AUTH_TOKEN": token,
            "TWILIO_API_BASE": f"http://127.0.0.1:{free_port()}",
            "VOICEBOT_PUBLIC_URL": "https://bot.council.example",
            "VOICEBOT_PORT": self._url.rpartition(":")[2],
            "VOICEBOT_RECOGNISER_URL": f"http://127.0.0.1:{free_port()}",
            "VOICEBOT_FALLBACK_URL": f"http://127.0.0.1:{free_port()}",
            "VOICEBOT_SECRET_KEY": secrets.token_hex(32),
            "VOICEBOT_SMS_FROM": "+447700900000",
            "VOICEBOT_LOG": "json",
            "VOICEBOT_LOG_LEVEL": "info",
            "VOICEBOT_ROUTING": str(settings.routing.resolve()),
            "VOICEBOT_INTENTS": str(settings.intents.resolve()),
            "VOICEBOT_MODELS": str(settings.models.resolve()),
            "VOICEBOT_WEIGHTS": str(settings.weights.resolve()),
            "DATABASE_URL": database or f"sqlite:///{folder}/{self._log.stem}.db",
            **(more or {}),
        }

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._url

    @property
    def settings(self) -> Settings:
        """What it is set to, for whoever plays its provider's part."""
        return Settings(_env_file=None, **self._environment)  # type: ignore[call-arg,arg-type]

    def start(self, *, recognisers: bool = True) -> None:
        """Returns when it is ready for calls. Raises `BenchError` with the end of its log."""
        arguments = ["serve"] if recognisers else ["serve", "--no-recogniser"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "voicebot.cli", *arguments],
                cwd=self._folder,
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                if httpx.get(f"{self._url}/readyz", timeout=3.0, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        self.stop()
        end = "\n".join(self._log.read_text(errors="replace").splitlines()[-5:])
        raise BenchError(f"the bot was not ready after {READY_SECONDS:.0f} s; the end of its log:\n{end}")

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def under(self, steps: Sequence[str], module: str = "voicebot.regression.load", /, **shape: float) -> Measured:
        """Put a load on it, from a process of its own: `shape` are the options of `module`.

        Raises `BenchError` where the load does not run."""
        assert self._process is not None
        options = [word for name, value in shape.items() for word in (f"--{name}", f"{value:g}")]
        command = [sys.executable, "-m", module, *steps, "--server", self._url, *options]
        mark, before, began = self._log.stat().st_size, session_cpu(self._process.pid), time.monotonic()
        try:
            done = subprocess.run(
                command,
                env={**os.environ, **self._environment},
                stdout=subprocess.PIPE,
                text=True,
                timeout=shape.get("seconds", 60.0) + 2 * shape.get("period", 5.0) + LOAD_GRACE,
            )
        except subprocess.TimeoutExpired:
            raise BenchError("the load did not end; the calls that it placed never did.") from None
        seconds, after = time.monotonic() - began, session_cpu(self._process.pid)
        if done.returncode not in (0, 1):
            raise BenchError("the load did not run; what it said stands above.")
        # a process that was started again meanwhile begins at 0
        used = {name: max(0.0, after[name] - before.get(name, 0.0)) / seconds / cores() for name in sorted(after)}
        return Measured(json.loads(done.stdout), read_log(self._log, mark), used)


@contextmanager
def bench_bot(
    folder: Path,
    settings: Settings,
    *,
    database: str = "",
    more: Mapping[str, str] | None = None,
    recognisers: bool = True,
) -> Iterator[BenchBot]:
    """A bot that is ready, and stopped whatever happens."""
    bot = BenchBot(folder, settings, database=database, more=more)
    try:
        bot.start(recognisers=recognisers)
        yield bot
    finally:
        bot.stop()
