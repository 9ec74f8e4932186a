"""Failures stay where they are."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from voicebot.errors import StorageError
from voicebot.ports import (
    Transcript,
)
from voicebot.regression.telephone_wav import silent_wav

from .office import (
    NUMBER,
    WORDS,
    Hears,
    Office,
    all_due,
    events,
)


def broken(*_: Any) -> Any:
    raise ZeroDivisionError(f"{NUMBER}: {WORDS}")


def test_a_bug_in_one_kind_of_work_stops_no_other(office: Office, logged: list[Any]) -> None:
    office.leave()
    heard = office.provider.store.record(silent_wav(1.0))
    office.store.recording_seen("CA1", heard.url)
    office.call("CA2", texts=("one",))
    office.now.forward(days=2)
    all_due(office.chores(deliver=broken))
    assert [each.body for each in office.provider.store.messages] == ["one"]
    assert office.provider.store.deleted == (heard.sid,)
    (entry,) = [each for each in logged if each["event"] == "message_not_delivered"]
    assert (entry["code"], entry["kind"], entry["call_id"]) == ("bug", "ZeroDivisionError", "CA1")
    assert office.message().error == "a bug (ZeroDivisionError)"
    office.now.forward(seconds=30)
    all_due(office.chores())
    assert [each["words"] for each in office.hook.letters] == [WORDS], "it was put back"


class Bricked:
    """Deletions of a database that fails."""

    def take(self) -> None:
        raise StorageError("the database is locked")


def test_a_storage_failure_is_raised_after_each_kind_had_its_turn(office: Office) -> None:
    office.call(texts=("one",))
    with pytest.raises(StorageError, match="locked"):
        office.chores(outbox=Bricked()).once()
    with pytest.raises(StorageError, match="locked"):
        office.chores(deletions=Bricked()).once()
    assert office.statuses() == ["sent"]


def test_a_sweep_goes_on_where_one_part_of_it_breaks(office: Office, logged: list[Any]) -> None:
    office.call(texts=("one",))
    assert office.outbox.take() is not None
    office.now.forward(minutes=2)
    forgotten: list[bool] = []
    chores = office.chores(messages=None, forget=lambda: forgotten.append(True))
    chores.sweep()
    assert forgotten == [True]
    assert events(logged) == ["text_uncertain", "chores_failed"]


def test_a_recording_that_the_provider_will_not_delete_raises_the_alarm(office: Office, logged: list[Any]) -> None:
    office.store.recording_seen("CA1", f"{office.provider.url}/2010-04-01/Accounts/AC1/Recordings/RE1")
    office.now.forward(days=1)
    office.provider.__exit__(None, None, None)  # nothing listens there any more
    chores = office.chores()
    all_due(chores)
    office.now.forward(days=1)
    chores.sweep()
    assert events(logged) == ["recording_not_deleted", "recordings_not_deleted"]


def test_a_recording_that_is_not_the_provider_s_is_left_alone(office: Office, logged: list[Any]) -> None:
    office.store.recording_seen("CA1", "http://127.0.0.1:1/2010-04-01/Accounts/AC1/Recordings/RE1")
    office.now.forward(days=1)
    chores = office.chores()
    all_due(chores)
    office.now.forward(days=1)
    chores.sweep()
    assert events(logged) == ["recording_elsewhere"]


def test_run_does_everything_until_it_is_told_to_stop(office: Office) -> None:
    office.leave()
    office.call("CA2", texts=("one",))
    chores = office.chores()
    thread = threading.Thread(target=chores.run)
    thread.start()
    assert office.provider.store.wait_for_messages(1, deadline=20)
    assert office.provider.store.wait_until_deleted(deadline=20)
    chores.stopping.set()
    thread.join(20)
    assert not thread.is_alive()
    assert len(office.hook.letters) == 1


def test_a_look_at_the_files_that_fails_stops_nothing_and_is_told(office: Office, logged: list[Any]) -> None:
    looked = threading.Event()

    def watch() -> None:
        looked.set()
        raise StorageError("the database is away")

    office.call("CA2", texts=("one",))
    chores = office.chores(watch=watch)
    thread = threading.Thread(target=chores.run)
    thread.start()
    assert looked.wait(20)
    assert office.provider.store.wait_for_messages(1, deadline=20)
    chores.stopping.set()
    thread.join(20)
    assert not thread.is_alive()
    assert [(each["event"], each["code"]) for each in logged if "code" in each] == [("chores_failed", "storage")]


def test_a_long_message_is_put_back_between_two_pieces_when_the_end_is_near(office: Office) -> None:
    office.leave(seconds=60.0)
    chores = office.chores()

    class Ends(Hears):
        def transcribe(self, wav: bytes, *, deadline: float, hints: Any = ()) -> Transcript:
            chores.stopping.set()
            return super().transcribe(wav, deadline=deadline)

    ending = Ends()
    object.__setattr__(chores, "hearing", replace(chores.hearing, recogniser=ending))
    chores.once()
    assert ending.heard == 1
    assert (office.message().attempts, office.message().status) == (0, "new")
    all_due(office.chores())
    assert len(office.hook.letters) == 1, "at once: nobody waits for a lease"
