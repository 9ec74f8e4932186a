"""Recordings, fetched over HTTP from a server that misbehaves in every way that has been seen."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from voicebot.errors import RecordingError, RecordingLateError
from voicebot.telephony.twilio.origins import allowed_origins, origin_of
from voicebot.telephony.twilio.recordings import LIMIT_BYTES, TwilioRecordings

Provider = Any  # of conftest.py, which importlib mode lets nobody import

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(3000)
PATH = "/2010-04-01/Accounts/AC1/Recordings/RE1"
GOOD = (200, WAV, {"Content-Type": "audio/x-wav"})
NOT_YET = (404, b"<html>not found</html>", {"Content-Type": "text/html"})


def recordings(provider: Provider) -> TwilioRecordings:
    return TwilioRecordings("AC1", "secret", allowed_origins(provider.base))


def test_fetched_as_wav_with_the_accounts_credentials(provider: Provider) -> None:
    provider.script = [GOOD]
    assert recordings(provider).fetch(provider.base + PATH, deadline=5) == WAV
    [(method, path, headers, _)] = provider.requests
    assert (method, path) == ("GET", PATH + ".wav")
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:secret").decode()


def test_polled_while_it_is_not_there(provider: Provider) -> None:
    provider.script = [NOT_YET, NOT_YET, (503, b"", {}), GOOD]
    assert recordings(provider).fetch(provider.base + PATH, deadline=10) == WAV
    assert len(provider.requests) == 4


def test_late_where_it_never_comes(provider: Provider) -> None:
    provider.script = [NOT_YET]
    with pytest.raises(RecordingLateError):
        recordings(provider).fetch(provider.base + PATH, deadline=0.5)
    assert len(provider.requests) >= 2


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (200, b"<html>404 Not Found</html>", "text/html", "text/html"),
        (200, b"<html>404 Not Found</html>", "audio/x-wav", "web page"),
        (200, b'<?xml version="1.0"?><TwilioResponse/>', "audio/x-wav", "web page"),
        (200, b'{"code": 20404}', "application/json", "application/json"),
        (200, b"ID3\x04" + bytes(100), "audio/mpeg", "MP3"),
        (200, b"RIFF\x00\x00\x00\x00AVI ", "audio/x-wav", "WAV"),
        (200, b"RI", "audio/x-wav", "WAV"),
        (200, b"", "audio/x-wav", "empty"),
        (401, b"", "text/plain", "401"),
        (410, b"", "text/plain", "410"),
        (204, b"", "audio/x-wav", "204"),
    ],
)
def test_what_is_no_recording_is_refused_at_once(
    provider: Provider, status: int, body: bytes, kind: str, reason: str
) -> None:
    provider.script = [(status, body, {"Content-Type": kind})]
    with pytest.raises(RecordingError, match=reason) as caught:
        recordings(provider).fetch(provider.base + PATH, deadline=5)
    assert caught.value.code == "recording"
    assert len(provider.requests) == 1


def test_too_large_by_its_own_account(provider: Provider) -> None:
    provider.script = [(200, WAV, {"Content-Type": "audio/x-wav", "Content-Length": str(200_000_000)})]
    with pytest.raises(RecordingError, match="larger"):
        recordings(provider).fetch(provider.base + PATH, deadline=5)


def test_too_large_without_saying_so(provider: Provider) -> None:
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/x-wav")
        handler.end_headers()
        handler.wfile.write(WAV)
        while sent < 200_000_000:
            sent += handler.wfile.write(bytes(1_000_000))

    provider.script = [endless]
    with pytest.raises(RecordingError, match=f"larger than {LIMIT_BYTES}"):
        recordings(provider).fetch(provider.base + PATH, deadline=20)
    assert sent < 200_000_000


def test_a_trickle_ends_at_the_deadline(provider: Provider) -> None:
    stop = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/x-wav")
        handler.end_headers()
        handler.wfile.write(WAV)
        while not stop.wait(0.02):
            handler.wfile.write(b"\0")

    provider.script = [trickle]
    with pytest.raises(RecordingLateError):
        recordings(provider).fetch(provider.base + PATH, deadline=0.4)
    stop.set()


def test_a_server_that_never_answers_is_late(provider: Provider) -> None:
    stop = threading.Event()
    provider.script = [lambda handler: stop.wait(10) and None]
    with pytest.raises(RecordingLateError):
        recordings(provider).fetch(provider.base + PATH, deadline=0.3)
    stop.set()


def test_nobody_there() -> None:
    store = TwilioRecordings("AC1", "secret", allowed_origins("http://127.0.0.1:9"))
    with pytest.raises(RecordingError, match="ConnectError"):
        store.fetch("http://127.0.0.1:9" + PATH, deadline=0.3)


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example" + PATH,
        "https://127.0.0.1:{port}" + PATH,
        "http://127.0.0.1:1" + PATH,
        "http://localhost:{port}" + PATH,
        "http://127.0.0.1:{port}@evil.example" + PATH,
        "http://evil.example\\@127.0.0.1:{port}" + PATH,
        "http://user:word@127.0.0.1:{port}" + PATH,
        "ftp://127.0.0.1:{port}" + PATH,
        "file:///etc/passwd",
        "http://[::1",
        "http://127.0.0.1:x" + PATH,
        "",
    ],
)
def test_only_the_configured_origin_ever_sees_the_credentials(provider: Provider, url: str) -> None:
    provider.script = [GOOD]
    where = url.replace("{port}", provider.base.rsplit(":", 1)[1])
    store = recordings(provider)
    with pytest.raises(RecordingError):
        store.fetch(where, deadline=2)
    with pytest.raises(RecordingError):
        store.delete(where, deadline=2)
    assert provider.requests == []


def test_redirects_are_followed_at_home_and_nowhere_else(provider: Provider) -> None:
    provider.script = [(307, b"", {"Location": "/media/RE1"}), GOOD]
    assert recordings(provider).fetch(provider.base + PATH, deadline=5) == WAV
    assert provider.requests[1][1] == "/media/RE1"
    provider.script = [(302, b"", {"Location": "http://localhost:1/RE1.wav"})]
    with pytest.raises(RecordingError, match="localhost"):
        recordings(provider).fetch(provider.base + PATH, deadline=5)


def test_redirects_in_circles_end(provider: Provider) -> None:
    provider.script = [(302, b"", {"Location": PATH + ".wav"})]
    with pytest.raises(RecordingError, match="circles"):
        recordings(provider).fetch(provider.base + PATH, deadline=5)


@pytest.mark.parametrize("status", [204, 200, 404])
def test_deleting_removes_the_recording_itself(provider: Provider, status: int) -> None:
    provider.script = [(status, b"", {})]
    recordings(provider).delete(provider.base + PATH + ".wav", deadline=5)
    assert provider.requests[0][:2] == ("DELETE", PATH)


@pytest.mark.parametrize("status", [302, 401, 500])
def test_a_recording_that_could_not_be_deleted(provider: Provider, status: int) -> None:
    provider.script = [(status, b"", {"Location": "/x"})]
    with pytest.raises(RecordingError, match=str(status)):
        recordings(provider).delete(provider.base + PATH, deadline=5)


def test_origins_of_a_region() -> None:
    real = allowed_origins("https://api.twilio.com", "ie1", "dublin")
    hosts = {"api.twilio.com", "api.ie1.twilio.com", "api.dublin.ie1.twilio.com"}
    assert real == {("https", host, 443) for host in hosts}
    assert allowed_origins("http://127.0.0.1:5000", "ie1", "dublin") == {("http", "127.0.0.1", 5000)}
    assert origin_of("https://API.twilio.com:443/x") == ("https", "api.twilio.com", 443)
