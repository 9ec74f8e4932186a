"""Tokens of live streams: good once, for one call at one turn; and how a call goes on after its stream."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select

from voicebot.dialogue.events import NothingHeard
from voicebot.live.streams import Opened, Standing
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading
from voicebot.storage.retention import erase
from voicebot.storage.schema import streams
from voicebot.storage.streams import GOOD_FOR, SqlStreams

from .ringing import fixed_table, heard, ring
from .samples import Now

CALL = "CA" + "0" * 32
OTHER = "CA" + "9" * 32


@pytest.fixture
def kept(engine: Engine, store: SqlCallStore, now: Now) -> SqlStreams:
    ring(store, now, fixed_table(), CALL, [])
    ring(store, now, fixed_table(), OTHER, [])
    return SqlStreams(engine, now)


def issued(kept: SqlStreams, call_id: str = CALL, *, speak: bool = True):
    ticket = kept.issue(call_id, 1, speak=speak)
    assert ticket is not None
    return ticket


def test_a_token_opens_its_stream_once(kept: SqlStreams) -> None:
    ticket = issued(kept)
    assert kept.open(ticket.token, CALL, 1) == Opened(ticket.stream, 1, True, "twilio", "mobile")
    assert kept.open(ticket.token, CALL, 1) is None


def test_of_many_who_use_it_at_once_one_gets_in(kept: SqlStreams) -> None:
    ticket = issued(kept)
    found: list[Opened | None] = []
    threads = [threading.Thread(target=lambda: found.append(kept.open(ticket.token, CALL, 1))) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(each is not None for each in found) == 1


@pytest.mark.parametrize(
    ("token", "call_id", "turn"), [(None, OTHER, 1), (None, CALL, 2), (None, CALL, 0), ("guessed", CALL, 1)]
)
def test_a_token_is_good_for_its_own_call_and_turn(
    kept: SqlStreams, token: str | None, call_id: str, turn: int
) -> None:
    ticket = issued(kept)
    assert kept.open(token or ticket.token, call_id, turn) is None
    assert kept.open(ticket.token, CALL, 1) is not None, "and whoever tried did not use it up"


def test_an_old_token_is_good_no_more(kept: SqlStreams, now: Now) -> None:
    ticket = issued(kept)
    now.forward(GOOD_FOR.total_seconds() + 1)
    assert kept.open(ticket.token, CALL, 1) is None


def test_a_token_of_a_turn_that_has_been_taken_since_is_good_no_more(
    kept: SqlStreams, store: SqlCallStore, now: Now
) -> None:
    ticket = issued(kept)
    third = "CA" + "8" * 32
    ring(store, now, fixed_table(), third, [NothingHeard()])
    old = kept.issue(third, 1, speak=True)
    assert old is not None
    assert kept.open(old.token, third, 1) is None
    assert kept.open(ticket.token, CALL, 1) is not None


def test_the_token_itself_is_not_stored(kept: SqlStreams, engine: Engine) -> None:
    ticket = issued(kept)
    with reading(engine) as connection:
        row = connection.execute(select(streams)).one()
    assert ticket.token not in str(row)


def test_after_a_hand_over_the_call_goes_on_live_and_knows_what_was_spoken(kept: SqlStreams) -> None:
    ticket = issued(kept)
    kept.open(ticket.token, CALL, 1)
    kept.close(ticket.stream, "handed_over", 1)
    kept.close(ticket.stream, "lost")
    assert kept.after(ticket.stream, CALL) == Standing(1, 1, failed=False)
    assert kept.issue(CALL, 1, speak=True) is not None


def test_streams_that_are_handed_over_in_vain_do_not_follow_each_other_for_ever(kept: SqlStreams) -> None:
    """As where frames never come, or a bug meets each of them."""
    for _ in range(2):
        ticket = issued(kept)
        kept.open(ticket.token, CALL, 1)
        kept.close(ticket.stream, "handed_over")
        assert kept.after(ticket.stream, CALL) == Standing(1, None, failed=False), "she goes on live"
    assert kept.issue(CALL, 1, speak=True) is None


def test_a_stream_in_which_a_turn_was_taken_was_not_in_vain(kept: SqlStreams, store: SqlCallStore, now: Now) -> None:
    kept.after(issued(kept).stream, CALL)
    ticket = issued(kept)
    kept.open(ticket.token, CALL, 1)
    ring(store, now, fixed_table(), CALL, [heard("there's a hole in the road", pothole=0.9)])
    kept.close(ticket.stream, "handed_over")
    assert kept.after(ticket.stream, CALL) == Standing(2, None, failed=False)
    assert kept.issue(CALL, 2, speak=True) is not None


@pytest.mark.parametrize("ending", [None, "stopped", "lost", "refused"])
def test_a_stream_that_was_not_handed_over_has_failed(kept: SqlStreams, ending) -> None:
    ticket = issued(kept)
    if ending:
        kept.open(ticket.token, CALL, 1)
        kept.close(ticket.stream, ending, 1)
    assert kept.after(ticket.stream, CALL) == Standing(1, None, failed=True)
    assert kept.after(ticket.stream, CALL) == Standing(1, None, failed=True), "asked again, it counts once"
    assert kept.issue(CALL, 1, speak=True) is not None


def test_after_two_failures_no_more_tokens_for_this_call(kept: SqlStreams) -> None:
    for _ in range(2):
        kept.after(issued(kept).stream, CALL)
    assert kept.issue(CALL, 1, speak=False) is None
    assert kept.issue(OTHER, 1, speak=False) is not None


def test_tokens_that_were_never_followed_up_are_no_failures(kept: SqlStreams) -> None:
    for _ in range(4):
        issued(kept)
    assert kept.issue(CALL, 1, speak=True) is not None


def test_the_stream_of_another_call_says_nothing_of_this_one(kept: SqlStreams) -> None:
    ticket = issued(kept, OTHER)
    kept.close(ticket.stream, "handed_over", 1)
    assert kept.after(ticket.stream, CALL) == Standing(1, None, failed=True)
    assert kept.after(ticket.stream, "CA" + "7" * 32) is None
    assert kept.after(ticket.stream, OTHER) == Standing(1, 1, failed=False)


def test_erasing_a_call_erases_its_streams(kept: SqlStreams, engine: Engine, now: Now) -> None:
    issued(kept)
    erase(engine, now(), call_id=CALL)
    with reading(engine) as connection:
        assert connection.execute(select(streams)).all() == []
