"""The recogniser under gunicorn: one model in one worker process, late work killed, overload refused."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from voicebot.config import Settings
from voicebot.speech.engines.loading import load_engine, warm_up_sound
from voicebot.speech.recogniser_app import create_recogniser
from voicebot.speech.weights import require

# Beyond what can be answered in time a queue only makes everybody late.
BACKLOG = 16
LOADING_SECONDS = 180.0


def serve_recogniser(settings: Settings, model: str, host: str, port: int) -> None:
    """Serve `model` on host:port until SIGTERM. Raises `WeightsError` before anything listens where the weights are
    missing; a port that is taken ends the process with gunicorn's message."""
    require(f"whisper-{model}", settings.weights)
    deadline = settings.fallback_seconds if model == settings.fallback_model else settings.recogniser_seconds

    def make() -> Flask:
        engine = load_engine(settings.engine, model, settings.weights)
        engine.warm_up(warm_up_sound())
        return create_recogniser(engine, model, deadline=deadline, key=settings.recogniser_key.get_secret_value())

    run_app(make, host, port, deadline=deadline)


def run_app(make: Callable[[], Flask], host: str, port: int, *, deadline: float) -> None:
    """Run the application that `make` returns under gunicorn until SIGTERM. `make` is called in the worker process.

    Work that passes `deadline` seconds is ended by an alarm; a worker that an alarm cannot reach, because it hangs in a
    library's C code, is killed two seconds later and started again.
    """
    _RecogniserServer(make, f"{host}:{port}", deadline).run()


class _RecogniserServer(BaseApplication):  # type: ignore[misc]
    def __init__(self, make: Callable[[], Flask], bind: str, deadline: float) -> None:
        self._make = make
        self._bind = bind
        self._deadline = deadline
        self._worker: Any = None
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "sync",
            "preload_app": False,
            "backlog": BACKLOG,
            "timeout": math.ceil(self._deadline) + 2,
            "graceful_timeout": math.ceil(self._deadline) + 2,
            "post_fork": self._remember,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        with _beating(self._worker):
            return self._make()

    def _remember(self, _arbiter: object, worker: object) -> None:
        self._worker = worker


@contextmanager
def _beating(worker: Any) -> Iterator[None]:
    """Tell gunicorn that the worker lives while it loads its model, which may take longer than a request ever may."""
    done = threading.Event()

    def beat() -> None:
        for _ in range(int(LOADING_SECONDS)):
            worker.notify()
            if done.wait(1.0):
                return

    threading.Thread(target=beat, name="loading", daemon=True).start()
    try:
        yield
    finally:
        done.set()
