"""Whole calls over live streams: the real channel, line, voice activity, dialogue and database, in real time. The calls
that need nothing of their own are placed all at once, and looked at one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest
import websockets
from live_bot import PUBLIC, TUESDAY, LiveBot, give_voice, live_bot, speak
from sqlalchemy import select
from streamdouble.protocol import StreamIdentity
from streamdouble.session import Session, SessionConfig

from voicebot import bootstrap
from voicebot.errors import RecogniserError
from voicebot.regression.call import CALLER, COUNCIL
from voicebot.regression.call_events import CallResult, Said, Spoke
from voicebot.regression.provider import Provider
from voicebot.regression.provider_store import new_sid
from voicebot.regression.script import HangUp, Press, Silence, Step
from voicebot.regression.stream_faults import StreamFault
from voicebot.regression.stream_messages import mulaw
from voicebot.regression.twiml_grammar import parse_twiml
from voicebot.storage.database import reading
from voicebot.storage.queries import show_call
from voicebot.storage.schema import streams
from voicebot.telephony.twilio.signature import signed

WORDS = "yes-please"
"""A short one: what it is heard as is told."""


@pytest.fixture(scope="module")
def mute(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBot]:
    """Without a voice: Twilio speaks, the streams listen."""
    more = {"live_calls": 20, "recogniser_seconds": 1.0, "fallback_seconds": 0.5}
    with live_bot(tmp_path_factory.mktemp("mute"), provider, **more) as running:
        yield running


@pytest.fixture(scope="module")
def voiced(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBot]:
    """With a voice for everything: the streams speak and listen."""
    with live_bot(tmp_path_factory.mktemp("voiced"), provider, voice="bf_emma", live_calls=20) as running:
        give_voice(running)
        yield running


Call = tuple[CallResult, Any]
Calls = Mapping[str, Future[Call]]


def at_once(bot: LiveBot, scenarios: Mapping[str, tuple[list[Step], list[StreamFault | None]]]) -> Calls:
    pool = ThreadPoolExecutor(len(scenarios))
    return {name: pool.submit(bot.call, *steps, stream_faults=faults) for name, (steps, faults) in scenarios.items()}


@pytest.fixture(scope="module")
def muted(mute: LiveBot) -> Calls:
    twice = [speak(WORDS), speak(WORDS)]
    return at_once(
        mute,
        {
            "plain": ([speak(WORDS)], []),
            "disturbed": ([speak(WORDS)], [StreamFault("disturb")]),
            "dropped": (twice, [StreamFault("drop", 0.7)]),
            "unsigned": ([speak(WORDS)], [StreamFault("signature")]),
            "no token": ([speak(WORDS)], [StreamFault("token")]),
            "guessed": ([speak(WORDS)], [StreamFault("token", value="guessed")]),
            "key": ([Press("0", late=True)], []),
            "key at once": ([Press("0")], []),
            "silent": ([Silence(), speak(WORDS)], []),
            "gone": ([speak(WORDS, key="hangup")], []),
        },
    )


@pytest.fixture(scope="module")
def spoken(voiced: LiveBot) -> Calls:
    return at_once(
        voiced,
        {
            "plain": ([speak(WORDS)], []),
            "over": ([speak(WORDS, over=0.1)], []),
            "key": ([Press("0")], []),
            "dropped": ([speak(WORDS), speak(WORDS)], [StreamFault("drop", 0.1)]),
            "gone": ([HangUp()], []),
        },
    )


def endings(bot: LiveBot, result: CallResult) -> list[tuple[str | None, bool]]:
    query = select(streams.c.ending, streams.c.failed).where(streams.c.call_id == result.call_sid)
    with reading(bot.bot.engine) as connection:
        return [(row.ending, row.failed) for row in connection.execute(query.order_by(streams.c.id))]


def recorded(result: CallResult) -> list[bool]:
    """Of each thing she said, whether it was recorded."""
    return [bool(event.recording_sid) for event in result.events if isinstance(event, Spoke)]


def test_said_over_a_stream_and_put_through(mute: LiveBot, muted: Calls) -> None:
    result, stored = muted["plain"].result()
    assert result.troubles == ()
    assert (result.outcome, stored["queue"]) == ("connected", "blue-badge")
    assert recorded(result) == [False]
    assert endings(mute, result) == [("handed_over", False)]
    assert [turn.kind for turn in result.turns] == ["ring", "speech", "transfer"]


def test_frames_that_come_late_twice_and_out_of_order_do_no_harm(mute: LiveBot, muted: Calls) -> None:
    result, stored = muted["disturbed"].result()
    assert (result.outcome, stored["queue"], recorded(result)) == ("connected", "blue-badge", [False])
    assert endings(mute, result) == [("handed_over", False)]


def test_where_the_socket_drops_in_the_middle_of_a_sentence_she_is_recorded(mute: LiveBot, muted: Calls) -> None:
    result, stored = muted["dropped"].result()
    assert "31921" in result.troubles[0]
    assert (result.outcome, stored["queue"]) == ("connected", "blue-badge")
    assert recorded(result) == [False, True]
    assert endings(mute, result)[0] == ("lost", True)


@pytest.mark.parametrize(("name", "ending"), [("unsigned", None), ("no token", None), ("guessed", None)])
def test_where_no_stream_opens_she_is_recorded(mute: LiveBot, muted: Calls, name: str, ending: None) -> None:
    result, stored = muted[name].result()
    assert (result.outcome, stored["queue"]) == ("connected", "blue-badge")
    assert recorded(result) == [True]
    assert endings(mute, result) == [(ending, True)]


@pytest.mark.parametrize("name", ["key", "key at once"])
def test_zero_leads_to_a_person(muted: Calls, name: str) -> None:
    result, stored = muted[name].result()
    assert result.troubles == ()
    assert (result.outcome, stored["queue"]) == ("connected", "switchboard")


def test_silence_asks_again_and_listens_again(mute: LiveBot, muted: Calls) -> None:
    result, stored = muted["silent"].result()
    assert [turn["event"] for turn in stored["turns"]] == ["CallStarted", "NothingHeard", "Heard", "TransferEnded"]
    assert endings(mute, result) == [("handed_over", False)] * 2


def test_who_hangs_up_is_noted_as_gone(mute: LiveBot, muted: Calls) -> None:
    result, stored = muted["gone"].result()
    assert (result.outcome, stored["outcome"]) == ("abandoned", "abandoned")
    assert endings(mute, result) == [("stopped", False)]


def test_the_stream_speaks_listens_and_speaks_again(voiced: LiveBot, spoken: Calls) -> None:
    result, stored = spoken["plain"].result()
    assert result.troubles == ()
    assert (result.outcome, stored["queue"], recorded(result)) == ("connected", "blue-badge", [False])
    assert endings(voiced, result) == [("handed_over", False)]
    assert result.said == tuple(turn["prompt"] for turn in stored["turns"][:2])


def test_she_may_speak_over_the_prompt(voiced: LiveBot, spoken: Calls) -> None:
    result, stored = spoken["over"].result()
    assert (result.outcome, stored["queue"], recorded(result)) == ("connected", "blue-badge", [False])
    assert [turn["event"] for turn in stored["turns"]] == ["CallStarted", "Heard", "TransferEnded"]


def test_a_key_counts_over_the_stream(spoken: Calls) -> None:
    result, stored = spoken["key"].result()
    assert (result.outcome, stored["queue"], result.troubles) == ("connected", "switchboard", ())


def test_a_stream_that_breaks_while_it_speaks_leaves_the_words_to_twilio(voiced: LiveBot, spoken: Calls) -> None:
    result, stored = spoken["dropped"].result()
    assert (result.outcome, stored["queue"], recorded(result)) == ("connected", "blue-badge", [True])
    assert endings(voiced, result)[0] == ("lost", True)
    said = [event.text for event in result.events if isinstance(event, Said)]
    assert stored["turns"][0]["prompt"].startswith(said[0])


def test_who_hangs_up_on_the_stream_is_noted_as_gone(voiced: LiveBot, spoken: Calls) -> None:
    result, stored = spoken["gone"].result()
    assert (result.outcome, stored["outcome"]) == ("abandoned", "abandoned")
    assert endings(voiced, result) == [("stopped", False)]


@pytest.fixture
def alone(mute: LiveBot, muted: Calls) -> Iterator[LiveBot]:
    """The same bot once the calls above are over; what a test tells it is forgotten afterwards."""
    for each in muted.values():
        each.result()
    yield mute
    mute.ear.failure = None
    mute.ear.go_on.set()
    mute.bot.lines.room.leaving.clear()


def test_a_recogniser_that_fails_leaves_her_the_keys(alone: LiveBot) -> None:
    alone.ear.failure = RecogniserError("gone")
    result, stored = alone.call(speak(WORDS), Press("0"))
    assert (result.outcome, stored["queue"]) == ("connected", "switchboard")
    assert [turn["event"] for turn in stored["turns"]][:3] == ["CallStarted", "PartFailed", "Pressed"]


def test_a_recogniser_that_hangs_leaves_her_the_keys(alone: LiveBot) -> None:
    alone.ear.go_on.clear()
    result, stored = alone.call(speak(WORDS), Press("0"))
    assert (result.outcome, stored["queue"]) == ("connected", "switchboard")
    assert [turn["event"] for turn in stored["turns"]][:3] == ["CallStarted", "PartFailed", "Pressed"]


def test_after_two_streams_that_failed_she_is_recorded_for_the_rest_of_the_call(alone: LiveBot) -> None:
    alone.mind.intent = "pothole"
    try:
        faults = [StreamFault("signature"), StreamFault("token", value="guessed")]
        result, _ = alone.call(speak(WORDS), speak(WORDS), speak(WORDS), stream_faults=faults)
    finally:
        alone.mind.intent = "blue_badge_progress"
    assert recorded(result) == [True, True, True]
    assert endings(alone, result) == [(None, True)] * 2


def test_beyond_the_calls_allowed_she_is_recorded(alone: LiveBot) -> None:
    room = alone.bot.lines.room
    entered = [room.enter() for _ in range(20)]
    try:
        result, stored = alone.call(speak(WORDS))
    finally:
        for _ in entered:
            room.exit()
    assert all(entered)
    assert (result.outcome, stored["queue"], recorded(result)) == ("connected", "blue-badge", [True])
    assert (result.troubles, endings(alone, result)) == ((), [])


def test_a_server_that_is_to_stop_hands_over_and_the_call_goes_on(alone: LiveBot) -> None:
    def hangs_back(event: object) -> None:
        if isinstance(event, Spoke) and not event.recording_sid:
            alone.bot.lines.room.leave()

    result, stored = alone.call(speak(WORDS), speak(WORDS), on_event=hangs_back)
    assert (result.outcome, stored["queue"], recorded(result)) == ("connected", "blue-badge", [False, True])
    # cut short in the middle of a question: it counts as one that failed, so that no call is handed over for ever
    assert (result.troubles, endings(alone, result)) == ((), [("handed_over", True)])


def test_an_independent_player_of_twilio_s_side_is_content(voiced: LiveBot, spoken: Calls, monkeypatch) -> None:
    """streamdouble was written by others, after the same documentation; it only cannot sign."""
    sid = new_sid("CA")
    bootstrap.call_clocks(voiced.bot.engine).ring_at(sid, TUESDAY)
    form = {"CallSid": sid, "From": CALLER, "To": COUNCIL, "CallStatus": "ringing"}
    headers = {"X-Twilio-Signature": signed(f"{PUBLIC}/twilio/voice", form, voiced.provider.token)}
    answer = httpx.post(f"{voiced.url}/twilio/voice", data=form, headers=headers, timeout=15, trust_env=False)
    stream = parse_twiml(answer.text)[0].children[0]
    parameters = {each.get("name"): each.get("value") for each in stream.children}
    upgrade = {"X-Twilio-Signature": signed(stream.get("url"), {}, voiced.provider.token)}
    connect = partial(websockets.connect, additional_headers=upgrade)
    monkeypatch.setattr("streamdouble.session.websockets.connect", connect)

    quiet, words = b"\xff" * 16_000, mulaw(speak(WORDS).wav)
    sound = quiet + words[: len(words) // 160 * 160] + quiet
    session = Session(
        voiced.url.replace("http", "ws") + "/twilio/stream",
        [sound[at : at + 160] for at in range(0, len(sound), 160)],
        config=SessionConfig(custom_parameters=parameters),
        identity=StreamIdentity(call_sid=sid),
    )
    result = asyncio.run(session.run())
    assert result.violations == []
    assert result.audio_received
    stored = show_call(voiced.bot.engine, sid)
    assert [turn["event"] for turn in stored["turns"]] == ["CallStarted", "Heard"]
    with reading(voiced.bot.engine) as connection:
        row = connection.execute(select(streams.c.ending, streams.c.spoken_turn).where(streams.c.call_id == sid)).one()
    assert tuple(row) == ("handed_over", 2)
