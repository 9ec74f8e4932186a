from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Engine, text

from voicebot.errors import StorageError
from voicebot.routing.source import Sources, dump_sources, load_sources
from voicebot.routing.table import Council, Table, Thresholds
from voicebot.storage.database import open_database, reading, writing
from voicebot.storage.migrate import _config, migrate
from voicebot.storage.publications import Publication, Publications, version_before
from voicebot.storage.published import Published, PublishedTables

from .samples import START, Now

COUNCIL = Council(
    name="Westshire County Council",
    caller_id="+441632960100",
    default_queue="switchboard",
    danger_queue="emergency-duty",
    website="westshire.example",
)


class Parser:
    def __init__(self) -> None:
        self.parsed: list[str] = []

    def __call__(self, content: str) -> Table:
        self.parsed.append(content)
        return Table(
            hash="of the bytes",
            council=COUNCIL,
            wording={"greeting": content},
            hours={},
            queues={},
            districts=(),
            intents={},
            thresholds=Thresholds(),
            key_topics=(),
            bank_holidays=frozenset(),
            lines={},
        )


@pytest.fixture
def published(engine: Engine) -> Published:
    return Published(engine)


@pytest.fixture
def tables(engine: Engine, now: Now) -> Publications:
    return Publications(engine, now, "table")


def test_nothing_published_yet_is_said_in_one_line(published: Published) -> None:
    tables = PublishedTables(published, Parser())
    assert published.current("table") is None
    assert published.current_hash("table") is None
    with pytest.raises(StorageError, match="voicebot publish"):
        tables.current()
    with pytest.raises(StorageError, match="no table aaa was ever published"):
        tables.get("aaa")


def test_a_call_keeps_its_table_while_a_newer_one_is_served(published: Published, tables: Publications) -> None:
    parser = Parser()
    served = PublishedTables(published, parser)
    tables.start_with("aaa", "ann", content="Good morning")
    assert served.current().hash == "aaa"
    tables.make_live("publish", "bbb", instead_of="aaa", who="ann", content="Hello")
    assert (served.current().hash, served.current().wording["greeting"]) == ("bbb", "Hello")
    assert served.get("aaa").wording["greeting"] == "Good morning"
    tables.make_live("rollback", "aaa", instead_of="bbb", who="ann")
    assert served.current() is served.get("aaa")
    assert parser.parsed == ["Good morning", "Hello"], "each is parsed once"


def test_what_was_published_is_kept_with_who_and_why_and_never_rewritten(
    published: Published, tables: Publications, now: Now
) -> None:
    tables.start_with("aaa", "ann", content="Good morning")
    now.forward(60)
    made = tables.make_live("publish", "bbb", instead_of="aaa", who="bob", why="a notice", content="Hello")
    now.forward(60)
    back = tables.make_live("rollback", "aaa", instead_of="bbb", who="ann", content="another text under the same hash")
    assert published.content("table", "aaa") == "Good morning"
    assert tables.history() == (Publication("first", "aaa", None, START, "ann"), made, back)
    assert (made.previous, made.who, made.why) == ("aaa", "bob", "a notice")
    found = published.current("table")
    assert found is not None
    assert (found.hash, found.since) == ("aaa", back.at)


def test_who_looked_at_the_difference_from_another_version_publishes_nothing(tables: Publications) -> None:
    tables.start_with("aaa", "ann", content="Good morning")
    tables.make_live("publish", "bbb", instead_of="aaa", who="bob", content="Hello")
    with pytest.raises(StorageError, match=r"bbb became live in place of aaa.*voicebot routing history"):
        tables.make_live("publish", "ccc", instead_of="aaa", who="ann", content="Hello there")
    assert [each.hash for each in tables.history()] == ["aaa", "bbb"]
    assert tables.live() == "bbb"


def test_a_publication_that_fails_half_way_leaves_everything_as_it_was(
    published: Published, tables: Publications, engine: Engine
) -> None:
    tables.start_with("aaa", "ann", content="Good morning")
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE publications"))
    with pytest.raises(StorageError, match="tables of this version"):
        tables.make_live("publish", "bbb", instead_of="aaa", who="ann", content="Hello")
    assert published.current_hash("table") == "aaa"
    with pytest.raises(StorageError, match="bbb was ever published"):
        published.content("table", "bbb")


def test_models_and_tables_have_a_history_of_their_own(engine: Engine, tables: Publications, now: Now) -> None:
    models = Publications(engine, now, "model")
    models.start_with("mmm", "ann")
    tables.start_with("aaa", "ann", content="Good morning")
    published = Published(engine)
    assert published.content("model", "mmm") == "mmm"
    assert (published.current_hash("model"), published.current_hash("table")) == ("mmm", "aaa")
    assert [each.hash for each in models.history()] == ["mmm"]
    assert [each.hash for each in tables.history()] == ["aaa"]


@pytest.fixture
def older(database_url: str) -> Iterator[Engine]:
    """A database of the version before, in which three tables were published and the second was put back."""
    engine = open_database(database_url)
    zone = "" if engine.dialect.name == "sqlite" else "+00"
    with writing(engine) as connection:
        command.upgrade(_config(connection), "0004")
        for name, minute, content in (("ccc", 32, "third: “C”"), ("aaa", 30, "first: A\n"), ("bbb", 31, "second: B\n")):
            connection.execute(
                text("INSERT INTO published (kind, hash, content, at) VALUES ('table', :hash, :content, :at)"),
                {"hash": name, "content": content, "at": f"2026-11-02 09:{minute}:00.000000{zone}"},
            )
        connection.execute(
            text("INSERT INTO current (kind, hash, since) VALUES ('table', 'bbb', :at), ('model', 'mmm', :at)"),
            {"at": f"2026-11-02 09:40:00.000000{zone}"},
        )
        connection.execute(
            text(
                "INSERT INTO promotions (kind, hash, at, who, why, forced, figures)"
                " VALUES ('first', 'mmm', :at, 'ann', '', false, '{\"top_1\": [0.9]}')"
            ),
            {"at": f"2026-11-02 09:40:00.000000{zone}"},
        )
    yield engine
    engine.dispose()


def test_what_was_published_before_there_was_a_history_begins_it(older: Engine, now: Now) -> None:
    migrate(older)
    history = Publications(older, now, "table").history()
    assert [(each.kind, each.hash, each.previous, each.at.minute) for each in history] == [
        ("first", "aaa", None, 30),
        ("publish", "bbb", "aaa", 31),
        ("publish", "ccc", "bbb", 32),
        ("publish", "bbb", "ccc", 40),
    ]
    assert version_before(history) == "ccc"
    (model,) = Publications(older, now, "model").history()
    assert (model.kind, model.hash, model.who, model.figures) == ("first", "mmm", "ann", {"top_1": [0.9]})


def test_tables_of_the_version_before_are_left_as_they_are_and_can_be_read(older: Engine) -> None:
    migrate(older)
    published = Published(older)
    assert published.content("table", "ccc") == "third: “C”", "as its workers read it until they are restarted"
    stored = {name: load_sources(published.content("table", name)).files for name in ("aaa", "ccc")}
    assert stored == {"aaa": (("routing.yaml", "first: A\n"),), "ccc": (("routing.yaml", "third: “C”"),)}


def test_workers_of_the_version_before_go_on_after_the_upgrade(older: Engine) -> None:
    """What they ask with every call, with every second and as they start, in their own words."""
    migrate(older)
    with reading(older) as connection:
        served = connection.execute(text("SELECT hash FROM current WHERE kind = 'table'")).scalar_one()
        content = text("SELECT content, path FROM published WHERE kind = 'table' AND hash = :hash")
        assert connection.execute(content, {"hash": served}).one() == ("second: B\n", None)
        assert connection.execute(text("SELECT hash FROM current WHERE kind = 'model'")).scalar_one() == "mmm"
        history = connection.execute(text("SELECT id, kind, hash, previous, at, who, why, forced FROM promotions"))
        assert [(each.kind, each.hash, each.who) for each in history] == [("first", "mmm", "ann")]


def test_going_back_a_version_and_forward_again_loses_nothing(older: Engine, now: Now) -> None:
    migrate(older)
    one, two = (
        Sources((("routing.yaml", "one: D\n"),)),
        Sources((("routing.yaml", "a: b"), ("routing.d/x.yaml", "c: d"))),
    )
    tables = Publications(older, now, "table")
    tables.make_live("publish", "eee", instead_of="bbb", who="ann", content=dump_sources(two))
    tables.make_live("publish", "ddd", instead_of="eee", who="ann", content=dump_sources(one))
    Publications(older, now, "model").make_live("promotion", "nnn", instead_of="mmm", who="bob")
    published = Published(older)
    for _ in range(2):
        with writing(older) as connection:
            command.downgrade(_config(connection), "0004")
        with reading(older) as connection:
            promoted = connection.execute(text("SELECT hash, who FROM promotions ORDER BY id")).all()
        assert promoted == [("mmm", "ann"), ("nnn", "bob")]
        assert [published.content("table", name) for name in ("ccc", "ddd")] == ["third: “C”", "one: D\n"]
        migrate(older)
        assert load_sources(published.content("table", "ccc")).files == (("routing.yaml", "third: “C”"),)
        assert load_sources(published.content("table", "ddd")) == one
        assert load_sources(published.content("table", "eee")) == two
        assert [each.hash for each in Publications(older, now, "model").history()] == ["mmm", "nnn"]
