"""Twilio's part of a live stream, against a bot of a few lines: real sockets, real time."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from stream_bot import SOUND, Bot, StreamBot
from tiny_bot import GOODBYE, TOKEN, TinyBot, served, twiml

from voicebot.regression.call import place_call
from voicebot.regression.call_events import HeardAudio, Pressed, Spoke, StayedSilent
from voicebot.regression.provider_store import new_sid
from voicebot.regression.script import HangUp, Press, Silence, Speak
from voicebot.regression.stream_faults import StreamFault
from voicebot.regression.telephone_wav import encode

LIVE = (
    '<Connect><Stream url="wss://bot.example/twilio/stream"><Parameter name="token" value="t"/></Stream></Connect>'
    "<Redirect>/twilio/after/1</Redirect>"
)
SPOKEN = f'<Gather input="dtmf" timeout="1" action="/twilio/turn/1"><Say>Hello.</Say></Gather>{LIVE}'


@pytest.fixture
def bot() -> Iterator[StreamBot]:
    with served(StreamBot()) as running:
        running.routes = {"voice": twiml(LIVE), "after/1": GOODBYE}
        yield running


@pytest.fixture
def client(bot: StreamBot) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=bot.url, trust_env=False) as reaching:
        yield reaching


@pytest.fixture
def word() -> Speak:
    return Speak(encode(np.full(2_400, 0.3, dtype=np.float32), 8_000), "word.wav")


def kinds(result) -> list[str]:
    return [turn.kind for turn in result.turns]


def test_a_stream_as_twilio_sends_it(bot: StreamBot, ring, word) -> None:
    bot.talk = lambda one: (one.play(mark="end"), one.hear())
    result = ring(word)
    (stream,) = bot.streams
    assert [each["event"] for each in stream.got[:3]] == ["connected", "start", "media"]
    start = stream.got[1]["start"]
    assert start["callSid"] == result.call_sid
    assert start["customParameters"] == {"token": "t"}
    assert [each["chunk"] for each in stream.frames] == [str(n + 1) for n in range(len(stream.frames))]
    assert stream.frames[2]["timestamp"] == "40"
    assert {len(base64.b64decode(each["payload"])) for each in stream.frames} == {160}
    assert {"name": "end"} in [each.get("mark") for each in stream.got]
    assert (result.outcome, result.said, result.troubles) == ("ended", ("Goodbye.",), ())
    assert kinds(result) == ["ring", "speech"]


def test_the_caller_hears_the_prompt_out_then_speaks(bot: StreamBot, ring, word) -> None:
    bot.talk = lambda one: (one.play(mark="end"), one.hear())
    result = ring(word)
    heard = next(event for event in result.events if isinstance(event, HeardAudio))
    spoke = next(event for event in result.events if isinstance(event, Spoke))
    assert heard.audio == SOUND
    assert spoke.at >= heard.at
    marked = [each["event"] for each in bot.streams[0].got].index("mark")
    assert marked >= 10, "the mark comes back when the sound has been played, not when it was sent"


def test_a_prompt_that_comes_all_at_once_and_is_long_is_heard_out_too(
    bot: StreamBot, ring, word, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicebot.regression.stream_player.DEAF_FRAMES", 20)
    bot.talk = lambda one: (one.play(5 * SOUND, mark="end"), one.hear())
    result = ring(word, HangUp())
    kinds_of = [type(event) for event in result.events if isinstance(event, HeardAudio | Spoke)]
    assert kinds_of == [HeardAudio, Spoke]


def test_what_twilio_has_said_before_is_answered_over_the_stream(bot: StreamBot, ring, word) -> None:
    bot.routes["voice"] = twiml(SPOKEN)
    bot.talk = Bot.hear
    result = ring(word)
    assert result.said == ("Hello.", "Goodbye.")
    assert kinds(result) == ["ring", "speech"]


def test_keys_during_the_prompt_that_twilio_says_never_reach_the_stream(bot: StreamBot, ring) -> None:
    bot.routes |= {"voice": twiml(SPOKEN), "turn/1": GOODBYE}
    assert ring(Press("5")).outcome == "ended"
    assert bot.streams == []


def test_keys_come_one_by_one(bot: StreamBot, ring) -> None:
    bot.talk = lambda one: (one.play(), [one.until("dtmf") for _ in range(3)])
    result = ring(Press("12#"))
    assert [each["dtmf"]["digit"] for each in bot.streams[0].got if each["event"] == "dtmf"] == ["1", "2", "#"]
    assert [event.keys for event in result.events if isinstance(event, Pressed)] == ["12#"]
    assert kinds(result) == ["ring", "keys"]


def test_clear_stops_the_prompt_and_its_marks_come_back(bot: StreamBot, ring, word) -> None:
    def talk(one: Bot) -> None:
        one.play(SOUND * 50, mark="long")
        one.hear()
        one.send("clear")
        assert one.until("mark")["mark"] == {"name": "long"}

    bot.talk = talk
    result = ring(Speak(word.wav, word.name, over=0.2))
    heard = next(event for event in result.events if isinstance(event, HeardAudio))
    assert heard.seconds < 9, "ten seconds were sent"
    assert result.troubles == ()


def test_silence_passes_a_prompt_by(bot: StreamBot, ring, word) -> None:
    def talk(one: Bot) -> None:
        one.play(mark="a")
        one.until("mark")
        for _ in range(40):
            one.until("media")
        one.play()
        one.hear()

    bot.talk = talk
    result = ring(Silence(), word)
    assert [type(event) for event in result.events if isinstance(event, StayedSilent | Spoke)] == [StayedSilent, Spoke]


def test_hanging_up_on_a_stream(bot: StreamBot, ring) -> None:
    bot.talk = lambda one: (one.play(), one.until("stop"))
    result = ring(HangUp())
    assert result.outcome == "abandoned"
    assert bot.streams[0].got[-1]["event"] == "stop"
    assert [path for path, _ in bot.seen] == ["voice", "status"]


def test_the_bot_s_own_record_tells_what_was_said(bot: StreamBot, ring, word) -> None:
    record = ["What is it about?"]
    bot.talk = lambda one: (one.play(), one.hear(), record.append("Which town?"), one.play(), one.hear())
    result = ring(word, word, prompts=lambda: record)
    assert result.said == ("What is it about?", "Which town?", "Goodbye.")
    assert kinds(result) == ["ring", "speech", "speech"]


def test_a_hold_line_is_no_prompt(bot: StreamBot, ring, word) -> None:
    record = ["What is it about?"]

    def talk(one: Bot) -> None:
        one.play()
        one.hear()
        one.play(mark="hold")
        one.until("mark")
        for _ in range(30):
            one.until("media")
        record.append("Which town?")
        one.play()
        one.hear()

    bot.talk = talk
    result = ring(word, word, prompts=lambda: record)
    assert [turn.held for turn in result.turns] == [False, True, False]
    assert sum(isinstance(event, Spoke) for event in result.events) == 2


@pytest.mark.parametrize("how", ["refused", "broken"])
def test_a_stream_that_fails_is_a_trouble_and_the_call_goes_on(bot: StreamBot, ring, how: str) -> None:
    if how == "broken":
        bot.talk = lambda one: one.ws.sock.shutdown(2)
        result = ring()
        assert "31921" in result.troubles[0]
    else:
        bot.routes["voice"] = twiml(LIVE.replace("/stream", "/missing", 1))
        result = ring()
        assert "31920" in result.troubles[0]
    assert (result.outcome, result.said) == ("ended", ("Goodbye.",))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", "31950"), (b"\x00", "31950"), ("[]", "31951"), ('{"event": "media"}', "streamSid"),
        ('{"event": "media", "streamSid": "SID", "media": {"payload": "*"}}', "31951"),
        ('{"event": "media", "streamSid": "SID", "media": {"payload": ""}}', "31951"),
        ('{"event": "sing", "streamSid": "SID"}', "31924"),
    ],
)  # fmt: skip
def test_what_twilio_would_refuse_is_a_trouble(bot: StreamBot, ring, text: str | bytes, code: str) -> None:
    def talk(one: Bot) -> None:
        one.ws.send(text.replace("SID", one.sid) if isinstance(text, str) else text)
        for _ in range(5):
            one.until("media")

    bot.talk = talk
    assert code in ring().troubles[0]


def test_disturbed_frames_come_late_twice_out_of_order_and_with_garbage(bot: StreamBot, ring, word) -> None:
    bot.talk = lambda one: (one.play(), [one.until("media") for _ in range(100)])
    ring(Silence(), stream_faults=[StreamFault("disturb")])
    chunks = [int(each["chunk"]) for each in bot.streams[0].frames]
    assert chunks != sorted(chunks)
    assert len(set(chunks)) < len(chunks)
    assert bot.streams[0].garbage


def test_a_connection_that_breaks_breaks_for_the_bot_too(bot: StreamBot, ring) -> None:
    gone: list[Exception] = []

    def talk(one: Bot) -> None:
        try:
            one.until("stop")
        except Exception as error:
            gone.append(error)
            raise

    bot.talk = talk
    result = ring(Silence(), stream_faults=[StreamFault("drop", 0.3)])
    assert gone
    assert [path for path, _ in bot.seen] == ["voice", "after/1", "status"]
    assert "31921" in result.troubles[0]


def test_faults_are_for_one_stream_each(bot: StreamBot, ring) -> None:
    bot.routes["after/1"] = twiml(LIVE.replace("after/1", "after/2"))
    bot.routes["after/2"] = GOODBYE
    ring(stream_faults=[StreamFault("token", value="other")])
    parameters = [one.got[1]["start"]["customParameters"] for one in bot.streams]
    assert parameters == [{"token": "other"}, {"token": "t"}]


def test_without_a_server_there_is_no_socket_to_reach(provider) -> None:
    app = TinyBot(routes={"voice": twiml(LIVE), "after/1": GOODBYE}).app()
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        result = place_call(client, "https://bot.example", TOKEN, new_sid("AC"), (), provider)
    assert "31920" in result.troubles[0]
    assert result.said == ("Goodbye.",)
