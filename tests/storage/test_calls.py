from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import Engine, select, update

from voicebot.dialogue.actions import Action, Ask, Expecting, HangUp, Option, Say, SendText, TakeMessage, Transfer
from voicebot.errors import StorageError
from voicebot.ports import Answer, Arrival, NewMessage, OutgoingText, TurnInput, TurnRecord
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading, writing
from voicebot.storage.schema import calls, messages, recordings, texts, turns
from voicebot.storage.stored import dump_answer, dump_input, load_answer, load_input

from .samples import HEARD, NUMBER, RECORD, START, Now, a_session, an_answer, begin, claimed, count, done

SAMPLES: tuple[Action, ...] = (
    Say("Hello.", slow=True),
    Ask(
        "Yes or no?",
        Expecting("options", (Option("a", ("yes", "aye"), "1"), Option("b", ("no",)))),
        True,
        5,
        ("Didbury",),
    ),
    SendText("See westshire.example"),
    Transfer("highways", "+441632960160", "+441632960100", 25, "Pothole", {"X-Call-Id": "CA1"}),
    TakeMessage("Speak after this.", "highways", 120),
    HangUp(),
)


# --- answers and inputs as JSON


def test_every_action_has_a_sample() -> None:
    assert {type(each) for each in SAMPLES} == set(get_args(Action))


@pytest.mark.parametrize("action", SAMPLES, ids=lambda each: type(each).__name__)
def test_an_answer_comes_back_as_it_was(action: Action) -> None:
    answer = Answer((action,), 7)
    assert load_answer(dump_answer(answer)) == answer


def test_an_answer_of_another_version_is_a_storage_error() -> None:
    with pytest.raises(StorageError, match="another version"):
        load_answer(json.dumps({"actions": [{"action": "Juggle", "balls": 3}], "next_turn": 1}))


def test_an_answer_keeps_no_number_that_a_text_goes_to() -> None:
    dumped = dump_answer(Answer((SendText("See westshire.example", to=NUMBER),), 2))
    assert NUMBER not in dumped
    assert "westshire.example" in dumped


def test_an_input_comes_back_without_its_keys() -> None:
    given = TurnInput(keys="07700900123", transfer="busy")
    assert load_input(dump_input(given)) == replace(given, keys="")
    with pytest.raises(StorageError):
        load_input('{"keys": 5, "recording": {}}')


# --- begin


def test_a_call_that_rings_twice_is_stored_once(store: SqlCallStore, engine: Engine) -> None:
    first = begin(store)
    arrival = Arrival("CA1", "twilio", "mobile", NUMBER)
    again = store.begin(
        arrival, a_session(), an_answer("Something else"), TurnRecord("Something else", "CallStarted"), START
    )
    assert again == first == an_answer()
    assert count(engine, calls) == count(engine, turns) == 1


def test_the_callers_number_comes_back_but_is_not_stored_readable(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    begin(store, "CA2", number=None)
    assert store.caller_number("CA1") == NUMBER
    assert store.caller_number("CA2") is None
    assert store.caller_number("unknown") is None
    with reading(engine) as connection:
        for row in connection.execute(select(calls)):
            assert "7700900123" not in repr(row)


def test_a_call_id_that_is_none_is_refused_in_one_line(store: SqlCallStore) -> None:
    with pytest.raises(StorageError, match="10000 characters"):
        begin(store, "é" * 10_000)
    assert store.claim("é" * 10_000, 0, HEARD) is None
    assert store.claim("C\x00A1", 0, HEARD) is None


def test_ten_kilobytes_of_unicode_in_every_field(store: SqlCallStore) -> None:
    odd = "\x00\ud800é😀ﷺ\u202e" * 1_000
    kept = odd.replace("\x00", "").replace("\ud800", "")
    begin(store)
    claim = claimed(store, given=TurnInput(recording=kept, transfer=kept))
    record = TurnRecord(odd, odd, odd, odd, 0.5, ((kept, 0.5),), odd, odd, odd, {}, odd, odd)
    store.finish(claim, claim.session.with_(turn=2, words=kept), an_answer(kept, 2), record, recordings=[kept])
    found = store.current("CA1")
    assert found is not None
    assert found[0].words == kept
    assert found[1] == an_answer(kept, 2)


# --- claim


def test_finish_stores_everything_or_nothing(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    claim = claimed(store)
    broken = replace(RECORD, ranked=(("blue_badge", float),))  # type: ignore[arg-type]
    both = [OutgoingText(NUMBER, "one"), OutgoingText(NUMBER, "two")]
    left = NewMessage("highways", "https://api.example/recordings/RE2", 31.5)
    urls = [HEARD.recording, left.recording]
    with pytest.raises(Exception, match="JSON serializable"):
        store.finish(claim, claim.session.with_(turn=2), an_answer(next_turn=2), broken, texts=both)
    assert (count(engine, texts), store.current("CA1")) == (0, (a_session(), an_answer()))
    after = claim.session.with_(turn=2, intent="pothole", queue="highways", restricted=True, outcome="message_left")
    store.finish(claim, after, an_answer(next_turn=2), RECORD, texts=both, message=left, recordings=urls)
    assert store.current("CA1") == (after, an_answer(next_turn=2))
    with reading(engine) as connection:
        call = connection.execute(select(calls)).one()
        assert (call.turn, call.intent, call.queue, call.restricted, call.outcome) == (
            2,
            "pothole",
            "highways",
            True,
            "message_left",
        )
        assert connection.execute(select(turns.c.input).where(turns.c.number == 1)).scalar_one() is None
        assert connection.execute(select(texts.c.turn, texts.c.position, texts.c.body)).all() == [
            (1, 0, "one"),
            (1, 1, "two"),
        ]
        assert connection.execute(select(messages.c.recording, messages.c.status)).all() == [(left.recording, "new")]
        assert connection.execute(select(recordings.c.url)).scalars().all() == [HEARD.recording], (
            "not the message's own"
        )


def test_a_recording_is_kept_at_the_provider_as_long_as_the_setting_says(
    engine: Engine, sealer: object, now: Now
) -> None:
    store = SqlCallStore(engine, sealer, now, lease=timedelta(seconds=12), keep_audio=timedelta(days=7))  # type: ignore[arg-type]
    begin(store)
    claim = claimed(store)
    store.finish(claim, claim.session.with_(turn=2), an_answer(next_turn=2), RECORD, recordings=[HEARD.recording])
    with reading(engine) as connection:
        assert connection.execute(select(recordings.c.next_attempt)).scalar_one() == START + timedelta(days=7)


# --- current and end


def test_an_unknown_call_has_no_current_turn(store: SqlCallStore) -> None:
    assert store.current("unknown") is None


def test_the_end_is_told_once(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    store.end("CA1", "abandoned", START + timedelta(seconds=40))
    store.end("CA1", "failed", START + timedelta(seconds=99))
    store.end("unknown", "failed", START)
    with reading(engine) as connection:
        row = connection.execute(select(calls.c.ended, calls.c.outcome)).one()
    assert tuple(row) == (START + timedelta(seconds=40), "abandoned")


def test_a_hang_up_while_a_turn_is_worked_on_keeps_its_outcome(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    claim = claimed(store)
    store.end("CA1", "abandoned", START)
    done(store, claim)
    with reading(engine) as connection:
        assert connection.execute(select(calls.c.outcome)).scalar_one() == "abandoned"


def test_a_session_of_another_version_is_a_storage_error_and_claims_nothing(
    store: SqlCallStore, engine: Engine
) -> None:
    begin(store)
    with writing(engine) as connection:
        stored = json.loads(connection.execute(select(calls.c.session)).scalar_one())
        connection.execute(update(calls).values(session=json.dumps({**stored, "version": 99})))
    with pytest.raises(StorageError, match="version 99"):
        store.claim("CA1", 1, HEARD)
    with pytest.raises(StorageError, match="version 99"):
        store.current("CA1")
    assert count(engine, turns) == 1
    with writing(engine) as connection:
        connection.execute(update(calls).values(session='{"torn'))
    with pytest.raises(StorageError, match="cannot be read"):
        store.current("CA1")


def due(engine: Engine) -> dict[str, timedelta]:
    with reading(engine) as connection:
        rows = connection.execute(select(recordings.c.url, recordings.c.next_attempt)).all()
    return {row.url: row.next_attempt - START for row in rows}


def test_a_recording_goes_at_once_when_it_was_heard_and_after_a_day_where_no_turn_asks_for_it(
    store: SqlCallStore, engine: Engine
) -> None:
    begin(store)
    store.recording_seen("CA1", "http://provider/RE1")
    store.recording_seen("CA1", "http://provider/RE2")
    claim = claimed(store, 1)
    store.finish(claim, claim.session.with_(turn=2), an_answer("Yes.", 2), RECORD, recordings=["http://provider/RE1"])
    store.recording_seen("CA1", "http://provider/RE1")
    assert due(engine) == {"http://provider/RE1": timedelta(0), "http://provider/RE2": timedelta(days=1)}


def test_a_turn_that_is_taken_over_knows_its_age(store: SqlCallStore, now: Now) -> None:
    begin(store)
    assert claimed(store, 1).age == 0
    now.forward(13)
    assert claimed(store, 1, None).age == 13
