from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from voicebot.errors import ClaimLostError, StorageError
from voicebot.ports import NewMessage
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading
from voicebot.storage.deletions import Deletions
from voicebot.storage.messages import Message, Messages
from voicebot.storage.retention import Keep, apply
from voicebot.storage.schema import messages as table
from voicebot.storage.sealing import Sealer

from .samples import RECORD, Now, an_answer, begin, claimed

WORDS = "This is Jane Smith, please ring me on 07700 900123"


@pytest.fixture
def messages(engine: Engine, sealer: Sealer, now: Now) -> Messages:
    return Messages(engine, sealer, now)


def leave(store: SqlCallStore, call_id: str = "CA1", queue: str = "highways") -> None:
    begin(store, call_id)
    claim = claimed(store, call_id=call_id)
    message = NewMessage(queue, f"https://api.example/recordings/{call_id}", 31.5)
    store.finish(claim, claim.session.with_(turn=2), an_answer(next_turn=2), RECORD, message=message)


def taken(messages: Messages) -> Message:
    message = messages.take()
    assert message is not None
    return message


def test_a_message_is_transcribed_and_delivered(store: SqlCallStore, messages: Messages, engine: Engine) -> None:
    leave(store)
    message = taken(messages)
    assert (message.queue, message.seconds, message.status, message.words) == ("highways", 31.5, "new", None)
    assert messages.take() is None, "one worker at a time"
    message = messages.transcribed(message, WORDS)
    assert (message.status, message.words) == ("transcribed", WORDS)
    with reading(engine) as connection:
        assert "Jane" not in repr(connection.execute(select(table)).all())
    assert len(messages.undelivered()) == 1
    messages.delivered(message)
    assert messages.undelivered() == ()
    assert messages.take() is None
    shown = messages.show(message.id)
    assert shown is not None
    assert (shown.status, shown.words) == ("delivered", WORDS)
    assert messages.count() == {"delivered": 1}


def test_a_failure_is_tried_again_ever_later_up_to_an_hour(store: SqlCallStore, messages: Messages, now: Now) -> None:
    leave(store)
    waits = []
    for _ in range(10):
        message = taken(messages)
        messages.failed(message, "the mail server does not answer")
        shown = messages.show(message.id)
        assert shown is not None
        assert shown.error == "the mail server does not answer"
        waits.append((shown.next_attempt - now.moment).total_seconds())
        now.forward(waits[-1] - 1)
        assert messages.take() is None
        now.forward(1)
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert taken(messages).attempts == 10


def test_a_worker_that_dies_leaves_the_message_to_another(store: SqlCallStore, messages: Messages, now: Now) -> None:
    leave(store)
    lost = taken(messages)
    now.forward(300)
    other = taken(messages)
    with pytest.raises(ClaimLostError):
        messages.transcribed(lost, "from the dead")
    messages.failed(lost, "too late to count")
    shown = messages.show(other.id)
    assert shown is not None
    assert (shown.attempts, shown.words) == (0, None)
    messages.delivered(lost)
    assert messages.undelivered() == (), "what is delivered is delivered"


def test_old_undelivered_messages_are_found_for_the_alarm(store: SqlCallStore, messages: Messages, now: Now) -> None:
    leave(store, "CA1")
    now.forward(600)
    leave(store, "CA2", "parking")
    assert [each.call_id for each in messages.undelivered(timedelta(minutes=10))] == ["CA1"]
    assert [each.call_id for each in messages.undelivered()] == ["CA1", "CA2"]
    assert [each.call_id for each in messages.list()] == ["CA2", "CA1"]
    assert [each.call_id for each in messages.list(queue="parking")] == ["CA2"]
    assert messages.show(999) is None


def test_its_recording_goes_once_it_is_delivered_and_never_before(
    store: SqlCallStore, messages: Messages, engine: Engine, now: Now
) -> None:
    leave(store)
    url = "https://api.example/recordings/CA1"
    store.recording_seen("CA1", url)
    now.forward(10 * 86_400)
    assert Deletions(engine, now).take() is None, "nobody has heard it yet, however long ago it was left"
    message = messages.transcribed(taken(messages), WORDS)
    assert Deletions(engine, now).take() is None
    messages.delivered(message)
    deletion = Deletions(engine, now).take()
    assert deletion is not None
    assert deletion.url == url


def test_its_recording_stays_as_long_as_the_setting_says(
    store: SqlCallStore, engine: Engine, sealer: Sealer, now: Now
) -> None:
    messages = Messages(engine, sealer, now, keep_audio=timedelta(days=7))
    leave(store)
    messages.delivered(messages.transcribed(taken(messages), WORDS))
    now.forward(7 * 86_400 - 1)
    assert Deletions(engine, now).take() is None
    now.forward(1)
    assert Deletions(engine, now).take() is not None


def test_a_recording_that_no_words_could_be_had_of_stays_as_long_as_the_message(
    store: SqlCallStore, messages: Messages, engine: Engine, now: Now
) -> None:
    leave(store)
    store.recording_seen("CA1", "https://api.example/recordings/CA1")
    messages.delivered(messages.transcribed(taken(messages), ""), keep_recording=True)
    now.forward(29 * 86_400)
    keep = Keep(audio_days=0, transcript_days=90, message_days=30, call_days=730)
    apply(engine, keep, now())
    assert Deletions(engine, now).take() is None
    now.forward(86_400)
    assert apply(engine, keep, now()).messages == 1
    assert Deletions(engine, now).take() is not None


def test_a_message_put_back_is_there_at_once_and_has_lost_no_attempt(store: SqlCallStore, messages: Messages) -> None:
    leave(store)
    messages.put_back(taken(messages))
    assert taken(messages).attempts == 0


def test_words_sealed_with_another_key_stop_no_other_message(
    store: SqlCallStore, messages: Messages, engine: Engine, now: Now
) -> None:
    leave(store, "CA0")
    strange = Messages(engine, Sealer("another secret, of the time before this one"), now)
    strange.put_back(strange.transcribed(taken(strange), WORDS))
    leave(store, "CA1")
    with pytest.raises(StorageError, match="VOICEBOT_SECRET_KEY"):
        messages.take()
    assert taken(messages).call_id == "CA1"
