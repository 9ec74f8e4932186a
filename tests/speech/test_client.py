"""The web tier's client against servers that answer, fail, trickle and refuse; each a real socket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from voicebot.errors import RecogniserBusyError, RecogniserError, RecogniserLateError
from voicebot.speech.client import HttpRecogniser

GOOD = {"text": " My bin was missed. "}
Serve = Callable[[int, object], tuple[str, list[bytes]]]


class Handler(BaseHTTPRequestHandler):
    """Answers with the server's status and body; the status 0 trickles, -1 waits until the test is over."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
        body = server.body if isinstance(server.body, bytes) else json.dumps(server.body).encode()
        if server.status == -1:
            server.over.wait(20)
            return
        self.send_response(server.status or 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for at in range(len(body)):
            if server.status == 0 and server.over.wait(0.1):
                return
            try:
                self.wfile.write(body[at : at + 1])
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Any] = []

    def start(status: int, body: object) -> tuple[str, list[bytes]]:
        server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.status, server.body, server.seen, server.over = status, body, [], threading.Event()
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}", server.seen

    yield start
    for server in servers:
        server.over.set()
        server.shutdown()
        server.server_close()


def test_a_server_that_sends_nothing_but_text_is_enough(serve: Serve) -> None:
    url, seen = serve(200, GOOD)
    heard = HttpRecogniser(url, "whisper-1").transcribe(b"RIFF", deadline=5)
    assert (heard.words, heard.speech_seconds, heard.language, heard.model) == (
        "My bin was missed.",
        None,
        "",
        "whisper-1",
    )
    assert b'name="prompt"' not in seen[0]
    HttpRecogniser(url, "whisper-1").transcribe(b"RIFF", deadline=5, hints=["Blue Badge"])
    assert b'name="prompt"\r\n\r\nBlue Badge' in seen[1]


def test_segments_of_another_server_are_averaged(serve: Serve) -> None:
    figures = [(-0.2, 0.5), (-0.4, 0.1)]
    segments = [{"text": "abc", "avg_logprob": log, "no_speech_prob": none} for log, none in figures]
    url, _ = serve(200, {"text": "abc abc", "language": "english", "segments": segments, "duration": 3.5})
    heard = HttpRecogniser(url, "whisper-1").transcribe(b"RIFF", deadline=5)
    assert heard.average_log_probability == pytest.approx(-0.3)
    assert (heard.no_speech_probability, heard.language, heard.audio_seconds) == (0.1, "en", 3.5)


@pytest.mark.parametrize("status", [500, 503, 429, 504, 400])
def test_a_failure_is_tried_once_on_the_smaller_model(serve: Serve, status: int) -> None:
    first, first_seen = serve(status, {"error": {"code": "x"}})
    second, second_seen = serve(200, GOOD)
    heard = HttpRecogniser(first, "base", fallback_url=second, fallback_model="tiny.en").transcribe(b"RIFF", deadline=5)
    assert (heard.words, heard.model) == ("My bin was missed.", "tiny.en")
    assert (len(first_seen), len(second_seen)) == (1, 1)


@pytest.mark.parametrize("status", [-1, 0])
def test_a_server_that_hangs_or_trickles_cannot_stretch_the_deadline(serve: Serve, status: int) -> None:
    slow, _ = serve(status, {"text": "x" * 500})
    quick, _ = serve(200, GOOD)
    heard = HttpRecogniser(slow, "base", fallback_url=quick, first_seconds=0.4).transcribe(b"RIFF", deadline=5)
    assert heard.words == "My bin was missed."
    with pytest.raises(RecogniserLateError):
        HttpRecogniser(slow, "base", fallback_url=slow).transcribe(b"RIFF", deadline=0.4)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, GOOD, RecogniserBusyError),
        (429, GOOD, RecogniserBusyError),
        (504, GOOD, RecogniserLateError),
        (500, GOOD, RecogniserError),
        (200, b"<html>hello</html>", RecogniserError),
        (200, {"text": None}, RecogniserError),
        (200, [1], RecogniserError),
    ],
)
def test_what_both_models_fail_at_is_raised(
    serve: Serve, status: int, body: object, error: type[RecogniserError]
) -> None:
    url, seen = serve(status, body)
    with pytest.raises(RecogniserError) as caught:
        HttpRecogniser(url, "base", fallback_url=url).transcribe(b"RIFF", deadline=5)
    assert type(caught.value) is error
    assert len(seen) == 2


def test_beyond_the_limit_the_answer_is_busy_at_once(serve: Serve) -> None:
    slow, seen = serve(-1, GOOD)
    recogniser = HttpRecogniser(slow, "base", first_seconds=1.5, limit=1)

    def occupy() -> None:
        with pytest.raises(RecogniserLateError):
            recogniser.transcribe(b"RIFF", deadline=1.5)

    holder = threading.Thread(target=occupy)
    holder.start()
    while not seen:
        time.sleep(0.01)
    with pytest.raises(RecogniserBusyError, match="as many recognitions"):
        recogniser.transcribe(b"RIFF", deadline=10)
    holder.join()
    with pytest.raises(RecogniserLateError):
        recogniser.transcribe(b"RIFF", deadline=0.2)


def test_beyond_the_limit_the_smaller_model_is_asked_at_once_and_beyond_that_nobody(serve: Serve) -> None:
    slow, seen = serve(-1, GOOD)
    quick, heard = serve(200, GOOD)
    recogniser = HttpRecogniser(
        slow, "base", fallback_url=quick, fallback_model="tiny.en", first_seconds=1.5, limit=1, smaller_limit=1
    )
    holder = threading.Thread(target=recogniser.transcribe, args=(b"RIFF",), kwargs={"deadline": 10})
    holder.start()
    while not seen:
        time.sleep(0.01)
    assert recogniser.transcribe(b"RIFF", deadline=10).words == "My bin was missed."
    assert b"tiny.en" in heard[0]
    with recogniser._smaller_slots, pytest.raises(RecogniserBusyError):
        recogniser.transcribe(b"RIFF", deadline=10)
    holder.join()
