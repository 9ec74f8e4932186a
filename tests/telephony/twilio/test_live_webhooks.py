"""Questions that are listened to over a live stream: the TwiML, and how a call goes on after its stream."""

from __future__ import annotations

import pytest
from flask import Flask

from voicebot.dialogue.actions import Ask, Expecting, HangUp, Say, SendText, TakeMessage, Transfer
from voicebot.errors import StorageError
from voicebot.live.room import Room
from voicebot.ports import Answer, Pending
from voicebot.regression.twiml_grammar import parse_twiml

from .desk import ASKED, CALL, FORM, PUBLIC, post
from .streaming import Kept, Site, Voiced

QUESTION = ASKED.actions[0]
KEYS = Answer((Ask("Which number?", Expecting("keys")),), 3)


@pytest.fixture
def site() -> Site:
    return Site(prompts=Voiced())


@pytest.fixture
def mute() -> Site:
    """Without a voice of its own."""
    return Site()


def rendered(site: Site, path: str = "/twilio/voice", form: dict[str, str] = FORM):
    """The verbs of the answer, read as strictly as Twilio reads them."""
    response = post(site.app(), path, form)
    assert response.status_code == 200
    return parse_twiml(response.text)


def names(verbs) -> list[str]:
    return [verb.name for verb in verbs]


def stream_of(verbs):
    (connect,) = (verb for verb in verbs if verb.name == "Connect")
    (stream,) = connect.children
    return stream, {each.get("name"): each.get("value") for each in stream.children}


def test_with_a_voice_the_stream_speaks_and_listens(site: Site) -> None:
    verbs = rendered(site)
    assert names(verbs) == ["Connect", "Redirect"]
    stream, parameters = stream_of(verbs)
    assert stream.get("url") == "wss://bot.example/twilio/stream"
    assert parameters == {"token": "token-1", "turn": "1"}
    assert verbs[1].text == f"{PUBLIC}/twilio/after/1#rc=2&rp=all"
    assert site.streams.tickets == {1: ("token-1", CALL, 1, True)}


def test_without_one_twilio_speaks_and_the_stream_listens(mute: Site) -> None:
    mute.desk.reply = Answer((Say("Welcome."), SendText("x"), QUESTION), 1)
    verbs = rendered(mute)
    assert names(verbs) == ["Gather", "Connect", "Redirect"]
    assert [said.text for said in verbs[0].children] == ["Welcome.", "What are you calling about?"]
    assert verbs[0].get("action") == f"{PUBLIC}/twilio/turn/1#rc=2&rp=all"
    assert mute.streams.tickets == {1: ("token-1", CALL, 1, False)}


@pytest.mark.parametrize(
    "end", [HangUp(), Transfer("q", "+441632960001", "", 20), TakeMessage("After the tone.", "q", 60)]
)
def test_what_asks_nothing_needs_no_stream(site: Site, end) -> None:
    site.desk.reply = Answer((Say("Well."), end, QUESTION), 2)
    assert "Connect" not in names(rendered(site))
    assert site.streams.tickets == {}


def test_keys_alone_are_gathered_where_twilio_speaks_and_heard_over_the_stream_where_it_speaks(
    site: Site, mute: Site
) -> None:
    site.desk.reply = mute.desk.reply = KEYS
    assert names(rendered(mute)) == ["Gather", "Redirect"]
    assert names(rendered(site)) == ["Connect", "Redirect"]


@pytest.mark.parametrize(
    "streams", [Kept(refuses=True), Kept(broken=StorageError("gone")), Kept(broken=RuntimeError("a bug"))]
)
def test_where_no_stream_is_to_be_had_she_is_recorded(site: Site, streams: Kept) -> None:
    site.streams = streams
    assert names(rendered(site)) == ["Gather", "Record", "Redirect"]


def test_prompts_that_break_are_left_to_twilio(site: Site, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise ValueError("a folder full of garbage")

    monkeypatch.setattr(site.prompts, "audio", broken)
    assert names(rendered(site)) == ["Gather", "Record", "Redirect"]


@pytest.mark.parametrize("calls", [0, 1])
def test_where_there_is_no_room_she_is_recorded(site: Site, calls: int) -> None:
    site.room = Room(calls)
    site.room.enter()
    assert names(rendered(site)) == ["Gather", "Record", "Redirect"]


def test_a_server_that_is_to_stop_opens_no_more_streams(site: Site) -> None:
    site.room.leave()
    assert names(rendered(site)) == ["Gather", "Record", "Redirect"]


def test_after_a_hand_over_the_call_goes_on_live(site: Site) -> None:
    site.streams.turn = 4
    site.streams.close(1, "handed_over")
    site.desk.reply = Answer((QUESTION,), 4)
    assert names(rendered(site, "/twilio/after/1")) == ["Connect", "Redirect"]
    assert site.desk.asked == [("poll", CALL, 4)]


@pytest.mark.parametrize("ending", [None, "lost", "stopped", "refused"])
def test_after_a_socket_that_failed_she_is_recorded_and_hears_it_again(site: Site, ending: str | None) -> None:
    if ending:
        site.streams.close(1, ending, 1)
    verbs = rendered(site, "/twilio/after/1")
    assert names(verbs) == ["Gather", "Record", "Redirect"]
    assert verbs[0].children[0].text == "What are you calling about?"


def test_what_has_been_spoken_over_the_stream_is_not_said_again(site: Site) -> None:
    site.streams.close(1, "handed_over", 3)
    site.desk.reply = Answer((Say("I'll put you through."), Transfer("q", "+441632960001", "", 20)), 3)
    assert names(rendered(site, "/twilio/after/1")) == ["Dial"]
    site.desk.reply = Answer((Say("Goodbye."), HangUp()), 3)
    assert names(rendered(site, "/twilio/after/1")) == ["Hangup"]
    site.desk.reply = Answer((QUESTION,), 3)
    verbs = rendered(site, "/twilio/after/1")
    assert names(verbs) == ["Connect", "Redirect"]
    assert site.streams.tickets[1][3] is False, "the stream only listens"


def test_a_message_is_taken_without_its_words_where_they_were_heard(site: Site) -> None:
    site.streams.close(1, "handed_over", 3)
    site.desk.reply = Answer((TakeMessage("After the tone.", "q", 60),), 3)
    verbs = rendered(site, "/twilio/after/1")
    assert names(verbs) == ["Gather", "Record", "Redirect"]
    assert verbs[0].children == ()


def test_an_answer_that_came_after_what_was_spoken_is_said(site: Site) -> None:
    site.streams.close(1, "handed_over", 3)
    site.desk.reply = Answer((Say("I'll put you through."), Transfer("q", "+441632960001", "", 20)), 4)
    assert names(rendered(site, "/twilio/after/1")) == ["Say", "Dial"]


def test_a_turn_that_is_still_being_worked_on_is_waited_for(site: Site) -> None:
    site.streams.turn = 5
    site.desk.reply = Pending(1.0)
    verbs = rendered(site, "/twilio/after/1")
    assert names(verbs) == ["Say", "Redirect"]
    assert verbs[1].text == f"{PUBLIC}/twilio/wait/5#rc=2&rp=all"


def test_after_the_call_nothing_is_said(site: Site) -> None:
    assert rendered(site, "/twilio/after/1", {**FORM, "CallStatus": "completed"}) == ()
    assert site.desk.asked == [("ended", CALL)]


def test_where_the_database_fails_somebody_is_rung(site: Site, monkeypatch) -> None:
    monkeypatch.setattr(site.streams, "after", lambda stream, call_id: 1 / 0)
    assert names(rendered(site, "/twilio/after/1")) == ["Say", "Dial"]


@pytest.mark.parametrize("path", ["/twilio/after/1", "/twilio/after/2147483647"])
def test_after_needs_a_signature_like_every_webhook(site: Site, path: str) -> None:
    app: Flask = site.app()
    assert app.test_client().post(path, data=FORM).status_code == 403
    assert post(app, path).status_code == 200
    assert site.desk.asked


def test_the_socket_is_no_page(site: Site) -> None:
    assert site.app().test_client().get("/twilio/stream").status_code in (400, 403)
