"""A turn is claimed by one worker at a time, and its lease runs out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from voicebot.errors import ClaimLostError
from voicebot.ports import Claim, OutgoingText, Pending, TurnInput
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading
from voicebot.storage.schema import texts, turns

from .samples import HEARD, NUMBER, RECORD, Now, a_session, an_answer, begin, claimed, count, done


def test_one_claim_and_the_others_wait(store: SqlCallStore, now: Now) -> None:
    begin(store)
    claim = claimed(store)
    assert (claim.number, claim.session, claim.input) == (1, a_session(), HEARD)
    now.forward(3)
    assert store.claim("CA1", 1, HEARD) == Pending(3.0)
    assert store.claim("CA1", 1, None) == Pending(3.0)


def test_the_same_turn_posted_by_twenty_threads_at_once_is_claimed_once(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    start = threading.Barrier(20)

    def post() -> object:
        start.wait()
        return store.claim("CA1", 1, HEARD)

    with ThreadPoolExecutor(20) as pool:
        results = [each.result() for each in [pool.submit(post) for _ in range(20)]]
    assert sum(isinstance(each, Claim) for each in results) == 1
    assert sum(isinstance(each, Pending) for each in results) == 19
    assert count(engine, turns) == 2


def test_a_lease_that_ran_out_is_taken_over_by_one_of_twenty_threads(store: SqlCallStore, now: Now) -> None:
    begin(store)
    claimed(store)
    now.forward(12)
    start = threading.Barrier(20)

    def poll() -> object:
        start.wait()
        return store.claim("CA1", 1, None)

    with ThreadPoolExecutor(20) as pool:
        results = [each.result() for each in [pool.submit(poll) for _ in range(20)]]
    won = [each for each in results if isinstance(each, Claim)]
    assert len(won) == 1
    assert won[0].input == HEARD


def test_the_age_counts_from_the_first_post_however_often_it_is_taken_over(store: SqlCallStore, now: Now) -> None:
    begin(store)
    claimed(store)
    now.forward(12)
    claimed(store, given=None)
    now.forward(2)
    assert store.claim("CA1", 1, None) == Pending(14.0)


def test_what_cannot_be_claimed(store: SqlCallStore) -> None:
    begin(store)
    assert store.claim("unknown", 0, HEARD) is None
    assert store.claim("CA1", 2, HEARD) is None, "this turn has not come yet"
    assert store.claim("CA1", 1, None) is None, "a poll for what nobody posted"
    assert store.claim("CA1", 0, HEARD) == an_answer(), "done already"


def test_a_turn_that_is_past_gives_its_stored_answer(store: SqlCallStore) -> None:
    begin(store)
    first = done(store, claimed(store, 1), "first")
    second = done(store, claimed(store, 2), "second")
    assert store.claim("CA1", 1, HEARD) == first
    assert store.claim("CA1", 2, None) == second
    assert store.claim("CA1", 4, HEARD) is None


def test_a_released_turn_is_free_at_once_and_keeps_its_input(store: SqlCallStore) -> None:
    begin(store)
    store.release(claimed(store))
    assert claimed(store, given=None).input == HEARD


def test_keys_are_worked_on_but_never_stored(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    assert claimed(store, given=TurnInput(keys="4111111111111111")).input.keys == "4111111111111111"
    with reading(engine) as connection:
        assert "4111" not in repr(connection.execute(select(turns)).all())


# --- finish


def test_a_worker_whose_claim_was_taken_over_stores_nothing(store: SqlCallStore, engine: Engine, now: Now) -> None:
    begin(store)
    slow = claimed(store)
    now.forward(12)
    quick = claimed(store)
    answer = done(store, quick, "from the quick one")
    with pytest.raises(ClaimLostError):
        store.finish(slow, slow.session.with_(turn=2), an_answer("slow", 2), RECORD, texts=[OutgoingText(NUMBER, "x")])
    assert store.current("CA1") == (a_session(turn=2), answer)
    assert count(engine, texts) == 0


def test_a_claim_taken_over_cannot_be_finished_even_before_the_other_has(store: SqlCallStore, now: Now) -> None:
    begin(store)
    slow = claimed(store)
    now.forward(12)
    claimed(store)
    with pytest.raises(ClaimLostError):
        done(store, slow)


def test_a_claim_whose_lease_ran_out_counts_while_nobody_took_it_over(store: SqlCallStore, now: Now) -> None:
    begin(store)
    claim = claimed(store)
    now.forward(60)
    assert store.claim("CA1", 0, None) == an_answer()
    done(store, claim)
    with pytest.raises(ClaimLostError):
        done(store, claim)
