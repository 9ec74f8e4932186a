"""Two people who review the same calls, on each kind of database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.nlu.conftest import SMALL, write_intents
from tests.storage.conftest import (  # noqa: F401 - pytest finds them by name
    database_url,
    engine,
    now,
    postgresql_answers,
    postgresql_url,
    sealer,
    sqlite_url,
    store,
)
from tests.storage.ringing import fixed_table, heard, ring
from tests.storage.samples import START, Now
from voicebot.config import Settings
from voicebot.errors import StorageError
from voicebot.reviewing import Desk, Labelled, as_phrase
from voicebot.routing.issues import Mark
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import writing
from voicebot.storage.retention import Keep, apply, erase
from voicebot.storage.schema import reviewed

ROOT = Path(__file__).parents[1]
WORDS = "the road has gone all to pieces"
HERE = Mark("terminal", 1, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    intents = write_intents(tmp_path / "intents", SMALL)
    return Settings(_env_file=None, intents=intents, models=tmp_path / "models", weights=ROOT / "weights", who="ann")  # type: ignore[call-arg]


def test_two_at_once(settings: Settings, engine: Engine, store: SqlCallStore, now: Now) -> None:  # noqa: F811
    ring(store, now, fixed_table(), "CA1", [heard(WORDS, library_services=0.5)])
    ann, bob = (Desk(settings, engine, now) for _ in range(2))
    (group,) = ann.groups(START, 10, print)
    assert bob.groups(START, 10, print) == [group]
    (case,) = group.cases
    done = ann.enter([Labelled(WORDS, "pothole", case.seen.place, HERE)])
    assert (done.added, done.marked) == (1, 1)
    assert bob.still_open(group.cases) == []
    assert bob.groups(START, 10, print) == []
    again = bob.enter([Labelled(WORDS, "pothole", case.seen.place, HERE)])
    assert (again.added, again.there, again.marked) == (0, 1, 0)
    other = bob.enter([Labelled(WORDS, "library_services", case.seen.place, HERE)])
    assert [each.code for each in other.issues] == ["E805"]
    lines = (settings.intents / "pothole.yaml").read_text("utf-8").splitlines()
    assert lines.count(f"  - {WORDS}") == 1


def test_the_same_words_from_another_call_need_no_second_look(
    settings: Settings,
    engine: Engine,  # noqa: F811
    store: SqlCallStore,  # noqa: F811
    now: Now,  # noqa: F811
) -> None:
    desk = Desk(settings, engine, now)
    ring(store, now, fixed_table(), "CA1", [heard(WORDS, library_services=0.5)])
    desk.enter([Labelled(WORDS, "skip", ("CA1", 1), HERE)])
    ring(store, now, fixed_table(), "CA2", [heard(f"Um, {WORDS}!", library_services=0.5)])
    assert desk.groups(START, 10, print) == []


@pytest.mark.parametrize("how", ["erased", "over"])
def test_words_that_are_gone_are_written_nowhere(
    settings: Settings,
    engine: Engine,  # noqa: F811
    store: SqlCallStore,  # noqa: F811
    now: Now,  # noqa: F811
    how: str,
) -> None:
    desk = Desk(settings, engine, now)
    ring(store, now, fixed_table(), "CA1", [heard(WORDS, library_services=0.5)])
    (group,) = desk.groups(START, 10, print)
    if how == "erased":
        erase(engine, now(), call_id="CA1")
    else:
        apply(engine, Keep(0, 1, 30, 730), START + timedelta(days=2))
    before = (settings.intents / "pothole.yaml").read_text("utf-8")
    row = Mark("labels.csv", 7, 3)
    done = desk.enter([Labelled(WORDS, "pothole", ("CA1", 1), row)])
    assert [(each.code, each.line, each.fix) for each in done.issues] == [("E808", 7, "empty the label")]
    assert "the words of this call have been erased, or their time is over" in done.issues[0].message
    assert (settings.intents / "pothole.yaml").read_text("utf-8") == before
    assert desk.enter([Labelled(WORDS, "skip", ("CA1", 1), row)]).issues == (), "nothing would be written"
    assert desk.still_open(group.cases) == []


def test_where_the_mark_fails_it_is_said_that_the_phrases_are_there(
    settings: Settings,
    engine: Engine,  # noqa: F811
    store: SqlCallStore,  # noqa: F811
    now: Now,  # noqa: F811
) -> None:
    ring(store, now, fixed_table(), "CA1", [heard(WORDS, library_services=0.5)])
    with writing(engine) as connection:
        reviewed.drop(connection)
    with pytest.raises(StorageError, match="are in intents/, but not marked"):
        Desk(settings, engine, now).enter([Labelled(WORDS, "pothole", ("CA1", 1), HERE)])
    assert f"  - {WORDS}\n" in (settings.intents / "pothole.yaml").read_text("utf-8")


def test_intents_that_have_gone_are_neither_suggested_nor_labels(
    settings: Settings,
    engine: Engine,  # noqa: F811
    store: SqlCallStore,  # noqa: F811
    now: Now,  # noqa: F811
) -> None:
    ring(store, now, fixed_table(), "CA1", [heard(WORDS, library_services=0.3, bus_times=0.28, pothole=0.25)])
    desk = Desk(settings, engine, now)
    (group,) = desk.groups(START, 10, print)
    assert group.suggested == group.cases[0].suggested == ("library_services", "pothole")
    done = desk.enter([Labelled(WORDS, "library_service", ("CA1", 1), HERE)])
    (issue,) = done.issues
    assert (issue.code, issue.fix) == ("E801", "did you mean library_services?")


def test_neither_of_two_turns_both_down(
    settings: Settings,
    engine: Engine,  # noqa: F811
    store: SqlCallStore,  # noqa: F811
    now: Now,  # noqa: F811
) -> None:
    two = heard(WORDS, pothole=0.36, library_services=0.34, out_of_scope=0.05)
    ring(store, now, fixed_table(), "CA1", [two, heard("neither", "neither")])
    (group,) = Desk(settings, engine, now).groups(START, 10, print)
    (case,) = group.cases
    assert (case.seen.decision, case.seen.signs) == ("offer_two", ("turned_down",))
    assert case.suggested[0] == "out_of_scope"


@pytest.mark.parametrize("limit", [1, 2])
def test_no_more_than_the_limit(
    settings: Settings,
    engine: Engine,  # noqa: F811
    store: SqlCallStore,  # noqa: F811
    now: Now,  # noqa: F811
    limit: int,
) -> None:
    desk = Desk(settings, engine, now)
    ring(store, now, fixed_table(), "CA1", [heard("renewing a book", library_services=0.95)])
    assert [each.cases[0].seen.call_id for each in desk.groups(START, limit, print)] == ["CA1"]
    ring(store, now, fixed_table(), "CA2", [heard(WORDS, library_services=0.5)])
    ring(store, now, fixed_table(), "CA3", [heard("who mends the clock", library_services=0.5)])
    found = [case for each in desk.groups(START, limit, print) for case in each.cases]
    assert len(found) == limit


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("  two\n lines ", "two lines"),
        ("ring me on [telephone] please", "ring me on that number please"),
        ("my email is jo@bloggs.com", "my email is that email"),
        ("the [unclear] bit", "the [unclear] bit"),
    ],
)
def test_a_phrase_has_no_tags(said: str, phrase: str) -> None:
    assert as_phrase(said) == phrase


def test_another_name_for_another_caller_the_same_every_time() -> None:
    made = [as_phrase(f"this is [name], number {number}") for number in range(40)]
    assert made == [as_phrase(f"this is [name], number {number}") for number in range(40)]
    assert len({each.split()[2] for each in made}) > 3
    assert not any("[" in each for each in made)
