"""A real HTTP server that plays Twilio's API, scripted by each test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import structlog
from flask import Flask

from voicebot.telephony.authentication import authenticated
from voicebot.telephony.twilio.webhooks import twilio_blueprint

from .desk import LAST_RESORT, PUBLIC, TOKEN, Desk

Reply = tuple[int, bytes, dict[str, str]] | Callable[[BaseHTTPRequestHandler], object]
"""Status, body and headers; or a function that writes whatever it likes."""


@dataclass
class Provider:
    """`script` answers one request after another, the last of it all that follow. `requests` is what came in."""

    base: str
    script: list[Reply] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def provider() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            here.requests.append((self.command, self.path, dict(self.headers), body))
            answer = here.script.pop(0) if len(here.script) > 1 else here.script[0]
            try:
                if callable(answer):
                    answer(self)
                else:
                    send(self, *answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST = do_DELETE = handle_any

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def app(desk: Desk) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(
        twilio_blueprint(
            desk, public_url=PUBLIC, auth_token=TOKEN, fallback=LAST_RESORT, on_text_status=desk.text_status
        )
    )

    @app.get("/healthz")
    @authenticated("none")
    def healthz() -> str:
        return "ok"

    return app


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries
