"""Text messages, through Twilio's own library against a server that plays its part."""

from __future__ import annotations

import json
import logging
import socket
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from twilio.rest import Client

from voicebot.errors import DeliveryError
from voicebot.telephony.twilio.rest import OriginHttpClient, TextError, TextSender, twilio_client

Provider = Any  # of conftest.py, which importlib mode lets nobody import

SID = "SM" + "a" * 32
SENT = (201, json.dumps({"sid": SID, "status": "queued"}).encode(), {"Content-Type": "application/json"})
MOBILE = "+447700900123"


def sender(base: str, timeout: float = 5) -> TextSender:
    return TextSender(twilio_client("AC1", "secret", base, timeout=timeout), "Westshire")


def test_sent_to_the_configured_origin(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.script = [SENT]
    caplog.set_level(logging.DEBUG)
    assert sender(provider.base).send(MOBILE, "The link", "https://bot.example/twilio/sms-status") == SID
    [(method, path, headers, body)] = provider.requests
    assert (method, path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert headers["Authorization"].startswith("Basic ")
    assert parse_qs(body.decode()) == {
        "To": [MOBILE],
        "From": ["Westshire"],
        "Body": ["The link"],
        "StatusCallback": ["https://bot.example/twilio/sms-status"],
    }
    assert MOBILE not in caplog.text
    assert "The link" not in caplog.text


@pytest.mark.parametrize("to", ["+441632960001", "", "anonymous", "sip:a@b", "+447700900123,+447700900124"])
def test_only_to_mobiles(provider: Provider, to: str) -> None:
    with pytest.raises(TextError, match="mobile") as caught:
        sender(provider.base).send(to, "x", "https://bot.example")
    assert caught.value.permanent
    assert isinstance(caught.value, DeliveryError)
    assert provider.requests == []


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (401, True), (429, False), (500, True)])
def test_refused(provider: Provider, status: int, permanent: bool) -> None:
    body = json.dumps({"code": 21211, "message": f"The 'To' number {MOBILE} is not valid", "status": status}).encode()
    provider.script = [(status, body, {"Content-Type": "application/json"})]
    with pytest.raises(TextError, match=f"status {status}") as caught:
        sender(provider.base).send(MOBILE, "x", "https://bot.example")
    assert caught.value.permanent is permanent
    assert caught.value.uncertain is (status == 500), "a server that failed may have sent it"
    assert MOBILE not in str(caught.value)


@pytest.mark.parametrize("body", [b"not json", b"{}", b""])
def test_an_answer_that_says_nothing_may_have_been_a_success(provider: Provider, body: bytes) -> None:
    provider.script = [(201, body, {})]
    with pytest.raises(TextError) as caught:
        sender(provider.base).send(MOBILE, "x", "https://bot.example")
    assert caught.value.uncertain


def test_not_reached_may_be_tried_again_but_not_answered_may_not() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(TextError, match="reached") as refused:
            sender(nobody).send(MOBILE, "x", "https://bot.example")
        listening.listen()
        with pytest.raises(TextError, match="ReadTimeout") as silent:
            sender(nobody, timeout=0.3).send(MOBILE, "x", "https://bot.example")
    assert (refused.value.permanent, silent.value.permanent) == (False, True)
    assert (refused.value.uncertain, silent.value.uncertain) == (False, True)


@pytest.mark.parametrize(
    ("region", "edge", "host"),
    [
        ("", "", "api.twilio.com"),
        ("ie1", "dublin", "api.dublin.ie1.twilio.com"),
        ("", "dublin", "api.dublin.us1.twilio.com"),
    ],
)
def test_region_and_edge_of_the_real_api(region: str, edge: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "au1")  # what counts are our settings, not what the library finds
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(201, json={"sid": SID})

    client = twilio_client("AC1", "secret", "https://api.twilio.com", region=region, edge=edge)
    client.http_client = OriginHttpClient(client=httpx.Client(transport=httpx.MockTransport(answer)))
    assert isinstance(client, Client)
    assert TextSender(client, "Westshire").send(MOBILE, "x", "https://bot.example") == SID
    assert asked[0].url.host == host
