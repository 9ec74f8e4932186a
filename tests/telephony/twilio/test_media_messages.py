"""Messages of a media stream: read strictly, put in order, bounded."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.telephony.twilio.media_messages import (
    ASTRAY,
    BURST_SECONDS,
    FASTER,
    MESSAGE_BYTES,
    OUT_BYTES,
    QUIET,
    WAITS_FOR,
    Allowance,
    Connected,
    Dtmf,
    InOrder,
    Mark,
    Media,
    Start,
    Stop,
    clear,
    mark,
    media,
    parse,
)

SID = "MZ" + "1" * 32
CALL = "CA" + "0" * 32


def written(**value) -> str:
    return json.dumps(value)


def frame(chunk: object = "3", payload: object = "//9/fw==", track: object = "inbound") -> str:
    return written(
        event="media",
        sequenceNumber="4",
        streamSid=SID,
        media={"track": track, "chunk": chunk, "timestamp": "40", "payload": payload},
    )


def test_each_message_as_twilio_documents_it() -> None:
    start = {
        "accountSid": "AC1",
        "streamSid": SID,
        "callSid": CALL,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "t", "turn": "1"},
    }
    assert parse(written(event="connected", protocol="Call", version="1.0.0")) == Connected()
    assert parse(written(event="start", sequenceNumber="1", start=start, streamSid=SID)) == Start(
        SID, CALL, {"token": "t", "turn": "1"}
    )
    assert parse(frame()) == Media(3, b"\xff\xff\x7f\x7f")
    dtmf = {"track": "inbound_track", "digit": "#"}
    assert parse(written(event="dtmf", streamSid=SID, sequenceNumber="5", dtmf=dtmf)) == Dtmf(5, "#")
    assert parse(written(event="mark", sequenceNumber="4", streamSid=SID, mark={"name": "a"})) == Mark("a")
    assert parse(written(event="stop", sequenceNumber="5", streamSid=SID, stop={})) == Stop()


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", "7", "{", '{"event": null}', '{"event": "media"}', '{"event": "media", "media": []}',
        '{"event": "sing"}', "[" * 5_000, b'{"event": "connected"}',
        frame(chunk=3), frame(chunk="-1"), frame(chunk="1e3"), frame(chunk="٣"), frame(chunk="9" * 13),
        frame(payload=None), frame(payload=""), frame(payload="not base64"), frame(payload="A"),
        frame(payload="//9/fw"),
        frame(track="outbound"), frame(payload=base64.b64encode(b"\xff" * 8_001).decode()),
        frame(payload="A" * MESSAGE_BYTES),
        written(event="dtmf", sequenceNumber="5", dtmf={"digit": "12"}),
        written(event="dtmf", sequenceNumber="5", dtmf={"digit": "A"}),
        written(event="dtmf", sequenceNumber="5", dtmf={"digit": 1}),
        written(event="mark", mark={}),
        written(event="start", start={"streamSid": SID, "callSid": 7}),
        written(event="start", start={"streamSid": SID, "callSid": CALL, "customParameters": {"token": 1}}),
        written(event="start", start={"streamSid": SID, "callSid": CALL, "customParameters": ["token"]}),
    ],
)  # fmt: skip
def test_what_twilio_would_never_send_is_nothing(text) -> None:
    assert parse(text) is None


@given(st.one_of(st.text(), st.binary(), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps)))
def test_nothing_that_comes_raises(text) -> None:
    parse(text)


@given(
    st.fixed_dictionaries(
        {"event": st.sampled_from(["media", "start", "dtmf", "mark", "stop"])},
        optional={
            name: st.none() | st.text() | st.dictionaries(st.text(), st.none() | st.text() | st.integers())
            for name in ("media", "start", "dtmf", "mark", "sequenceNumber")
        },
    )
)
def test_no_message_of_odd_parts_raises(value) -> None:
    parse(json.dumps(value))


def test_what_goes_out_comes_in_pieces_that_twilio_takes() -> None:
    audio = bytes(range(256)) * 40
    sent = [json.loads(each) for each in media(SID, audio)]
    assert {each["event"] for each in sent} == {"media"}
    assert {each["streamSid"] for each in sent} == {SID}
    pieces = [base64.b64decode(each["media"]["payload"]) for each in sent]
    assert b"".join(pieces) == audio
    assert max(map(len, pieces)) == OUT_BYTES
    assert media(SID, b"") == []
    assert json.loads(mark(SID, "a")) == {"event": "mark", "streamSid": SID, "mark": {"name": "a"}}
    assert json.loads(clear(SID)) == {"event": "clear", "streamSid": SID}


def chunk(number: int) -> Media:
    return Media(number, bytes([number % 256]) * 160)


def put(order: InOrder, *numbers: int) -> bytes:
    return b"".join(order.take(chunk(each)) for each in numbers)


def sound(*numbers: int) -> bytes:
    return b"".join(chunk(each).audio for each in numbers)


def test_in_order_each_goes_on_at_once() -> None:
    order = InOrder()
    assert [order.take(chunk(each)) for each in (7, 8, 9)] == [sound(7), sound(8), sound(9)]


def test_out_of_order_and_doubled_they_are_put_right() -> None:
    order = InOrder()
    assert put(order, 1, 3, 2, 2, 5, 5, 4, 1, 6) == sound(1, 2, 3, 4, 5, 6)
    assert (order.dropped, order.missing) == (3, 0)


def test_what_never_comes_is_silence_of_the_same_length() -> None:
    order = InOrder()
    assert put(order, 1, 4, 5, 6, 7) == sound(1)
    assert put(order, 8) == QUIET * 2 + sound(4, 5, 6, 7, 8)
    assert put(order, 2, 9) == sound(9), "too late"
    assert (order.dropped, order.missing) == (1, 2)


def test_a_chunk_out_of_the_blue_does_not_stop_the_rest() -> None:
    order = InOrder()
    assert put(order, 1, 999_999, 2) == sound(1, 2)


def test_a_count_that_begins_anew_is_followed() -> None:
    order = InOrder()
    put(order, *range(500, 600))
    heard = put(order, *range(1, 60))
    assert heard == sound(*range(ASTRAY + 1, 60))


@given(st.lists(st.integers(0, 80) | st.integers(0, 10**12), max_size=200))
def test_whatever_the_order_little_is_held_back_and_nothing_comes_twice(numbers: list[int]) -> None:
    order = InOrder()
    heard = sum(len(order.take(Media(each, b"\x01" * 160))) // 160 for each in numbers)
    assert heard <= len(numbers) - order.dropped + order.missing
    assert len(order._waiting) <= WAITS_FOR


def test_real_time_is_allowed_for_ever_and_faster_is_not() -> None:
    steady = Allowance()
    assert not any(steady.exceeded(number / 50, 160) for number in range(50 * 3_600))
    fast = Allowance()
    allowed = next(number for number in range(10**6) if fast.exceeded(number / 50 / 4, 160))
    assert allowed / 50 == pytest.approx(BURST_SECONDS / (1 - FASTER / 4), abs=0.1)
    large = Allowance()
    assert next(number for number in range(100) if large.exceeded(0.0, 8_000)) == BURST_SECONDS
