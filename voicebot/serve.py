"""`voicebot serve`: starts the recognisers, the chores and the web tier, and starts again whichever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from voicebot.config import Settings
from voicebot.errors import SettingError

log = structlog.get_logger(__name__)

WAITS = (0.2, 1.0, 2.0, 5.0, 10.0)
"""Seconds before a dead process is started again: at once the first time, slower where it keeps dying."""

STEADY = 30.0
"""Seconds after which a process counts as healthy and its next death is a first one."""

MARGIN = 5.0
"""Seconds on top of the drain time, in which gunicorn ends the workers that have outlived it."""

CHORES_SECONDS = 30.0
"""A text message that is being sent may take so long (the deadlines of `telephony.twilio.rest`). One that is cut off
counts as uncertain and is never sent again, so it is better waited for."""

RECOGNISER_SECONDS = 10.0
"""Once the web tier has gone nobody waits for a recognition."""

CANNOT = 2
"""Exit code of a process that cannot do as it is set: it has said why, and starting it again would change nothing."""

FIRST_START = 180.0
"""Seconds that loading may take; a process that ends as above later, or the second time, was able to start once."""

METRICS = Path("var/metrics")
"""Where several web workers keep what they count, for whichever is asked for metrics."""

HERE = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass
class Child:
    """One process of the bot, and how often in a row it has died young.

    `patience`: seconds that it may take to end after SIGTERM. `last`: stopped after the others, which still need it.
    `refused`: its very first start ended with a message of what is missing. Later such ends are tried again: a database
    that is away while a process starts comes back.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    patience: float = MARGIN
    last: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0
    starts: int = 0
    refused: bool = False

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env={**os.environ, **self.environment})
        self.started = time.monotonic()
        self.starts += 1
        log.info("started", process=self.name, pid=self.process.pid)

    def watch(self) -> None:
        """Start it when it is due; note its death."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif (code := self.process.poll()) is not None:
            if now - self.started > STEADY:
                self.deaths = 0
            self.refused = code == CANNOT and self.starts == 1 and now - self.started < FIRST_START
            wait = WAITS[min(self.deaths, len(WAITS) - 1)]
            self.deaths += 1
            self.due = now + wait
            self.process = None
            log.error("process_died", process=self.name, code=code, again_in=wait)


def children(settings: Settings, recognise: bool = True) -> list[Child]:
    """The processes that make up the bot on one machine. A recogniser whose URL is on another machine runs there and is
    not started here; `recognise=False` starts none. Raises `SettingError` for a URL without a usable port."""
    voicebot = [sys.executable, "-m", "voicebot.cli"]
    found = []
    if recognise:
        for name, model, setting, url in (
            ("recogniser", settings.whisper_model, "VOICEBOT_RECOGNISER_URL", settings.recogniser_url),
            ("fallback", settings.fallback_model, "VOICEBOT_FALLBACK_URL", settings.fallback_url),
        ):
            port = _local_port(setting, url)
            if port is not None:
                command = [*voicebot, "recogniser", "--model", model, "--port", str(port)]
                found.append(Child(name, command, patience=RECOGNISER_SECONDS, last=True))
    found.append(Child("chores", [*voicebot, "chores"], patience=CHORES_SECONDS))
    environment = _shared_metrics() if settings.workers > 1 else {}
    found.append(Child("web", [*voicebot, "web"], environment, patience=settings.drain_seconds + MARGIN))
    return found


def _local_port(setting: str, url: str) -> int | None:
    """The port of a URL on this machine; None where it is on another, or empty."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingError(f"{setting}: {url} has no usable port; write it like http://127.0.0.1:8001.") from None
    if parts.hostname not in HERE:
        return None
    if port is None:
        raise SettingError(f"{setting}: {url} names no port to listen on; write it like http://127.0.0.1:8001.")
    return port


def _shared_metrics() -> dict[str, str]:
    """An empty folder for the workers' counters: those of processes long gone must not be added to today's."""
    METRICS.mkdir(parents=True, exist_ok=True)
    for old in METRICS.glob("*.db"):
        old.unlink()
    return {"PROMETHEUS_MULTIPROC_DIR": str(METRICS.resolve())}


def run(processes: list[Child]) -> int:
    """Watch until SIGTERM or SIGINT, then let each finish what it has begun: the recognisers last, because calls under
    way still need them. The exit code: 2 where one of them cannot be started as it is set."""
    stop = False

    def asked(*_: object) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    try:
        while not stop:
            for each in processes:
                each.watch()
            if any(each.refused for each in processes):
                return CANNOT
            time.sleep(0.1)
        log.info("stopping")
        return 0
    finally:
        _stop(each for each in processes if not each.last)
        _stop(each for each in processes if each.last)


def _stop(group: Iterable[Child]) -> None:
    """End these together; kill those that outlast their patience."""
    ending = [(each, each.process) for each in group if each.process is not None]
    began = time.monotonic()
    for _, process in ending:
        process.send_signal(signal.SIGTERM)
    for child, process in ending:
        try:
            process.wait(timeout=max(0.0, began + child.patience - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("killed", process=child.name, after=child.patience)
            process.kill()
            process.wait()
