"""What the tests of faults share: a telephone line that posts by hand, recognisers that do as they are told."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from server import LONDON, ROOT, Bot
from twilio.request_validator import RequestValidator

from voicebot import bootstrap
from voicebot.regression.local_server import free_port
from voicebot.regression.provider_faults import Fault
from voicebot.regression.provider_store import Recording, new_sid
from voicebot.regression.script import Speak
from voicebot.regression.telephone_wav import telephone_wav

CALLER = "+447700900123"
BADGE = "I want to know how my Blue Badge application is getting on"
WAV = telephone_wav(ROOT / "tests/calls/blue-badge-chase.wav")
TWILIO_SECONDS = 15.0
TUESDAY = "2026-11-24T10:30"
PATIENCE = 60.0
"""A limit for what comes to pass by itself; only a bot that is broken meets it."""


def eventually(what: Callable[[], object], why: str, seconds: float = PATIENCE) -> Any:
    """The first true value of `what`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not after {seconds:.0f} s: {why}")


def set_clock(bot: Bot, sid: str, at: str) -> None:
    """For this call it is `at` in London."""
    engine = bootstrap.open_storage(bot.settings)
    bootstrap.call_clocks(engine).ring_at(sid, datetime.fromisoformat(at).replace(tzinfo=LONDON))
    engine.dispose()


def speak(fault: Fault | None = None) -> Speak:
    return Speak(WAV, "utterance", fault=fault)


class Line:
    """One call to a bot, posted by hand: every request signed, answered within Twilio's 15 seconds or a failure."""

    def __init__(self, bot: Bot, sid: str | None = None, at: str = TUESDAY) -> None:
        self.bot = bot
        self.sid = sid or new_sid("CA")
        if sid is None:
            set_clock(bot, self.sid, at)

    @property
    def fields(self) -> dict[str, str]:
        return {
            "CallSid": self.sid,
            "AccountSid": self.bot.provider.account_sid,
            "From": CALLER,
            "To": "+441632960000",
            "CallStatus": "in-progress",
        }

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """`path` is what follows /twilio/. `headers` replace those that would be sent, the signature for instance."""
        form = {**self.fields, **(fields or {})}
        url = f"{self.bot.environment['VOICEBOT_PUBLIC_URL']}/twilio/{path}"
        signature = RequestValidator(self.bot.provider.token).compute_signature(url, form)
        return httpx.post(
            f"{self.bot.url}/twilio/{path}",
            data=form,
            headers={"X-Twilio-Signature": signature, **headers},
            timeout=TWILIO_SECONDS,
            trust_env=False,
        )

    def ring(self) -> str:
        return heard(self.post("voice", {"CallStatus": "ringing"}))

    def press(self, number: int, keys: str) -> str:
        return heard(self.post(f"turn/{number}", {"Digits": keys}))

    def record(self, fault: Fault | None = None) -> Recording:
        return self.bot.provider.store.record(WAV, fault)

    def speak(self, number: int, recording: Recording | None = None) -> str:
        """Say something; the TwiML at once, which may be a hold line."""
        recording = recording or self.record()
        return heard(self.post(f"turn/{number}", {"RecordingUrl": recording.url, "RecordingDuration": "3"}))

    def wait(self, number: int, document: str = "") -> str:
        """Follow hold lines to the answer of this turn, through a server that is away for a while."""

        def poll() -> str:
            try:
                found = heard(self.post(f"wait/{number}"))
            except httpx.HTTPError:
                return ""
            return "" if is_hold(found) else found

        return document if document and not is_hold(document) else eventually(poll, f"an answer to turn {number}")

    def hang_up(self) -> None:
        assert self.post("status", {"CallStatus": "completed", "CallDuration": "9"}).status_code == 204


def heard(response: httpx.Response) -> str:
    """The TwiML of an answer that a caller can live with: a sentence or a moment's wait, and something after it."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/xml")
    document = response.text
    assert "<Say" in document or "<Pause" in document, document
    assert any(f"<{verb}" in document for verb in ("Gather", "Record", "Dial", "Redirect", "Hangup")), document
    return document


def is_hold(document: str) -> bool:
    return "/twilio/wait/" in document


def is_keys(document: str) -> bool:
    """Whether keys are offered with a person among them."""
    return "<Gather" in document and "press 0" in document


def dialled(document: str) -> str:
    """The number that is rung, "" where none is."""
    found = re.search(r"<Number[^>]*>([^<]+)<", document)
    return found[1] if found else ""


class StandIn:
    """One recogniser process that does as it is told."""

    def __init__(self, folder: Path, model: str, deadline: float) -> None:
        self.port = free_port()
        self._file = folder / f"{model}.json"
        self._command = [
            sys.executable,
            str(Path(__file__).with_name("stand_in.py")),
            *(str(self.port), model, str(deadline), str(self._file)),
        ]
        self._log = folder / f"{model}.log"
        self.tell(say=BADGE)
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self._log.read_text()

    def tell(self, **what: object) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(what))
        new.replace(self._file)

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        eventually(self._is_ready, f"a recogniser on {self.port}")

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=1, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """SIGKILL, its worker included."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def sqlite_held(file: Path, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """Another process holds the database for itself."""
    code = (
        "import sqlite3, sys, time\n"
        f"held = sqlite3.connect({str(file)!r}, timeout=30, isolation_level=None)\n"
        "held.execute('BEGIN EXCLUSIVE')\n"
        "print('held', flush=True)\n"
        f"time.sleep({seconds})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def rows(bot: Bot, statement: str) -> list[tuple[Any, ...]]:
    """What stands in the SQLite database of a bot."""
    connection = sqlite3.connect(f"file:{bot.folder}/bot.db?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()
