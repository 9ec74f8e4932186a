"""The webhooks as Twilio calls them: signed forms in, TwiML out, and a person on the line whatever breaks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from voicebot.conversation import Fallback
from voicebot.dialogue.actions import Ask, Expecting, HangUp, Say
from voicebot.errors import SettingError, StorageError
from voicebot.ports import Answer, Arrival, Pending, TurnInput
from voicebot.telephony.authentication import authenticated, declared
from voicebot.telephony.twilio.signature import signed
from voicebot.telephony.twilio.twiml import Voice
from voicebot.telephony.twilio.webhooks import BODY_BYTES, twilio_blueprint

PUBLIC = "https://bot.example"
TOKEN = "token-of-the-tests"
CALL = "CA" + "0" * 32
CALLER = "+447700900123"
FORM = {"CallSid": CALL, "From": CALLER, "To": "+441632960100", "CallStatus": "in-progress"}
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"
LAST_RESORT = Voice("Polly.Amy-Neural", "en-GB", "Hold.", "Everything is broken.", "+441632960100", "+441632960100")
SPOKEN = Fallback("Something broke.", "+441632960119", "+441632960100", "Polly.Brian", "en-GB", "One moment.")
ASKED = Answer((Ask("What are you calling about?", Expecting("request")),), 1)


@dataclass
class Desk:
    """A conversation that answers as it is told to, and keeps what it was asked."""

    reply: Answer | Pending | Exception = ASKED
    spoken: Fallback | Exception = SPOKEN
    whispered: str | Exception | None = "Blue Badge."
    broken: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def start(self, arrival: Arrival) -> Answer | Pending:
        self.asked.append(("start", arrival))
        return given(self.reply)

    def turn(self, call_id: str, number: int, heard: TurnInput, arrival: Arrival) -> Answer | Pending:
        self.asked.append(("turn", call_id, number, heard))
        return given(self.reply)

    def poll(self, call_id: str, number: int, arrival: Arrival) -> Answer | Pending:
        self.asked.append(("poll", call_id, number))
        return given(self.reply)

    def ended(self, call_id: str) -> None:
        self.asked.append(("ended", call_id))
        given(self.broken)

    def recording_ready(self, call_id: str, url: str) -> None:
        self.asked.append(("recording_ready", call_id, url))
        given(self.broken)

    def whisper(self, call_id: str) -> str | None:
        self.asked.append(("whisper", call_id))
        return given(self.whispered)

    def fallback(self, call_id: str) -> Fallback:
        return given(self.spoken)

    def text_status(self, sid: str, status: str, error: str) -> None:
        self.asked.append(("text_status", sid, status, error))
        given(self.broken)


def given(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


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


def post(app: Flask, path: str, form: Mapping[str, str] = FORM, **changes: Any) -> TestResponse:
    headers = {"X-Twilio-Signature": signed(PUBLIC + path, form, TOKEN)}
    return app.test_client().post(path, data=form, headers=changes.pop("headers", headers), **changes)


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


PATHS = [
    "/twilio/voice", "/twilio/turn/1", "/twilio/silence/1", "/twilio/wait/1", "/twilio/dial/1", "/twilio/message/1",
    f"/twilio/whisper/{CALL}/1", "/twilio/status", "/twilio/recording", "/twilio/sms-status",
]  # fmt: skip


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


def test_a_call_is_answered(app: Flask, desk: Desk) -> None:
    response = post(app, "/twilio/voice", FORM | {"CallStatus": "ringing"})
    assert (response.status_code, response.mimetype) == (200, "text/xml")
    assert "What are you calling about?" in response.text
    assert f"{PUBLIC}/twilio/turn/1#rc=2&amp;rp=all" in response.text
    assert 'voice="Polly.Brian"' in response.text
    assert desk.asked == [("start", Arrival(CALL, "twilio", "mobile", CALLER))]


def test_a_call_from_a_sip_domain_is_answered_alike(app: Flask, desk: Desk) -> None:
    form = FORM | {"From": "sip:alice@pbx.example", "SipDomain": "w.sip.twilio.com", "SipHeader_X-Queue": "1"}
    assert "What are you calling about?" in post(app, "/twilio/voice", form).text
    assert desk.asked == [("start", Arrival(CALL, "twilio-sip", "sip", "sip:alice@pbx.example"))]


POSTS = [
    ("turn", {"RecordingUrl": URL, "RecordingDuration": "3"}, TurnInput(recording=URL, recording_seconds=3.0)),
    ("turn", {"Digits": "1"}, TurnInput(keys="1")),
    ("silence", {}, TurnInput()),
    ("dial", {"DialCallStatus": "busy"}, TurnInput(transfer="busy")),
    ("message", {"RecordingUrl": URL, "Digits": "#"}, TurnInput(recording=URL, message=True)),
    (
        "message",
        {"RecordingUrl": URL, "Digits": "hangup", "CallStatus": "completed"},
        TurnInput(recording=URL, message=True),
    ),
]


@pytest.mark.parametrize(("route", "form", "heard"), POSTS)
def test_a_turn_is_taken(app: Flask, desk: Desk, route: str, form: dict[str, str], heard: TurnInput) -> None:
    assert "What are you calling about?" in post(app, f"/twilio/{route}/7", FORM | form).text
    assert desk.asked == [("turn", CALL, 7, heard)]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/twilio/turn/7", {"Digits": "hangup", "RecordingUrl": URL}),
        ("/twilio/turn/7", {"CallStatus": "completed"}),
        ("/twilio/silence/7", {"CallStatus": "canceled"}),
        ("/twilio/message/7", {"Digits": "hangup"}),
        ("/twilio/dial/7", {"DialCallStatus": "no-answer", "CallStatus": "completed"}),
    ],
)
def test_a_hang_up_is_told_and_answered_with_nothing(app: Flask, desk: Desk, path: str, form: dict[str, str]) -> None:
    assert post(app, path, FORM | form).text.endswith("<Response />")
    assert desk.asked == [("turn", CALL, 7, TurnInput(hung_up=True))]


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/wait/7"])
def test_a_caller_who_went_while_we_worked(app: Flask, desk: Desk, path: str) -> None:
    assert post(app, path, FORM | {"CallStatus": "completed"}).text.endswith("<Response />")
    assert desk.asked == [("ended", CALL)]


def test_while_a_turn_is_pending_the_hold_line_is_said_once(app: Flask, desk: Desk) -> None:
    desk.reply = Pending(4.0)
    first = post(app, "/twilio/turn/7", FORM | {"RecordingUrl": URL}).text
    then = post(app, "/twilio/wait/7").text
    assert "One moment." in first
    assert "One moment." not in then
    assert "<Pause" in then
    assert f"{PUBLIC}/twilio/wait/7#rc=2&amp;rp=all" in first
    assert f"{PUBLIC}/twilio/wait/7#rc=2&amp;rp=all" in then
    desk.reply = Answer((Say("Goodbye."), HangUp()), 8)
    assert "Goodbye." in post(app, "/twilio/wait/7").text


@pytest.mark.parametrize("path", [each for each in PATHS if each not in PATHS[6:]])
def test_whatever_breaks_the_caller_hears_a_sentence_and_gets_a_person(
    app: Flask, desk: Desk, logged: list[Any], path: str
) -> None:
    desk.reply = RuntimeError(f"{CALLER} said: my name is Doris")
    response = post(app, path)
    assert response.status_code == 200
    assert "Something broke." in response.text
    assert "<Number>+441632960119</Number>" in response.text
    [entry] = logged
    assert (entry["event"], entry["kind"], entry["code"]) == ("turn_failed", "RuntimeError", "bug")
    assert "test_webhooks.py" in entry["where"]
    assert "Doris" not in str(entry)
    assert CALLER not in str(entry)


def test_the_log_names_the_call(app: Flask, desk: Desk) -> None:
    desk.reply = StorageError("the database is locked")
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as entries:
        post(app, "/twilio/turn/7")
    [entry] = entries
    assert (entry["call_id"], entry["turn"], entry["reason"]) == (CALL, 7, "the database is locked")
    assert structlog.contextvars.get_contextvars() == {}


def test_where_nothing_at_all_works_there_is_still_the_last_resort(app: Flask, desk: Desk) -> None:
    desk.reply = desk.spoken = StorageError("the database is gone")
    response = post(app, "/twilio/voice")
    assert response.status_code == 200
    assert "Everything is broken." in response.text
    assert "<Number>+441632960100</Number>" in response.text


def test_without_the_councils_voice_the_answer_is_still_the_answer(app: Flask, desk: Desk) -> None:
    desk.spoken = StorageError("the database is gone")
    assert "What are you calling about?" in post(app, "/twilio/voice").text


def test_an_advisor_hears_a_whisper_and_is_joined_even_when_it_fails(app: Flask, desk: Desk) -> None:
    form = FORM | {"CallSid": "CA" + "1" * 32, "ParentCallSid": CALL}
    path = f"/twilio/whisper/{CALL}/7"
    assert "Blue Badge." in post(app, path, form).text
    assert desk.asked == [("whisper", CALL)]
    desk.whispered = None
    assert post(app, path, form).text.endswith("<Response />")
    desk.whispered = StorageError("gone")
    response = post(app, path, form)
    assert response.status_code == 200
    assert response.text.endswith("<Response />")


CALLBACKS = [
    ("/twilio/status", {"CallStatus": "completed"}, ("ended", CALL)),
    ("/twilio/status", {"CallStatus": "no-answer"}, ("ended", CALL)),
    ("/twilio/recording", {"RecordingUrl": URL, "RecordingStatus": "completed"}, ("recording_ready", CALL, URL)),
    (
        "/twilio/sms-status",
        {"MessageSid": "SM" + "a" * 32, "MessageStatus": "failed", "ErrorCode": "30006"},
        ("text_status", "SM" + "a" * 32, "failed", "30006"),
    ),
]


@pytest.mark.parametrize(("path", "form", "told"), CALLBACKS)
def test_callbacks_are_passed_on_and_asked_for_again_when_they_fail(
    app: Flask, desk: Desk, path: str, form: dict[str, str], told: tuple[str, ...]
) -> None:
    assert post(app, path, FORM | form).status_code == 204
    assert desk.asked == [told]
    desk.broken = StorageError("locked")
    assert post(app, path, FORM | form).status_code == 503


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/twilio/status", {"CallStatus": "ringing"}),
        ("/twilio/recording", {"RecordingUrl": URL, "RecordingStatus": "absent"}),
        ("/twilio/recording", {"RecordingUrl": ""}),
    ],
)
def test_callbacks_that_say_nothing_new(app: Flask, desk: Desk, path: str, form: dict[str, str]) -> None:
    assert post(app, path, FORM | form).status_code == 204
    assert desk.asked == []


@pytest.mark.parametrize("path", [*PATHS[:6], *PATHS[7:], "/twilio/whisper/CA1/1"])
def test_a_request_without_a_call_is_a_clear_400(app: Flask, desk: Desk, path: str) -> None:
    response = post(app, path, FORM | {"CallSid": "CA😀" * 2500})
    assert response.status_code == 400
    assert "Sid must be" in response.text
    assert "😀" not in response.text
    assert desk.asked == []


@pytest.mark.parametrize("number", ["-1", "x", "10000", "9" * 30])
def test_numbers_that_are_no_turn(app: Flask, number: str) -> None:
    assert post(app, f"/twilio/turn/{number}").status_code == 404


def test_ten_kilobytes_of_unicode_in_every_field(app: Flask, desk: Desk) -> None:
    junk = "é😀\u202e" * 1_100
    names = ["From", "To", "Digits", "RecordingUrl", "RecordingDuration", "SipDomain", "CallToken", "SpeechResult"]
    response = post(app, "/twilio/turn/1", dict.fromkeys(names, junk) | {"CallSid": CALL})
    assert response.status_code == 200
    assert desk.asked == [("turn", CALL, 1, TurnInput())]


@pytest.mark.parametrize("length", [BODY_BYTES, None])
def test_a_body_that_is_too_large_is_not_read(app: Flask, desk: Desk, length: int | None) -> None:
    body = b"CallSid=" + b"x" * BODY_BYTES
    options: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded"}
    if length is None:  # chunked: nothing says how long it is
        options |= {"input_stream": io.BytesIO(body), "environ_overrides": {"wsgi.input_terminated": True}}
    else:
        options |= {"data": body}
    assert app.test_client().post("/twilio/voice", **options).status_code == 413
    assert desk.asked == []
