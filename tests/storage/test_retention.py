from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from voicebot.dialogue.actions import Transfer
from voicebot.errors import ClaimLostError
from voicebot.ports import Answer, NewMessage, OutgoingText
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading
from voicebot.storage.deletions import Deletions
from voicebot.storage.messages import Messages
from voicebot.storage.outbox import Outbox
from voicebot.storage.queries import show_call
from voicebot.storage.retention import Counts, Keep, apply, erase
from voicebot.storage.schema import metadata
from voicebot.storage.sealing import Sealer

from .samples import NUMBER, RECORD, START, Now, begin, claimed

KEEP = Keep(audio_days=0, transcript_days=90, message_days=30, call_days=730)
OTHER = "+447700900456"
SECRET = "the quartz badger"  # not redacted on purpose: what must be gone afterwards


def whole_call(store: SqlCallStore, call_id: str = "CA1", number: str = NUMBER, text_to: str = NUMBER) -> None:
    """A call with words in every place that holds words, a text, a message left, and its recordings."""
    begin(store, call_id, number)
    claim = claimed(store, call_id=call_id)
    whisper = Transfer("highways", "+441632960160", "+441632960100", 25, SECRET, {"X-Words": SECRET})
    record = type(RECORD)(
        prompt="What?", event="Heard", heard=SECRET, note=SECRET, decision="accept", rule="r", at="routing.yaml:1"
    )
    store.finish(
        claim,
        claim.session.with_(turn=2, words=SECRET, intent="pothole"),
        Answer((whisper,), 2),
        record,
        texts=[OutgoingText(text_to, "See westshire.example")],
        message=NewMessage("highways", f"https://api.example/message/{call_id}", 30),
        recordings=[f"https://api.example/heard/{call_id}"],
    )
    store.end(call_id, "message_left", START)


def sizes(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        tables = ("calls", "turns", "texts", "messages", "recordings")
        return {
            name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in tables
        }


def everything(engine: Engine) -> str:
    with reading(engine) as connection:
        return "\n".join(repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables)


def deliver(engine: Engine, sealer: Sealer, now: Now) -> None:
    messages = Messages(engine, sealer, now)
    while (message := messages.take()) is not None:
        messages.delivered(messages.transcribed(message, SECRET))


def test_words_go_in_their_time_and_decisions_stay(store: SqlCallStore, engine: Engine) -> None:
    whole_call(store)
    assert apply(engine, KEEP, START + timedelta(days=89)).transcripts == 0
    assert SECRET in everything(engine)
    assert apply(engine, KEEP, START + timedelta(days=90)).transcripts == 1
    assert SECRET not in everything(engine)
    assert apply(engine, KEEP, START + timedelta(days=90)) == Counts()
    shown = show_call(engine, "CA1")
    assert shown is not None
    assert (shown["intent"], shown["turns"][1]["decision"]) == ("pothole", "accept")
    assert store.claim("CA1", 2, None) is None
    assert store.current("CA1") is None


def test_a_call_under_way_keeps_its_words_whatever_the_setting(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    none = Keep(0, 0, 0, 0)
    assert apply(engine, none, START + timedelta(hours=1)) == Counts()
    assert store.current("CA1") is not None
    assert apply(engine, none, START + timedelta(days=1)).calls == 1, "nobody told its end"


def test_a_recorded_call_that_rings_at_a_date_long_past_is_under_way_all_the_same(
    store: SqlCallStore, engine: Engine
) -> None:
    begin(store, at=START - timedelta(days=1000))
    assert apply(engine, KEEP, START + timedelta(minutes=1)) == Counts()
    assert claimed(store).number == 1


def test_messages_go_once_delivered_and_never_before(
    store: SqlCallStore, engine: Engine, sealer: Sealer, now: Now
) -> None:
    whole_call(store)
    counts = apply(engine, KEEP, START + timedelta(days=3000))
    assert (counts.messages, counts.calls) == (0, 0), "nobody has received it yet"
    deliver(engine, sealer, now)
    assert apply(engine, KEEP, START + timedelta(days=29)).messages == 0
    counts = apply(engine, KEEP, START + timedelta(days=30))
    assert (counts.messages, counts.recordings) == (1, 0), "the recording was queued when the message was delivered"
    assert sizes(engine)["messages"] == 0


def test_calls_go_last_and_with_all_that_hangs_on_them(
    store: SqlCallStore, engine: Engine, sealer: Sealer, now: Now
) -> None:
    whole_call(store)
    deliver(engine, sealer, now)
    late = START + timedelta(days=730)
    assert apply(engine, KEEP, late).calls == 0, "a text still waits to be sent"
    text = Outbox(engine, sealer, now).take()
    assert text is not None
    Outbox(engine, sealer, now).sent(text, "SM1")
    assert apply(engine, KEEP, late).calls == 1
    assert sizes(engine) == {"calls": 0, "turns": 0, "texts": 0, "messages": 0, "recordings": 2}


def test_the_recording_of_a_turn_that_nobody_finished_is_deleted_as_well(
    store: SqlCallStore, engine: Engine, now: Now
) -> None:
    begin(store)
    claimed(store)
    assert apply(engine, KEEP, START + timedelta(hours=23)).recordings == 0
    assert apply(engine, KEEP, START + timedelta(hours=25)).recordings == 1
    now.forward(90_000)
    deletion = Deletions(engine, now).take()
    assert deletion is not None
    assert deletion.url == "https://api.example/recordings/RE1"


def test_a_recording_that_the_provider_has_just_told_of_is_left_to_be_heard(
    store: SqlCallStore, engine: Engine, now: Now
) -> None:
    begin(store)
    store.recording_seen("CA1", "https://api.example/recordings/RE1")
    now.forward(60)
    assert apply(engine, KEEP, now()).recordings == 0
    assert Deletions(engine, now).take() is None
    now.forward(86_400)
    assert Deletions(engine, now).take() is not None, "no turn has ever asked for it"


def test_a_shorter_time_for_recordings_counts_for_those_that_wait(engine: Engine, sealer: Sealer, now: Now) -> None:
    store = SqlCallStore(engine, sealer, now, lease=timedelta(seconds=12), keep_audio=timedelta(days=30))
    whole_call(store)
    now.forward(3 * 86_400)
    assert Deletions(engine, now).take() is None
    assert apply(engine, Keep(2, 90, 30, 730), now()).recordings == 1
    assert Deletions(engine, now).take() is not None


def test_one_call_is_erased_and_no_other(store: SqlCallStore, engine: Engine, now: Now) -> None:
    whole_call(store, "CA1")
    before = sizes(engine)
    whole_call(store, "CA2", OTHER, OTHER)
    counts = erase(engine, START, call_id="CA1")
    assert counts == Counts(calls=1, turns=2, messages=1, texts=1, recordings=2)
    assert {**sizes(engine), "recordings": 0} == {**before, "recordings": 0}
    assert "'CA1'" not in everything(engine)
    assert "'CA2'" in everything(engine)
    urls = set()
    while (deletion := Deletions(engine, now).take()) is not None:
        urls.add(deletion.url)
    assert urls >= {"https://api.example/heard/CA1", "https://api.example/message/CA1"}
    assert erase(engine, START, call_id="CA1") == Counts()


def test_a_number_is_erased_with_its_calls_and_the_texts_sent_to_it(
    store: SqlCallStore, engine: Engine, sealer: Sealer
) -> None:
    whole_call(store, "CA1", NUMBER)
    whole_call(store, "CA2", NUMBER)
    whole_call(store, "CA3", OTHER, text_to=NUMBER)
    counts = erase(engine, START, number="07700 900 123", sealer=sealer)
    assert (counts.calls, counts.texts, counts.messages) == (2, 3, 2)
    assert sizes(engine)["calls"] == 1
    assert sizes(engine)["texts"] == 0
    assert sealer.hash(NUMBER) not in everything(engine)


def test_erasing_while_a_turn_is_worked_on_drops_its_result(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    claim = claimed(store)
    assert erase(engine, START, call_id="CA1").recordings == 1, "the recording being heard"
    with pytest.raises(ClaimLostError):
        store.finish(claim, claim.session.with_(turn=2, words=SECRET), Answer((), 2), RECORD)
    assert SECRET not in everything(engine)


def test_what_must_be_erased_is_named_exactly(engine: Engine, sealer: Sealer) -> None:
    for wrong in ({}, {"number": NUMBER}, {"call_id": "CA1", "number": NUMBER, "sealer": sealer}):
        with pytest.raises(ValueError, match="give a call's id"):
            erase(engine, START, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_erased_words_are_gone_from_the_files_as_well(store: SqlCallStore, engine: Engine, tmp_path: Path) -> None:
    def on_disk() -> bool:
        return any(SECRET.encode() in path.read_bytes() for path in (tmp_path / "var").iterdir())

    whole_call(store)
    assert on_disk()
    erase(engine, START, call_id="CA1")
    assert not on_disk()
