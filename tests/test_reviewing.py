"""Two people who review the same calls, on each kind of database."""

from __future__ import annotations

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
from voicebot.reviewing import Desk, Labelled, as_phrase
from voicebot.routing.issues import Mark
from voicebot.storage.calls import SqlCallStore

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
