"""Actions in, exact XML out; and everything in it is among the verbs and attributes that Twilio publishes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from voicebot.dialogue.actions import Action, Ask, Expecting, HangUp, Say, SendText, TakeMessage, Transfer
from voicebot.ports import Answer
from voicebot.telephony.twilio import twiml
from voicebot.telephony.twilio.sip_headers import LIMIT, with_headers
from voicebot.telephony.twilio.urls import Urls

CALL = "CA" + "0" * 32
URLS = Urls("https://bot.example", CALL)
VOICE = twiml.Voice(
    "Polly.Amy-Neural", "en-GB", "One moment.", "Sorry. Here is a person.", "+441632960100", "+441632960101"
)

SAY = '<Say language="en-GB" voice="Polly.Amy-Neural">'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
TO = "https://bot.example/twilio/"
END = "#rc=2&amp;rp=all"


def gather(number: int, inside: str) -> str:
    return (
        f'<Gather action="{TO}turn/{number}{END}" actionOnEmptyResult="false" finishOnKey="" input="dtmf" '
        f'numDigits="1" timeout="1">{inside}</Gather>'
    )


def record(number: int, patience: int) -> str:
    return (
        f'<Record action="{TO}turn/{number}{END}" finishOnKey="0123456789*#" maxLength="60" playBeep="false" '
        f'recordingStatusCallback="{TO}recording{END}" timeout="{patience}" trim="do-not-trim" />'
    )


def silence(number: int) -> str:
    return f"<Redirect>{TO}silence/{number}{END}</Redirect>"


def transfer(**changes: object) -> Transfer:
    values = {"queue": "blue-badge", "target": "+441632960130", "caller_id": "+441632960100", "ring_seconds": 25}
    return Transfer(**{**values, **changes})  # type: ignore[arg-type]


REQUEST = Expecting("request")
DIAL = f'<Dial action="{TO}dial/4{END}" answerOnBridge="true" callerId="+441632960100" timeout="25">'

TABLE: dict[str, tuple[tuple[Action, ...], str]] = {
    "ask": ((Ask("What for?", REQUEST),), gather(4, f"{SAY}What for?</Say>") + record(4, 3) + silence(4)),
    "ask slowly": (
        (Ask("What for?", REQUEST, slow=True, patience=5),),
        gather(4, f'{SAY}<prosody rate="slow">What for?</prosody></Say>') + record(4, 5) + silence(4),
    ),
    "say, then ask: keys work from the first word": (
        (Say("Hello."), SendText("the link"), Ask("What for?", REQUEST)),
        gather(4, f"{SAY}Hello.</Say>{SAY}What for?</Say>") + record(4, 3) + silence(4),
    ),
    "ask for a number in keys": (
        (Ask("Key it in, then hash.", Expecting("keys")),),
        f'<Gather action="{TO}turn/4{END}" actionOnEmptyResult="false" finishOnKey="#" input="dtmf" numDigits="15" '
        f'timeout="8">{SAY}Key it in, then hash.</Say></Gather>' + silence(4),
    ),
    "take a message": (
        (Say("We are closed."), TakeMessage("Speak after the tone.", "blue-badge", 120)),
        gather(4, f"{SAY}We are closed.</Say>{SAY}Speak after the tone.</Say>")
        + f'<Record action="{TO}message/4{END}" finishOnKey="0#" maxLength="120" playBeep="true" '
        f'recordingStatusCallback="{TO}recording{END}" timeout="5" trim="do-not-trim" />' + silence(4),
    ),
    "put through with a whisper": (
        (Say("Putting you through."), transfer(whisper="Blue Badge.")),
        f'{SAY}Putting you through.</Say>{DIAL}<Number url="{TO}whisper/{CALL}/4{END}">+441632960130</Number></Dial>',
    ),
    "put through without a word; headers are for SIP alone": (
        (transfer(headers={"X-Intent": "pothole"}),),
        f"{DIAL}<Number>+441632960130</Number></Dial>",
    ),
    "put through to a SIP address": (
        (
            transfer(
                target="sip:bb@pbx.example;transport=tls", whisper="Hi.", headers={"X-Intent": "a b", "X-Words": "é+&"}
            ),
        ),
        f'{DIAL}<Sip url="{TO}whisper/{CALL}/4{END}">'
        "sip:bb@pbx.example;transport=tls?X-Intent=a%20b&amp;X-Words=%2B%26</Sip></Dial>",
    ),
    "hang up": ((Say("Goodbye."), HangUp()), f"{SAY}Goodbye.</Say><Hangup />"),
    "in another language": (
        (Say("Proszę.", language="pl-PL", voice="Polly.Ola-Neural"), Say("Please."), HangUp()),
        f'<Say language="pl-PL" voice="Polly.Ola-Neural">Proszę.</Say>{SAY}Please.</Say><Hangup />',
    ),
    "a number to dial": (
        (Say("Hang up and dial 999. If you can't, ring 111 & wait. It took 101 days."), HangUp()),
        f'{SAY}Hang up and dial <say-as interpret-as="digits">999</say-as>. If you can\'t, ring '
        '<say-as interpret-as="digits">111</say-as> &amp; wait. It took 101 days.</Say><Hangup />',
    ),
    "a number to dial, slowly": (
        (Say("Dial 999", slow=True), HangUp()),
        f'{SAY}<prosody rate="slow">Dial <say-as interpret-as="digits">999</say-as></prosody></Say><Hangup />',
    ),
    "in another language, slowly, by the provider's own voice": (
        (Say("Vă rugăm.", slow=True, language="ro-RO"), HangUp()),
        '<Say language="ro-RO"><prosody rate="slow">Vă rugăm.</prosody></Say><Hangup />',
    ),
    "nothing said is nothing rendered": ((Say(" "), HangUp()), "<Hangup />"),
    "a text message is no TwiML": ((SendText("link"), HangUp()), "<Hangup />"),
    "only said: the call goes on": ((Say("Hello."),), f"{SAY}Hello.</Say>" + silence(4)),
    "escaped": ((Say('<a> & "b" \x00\ud800☎'), HangUp()), f'{SAY}&lt;a&gt; &amp; "b"   ☎</Say><Hangup />'),
}


@pytest.mark.parametrize("name", TABLE)
def test_rendered(name: str) -> None:
    actions, expected = TABLE[name]
    assert twiml.render(Answer(actions, 4), URLS, VOICE) == f"{HEAD}<Response>{expected}</Response>"


def test_no_action_ends_the_call() -> None:
    assert twiml.render(Answer((), 4), URLS, VOICE) == twiml.nothing() == f"{HEAD}<Response />"


def test_the_hold_line_is_said_once() -> None:
    wait = f"<Redirect>{TO}wait/3{END}</Redirect>"
    first, then = twiml.hold(3, URLS, VOICE, first=True), twiml.hold(3, URLS, VOICE, first=False)
    assert first == f"{HEAD}<Response>{SAY}One moment.</Say>{wait}</Response>"
    assert then == f'{HEAD}<Response><Pause length="1" />{wait}</Response>'


def test_a_whisper_may_be_silent() -> None:
    assert twiml.whisper("Blue <Badge>", VOICE) == f"{HEAD}<Response>{SAY}Blue &lt;Badge&gt;</Say></Response>"
    assert twiml.whisper(None, VOICE) == twiml.nothing()


def test_when_everything_fails_there_is_a_sentence_and_a_person() -> None:
    assert twiml.error(VOICE) == (
        f"{HEAD}<Response>{SAY}Sorry. Here is a person.</Say>"
        '<Dial answerOnBridge="true" callerId="+441632960101" timeout="30">'
        "<Number>+441632960100</Number></Dial></Response>"
    )


def documents() -> list[str]:
    rendered = [twiml.render(Answer(actions, 4), URLS, VOICE) for actions, _ in TABLE.values()]
    others = [twiml.hold(1, URLS, VOICE, first=each) for each in (True, False)]
    return [*rendered, *others, twiml.whisper("Hi.", VOICE), twiml.error(VOICE), twiml.nothing()]


def test_only_published_verbs_and_attributes() -> None:
    published = json.loads((Path(__file__).parent / "published_twiml.json").read_text())["attributes"]
    for document in documents():
        for element in ET.fromstring(document).iter():
            assert element.tag in published, f"<{element.tag}> is no TwiML that Twilio publishes"
            unknown = set(element.attrib) - set(published[element.tag])
            assert not unknown, f"<{element.tag}> has no attribute {unknown}"


def test_every_url_is_absolute_and_asks_for_retries() -> None:
    found = [
        value
        for document in documents()
        for element in ET.fromstring(document).iter()
        for value in [*element.attrib.values(), element.text or ""]
        if "twilio/" in value
    ]
    assert found
    assert all(each.startswith(TO) and each.endswith("#rc=2&rp=all") for each in found)


def test_long_words_are_cut_before_anything_else_and_never_within_an_escape() -> None:
    headers = {"X-Words": "50% of £ signs & more " * 200, "X-Call-Id": CALL, "X-Intent": "pothole"}
    uri = with_headers("sip:bb@pbx.example", headers)
    query = uri.partition("?")[2]
    sent = parse_qs(query, strict_parsing=True, errors="strict")
    assert uri.isascii()
    assert LIMIT - 3 <= len(query) <= LIMIT
    assert (sent["X-Call-Id"], sent["X-Intent"]) == ([CALL], ["pothole"])
    assert sent["X-Words"][0].startswith("50% of signs & more 50% of")


@pytest.mark.parametrize("value", ["two\r\nX-Evil: 1", "two\tX-Evil: 1", "\x00two\x7fX-Evil: 1"])
def test_a_header_stays_one_line(value: str) -> None:
    assert with_headers("sip:a@b", {"X-Words": value}) == "sip:a@b?X-Words=two%20X-Evil%3A%201"


@pytest.mark.parametrize("name", ["From", "X-ö", "X-a b", "X-a=b&X-c", ""])
def test_names_that_cannot_be_headers_are_left_out(name: str) -> None:
    assert with_headers("sip:a@b", {name: "x"}) == "sip:a@b"


def test_headers_join_those_that_the_address_has() -> None:
    assert with_headers("sip:a@b?X-Line=1", {"X-Intent": "i"}) == "sip:a@b?X-Line=1&X-Intent=i"
