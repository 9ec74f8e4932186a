from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from voicebot.storage.calls import SqlCallStore
from voicebot.storage.deletions import Deletions

from .samples import HEARD, RECORD, Now, an_answer, begin, claimed


@pytest.fixture
def deletions(engine: Engine, store: SqlCallStore, now: Now) -> Deletions:
    begin(store)
    claim = claimed(store)
    store.finish(claim, claim.session.with_(turn=2), an_answer(next_turn=2), RECORD, recordings=[HEARD.recording] * 2)
    return Deletions(engine, now)


def test_a_recording_is_deleted_once_and_forgotten(deletions: Deletions, now: Now) -> None:
    deletion = deletions.take()
    assert deletion is not None
    assert deletion.url == HEARD.recording
    assert deletions.take() is None
    deletions.done(deletion)
    now.forward(86_400)
    assert deletions.take() is None


def test_a_deletion_that_fails_is_tried_again_later_and_alarmed(deletions: Deletions, now: Now) -> None:
    deletion = deletions.take()
    assert deletion is not None
    deletions.failed(deletion, "the provider does not answer")
    assert deletions.take() is None
    now.forward(30)
    again = deletions.take()
    assert again is not None
    assert again.attempts == 1
    assert deletions.overdue(timedelta(seconds=30)) == 1
    assert deletions.overdue(timedelta(seconds=31)) == 0


def test_a_worker_that_dies_leaves_the_recording_to_another(deletions: Deletions, now: Now) -> None:
    assert deletions.take() is not None
    now.forward(60)
    assert deletions.take() is not None
