"""The conversation over a real database, with parts that break on purpose."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voicebot.conversation import Conversation
from voicebot.dialogue.actions import Ask, SendText, TakeMessage, Transfer
from voicebot.dialogue.events import Heard, Ranked
from voicebot.errors import (
    RecogniserBusyError,
    RecogniserLateError,
    RecordingError,
    RecordingLateError,
    StorageError,
    UnderstandingError,
)
from voicebot.parts import Limits, Parts
from voicebot.ports import Answer, Arrival, Pending, Recogniser, Recordings, Tables, Transcript, TurnInput, Understander
from voicebot.records import RESTRICTED
from voicebot.routing.loader import load_table
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
from voicebot.storage.queries import show_call
from voicebot.storage.sealing import Sealer

CALL = "CA" + "1" * 32
ARRIVAL = Arrival(CALL, "twilio", "mobile", "+447700900123")
RECORDING = "http://127.0.0.1:8100/2010-04-01/Accounts/AC/Recordings/RE1"
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


class OneTable(Tables):
    def __init__(self) -> None:
        self.table = load_table(Path(__file__).parents[1] / "routing.yaml")

    def current(self):
        return self.table

    def get(self, hash):
        return self.table


@dataclass
class Stopped:
    at: datetime = TUESDAY

    def now(self, call_id):
        return self.at


@dataclass
class Shelf(Recordings):
    failure: Exception | None = None

    def fetch(self, url, *, deadline):
        if self.failure:
            raise self.failure
        return b"RIFF"

    def delete(self, url, *, deadline):
        raise AssertionError("the conversation deletes nothing itself")


@dataclass
class Ear(Recogniser):
    words: str = "my bin was not emptied"
    language: str = "en"
    failure: Exception | None = None
    seconds: float = 0.0
    heard: list[float] = field(default_factory=list)

    def transcribe(self, wav, *, deadline, hints=()):
        self.heard.append(time.monotonic())
        time.sleep(self.seconds)
        if self.failure:
            raise self.failure
        return Transcript(self.words, -0.3, 0.01, self.language, 0.99, 1.2, 3.0, 2.5, self.seconds, "base")


@dataclass
class Mind(Understander):
    intent: str = "blue_badge_progress"
    failure: Exception | None = None
    version: str = "model"

    def understand(self, words, expecting, *, language="en"):
        if self.failure:
            raise self.failure
        return Heard(words, (Ranked(self.intent, 0.95), Ranked("out_of_scope", 0.05)), None, 0.95, language)


@dataclass
class Bench:
    conversation: Conversation
    ear: Ear
    mind: Mind
    shelf: Shelf
    engine: object
    verdict: str = "words"

    def ring(self):
        return self.conversation.start(ARRIVAL)

    def speak(self, number=1):
        return self.conversation.turn(CALL, number, TurnInput(recording=RECORDING), ARRIVAL)

    def press(self, keys, number=1):
        return self.conversation.turn(CALL, number, TurnInput(keys=keys), ARRIVAL)

    def polled(self, number=1):
        """The answer, asked for as a provider does that is redirected to a hold line again and again."""
        for _ in range(100):
            reply = self.conversation.poll(CALL, number, ARRIVAL)
            if isinstance(reply, Answer):
                return reply
        raise AssertionError("still pending")

    def impatient(self):
        """A webhook that answers with a hold line almost at once."""
        self.conversation.limits = replace(self.conversation.limits, answer=0.2)

    def stored(self):
        return show_call(self.engine, CALL)


@pytest.fixture
def bench(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/bot.db")
    migrate(engine)
    calls = SqlCallStore(engine, Sealer("k" * 32), lambda: datetime.now(UTC), lease=timedelta(seconds=2))
    ear, mind, shelf = Ear(), Mind(), Shelf()
    parts = Parts(
        calls=calls,
        tables=OneTable(),
        clock=Stopped(),
        recogniser=ear,
        understander=mind,
        recordings=shelf,
        gate=lambda transcript: made.verdict if transcript.words else "nothing",
        language=lambda transcript: transcript.language,
        redact=lambda words: words.replace("Jane Smith", "[name]"),
    )
    conversation = Conversation(parts, Limits(answer=20, turn=30, fetch=1, recognise=1), workers=8)
    made = Bench(conversation, ear, mind, shelf, engine)
    yield made
    conversation.close()


def last(reply, kind):
    assert isinstance(reply, Answer)
    return next(action for action in reversed(reply.actions) if isinstance(action, kind))


def test_from_the_ring_to_the_queue(bench):
    assert "press 0" in last(bench.ring(), Ask).text
    transfer = last(bench.speak(), Transfer)
    assert (transfer.queue, transfer.target) == ("blue-badge", "+441632960130")
    turn = bench.stored()["turns"][1]
    assert turn["heard"] == "my bin was not emptied"
    assert turn["decision"] == "accept"
    assert turn["at"].startswith("routing.yaml:")
    assert set(turn["seconds"]) >= {"fetch", "transcribe", "understand", "total"}


def test_words_are_redacted_before_anything_keeps_them(bench):
    bench.ring()
    bench.ear.words = "this is Jane Smith about my badge"
    transfer = last(bench.speak(), Transfer)
    assert "Jane" not in (transfer.whisper or "")
    assert bench.stored()["turns"][1]["heard"] == "this is [name] about my badge"


def test_the_words_of_an_urgent_call_are_not_kept(bench):
    bench.ring()
    bench.mind.intent = "domestic_abuse"
    bench.ear.words = "he hits me"
    assert last(bench.speak(), Transfer).queue == "adult-social-care"
    assert bench.stored()["turns"][1]["heard"] == RESTRICTED
    assert "hits" not in str(bench.stored())


def test_the_same_turn_twice_at_once_is_worked_on_once(bench):
    bench.ring()
    bench.ear.seconds = 0.1
    replies = []
    threads = [threading.Thread(target=lambda: replies.append(bench.speak())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bench.ear.heard) == 1
    assert len({str(reply) for reply in replies}) == 1
    assert last(replies[0], Transfer)


def test_a_turn_posted_again_later_gets_the_same_answer(bench):
    bench.ring()
    assert bench.speak() == bench.speak()
    assert len(bench.ear.heard) == 1


def test_slow_recognition_holds_the_caller_and_the_poll_finds_the_answer(bench):
    bench.impatient()
    bench.ring()
    bench.ear.seconds = 0.6
    assert isinstance(bench.speak(), Pending)
    assert last(bench.polled(), Transfer).queue == "blue-badge"
    assert len(bench.ear.heard) == 1


def test_a_dead_worker_s_turn_is_taken_over_once_the_lease_is_out(bench):
    """The worker dies as one does: it claims, and is never heard of again."""
    bench.impatient()
    bench.ring()
    calls = bench.conversation.parts.calls
    calls.claim(CALL, 1, TurnInput(recording=RECORDING))
    reply = bench.conversation.poll(CALL, 1, ARRIVAL)
    assert isinstance(reply, Pending)
    time.sleep(2)
    assert last(bench.conversation.poll(CALL, 1, ARRIVAL), Transfer).queue == "blue-badge"


def test_a_turn_that_is_worked_on_here_is_not_begun_again_when_its_lease_runs_out(bench):
    bench.impatient()
    bench.ring()
    bench.ear.seconds = 2.8
    assert isinstance(bench.speak(), Pending)
    reply: object = Pending(0.0)
    while isinstance(reply, Pending):
        reply = bench.conversation.poll(CALL, 1, ARRIVAL)
    assert last(reply, Transfer).queue == "blue-badge"
    assert len(bench.ear.heard) == 1


@pytest.mark.parametrize("failure", [RecogniserLateError("late"), RecogniserBusyError("busy")])
def test_a_recogniser_that_fails_leads_to_keys_and_then_to_a_person(bench, failure):
    bench.ring()
    bench.ear.failure = failure
    keys = last(bench.speak(), Ask)
    assert keys.expecting.kind == "options"
    assert "press 0" in keys.text
    assert last(bench.speak(2), Transfer).queue == "switchboard"


@pytest.mark.parametrize("failure", [RecordingLateError("not there"), RecordingError("is HTML")])
def test_a_recording_that_cannot_be_had_leads_to_keys(bench, failure):
    bench.ring()
    bench.shelf.failure = failure
    assert last(bench.speak(), Ask).expecting.kind == "options"


@pytest.mark.parametrize("failure", [UnderstandingError("no model"), ZeroDivisionError("a bug about Jane Smith")])
def test_an_understander_that_fails_leads_to_a_person(bench, failure, capsys):
    bench.ring()
    bench.mind.failure = failure
    assert last(bench.speak(), Transfer).queue == "switchboard"
    assert "Jane" not in capsys.readouterr().err


def test_a_database_that_is_gone_is_the_webhook_s_to_answer(bench, tmp_path):
    bench.ring()
    bench.engine.dispose()
    (tmp_path / "bot.db").unlink()
    with pytest.raises(StorageError):
        bench.press("0")
    assert bench.conversation.fallback(CALL).target == "+441632960100"


def test_an_unknown_call_is_greeted_afresh(bench):
    reply = bench.conversation.turn(CALL, 7, TurnInput(keys="1"), ARRIVAL)
    assert "Westshire" in last(reply, Ask).text


def test_a_turn_that_has_not_come_yet_says_the_last_thing_again(bench):
    first = bench.ring()
    assert bench.press("1", number=5) == first


def test_a_text_message_goes_out_once_to_the_caller(bench):
    bench.ring()
    bench.mind.intent = "blue_badge_apply"
    bench.speak()
    assert last(bench.press("1", 2), SendText).to is None
    assert bench.press("1", 2) == bench.press("1", 2)
    with bench.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from texts").scalar() == 1


def test_a_message_left_is_stored_with_its_queue(bench):
    bench.conversation.parts.clock.at = TUESDAY.replace(hour=22)
    bench.ring()
    bench.speak()
    assert last(bench.press("3", 2), TakeMessage).queue == "blue-badge"
    given = TurnInput(recording=RECORDING, message=True, recording_seconds=12.0)
    bench.conversation.turn(CALL, 3, given, ARRIVAL)
    with bench.engine.connect() as connection:
        rows = connection.exec_driver_sql("select queue, recording, seconds from messages").all()
    assert rows == [("blue-badge", RECORDING, 12.0)]
    assert bench.stored()["outcome"] == "message_left"


def test_a_hang_up_during_transcription_ends_the_call_all_the_same(bench):
    bench.impatient()
    bench.ring()
    bench.ear.seconds = 0.6
    bench.speak()
    bench.conversation.ended(CALL)
    bench.conversation.poll(CALL, 1, ARRIVAL)
    time.sleep(0.5)
    stored = bench.stored()
    assert stored["ended"] is not None
    assert stored["outcome"] == "abandoned"


def test_at_night_the_fallback_is_the_duty_team_with_the_999_advice(bench):
    bench.conversation.parts.clock.at = TUESDAY.replace(hour=3)
    fallback = bench.conversation.fallback(CALL)
    assert fallback.target == "+441632960119"
    assert "999" in fallback.words


def test_a_message_is_not_lost_however_late_its_turn_is_taken(bench):
    """A worker died with it: late words become keys, but a message has only to be stored."""
    bench.conversation.parts.clock.at = TUESDAY.replace(hour=22)
    bench.ring()
    bench.speak()
    bench.press("3", 2)
    bench.conversation.limits = replace(bench.conversation.limits, turn=-1.0)
    given = TurnInput(recording=RECORDING, message=True, recording_seconds=12.0)
    bench.conversation.turn(CALL, 3, given, ARRIVAL)
    with bench.engine.connect() as connection:
        assert connection.exec_driver_sql("select queue from messages").scalars().all() == ["blue-badge"]
    assert bench.stored()["outcome"] == "message_left"


def test_speech_that_is_not_worth_trusting_still_tells_its_language(bench):
    bench.ring()
    bench.ear.words, bench.ear.language = "Dzien dobry.", "pl"
    bench.verdict = "not_understood"
    assert last(bench.speak(), Transfer).queue == "switchboard"
