"""What Twilio would take, and what it would not."""

import pytest
from tiny_bot import twiml
from twilio.twiml.voice_response import VoiceResponse

from voicebot.regression.twiml_grammar import MAX_DOCUMENT, TwimlError, parse_twiml


def test_reads_what_twilios_own_library_builds():
    response = VoiceResponse()
    gather = response.gather(input="dtmf", num_digits=1, finish_on_key="", timeout=1, action="/turn/1")
    gather.say("For Blue Badges, press 1.", voice="Polly.Amy-Neural", language="en-GB")
    response.record(play_beep=False, timeout=3, max_length=60, trim="do-not-trim", finish_on_key="#", action="/turn/1")
    response.redirect("/silence/1#rc=2&rp=all")

    gather_read, record, redirect = parse_twiml(str(response))

    assert gather_read.attributes["numDigits"] == "1"
    assert gather_read.children[0].text == "For Blue Badges, press 1."
    assert record.number("maxLength", 3600) == 60
    assert record.flag("playBeep", True) is False
    assert redirect.text == "/silence/1#rc=2&rp=all"


def test_markup_is_stripped_from_what_is_said():
    words = 'We open <break time="1s"/>at <sub alias="half past eight">8:30</sub>.'
    say = f'<Say><prosody rate="slow">{words}</prosody></Say>'
    assert parse_twiml(twiml(say))[0].text == "We open at half past eight."


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<Response><Say>Hello", "not well-formed"),
        ("<html/>", "<html>"),
        (twiml("<Speak>Hello</Speak>"), "<Speak>"),
        (twiml("Hello"), "words in <Response>"),
        (twiml('<Say speed="slow">Hello</Say>'), '"speed"'),
        (twiml("<Say><b>Hello</b></Say>"), "<b>"),
        (twiml("<Say></Say>"), "no words"),
        (twiml(f"<Say>{'word ' * 900}</Say>"), "4096"),
        (twiml('<Gather timeout="0"/>'), 'timeout="0"'),
        (twiml('<Gather numDigits="0"/>'), 'numDigits="0"'),
        (twiml('<Gather finishOnKey="##"/>'), "finishOnKey"),
        (twiml('<Gather input="speech"/>'), "input"),
        (twiml("<Gather><Dial/></Gather>"), "<Dial> in <Gather>"),
        (twiml('<Record maxLength="14401"/>'), "maxLength"),
        (twiml('<Record playBeep="no"/>'), "playBeep"),
        (twiml('<Pause length="-1"/>'), "length"),
        (twiml("<Redirect/>"), "<Redirect> is empty"),
        (twiml("<Dial>+441632960000</Dial>"), "words in <Dial>"),
        (twiml("<Hangup>Bye</Hangup>"), "must be empty"),
        (twiml(f"<Say>{'x' * MAX_DOCUMENT}</Say>"), "bytes"),
    ],
)
def test_says_what_twilio_would_reject(body, names):
    with pytest.raises(TwimlError, match="Twilio would reject") as caught:
        parse_twiml(body)
    assert names in caught.value.message
