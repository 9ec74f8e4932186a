"""The socket of a live stream, over real connections: who is let in, what passes, and how every stream ends."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator

import pytest
from simple_websocket import ConnectionError as Refused

from voicebot.live.ports import Frame, Gone, Key, Played
from voicebot.live.room import Room
from voicebot.telephony import sockets
from voicebot.telephony.authentication import declared
from voicebot.telephony.twilio import media_stream
from voicebot.telephony.twilio.signature import signed

from .desk import CALL, PUBLIC, TOKEN
from .streaming import SID, SOCKET, Site, Twilio, streaming, until

FRAME = bytes(range(160))


@pytest.fixture
def site() -> Iterator[Site]:
    with streaming(Site()) as running:
        yield running


@pytest.fixture
def twilio(site: Site) -> Twilio:
    return Twilio(site).start(site.ticket())


def test_sound_keys_and_marks_pass_both_ways(site: Site, twilio: Twilio) -> None:
    twilio.say(FRAME)
    assert twilio.hears() == {
        "event": "media", "streamSid": SID, "media": {"payload": base64.b64encode(FRAME).decode()},
    }  # fmt: skip
    twilio.press("5")
    assert twilio.hears() == {"event": "mark", "streamSid": SID, "mark": {"name": "5"}}
    twilio.send(event="mark", mark={"name": "5"})
    twilio.press("*")
    assert twilio.hears() == {"event": "clear", "streamSid": SID}
    assert site.line.opened == (1, True)
    assert (site.line.arrival.call_id, site.line.arrival.provider, site.line.arrival.caller) == (
        CALL, "twilio", "mobile",
    )  # fmt: skip
    assert site.line.took == [Frame(FRAME), Key("5"), Played("5"), Key("*")]


def test_handing_over_is_kept_before_the_socket_closes(site: Site, twilio: Twilio) -> None:
    twilio.press("#")
    assert twilio.is_closed()
    assert twilio.ws.close_reason == 1000
    assert site.streams.endings == {1: ("handed_over", 2)}


def test_the_clock_ticks_when_no_sound_comes(site: Site, twilio: Twilio) -> None:
    until(lambda: site.lines)
    assert site.line.ticked.wait(10)


@pytest.mark.parametrize(
    ("token", "turn", "call"),
    [
        (None, "1", CALL),
        ("", "1", CALL),
        ("guessed", "1", CALL),
        ("token-1", "2", CALL),
        ("token-1", "one", CALL),
        ("token-1", "1" * 5, CALL),
        ("token-1", "1", "CA" + "9" * 32),
    ],
)
def test_without_its_token_no_stream(site: Site, logged, token, turn, call) -> None:
    site.ticket()
    assert Twilio(site).start(token, turn, call).is_closed()
    assert site.lines == []
    assert {"event": "stream_refused", "reason": "token", "log_level": "warning"} in logged
    assert "guessed" not in str(logged)


def test_a_token_is_good_for_one_stream(site: Site) -> None:
    token = site.ticket()
    first = Twilio(site).start(token)
    until(lambda: site.lines)
    assert Twilio(site).start(token).is_closed()
    first.say(FRAME)
    assert first.hears()["event"] == "media"
    assert len(site.lines) == 1


@pytest.mark.parametrize(
    "signature", ["", "guessed", signed(SOCKET + "/other", {}, TOKEN), signed(SOCKET, {}, "another token")]
)
def test_without_a_signature_no_socket(site: Site, logged, signature: str) -> None:
    with pytest.raises(Refused) as refused:
        Twilio(site, signature=signature)
    assert "403" in str(refused.value)
    assert site.lines == []
    assert {"event": "signature_refused", "log_level": "warning"} in logged


def test_the_signature_of_a_webhook_opens_no_socket(site: Site) -> None:
    with pytest.raises(Refused):
        Twilio(site, signature=signed(f"{PUBLIC}/twilio/stream", {}, TOKEN))


def test_the_socket_says_how_it_is_authenticated(site: Site) -> None:
    routes = declared(site.app())
    assert routes["GET /twilio/stream"] == "twilio-socket"
    assert set(routes.values()) == {"twilio", "twilio-socket"}


def test_who_does_not_start_is_sent_away(site: Site, monkeypatch, logged) -> None:
    monkeypatch.setattr(media_stream, "START_SECONDS", 0.2)
    assert Twilio(site).is_closed()
    assert {"event": "stream_refused", "reason": "no_start", "log_level": "warning"} in logged


def test_who_sends_anything_but_a_start_is_sent_away(site: Site) -> None:
    rude = Twilio(site)
    for _ in range(media_stream.STRAY_MESSAGES):
        rude.ws.send("garbage")
    assert rude.is_closed()


def test_late_doubled_and_shuffled_frames_are_put_in_order_and_garbage_is_counted(
    site: Site, twilio: Twilio, logged
) -> None:
    for number in (1, 3, 2, 2, 4, 1):
        twilio.say(bytes([number]) * 160, chunk=number)
    for text in ("garbage", "[]", '{"event": "media"}', "{" * 1_000):
        twilio.ws.send(text)
    twilio.press("#")
    assert twilio.is_closed()
    until(lambda: any(each["event"] == "stream_closed" for each in logged))
    assert bytes(site.line.heard) == b"".join(bytes([number]) * 160 for number in (1, 2, 3, 4))
    told = next(each for each in logged if each["event"] == "stream_closed")
    assert (told["dropped"], told["missing"], told["garbage"]) == (2, 0, 4)


def test_a_key_that_comes_twice_counts_once(site: Site, twilio: Twilio) -> None:
    for _ in range(2):
        twilio.ws.send('{"event": "dtmf", "sequenceNumber": "9", "dtmf": {"digit": "4"}}')
    twilio.press("#")  # its number is lower: an old one
    twilio.ws.send('{"event": "dtmf", "sequenceNumber": "10", "dtmf": {"digit": "#"}}')
    assert twilio.is_closed()
    assert site.line.took == [Key("4"), Key("#")]


def test_a_stop_and_a_broken_socket_are_told_apart(site: Site) -> None:
    stopped = Twilio(site).start(site.ticket())
    stopped.send(event="stop", stop={})
    assert stopped.is_closed()
    until(lambda: site.streams.endings)
    lost = Twilio(site).start(site.ticket())
    until(lambda: len(site.lines) == 2)
    lost.ws.sock.shutdown(2)
    until(lambda: len(site.streams.endings) == 2)
    assert site.streams.endings == {1: ("stopped", None), 2: ("lost", None)}
    assert site.lines[0].took == [Gone()]
    until(lambda: site.lines[1].took == [Gone()])


def test_who_sends_faster_than_anybody_speaks_is_cut_off(site: Site, twilio: Twilio, logged) -> None:
    done = threading.Event()

    def flood() -> None:
        try:
            for _ in range(100_000):
                twilio.say(FRAME)
        except Exception:
            done.set()

    threading.Thread(target=flood, daemon=True).start()
    assert done.wait(30), "it was let send all of it"
    until(lambda: site.streams.endings)
    assert site.streams.endings == {1: ("refused", None)}
    assert any(each["event"] == "stream_too_fast" for each in logged)
    until(lambda: site.room.free)


def test_a_message_that_is_too_big_ends_the_stream(site: Site, twilio: Twilio) -> None:
    until(lambda: site.lines)
    twilio.ws.send("x" * 100_000)
    until(lambda: site.streams.endings)
    assert site.streams.endings == {1: ("lost", None)}


def test_one_that_never_closes_goes_on_with_another_stream(site: Site, monkeypatch) -> None:
    monkeypatch.setattr(media_stream, "LONGEST", 0.3)
    monkeypatch.setattr(sockets, "CLOSING_SECONDS", 0.1)
    endless = Twilio(site).start(site.ticket())
    endless.ws.ws.send = lambda event: b""  # answers nothing, not even that the other side closes
    until(lambda: site.streams.endings)
    assert site.streams.endings == {1: ("handed_over", None)}
    until(lambda: site.room.free and not endless.ws.connected)


def test_one_that_never_reads_does_not_hold_the_thread(site: Site, monkeypatch) -> None:
    monkeypatch.setattr(sockets, "SEND_SECONDS", 1)
    deaf = Twilio(site).start(site.ticket())
    until(lambda: site.lines)
    release = threading.Event()
    deaf.ws._handle_events = lambda: release.wait(20) and False

    def play() -> None:
        while not site.streams.endings:
            site.line.audio.play(bytes(400_000))

    threading.Thread(target=play, daemon=True).start()
    until(lambda: site.streams.endings)
    release.set()
    assert site.streams.endings == {1: ("lost", None)}
    until(lambda: site.room.free)


def test_beyond_the_calls_allowed_a_stream_is_closed_at_once(site: Site, logged) -> None:
    held = [Twilio(site).start(site.ticket()) for _ in range(2)]
    until(lambda: len(site.lines) == 2)
    assert Twilio(site).start(site.ticket()).is_closed()
    assert {"event": "stream_refused", "reason": "full", "log_level": "warning"} in logged
    held[0].press("#")
    assert held[0].is_closed()
    until(lambda: site.room.free)
    Twilio(site).start(site.ticket())
    until(lambda: len(site.lines) == 3)


def test_a_server_that_is_to_stop_hands_its_streams_over(site: Site, twilio: Twilio) -> None:
    until(lambda: site.lines)
    site.room.leave()
    assert twilio.is_closed()
    assert site.streams.endings == {1: ("handed_over", None)}
    until(lambda: site.line.took == [Gone()])


def test_a_bug_in_the_line_ends_its_stream_and_no_other(site: Site, twilio: Twilio, logged) -> None:
    other = Twilio(site).start(site.ticket())
    until(lambda: len(site.lines) == 2)
    twilio.press("9")
    assert twilio.is_closed()
    assert site.streams.endings == {1: ("lost", None)}
    other.say(FRAME)
    assert other.hears()["event"] == "media"
    assert any(each["event"] == "stream_failed" for each in logged)


def test_room_is_for_so_many_and_none_once_it_is_left() -> None:
    room = Room(1)
    assert room.enter()
    assert not room.free
    assert not room.enter()
    room.exit()
    assert room.enter()
    room.exit()
    room.leave()
    assert not room.enter()
