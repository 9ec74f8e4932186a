"""Every kind of post that Twilio makes, and what it is to us."""

from __future__ import annotations

import pytest

from voicebot.ports import TurnInput
from voicebot.telephony.twilio import inbound

CALL = "CA" + "0123456789abcdef" * 2
URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"

CALLERS = [
    ("+447700900123", "mobile", "+447700900123"),
    ("07700 900123", "mobile", "+447700900123"),
    ("+447911123456", "mobile", "+447911123456"),
    ("+33612345678", "mobile", "+33612345678"),
    ("+441632960001", "landline", "+441632960001"),
    ("+447012345678", "landline", "+447012345678"),
    ("+448081570360", "landline", "+448081570360"),
    ("", "withheld", None),
    ("anonymous", "withheld", None),
    ("Anonymous", "withheld", None),
    ("+266696687", "withheld", None),
    ("266696687", "withheld", None),
    ("Restricted", "withheld", None),
    ("+7378742833", "withheld", None),
    ("+86282452253", "withheld", None),
    ("Unknown", "withheld", None),
    ("client:alice", "withheld", None),
    ("not a number", "withheld", None),
    ("+44", "withheld", None),
    ("sip:alice@westshire.sip.twilio.com", "sip", "sip:alice@westshire.sip.twilio.com"),
    ("sip:+441632960001@pbx.example:5061;transport=tls", "sip", "sip:+441632960001@pbx.example:5061"),
    ('"Alice" <SIP:alice@pbx.example>;tag=1', "sip", "sip:alice@pbx.example"),
    ("sip:anonymous@anonymous.invalid", "withheld", None),
]


@pytest.mark.parametrize(("sent", "kind", "number"), CALLERS)
def test_who_rings(sent: str, kind: str, number: str | None) -> None:
    arrival = inbound.arrival({"CallSid": CALL, "From": sent, "To": "+441632960100"})
    assert (arrival.call_id, arrival.caller, arrival.number) == (CALL, kind, number)
    assert arrival.provider == ("twilio-sip" if sent.lower().startswith(("sip", '"')) and number else "twilio")


def test_a_caller_without_any_field_is_withheld() -> None:
    assert inbound.arrival({"CallSid": CALL}).caller == "withheld"


@pytest.mark.parametrize(
    "form",
    [{"SipDomain": "westshire.sip.twilio.com"}, {"To": "sip:council@westshire.sip.twilio.com"}],
)
def test_calls_from_a_sip_domain_are_known_by_more_than_the_caller(form: dict[str, str]) -> None:
    arrival = inbound.arrival({"CallSid": CALL, "From": "anonymous", **form})
    assert (arrival.provider, arrival.caller) == ("twilio-sip", "withheld")


@pytest.mark.parametrize("sid", ["CA" + "0123456789ABCDEF" * 2, "ca" + "0123456789abcdef" * 2])
def test_a_call_sid_may_be_in_any_case_and_stays_as_it_is(sid: str) -> None:
    assert inbound.call_id({"CallSid": sid}) == sid


@pytest.mark.parametrize(
    "sid", ["", "CA", "CA" + "g" * 32, "CA" + "0" * 31, "CA" + "0" * 33, "SM" + "0" * 32, "CA" + "٠" * 32, "x" * 10_000]
)
def test_anything_else_is_no_call_sid(sid: str) -> None:
    with pytest.raises(inbound.RequestError, match="CallSid must be CA") as caught:
        inbound.arrival({"CallSid": sid})
    assert len(caught.value.message) < 100  # what was sent is not repeated


ANSWERS = [
    ({"RecordingUrl": URL, "RecordingDuration": "4"}, TurnInput(recording=URL, recording_seconds=4.0)),
    ({"RecordingUrl": URL, "RecordingDuration": "x"}, TurnInput(recording=URL)),
    ({"RecordingUrl": URL, "RecordingDuration": "nan"}, TurnInput(recording=URL)),
    ({"RecordingUrl": URL, "RecordingDuration": "1e300"}, TurnInput(recording=URL)),
    ({"RecordingUrl": URL, "Digits": "0"}, TurnInput(keys="0")),
    ({"Digits": "2", "CallStatus": "in-progress"}, TurnInput(keys="2")),
    ({"Digits": "07700900123"}, TurnInput(keys="07700900123")),
    ({"Digits": "#"}, TurnInput(keys="#")),
    ({"Digits": "hangup", "RecordingUrl": URL}, TurnInput(hung_up=True)),
    ({"CallStatus": "completed", "RecordingUrl": URL}, TurnInput(hung_up=True)),
    ({"CallStatus": "canceled"}, TurnInput(hung_up=True)),
    ({"Digits": ""}, TurnInput()),
    ({"Digits": "x" * 100}, TurnInput()),
    ({"RecordingUrl": "javascript:alert(1)"}, TurnInput()),
    ({"RecordingUrl": "https://x/" + "a" * 3000}, TurnInput()),
]


@pytest.mark.parametrize(("form", "given"), ANSWERS)
def test_an_answer_to_a_question(form: dict[str, str], given: TurnInput) -> None:
    assert inbound.answer_to_question(form) == given


def test_silence_and_a_caller_who_has_gone_meanwhile() -> None:
    assert inbound.silence({"CallStatus": "in-progress"}) == TurnInput()
    assert inbound.silence({"CallStatus": "completed"}) == TurnInput(hung_up=True)


MESSAGES = [
    ({"RecordingUrl": URL, "RecordingDuration": "31", "Digits": "#"}, TurnInput("", URL, "", "", False, True, 31.0)),
    ({"RecordingUrl": URL, "RecordingDuration": "31", "Digits": "hangup", "CallStatus": "completed"},
     TurnInput("", URL, "", "", False, True, 31.0)),
    ({"RecordingUrl": URL, "Digits": "0"}, TurnInput(keys="0")),
    ({"Digits": "hangup"}, TurnInput(hung_up=True)),
    ({}, TurnInput()),
]  # fmt: skip


@pytest.mark.parametrize(("form", "given"), MESSAGES)
def test_a_message_left(form: dict[str, str], given: TurnInput) -> None:
    assert inbound.message(form) == given


TRANSFERS = [
    ({"DialCallStatus": "completed", "DialBridged": "true"}, TurnInput(transfer="completed")),
    ({"DialCallStatus": "completed", "CallStatus": "completed"}, TurnInput(transfer="completed")),
    ({"DialCallStatus": "completed", "DialBridged": "false"}, TurnInput(transfer="no_answer")),
    ({"DialCallStatus": "answered"}, TurnInput(transfer="completed")),
    ({"DialCallStatus": "busy"}, TurnInput(transfer="busy")),
    ({"DialCallStatus": "no-answer"}, TurnInput(transfer="no_answer")),
    ({"DialCallStatus": "failed"}, TurnInput(transfer="failed")),
    ({"DialCallStatus": "canceled"}, TurnInput(transfer="cancelled")),
    ({"DialCallStatus": "no-answer", "CallStatus": "completed"}, TurnInput(hung_up=True)),
    ({"DialCallStatus": "something new"}, TurnInput(transfer="failed")),
    ({}, TurnInput(transfer="failed")),
]


@pytest.mark.parametrize(("form", "given"), TRANSFERS)
def test_the_end_of_a_transfer(form: dict[str, str], given: TurnInput) -> None:
    assert inbound.transfer(form) == given


def test_what_became_of_a_text_message() -> None:
    sid = "SM" + "a" * 32
    form = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "30006"}
    assert inbound.text_status(form) == (sid, "undelivered", "30006")
    with pytest.raises(inbound.RequestError, match="MessageSid"):
        inbound.text_status({"MessageSid": "SM1", "MessageStatus": "sent"})


@pytest.mark.parametrize(
    "junk", ["é" * 5_000, "😀" * 2_500, "\x00\ud800\u202e" * 3_000, "9" * 10_000, "sip:" + "@" * 9_996]
)
def test_ten_kilobytes_in_every_field_hurt_nobody(junk: str) -> None:
    names = ["From", "To", "Digits", "RecordingUrl", "RecordingDuration", "DialCallStatus", "CallStatus", "SipDomain",
             "RecordingStatus", "SipHeader_X-Intent", "CallToken", "DialBridged"]  # fmt: skip
    form = dict.fromkeys(names, junk) | {"CallSid": CALL}
    arrival = inbound.arrival(form)
    assert len(arrival.number or "") <= inbound.FIELD_CHARACTERS
    assert len(inbound.answer_to_question(form).keys) <= inbound.KEYS
    assert inbound.message(form).recording == ""
    assert inbound.transfer(form) == TurnInput(transfer="failed")
    assert not inbound.over(form)


@pytest.mark.parametrize(
    ("number", "mobile"), [("+447700900123", True), ("+441632960001", False), ("anonymous", False), ("sip:a@b", False)]
)
def test_only_mobiles_take_text_messages(number: str, mobile: bool) -> None:
    assert inbound.is_mobile(number) is mobile
