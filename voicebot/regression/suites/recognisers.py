"""A recogniser of the run's own: a process that is started when the first sound must be heard, and once more where it
dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from voicebot.config import Settings
from voicebot.errors import RecogniserError
from voicebot.ports import Transcript
from voicebot.regression.local_server import free_port
from voicebot.speech.client import HttpRecogniser

LONGEST_SECONDS = 60.0
"""Deadline of one recognition. Nobody waits on the line, and what a slow machine hears late would be judged as heard
wrongly: so it is generous, and the smaller model is never asked."""

LOADING_SECONDS = 180.0
"""A cold start reads the weights; beside other work on two cores it has been seen to take a minute."""

STOPPING_SECONDS = 10.0

STARTS = 2
"""The first, and one more where the process has died: what dies twice would die a third time."""


class RecogniserProcess:
    """A `voicebot.ports.Recogniser`: `voicebot recogniser` on a free port. Safe in many threads: it works on one
    utterance at a time, and the others wait here instead of being turned away. `gone` says why it can no longer be
    asked, "" while it can."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._log = folder / "recogniser.log"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._client: HttpRecogniser | None = None
        self._url = ""
        self._starts = 0
        self.gone = ""

    @property
    def pid(self) -> int | None:
        """None where it was not needed so far."""
        return None if self._process is None else self._process.pid

    def transcribe(self, wav: bytes, *, deadline: float, hints: Sequence[str] = ()) -> Transcript:
        """`deadline` counts from when it is this utterance's turn. Raises `RecogniserError`."""
        with self._lock:
            try:
                return self._heard(wav, deadline, hints)
            except RecogniserError:
                if self.gone or self._answers():
                    raise  # it is well: it was this sound that it could not do
            return self._heard(wav, deadline, hints)

    def _heard(self, wav: bytes, deadline: float, hints: Sequence[str]) -> Transcript:
        self._be_there()
        assert self._client is not None
        return self._client.transcribe(wav, deadline=deadline, hints=hints)

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _be_there(self) -> None:
        """Raises `RecogniserError` where it has died too often, or cannot be started."""
        if self._process is not None and self._process.poll() is None:
            return
        if not self.gone and self._starts >= STARTS:
            self.gone = f"the recogniser has died {self._starts} times; its log ended: {self._end()}"
        if self.gone:
            raise RecogniserError(self.gone)
        self._start()

    def _start(self) -> None:
        self._starts += 1
        port, model, key = free_port(), self._settings.whisper_model, self._settings.recogniser_key.get_secret_value()
        self._url = f"http://127.0.0.1:{port}"
        own = {
            "VOICEBOT_ENGINE": self._settings.engine,
            "VOICEBOT_WHISPER_MODEL": model,
            "VOICEBOT_WEIGHTS": str(self._settings.weights.resolve()),
            "VOICEBOT_RECOGNISER_SECONDS": str(LONGEST_SECONDS),
            "VOICEBOT_RECOGNISER_KEY": key,
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "voicebot.cli", "recogniser", "--model", model, "--port", str(port)],
                env={**os.environ, **own},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._client = HttpRecogniser(self._url, model, key=key, first_seconds=LONGEST_SECONDS)
        until = time.monotonic() + LOADING_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                self.gone = f"the recogniser did not start; its log ended: {self._end()}"
                raise RecogniserError(self.gone)
            time.sleep(0.1)

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return False
        try:
            return httpx.get(f"{self._url}/readyz", timeout=5.0, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def _end(self) -> str:
        """The last line of its log; what callers said never stands in it."""
        lines = self._log.read_text(errors="replace").split("\n") if self._log.is_file() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
