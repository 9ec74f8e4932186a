from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import Engine, text

from voicebot.errors import StorageError
from voicebot.storage.database import open_database, reading, writing
from voicebot.storage.migrate import _config, migrate
from voicebot.storage.publications import Publication, Publications, version_before
from voicebot.storage.published import Published

from .samples import START, Now


@pytest.fixture
def promotions(engine: Engine, now: Now) -> Publications:
    return Publications(engine, now, "model")


def test_nothing_is_live_before_anything_was_promoted(promotions: Publications) -> None:
    assert promotions.live() is None
    assert promotions.history() == ()
    assert version_before(promotions.history()) is None


def test_what_was_promoted_is_served_and_kept_with_who_and_why(
    promotions: Publications, engine: Engine, now: Now
) -> None:
    assert promotions.start_with("aaa", "ann")
    now.forward(60)
    figures = {"top_1": [0.8, 0.7, 0.9, 40]}
    made = promotions.make_live(
        "promotion", "bbb", instead_of="aaa", who="bob", why="the old one must go", forced=True, figures=figures
    )
    assert promotions.live() == Published(engine).current_hash("model") == "bbb"
    assert promotions.history() == (Publication("first", "aaa", None, START, "ann"), made)
    assert (made.previous, made.who, made.why, made.forced, made.figures) == (
        *("aaa", "bob", "the old one must go", True),
        figures,
    )
    assert (made.at - START).total_seconds() == 60


def test_the_first_model_takes_no_place_that_is_taken(promotions: Publications) -> None:
    assert promotions.start_with("aaa", "ann")
    assert not promotions.start_with("bbb", "ann")
    assert promotions.live() == "aaa"
    assert len(promotions.history()) == 1


def test_two_first_starts_at_once_begin_one_history(promotions: Publications) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(promotions.start_with, ["aaa", "bbb", "ccc", "ddd"], ["ann"] * 4))
    assert answers.count(True) == 1
    assert [each.hash for each in promotions.history()] == [promotions.live()]


def test_two_at_once_cannot_both_be_the_first_promotion(promotions: Publications) -> None:
    def promote(name: str) -> bool:
        try:
            promotions.make_live("promotion", name, instead_of=None, who="ann")
        except StorageError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(promote, ["aaa", "bbb", "ccc", "ddd"])).count(True) == 1
    assert [each.hash for each in promotions.history()] == [promotions.live()]


def test_two_at_once_cannot_both_replace_the_same_model(promotions: Publications) -> None:
    promotions.start_with("aaa", "ann")

    def promote(name: str) -> str:
        try:
            promotions.make_live("promotion", name, instead_of="aaa", who="ann")
        except StorageError as error:
            return error.message
        return "done"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(promote, ["bbb", "ccc", "ddd", "eee"]))
    assert answers.count("done") == 1
    assert all("voicebot models list" in each for each in answers if each != "done")
    assert [each.kind for each in promotions.history()] == ["first", "promotion"]
    assert promotions.live() == promotions.history()[-1].hash


@pytest.mark.parametrize(
    ("steps", "before"),
    [
        ("a", None),
        ("a b", "a"),
        ("a b c", "b"),
        ("a b <a", None),
        ("a b c <b", "a"),
        ("a b c <b <a", None),
        ("a b <a c", "a"),
        ("a b a", "b"),
        ("a b a <b", "a"),
        ("a a", None),
        ("<a b", "a"),
    ],
)
def test_a_rollback_goes_back_and_the_next_one_further(steps: str, before: str | None) -> None:
    history = [
        Publication("rollback" if each.startswith("<") else "promotion", each.lstrip("<"), None, START)
        for each in steps.split()
    ]
    assert version_before(history) == before


@pytest.fixture
def older(database_url: str) -> Iterator[Engine]:
    """A database of the version before promotions, in which a table and a model are live."""
    engine = open_database(database_url)
    with writing(engine) as connection:
        command.upgrade(_config(connection), "0002")
        for kind, name in (("table", "ttt"), ("model", "aaa")):
            connection.execute(
                text("INSERT INTO current (kind, hash, since) VALUES (:kind, :hash, :since)"),
                {"kind": kind, "hash": name, "since": START if engine.dialect.name != "sqlite" else "2026-11-02 09:30"},
            )
    yield engine
    engine.dispose()


def test_the_model_that_was_live_before_there_was_a_history_begins_it(older: Engine, now: Now) -> None:
    migrate(older)
    promotions = Publications(older, now, "model")
    assert promotions.history() == (Publication("first", "aaa", None, START),)
    promotions.make_live("promotion", "bbb", instead_of="aaa", who="ann")
    assert version_before(promotions.history()) == "aaa"


def test_the_migration_can_be_taken_back(engine: Engine) -> None:
    with writing(engine) as connection:
        command.downgrade(_config(connection), "0002")
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM current")).scalar() == 0
    migrate(engine)
    assert Publications(engine, Now(), "model").history() == ()
