"""Runs the recogniser under gunicorn with an engine that behaves as the words of the uploaded form's prompt say."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Sequence

from flask import Flask

from voicebot.ports import Transcript
from voicebot.speech.audio import SAMPLE_RATE, Samples
from voicebot.speech.recogniser_app import create_recogniser
from voicebot.speech.recogniser_server import run_app


class MisbehavingEngine:
    """Hangs in Python or in C for as long as nobody ends it, raises, or answers."""

    def transcribe(self, samples: Samples, hints: Sequence[str] = ()) -> Transcript:
        what = hints[0] if hints else ""
        if what == "hang":
            time.sleep(20)
        if what == "hang in C":
            lock = ctypes.create_string_buffer(64)
            ctypes.CDLL(None).pthread_mutex_lock(lock)
            ctypes.CDLL(None).pthread_mutex_lock(lock)
        if what == "raise":
            raise RuntimeError("out of memory, they said")
        return Transcript("hello", -0.2, 0.01, "en", 0.9, 1.0, len(samples) / SAMPLE_RATE, 1.0, 0.0, "made-up")


def main() -> None:
    port, deadline = int(sys.argv[1]), float(sys.argv[2])

    def make() -> Flask:
        return create_recogniser(MisbehavingEngine(), "made-up", deadline=deadline)

    run_app(make, "127.0.0.1", port, deadline=deadline)


if __name__ == "__main__":
    main()
