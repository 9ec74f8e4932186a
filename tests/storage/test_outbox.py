from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from voicebot.errors import StorageError
from voicebot.ports import OutgoingText
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading
from voicebot.storage.outbox import TRIES, Outbox, Text
from voicebot.storage.schema import texts
from voicebot.storage.sealing import Sealer

from .samples import NUMBER, RECORD, Now, an_answer, begin, claimed


@pytest.fixture
def outbox(engine: Engine, sealer: Sealer, now: Now) -> Outbox:
    return Outbox(engine, sealer, now)


def put(store: SqlCallStore, *bodies: str) -> None:
    begin(store)
    claim = claimed(store)
    outgoing = [OutgoingText(NUMBER, body) for body in bodies]
    store.finish(claim, claim.session.with_(turn=2), an_answer(next_turn=2), RECORD, texts=outgoing)


def taken(outbox: Outbox) -> Text:
    text = outbox.take()
    assert text is not None
    return text


def sealed(engine: Engine) -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.execute(select(texts.c.to_sealed)).scalars())


def test_a_text_is_sent_once_and_its_number_wiped(store: SqlCallStore, outbox: Outbox, engine: Engine) -> None:
    put(store, "See westshire.example/blue-badge")
    assert NUMBER not in str(sealed(engine))
    text = taken(outbox)
    assert (text.to, text.body) == (NUMBER, "See westshire.example/blue-badge")
    assert outbox.take() is None
    outbox.sent(text, "SM1", "queued")
    assert sealed(engine) == [None]
    assert outbox.reported("SM1", "delivered")
    assert not outbox.reported("SM2", "delivered")
    (state,) = outbox.list()
    assert (state.status, state.provider_id, state.provider_status) == ("sent", "SM1", "delivered")


def test_twenty_senders_at_once_get_each_text_once(store: SqlCallStore, outbox: Outbox) -> None:
    put(store, *(str(number) for number in range(8)))
    start = threading.Barrier(20)

    def take() -> Text | None:
        start.wait()
        return outbox.take()

    with ThreadPoolExecutor(20) as pool:
        results = [each.result() for each in [pool.submit(take) for _ in range(20)]]
    bodies = [each.body for each in results if each is not None]
    while (text := outbox.take()) is not None:
        bodies.append(text.body)
    assert sorted(bodies) == [str(number) for number in range(8)]


def test_a_sender_that_dies_leaves_a_text_uncertain_and_it_is_never_sent_again(
    store: SqlCallStore, outbox: Outbox, engine: Engine, now: Now
) -> None:
    put(store, "once")
    text = taken(outbox)
    assert outbox.sweep() == ()
    now.forward(60)
    (lost,) = outbox.sweep()
    assert (lost.id, lost.status) == (text.id, "uncertain")
    assert outbox.sweep() == (), "alarmed once"
    now.forward(86_400)
    assert outbox.take() is None
    assert sealed(engine) == [None]


def test_a_sender_that_was_thought_dead_may_still_say_that_it_sent(
    store: SqlCallStore, outbox: Outbox, now: Now
) -> None:
    put(store, "once")
    text = taken(outbox)
    now.forward(60)
    outbox.sweep()
    outbox.sent(text, "SM1")
    assert outbox.list("sent")[0].provider_id == "SM1"


def test_refused_and_unanswered_texts_are_settled_without_their_number(
    store: SqlCallStore, outbox: Outbox, engine: Engine
) -> None:
    put(store, "one", "two")
    outbox.failed(taken(outbox), "not a mobile number (21614)")
    outbox.uncertain(taken(outbox), "no answer in 10 s")
    assert [(each.status, each.error) for each in outbox.list()] == [
        ("uncertain", "no answer in 10 s"),
        ("failed", "not a mobile number (21614)"),
    ]
    assert sealed(engine) == [None, None]
    assert outbox.take() is None


def test_a_result_told_twice_changes_nothing(store: SqlCallStore, outbox: Outbox) -> None:
    put(store, "one")
    text = taken(outbox)
    outbox.sent(text, "SM1")
    outbox.failed(text, "too late")
    assert outbox.list()[0].status == "sent"


def test_a_text_that_surely_was_not_sent_waits_ever_longer_and_is_given_up_in_the_end(
    store: SqlCallStore, outbox: Outbox, engine: Engine, now: Now
) -> None:
    put(store, "one")
    waits = []
    while True:
        text = taken(outbox)
        assert text.to == NUMBER
        if not outbox.again(text, "the provider could not be reached"):
            break
        assert outbox.take() is None, "not at once"
        assert outbox.list("waiting")[0].error == "the provider could not be reached"
        before = now.moment
        while not _is_due(engine, now):
            now.forward(30)
        waits.append((now.moment - before).total_seconds())
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert len(waits) == TRIES - 1
    assert outbox.list()[0].status == "failed"
    assert sealed(engine) == [None]
    now.forward(86_400)
    assert outbox.take() is None


def _is_due(engine: Engine, now: Now) -> bool:
    with reading(engine) as connection:
        return connection.execute(select(texts.c.id).where(texts.c.next_attempt <= now())).first() is not None


def test_a_text_put_off_lets_the_next_one_go_first(store: SqlCallStore, outbox: Outbox) -> None:
    put(store, "one", "two")
    assert outbox.again(taken(outbox), "not reached")
    assert taken(outbox).body == "two"


def test_a_text_that_was_thought_lost_is_not_brought_back(
    store: SqlCallStore, outbox: Outbox, engine: Engine, now: Now
) -> None:
    put(store, "one")
    text = taken(outbox)
    now.forward(60)
    outbox.sweep()
    assert not outbox.again(text, "not reached"), "its number is gone"
    assert outbox.list()[0].status == "failed"
    now.forward(86_400)
    assert outbox.take() is None


def test_a_number_sealed_with_another_key_stops_no_other_text(
    store: SqlCallStore, outbox: Outbox, engine: Engine, now: Now
) -> None:
    other_key = Sealer("another secret, of the time before this one")
    strange = SqlCallStore(engine, other_key, now, lease=timedelta(seconds=9))
    begin(strange, "CA0")
    claim = claimed(strange, call_id="CA0")
    texts_before = [OutgoingText(NUMBER, "sealed before")]
    strange.finish(claim, claim.session.with_(turn=2), an_answer(next_turn=2), RECORD, texts=texts_before)
    put(store, "one")
    with pytest.raises(StorageError, match="VOICEBOT_SECRET_KEY"):
        outbox.take()
    assert taken(outbox).body == "one"
    assert outbox.list("waiting")[0].call_id == "CA0", "it waits for its key"
