"""Signatures, retries and connection overrides, against a real server."""

import time

import httpx
import pytest
from tiny_bot import ACCOUNT, GOODBYE, PUBLIC, TOKEN, twiml

from voicebot.regression.call import place_call
from voicebot.regression.script import Press
from voicebot.regression.webhooks import Overrides, WebhookError, Webhooks, read_overrides


@pytest.fixture
def attempts():
    return []


@pytest.fixture
def note(attempts):
    return lambda path, status, seconds, attempt: attempts.append((path, status, attempt))


@pytest.fixture
def webhooks(client, note):
    return Webhooks(client, PUBLIC, TOKEN, on_request=note)


def test_what_is_posted_is_signed_over_the_public_url(bot, webhooks):
    bot.routes["voice"] = GOODBYE
    odd = {"CallSid": "CA1", "Body": "café & £5 + 5%\n…", "Empty": ""}
    document = webhooks.fetch(f"{PUBLIC}/twilio/voice?site=north&x=1", odd)
    assert document.url == f"{PUBLIC}/twilio/voice?site=north&x=1"
    assert bot.seen == [("voice", {"site": "north", "x": "1", **odd})]


def test_with_get_the_query_is_signed(bot, webhooks):
    bot.routes["voice"] = GOODBYE
    webhooks.fetch(f"{PUBLIC}/twilio/voice", {"CallSid": "CA1", "From": "+447700900123"}, method="GET")
    assert bot.seen == [("voice", {"CallSid": "CA1", "From": "+447700900123"})]


def test_another_token_is_refused(bot, client):
    with pytest.raises(WebhookError, match="403"):
        Webhooks(client, PUBLIC, "another").fetch(f"{PUBLIC}/twilio/voice", {})
    assert bot.seen == []


def test_a_failure_is_tried_again_with_the_same_body(bot, webhooks, attempts):
    answers = iter([("broken", 500), ("broken", 503), (GOODBYE, 200)])
    bot.routes["voice"] = lambda form: next(answers)
    webhooks.fetch(f"{PUBLIC}/twilio/voice#rc=2&rp=all", {"CallSid": "CA1"})
    assert attempts == [("/twilio/voice", 500, 1), ("/twilio/voice", 503, 2), ("/twilio/voice", 200, 3)]
    assert [form for _, form in bot.seen] == [{"CallSid": "CA1"}] * 3
    assert len(set(bot.tokens)) == 1


@pytest.mark.parametrize(
    ("fragment", "requests"),
    [("", 1), ("#rc=2", 1), ("#rc=2&rp=4xx,ct", 1), ("#rc=1&rp=5xx", 2), ("#rc=0&rp=all", 1), ("#rc=3&rp=all", 4)],
)
def test_only_what_the_policy_names_is_tried_again(bot, webhooks, fragment, requests):
    bot.routes["voice"] = ("broken", 500)
    with pytest.raises(WebhookError, match="answered 500"):
        webhooks.fetch(f"{PUBLIC}/twilio/voice{fragment}", {})
    assert len(bot.seen) == requests


def test_a_late_answer_is_no_answer(bot, webhooks, attempts):
    def late(form):
        if len(bot.seen) == 1:
            time.sleep(0.5)
        return GOODBYE

    bot.routes["voice"] = late
    webhooks.fetch(f"{PUBLIC}/twilio/voice#rt=150&rc=1&rp=rt", {})
    assert attempts == [("/twilio/voice", None, 1), ("/twilio/voice", 200, 2)]


def test_all_attempts_together_have_one_deadline(bot, webhooks, attempts):
    bot.routes["voice"] = lambda form: time.sleep(0.4) or GOODBYE
    with pytest.raises(WebhookError):
        webhooks.fetch(f"{PUBLIC}/twilio/voice#rt=150&tt=200&rc=5&rp=all", {})
    assert len(attempts) == 2


def test_no_connection_is_tried_once_more_by_default(note, attempts):
    client = httpx.Client(base_url="http://127.0.0.1:9", trust_env=False)
    with client, pytest.raises(WebhookError, match="no connection"):
        Webhooks(client, PUBLIC, TOKEN, on_request=note).fetch(f"{PUBLIC}/twilio/voice", {})
    assert attempts == [("/twilio/voice", None, 1), ("/twilio/voice", None, 2)]


def test_the_bot_is_asked_nowhere_but_at_its_public_address(webhooks):
    with pytest.raises(WebhookError, match=r"https://bot\.example\.evil\.example is not the bot"):
        webhooks.fetch("https://bot.example.evil.example/twilio/voice", {})


def test_only_xml_is_taken_for_twiml(bot, webhooks):
    bot.routes["voice"], bot.mimetype = GOODBYE, "application/json"
    with pytest.raises(WebhookError, match="application/json where TwiML was expected"):
        webhooks.fetch(f"{PUBLIC}/twilio/voice", {})


@pytest.mark.parametrize("fragment", ["rc=9", "rt=99", "rp=often", "retries=2", "rc=two"])
def test_an_override_that_twilio_does_not_know_is_named(fragment):
    with pytest.raises(ValueError, match=fragment.partition("=")[0]):
        read_overrides(fragment)


def test_overrides():
    assert read_overrides("rc=2&rp=all&ct=2000") == Overrides(connect=2.0, retries=2, policy=frozenset({"all"}))


def test_the_bot_can_be_called_in_process(bot, provider):
    bot.routes["voice"] = twiml('<Gather numDigits="1" action="turn/1"/>')
    bot.routes["turn/1"] = GOODBYE
    with httpx.Client(transport=httpx.WSGITransport(bot.app())) as client:
        result = place_call(client, PUBLIC, TOKEN, ACCOUNT, [Press("1")], provider)
    assert (result.outcome, result.troubles) == ("ended", ())
    assert [path for path, _ in bot.seen] == ["voice", "turn/1", "status"]
