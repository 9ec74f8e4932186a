"""Transfers: busy lines, advisors who decline, SIP, numbers that are withheld."""

import pytest
from tiny_bot import GOODBYE, twiml

SID = r"RE[0-9a-f]{32}"


def dial(noun: str, number: int, extra: str = 'callerId="+441632960000"') -> str:
    action = f'action="/twilio/dial/{number}"'
    return twiml(f'<Say>Connecting.</Say><Dial timeout="20" answerOnBridge="true" {action} {extra}>{noun}</Dial>')


def paths(bot):
    return [path for path, _ in bot.seen]


def test_busy_then_the_next_line(bot, ring):
    bot.routes = {
        "voice": dial("<Number>+441632960001</Number>", 1),
        "dial/1": dial("<Number>+441632960002</Number>", 2),
        "dial/2": dial("<Number>+441632960003</Number>", 3),
        "dial/3": GOODBYE,
    }
    result = ring(transfer_outcomes=("busy", "no-answer", "completed"))
    assert [(each.target, each.status) for each in result.dialled] == [
        ("+441632960001", "busy"),
        ("+441632960002", "no-answer"),
        ("+441632960003", "completed"),
    ]
    assert [bot.forms(f"dial/{n}")[0]["DialCallStatus"] for n in (1, 2, 3)] == ["busy", "no-answer", "completed"]
    assert (result.outcome, result.connected_to) == ("connected", "+441632960003")


def test_a_dial_without_an_action_goes_on_in_the_document(bot, ring):
    number = '<Dial callerId="+441632960000"><Number>+441632960001</Number></Dial>'
    bot.routes = {"voice": twiml(number, "<Say>Nobody answered.</Say>")}
    assert ring(transfer_outcomes=("failed",)).said == ("Nobody answered.",)


def test_the_advisor_can_decline(bot, ring):
    bot.routes = {
        "voice": dial('<Number url="/twilio/whisper/x/1">+441632960001</Number>', 1),
        "whisper/x/1": twiml("<Say>A call.</Say><Hangup/>"),
        "dial/1": GOODBYE,
    }
    result = ring()
    assert (result.outcome, result.connected_to) == ("ended", None)
    assert (bot.forms("dial/1")[0]["DialCallStatus"], bot.forms("dial/1")[0]["DialBridged"]) == ("completed", "false")


def test_the_advisor_presses_a_key_where_she_is_asked_to(bot, ring):
    accept = '<Gather numDigits="1" action="/twilio/accept"><Say>Press any key.</Say></Gather><Hangup/>'
    bot.routes = {
        "voice": dial('<Number url="/twilio/whisper/x/1">+441632960001</Number>', 1),
        "whisper/x/1": twiml(accept),
        "accept": twiml(),
        "dial/1": GOODBYE,
    }
    assert ring().outcome == "connected"
    assert bot.forms("accept")[0]["Digits"] == "1"


@pytest.mark.parametrize("whisper", [("broken", 500), twiml("<Dial><Number>+441632960009</Number></Dial>")])
def test_a_whisper_that_fails_fails_the_transfer(bot, ring, whisper):
    bot.routes = {
        "voice": dial('<Number url="/twilio/whisper/x/1">+441632960001</Number>', 1),
        "whisper/x/1": whisper,
        "dial/1": GOODBYE,
    }
    result = ring()
    assert bot.forms("dial/1")[0]["DialCallStatus"] == "failed"
    assert result.troubles[0].startswith("whisper: ")


def test_sip_headers_reach_the_contact_centre(bot, ring):
    headers = "X-Intent=blue_badge_progress&amp;X-Words=chasing%20my%20badge"
    sip = f"<Sip>sip:blue-badge@pbx.example;region=ie1?{headers}</Sip>"
    bot.routes = {"voice": dial(sip, 1, ""), "dial/1": GOODBYE}
    result = ring(sip=True, from_="alice", sip_headers={"X-Site": "north"})
    assert result.dialled[0].headers == {"X-Intent": "blue_badge_progress", "X-Words": "chasing my badge"}
    assert result.connected_to == "sip:blue-badge@pbx.example;region=ie1"
    first = bot.forms("voice")[0]
    assert (first["From"], first["SipHeader_X-Site"]) == ("sip:alice@pbx.council.example", "north")
    assert {"SipDomain", "SipCallId"} <= first.keys()
    assert "FromCountry" not in first
    assert bot.forms("dial/1")[0]["DialSipResponseCode"] == "200"


@pytest.mark.parametrize(
    ("noun", "extra", "names"),
    [
        ("<Number>01632 960001</Number>", 'callerId="+441632960000"', "01632 960001"),
        ("<Number>+441632960001</Number>", 'callerId="Council"', "callerId"),
        ("<Sip>sip:pbx</Sip>", "", "not a SIP address"),
        (f"<Sip>sip:a@b.example?X-Words={'w' * 1020}</Sip>", "", "1024"),
        ("<Sip>sip:a@b.example?X-Words=caf%C3%A9</Sip>", "", "ASCII"),
        ("<Sip>sip:a@b.example?X-Words=two%0Alines</Sip>", "", "line breaks"),
        ("<Sip>sip:a@b.example?Subject=x</Sip>", "", "Subject"),
        ("", "", "no <Number>"),
    ],
)
def test_targets_that_twilio_would_not_dial(bot, ring, noun, extra, names):
    bot.routes = {"voice": dial(noun, 1, extra)}
    result = ring()
    assert result.outcome == "failed"
    assert names in result.troubles[0]


@pytest.mark.parametrize("number", ["", "anonymous", "+266696687"])
def test_a_withheld_number_stays_withheld(bot, ring, number):
    bot.routes = {"voice": GOODBYE}
    ring(from_=number)
    assert (bot.forms("voice")[0]["From"], bot.forms("voice")[0]["FromCountry"]) == (number, "")
