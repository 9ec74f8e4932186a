"""Messages handed to a real webhook, and to ones that misbehave."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from voicebot.delivery.messages import deliver
from voicebot.regression.local_server import serving

from .letters import LETTER, NUMBER, SECRET_PATH, WORDS, Talk, raw_server, refused, silent


@contextmanager
def webhook(answer: Callable[[Request], Response]) -> Iterator[tuple[str, list[Request]]]:
    seen: list[Request] = []

    @Request.application
    def app(request: Request) -> Response:
        request.get_data()
        seen.append(request)
        return answer(request)

    with serving(app) as url:
        yield f"{url}{SECRET_PATH}", seen


def test_a_webhook_gets_the_whole_letter_and_an_id_to_tell_repeats_by(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook(lambda _: Response("thanks", 200)) as (url, seen):
        deliver(LETTER, url, None)
    (request,) = seen
    assert request.method == "POST"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"] == "CA1-7"
    assert json.loads(request.get_data()) == {
        "id": "CA1-7",
        "call_id": "CA1",
        "team": "the Blue Badge team",
        "topic": "a Blue Badge application",
        "words": WORDS,
        "number": NUMBER,
        "left": "2026-11-02T09:30:00+00:00",
        "seconds": 31.4,
        "note": "",
    }
    assert WORDS not in caplog.text
    assert NUMBER not in caplog.text


def test_a_webhook_that_says_created_or_nothing_has_it_as_well() -> None:
    for status in (201, 202, 204):
        with webhook(lambda _, status=status: Response(status=status)) as (url, _):
            deliver(replace(LETTER, number=None, id="CA1\r\nX-Evil: 1"), url, None)


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_a_webhook_that_refuses_is_told_by_its_status(status: int) -> None:
    with webhook(lambda request: Response(request.get_data(), status)) as (url, seen):
        told = refused(LETTER, url, None)
    assert str(status) in told
    assert "127.0.0.1" in told
    assert len(seen) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with (
        webhook(lambda _: Response("elsewhere")) as (elsewhere, others),
        webhook(lambda _: Response("", status, headers={"Location": elsewhere})) as (url, _),
    ):
        assert "routing.yaml" in refused(LETTER, url, None)
    assert others == [], "words and number go to the address in the table and nowhere else"


def trickling_header(connection: socket.socket) -> None:
    pause = threading.Event()
    for sign in "HTTP/1.1 200 OK\r\nX: " + "x" * 10_000:
        connection.sendall(sign.encode())
        pause.wait(0.05)


@pytest.mark.parametrize("talk", [silent, trickling_header])
def test_a_webhook_that_hangs_is_left_at_the_deadline(talk: Talk) -> None:
    with raw_server(talk) as port:
        told = refused(LETTER, f"http://127.0.0.1:{port}{SECRET_PATH}", None, seconds=0.4)
    assert "took longer than 0.4 s" in told


def test_an_endless_answer_is_not_waited_for() -> None:
    def endless(_: Request) -> Response:
        def drops() -> Iterator[bytes]:
            while True:
                yield b"x" * 1024

        return Response(drops(), 200)

    with webhook(endless) as (url, _):
        deliver(LETTER, url, None, seconds=5)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1" + SECRET_PATH, "http://[::bad" + SECRET_PATH, "http://a\n.example"]
)
def test_a_webhook_that_is_not_there(url: str) -> None:
    assert "could not be reached" in refused(LETTER, url, None, seconds=5)


def test_a_webhook_with_a_strange_certificate_gets_nothing(certificate: Any, tmp_path: Path) -> None:
    def encrypted(connection: socket.socket) -> None:
        with certificate.context.wrap_socket(connection, server_side=True) as safe:
            got.append(safe.recv(1024))

    got: list[bytes] = []
    with raw_server(lambda connection: _without_tls_errors(encrypted, connection)) as port:
        assert "could not be reached" in refused(LETTER, f"https://127.0.0.1:{port}{SECRET_PATH}", None, seconds=5)
    assert not any(got)


def _without_tls_errors(talk: Talk, connection: socket.socket) -> None:
    with suppress(ssl.SSLError):
        talk(connection)
