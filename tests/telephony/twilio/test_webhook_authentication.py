"""Who may ask: signatures, and what each route declares."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from voicebot.errors import SettingError
from voicebot.telephony.authentication import declared
from voicebot.telephony.twilio.signature import signed
from voicebot.telephony.twilio.webhooks import twilio_blueprint

from .desk import FORM, LAST_RESORT, PATHS, PUBLIC, TOKEN, Desk, post


def test_every_route_declares_how_it_is_authenticated(app: Flask) -> None:
    routes = declared(app)
    assert routes.pop("GET /healthz") == "none"
    assert len(routes) == 10
    assert set(routes.values()) == {"twilio"}
    assert all(route.startswith("POST /twilio/") for route in routes)


def test_a_route_that_declares_nothing_is_refused(desk: Desk) -> None:
    blueprint = twilio_blueprint(
        desk, public_url=PUBLIC, auth_token=TOKEN, fallback=LAST_RESORT, on_text_status=desk.text_status
    )
    blueprint.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["POST"])
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(blueprint)
    assert declared(app)["POST /twilio/forgotten"] is None
    assert post(app, "/twilio/forgotten").status_code == 403


def test_no_credentials_no_blueprint(desk: Desk) -> None:
    with pytest.raises(SettingError, match="TWILIO_AUTH_TOKEN"):
        twilio_blueprint(desk, public_url=PUBLIC, auth_token="", fallback=LAST_RESORT, on_text_status=desk.text_status)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
        {"X-Twilio-Signature": signed("https://evil.example/twilio/voice", FORM, TOKEN), "Host": "evil.example"},
        {"X-Twilio-Signature": signed("https://evil.example/twilio/voice", FORM, TOKEN),
         "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"},
        {"X-Twilio-Signature": signed(PUBLIC + "/twilio/other", FORM, TOKEN)},
    ],
)  # fmt: skip
def test_unsigned_is_403_and_nothing_happens(
    app: Flask, desk: Desk, logged: list[Any], path: str, headers: dict[str, str]
) -> None:
    response = post(app, path, headers=headers)
    assert response.status_code == 403
    assert desk.asked == []
    assert logged == [{"event": "signature_refused", "log_level": "warning"}]


def test_what_a_proxy_or_a_host_header_says_does_not_matter(app: Flask) -> None:
    signature = signed(PUBLIC + "/twilio/voice", FORM, TOKEN)
    headers = {"X-Twilio-Signature": signature, "Host": "10.0.0.7:8000", "X-Forwarded-Host": "evil.example"}
    assert post(app, "/twilio/voice", headers=headers).status_code == 200


def test_the_query_is_signed_as_it_was_sent(app: Flask, desk: Desk) -> None:
    assert post(app, "/twilio/voice?a=%20b&c=%C3%A9").status_code == 200
    headers = {"X-Twilio-Signature": signed(PUBLIC + "/twilio/voice?a=1", FORM, TOKEN)}
    assert post(app, "/twilio/voice?a=2", headers=headers).status_code == 403


def test_repeated_parameters_verify(app: Flask) -> None:
    form = MultiDict([*FORM.items(), ("SipHeader_X-A", "1"), ("SipHeader_X-A", "2")])
    assert post(app, "/twilio/voice", form).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "HEAD"])
def test_only_post(app: Flask, desk: Desk, method: str) -> None:
    assert app.test_client().open("/twilio/voice", method=method).status_code in (403, 405)
    assert desk.asked == []
