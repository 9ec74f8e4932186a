"""What calls tell of how they went: each played through the real engine, stored, and read again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from voicebot.dialogue.events import Event, NothingHeard, Pressed, TransferEnded
from voicebot.routing.table import Table
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.review_queries import Reviewable, to_review

from .ringing import fixed_table, heard, ring
from .samples import START, Now

HOLE = heard("there's a great big hole", pothole=0.9)
CHASE = heard("it still hasn't come", blue_badge_progress=0.9)
MAYBE_HOLE = heard("it's the road again", pothole=0.5, roadworks=0.1)
EITHER = heard("the road outside", pothole=0.36, roadworks=0.34)
YES, NO = heard("yes", "yes"), heard("no", "no")
ADVISOR = heard("advisor", "advisor")


@pytest.fixture(scope="module")
def table() -> Table:
    return fixed_table()


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The rules are the same on every database; tests/storage/test_review_queries.py is for both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def played(store: SqlCallStore, engine: Engine, now: Now, table: Table, *events: Event | float) -> list[Reviewable]:
    ring(store, now, table, "CA1", events)
    return to_review(engine, START)


def told(found: list[Reviewable]) -> list[tuple[str, str, tuple[str, ...], str | None]]:
    return [(each.heard, each.kind, each.signs, each.came_to) for each in found]


def test_one_that_went_well_has_no_sign(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    found = played(store, engine, now, table, CHASE, 200.0, TransferEnded("completed"))
    assert told(found) == [(CHASE.words, "accepted", (), None)]
    assert (found[0].intent, found[0].confidence) == found[0].ranked[0] == ("blue_badge_progress", 0.9)
    assert (found[0].call_id, found[0].turn, found[0].when) == ("CA1", 1, START)


def test_confirmed_is_uncertain_and_known(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    assert told(played(store, engine, now, table, MAYBE_HOLE, YES)) == [
        (MAYBE_HOLE.words, "uncertain", (), "pothole"),
    ]


def test_turned_down_and_said_otherwise(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    found = played(store, engine, now, table, MAYBE_HOLE, NO, heard("my library card", library_services=0.9))
    assert told(found) == [
        (MAYBE_HOLE.words, "misrouted", ("turned_down",), "library_services"),
        ("my library card", "accepted", (), None),
    ]


def test_turned_down_in_the_same_breath(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    more = heard("no it's my library card", "no", library_services=0.9)
    assert told(played(store, engine, now, table, MAYBE_HOLE, more)) == [
        (MAYBE_HOLE.words, "misrouted", ("turned_down",), "library_services"),
        (more.words, "accepted", (), None),
    ]


def test_another_request_instead_of_yes(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    other = heard("I want to renew my books", library_services=0.9)
    assert told(played(store, engine, now, table, MAYBE_HOLE, other)) == [
        (MAYBE_HOLE.words, "misrouted", ("turned_down",), "library_services"),
        (other.words, "accepted", (), None),
    ]


def test_turned_down_by_key(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    assert told(played(store, engine, now, table, MAYBE_HOLE, Pressed("2")))[0][1:3] == ("misrouted", ("turned_down",))


def test_a_repetition_is_no_answer(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    found = played(store, engine, now, table, MAYBE_HOLE, heard("pardon", "repeat"), NothingHeard(), NO)
    assert told(found)[0][2] == ("turned_down",)


def test_the_second_of_two_is_what_was_offered(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    assert told(played(store, engine, now, table, EITHER, Pressed("2"))) == [
        (EITHER.words, "uncertain", (), "roadworks"),
    ]


def test_neither_of_two(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    assert told(played(store, engine, now, table, EITHER, Pressed("3"))) == [
        (EITHER.words, "misrouted", ("turned_down",), None),
    ]


def test_refused(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    pizza = heard("a pizza please", out_of_scope=0.9)
    found = played(store, engine, now, table, pizza, pizza, pizza)
    assert {each[1] for each in told(found)} == {"refused"}
    assert len(found) == 3


def test_not_sure_and_then_reached_by_key(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    vague = heard("it's about the thing", pothole=0.1, roadworks=0.1)
    found = played(store, engine, now, table, vague, vague, Pressed("1"), 10.0, TransferEnded("completed"))
    assert told(found) == [(vague.words, "uncertain", (), table.key_topics[0])] * 2, "keys brought her there, not words"


def test_a_person_asked_for_afterwards(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    answered = next(name for name, route in sorted(table.intents.items()) if route.kind == "answer")
    asked = heard("how do I do that", **{answered: 0.9})
    assert told(played(store, engine, now, table, asked, ADVISOR)) == [(asked.words, "misrouted", ("advisor",), None)]


def test_a_person_asked_for_at_once_tells_nothing(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    assert played(store, engine, now, table, ADVISOR) == []


def test_a_line_that_failed_is_not_the_words_fault(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    found = played(store, engine, now, table, CHASE, 10.0, TransferEnded("busy"), ADVISOR)
    assert told(found) == [(CHASE.words, "accepted", (), None)]


def test_started_again(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    answered = next(name for name, route in sorted(table.intents.items()) if route.kind == "answer")
    asked = heard("how do I do that", **{answered: 0.9})
    found = played(store, engine, now, table, asked, heard("start again", "start_again"), HOLE)
    assert told(found) == [
        (asked.words, "misrouted", ("started_again",), "pothole"),
        (HOLE.words, "accepted", (), None),
    ]


@pytest.mark.parametrize(("seconds", "signs"), [(2, ()), (12, ("cut_short",)), (29, ("cut_short",)), (30, ())])
def test_a_transfer_that_was_over_at_once(
    store: SqlCallStore, engine: Engine, now: Now, table: Table, seconds: float, signs: tuple[str, ...]
) -> None:
    found = played(store, engine, now, table, CHASE, seconds, TransferEnded("completed"))
    assert [each.signs for each in found] == [signs]


@pytest.mark.parametrize(
    ("minutes", "number", "intent", "expected"),
    [
        (20, "+447700900123", "library_services", [("rang_again",), "library_services"]),
        (20, "+447700900123", "blue_badge_progress", [(), None]),
        (40, "+447700900123", "library_services", [(), None]),
        (20, "+447700900456", "library_services", [(), None]),
        (20, None, "library_services", [(), None]),
    ],
)
def test_rang_again(
    store: SqlCallStore,
    engine: Engine,
    now: Now,
    table: Table,
    minutes: int,
    number: str | None,
    intent: str,
    expected: list[object],
) -> None:
    ring(store, now, table, "CA1", [CHASE, 90.0, TransferEnded("completed")])
    later = START + timedelta(minutes=minutes)
    ring(store, now, table, "CA2", [heard("about something else", **{intent: 0.9})], number=number, at=later)
    (first,) = [each for each in to_review(engine, START) if each.call_id == "CA1"]
    assert [first.signs, first.came_to] == expected


def test_answers_are_no_requests(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    bins = heard("nobody emptied my bin", district_bins=0.9)
    town = heard("over by Nether Something", pothole=0.05, bus_times=0.04)
    found = played(store, engine, now, table, bins, town, heard("Didbury", "district-didbury"))
    assert [each.heard for each in found] == [bins.words]


def test_an_urgent_call_is_left_out_whole(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    vague = heard("it's my neighbour", pothole=0.1)
    assert played(store, engine, now, table, vague, heard("he's on the floor", life_in_danger=0.9)) == []


def test_another_language_teaches_nothing(store: SqlCallStore, engine: Engine, now: Now, table: Table) -> None:
    said = heard("je voudrais une carte", blue_badge_apply=0.4)
    french = type(said)(said.words, said.ranked, None, 0.4, "fr")
    assert played(store, engine, now, table, french) == []
