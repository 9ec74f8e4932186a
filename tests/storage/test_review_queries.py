from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from voicebot.dialogue.events import TransferEnded
from voicebot.storage import review_queries
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import reading
from voicebot.storage.retention import Keep, apply, erase
from voicebot.storage.review_queries import _reviewable, mark, marked, reviewed_words, still_stored, to_review
from voicebot.storage.schema import reviewed
from voicebot.storage.signs import Judged, Sign, TurnSeen

from .ringing import fixed_table, heard, ring
from .samples import START, Now

VAGUE = heard("it's the road", pothole=0.5)


def rung(store: SqlCallStore, now: Now, *ids: str) -> None:
    table = fixed_table()
    for call_id in ids:
        ring(store, now, table, call_id, [VAGUE, heard("yes", "yes"), TransferEnded("completed")], at=now())
        now.forward(3600)


def marks(engine: Engine) -> list[tuple[str, int, str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(reviewed.select().order_by(reviewed.c.call_id)).all()
    return [(row.call_id, row.turn, row.label, row.who) for row in rows]


def test_newest_first_and_only_since(store: SqlCallStore, engine: Engine, now: Now) -> None:
    rung(store, now, "CA1", "CA2", "CA3")
    assert [each.call_id for each in to_review(engine, START)] == ["CA3", "CA2", "CA1"]
    assert [each.call_id for each in to_review(engine, START + timedelta(minutes=90))] == ["CA3"]


def test_what_was_reviewed_does_not_come_again(store: SqlCallStore, engine: Engine, now: Now) -> None:
    rung(store, now, "CA1", "CA2")
    assert reviewed_words(engine) == frozenset()
    assert mark(engine, [(("CA1", 1), "pothole")], "ann", now()) == 1
    assert [each.call_id for each in to_review(engine, START)] == ["CA2"]
    assert marked(engine, [("CA1", 1), ("CA2", 1)]) == {("CA1", 1)}
    assert marked(engine, []) == frozenset()
    assert reviewed_words(engine) == {VAGUE.words}


def test_the_first_label_stays_and_what_is_gone_needs_none(store: SqlCallStore, engine: Engine, now: Now) -> None:
    rung(store, now, "CA1")
    assert mark(engine, [(("CA1", 1), "pothole"), (("CA9", 1), "pothole"), (("CA1", 77), "skip")], "ann", now()) == 1
    assert mark(engine, [(("CA1", 1), "roadworks")], "bob", now()) == 0
    assert marks(engine) == [("CA1", 1, "pothole", "ann")]


def test_two_reviewers_at_once_neither_wait_nor_lose(store: SqlCallStore, engine: Engine, now: Now) -> None:
    ids = [f"CA{number}" for number in range(12)]
    rung(store, now, *ids)
    labels = [((call_id, 1), "pothole") for call_id in ids]
    new: list[int] = []
    together = threading.Barrier(2)

    def work(mine: list[tuple[tuple[str, int], str]]) -> None:
        together.wait()
        new.append(mark(engine, mine, "ann", now()))

    threads = [threading.Thread(target=work, args=(each,)) for each in (labels, labels[::-1])]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(new) == len(ids) == len(marks(engine))


def test_marks_go_with_the_call_and_with_its_words(store: SqlCallStore, engine: Engine, now: Now) -> None:
    rung(store, now, "CA1", "CA2", "CA3")
    mark(engine, [((f"CA{number}", 1), "pothole") for number in (1, 2, 3)], "ann", now())
    erase(engine, now(), call_id="CA2")
    assert [each[0] for each in marks(engine)] == ["CA1", "CA3"]
    keep = Keep(audio_days=0, transcript_days=1, message_days=30, call_days=730)
    apply(engine, keep, START + timedelta(days=1))
    assert [each[0] for each in marks(engine)] == ["CA3"], "its words are kept a little longer"
    assert [each.call_id for each in to_review(engine, START)] == [], "without words there is nothing to look at"
    apply(engine, keep, START + timedelta(days=800))
    assert marks(engine) == []


def test_what_is_still_stored_and_no_mark_for_what_is_not(store: SqlCallStore, engine: Engine, now: Now) -> None:
    rung(store, now, "CA1", "CA2", "CA3")
    places = [("CA1", 1), ("CA2", 1), ("CA3", 1), ("CA3", 77), ("CA9", 1)]
    assert still_stored(engine, places) == {("CA1", 1), ("CA2", 1), ("CA3", 1)}
    assert still_stored(engine, []) == frozenset()
    erase(engine, now(), call_id="CA2")
    keep = Keep(audio_days=0, transcript_days=1, message_days=30, call_days=730)
    apply(engine, keep, START + timedelta(days=1))
    assert still_stored(engine, places) == {("CA3", 1)}, "the call of CA1 is there, its words are not"
    assert mark(engine, [(place, "pothole") for place in places], "ann", now()) == 1
    assert marks(engine) == [("CA3", 1, "pothole", "ann")]


@pytest.mark.parametrize(
    ("decision", "signs", "came_to", "turned_down"),
    [
        ("offer_two", ["turned_down"], None, {"pothole", "roadworks"}),
        ("offer_two", ["turned_down"], "pothole", {"roadworks"}),
        ("offer_two", ["turned_down"], "flooding", {"pothole", "roadworks"}),
        ("offer_two", [], None, set()),
        ("confirm", ["turned_down"], None, {"pothole"}),
        ("accept", ["advisor"], None, set()),
    ],
)
def test_what_was_turned_down(decision: str, signs: list[Sign], came_to: str | None, turned_down: set[str]) -> None:
    ranked = ("pothole", 0.4), ("roadworks", 0.38), ("flooding", 0.1)
    seen = TurnSeen(1, START, START, "Heard", "the road", "pothole", 0.4, ranked, decision, "")
    assert _reviewable("CA1", Judged(seen, signs, came_to)).turned_down == turned_down


def test_more_calls_than_are_looked_at_are_told_of(
    store: SqlCallStore, engine: Engine, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung(store, now, "CA1", "CA2", "CA3")
    told: list[str] = []
    monkeypatch.setattr(review_queries, "MOST_CALLS", 3)
    assert len(to_review(engine, START, told.append)) == 3
    assert told == []
    monkeypatch.setattr(review_queries, "MOST_CALLS", 2)
    assert [each.call_id for each in to_review(engine, START, told.append)] == ["CA3", "CA2"]
    (line,) = told
    assert "newest 2 calls" in line
