"""A recogniser under real gunicorn whose engine does as a file says: Whisper's place is taken, nothing else's.

Run as `python stand_in.py PORT MODEL DEADLINE FILE`; FILE holds `{"say": words}`, `{"raise": …}`, `{"hang": seconds}`
or `{"hang_in_c": seconds}`, and is read again for each request.
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from voicebot.ports import Transcript
from voicebot.speech.audio import SAMPLE_RATE, Samples
from voicebot.speech.engines.loops import compression_ratio
from voicebot.speech.recogniser_app import create_recogniser
from voicebot.speech.recogniser_server import run_app


class ObedientEngine:
    """Hears nothing of the audio but its length."""

    def __init__(self, model: str, file: Path) -> None:
        self._model = model
        self._file = file

    def transcribe(self, samples: Samples, hints: Sequence[str] = ()) -> Transcript:
        told = json.loads(self._file.read_text())
        if "raise" in told:
            raise RuntimeError(told["raise"])
        if "hang" in told:
            time.sleep(told["hang"])
        if "hang_in_c" in told:
            # PyDLL keeps the interpreter's lock, as a library that hangs does: no alarm gets through
            ctypes.PyDLL(None).sleep(told["hang_in_c"])
        words = told.get("say", "")
        seconds = len(samples) / SAMPLE_RATE
        ratio = compression_ratio(words)
        return Transcript(words, -0.2, 0.01, "en", 0.99, ratio, seconds, seconds, 0.0, self._model)


def main() -> None:
    port, model, deadline, file = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), Path(sys.argv[4])

    def make() -> Flask:
        return create_recogniser(ObedientEngine(model, file), model, deadline=deadline)

    run_app(make, "127.0.0.1", port, deadline=deadline)


if __name__ == "__main__":
    main()
