"""The webhooks as Twilio calls them: signed forms in, TwiML out, and a person on the line whatever breaks."""

from __future__ import annotations

import io
from typing import Any

import pytest
import structlog
from flask import Flask

from voicebot.dialogue.actions import HangUp, Say
from voicebot.errors import StorageError
from voicebot.ports import Answer, Arrival, Pending, TurnInput
from voicebot.telephony.twilio.webhooks import BODY_BYTES

from .desk import CALL, CALLER, FORM, PATHS, PUBLIC, URL, Desk, post


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
    assert "desk.py" in entry["where"]
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
