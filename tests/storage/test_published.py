from __future__ import annotations

import pytest
from sqlalchemy import Engine

from voicebot.errors import StorageError
from voicebot.routing.table import Council, Table, Thresholds
from voicebot.storage.published import Published, PublishedTables

from .samples import Now

COUNCIL = Council(
    name="Westshire County Council",
    caller_id="+441632960100",
    default_queue="switchboard",
    danger_queue="emergency-duty",
    website="westshire.example",
)
THRESHOLDS = Thresholds(accept=0.8, confirm=0.5, offer_two=0.6, refuse=0.7, urgent=0.2, choice=0.5)


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
            thresholds=THRESHOLDS,
            key_topics=(),
            bank_holidays=frozenset(),
            lines={},
        )


@pytest.fixture
def published(engine: Engine, now: Now) -> Published:
    return Published(engine, now)


def test_nothing_published_yet_is_said_in_one_line(published: Published) -> None:
    tables = PublishedTables(published, Parser())
    assert published.current_hash("table") is None
    assert published.list() == ()
    with pytest.raises(StorageError, match="voicebot publish"):
        tables.current()
    with pytest.raises(StorageError, match="no table aaa was ever published"):
        tables.get("aaa")


def test_a_call_keeps_its_table_while_a_newer_one_is_served(published: Published) -> None:
    parser = Parser()
    tables = PublishedTables(published, parser)
    published.publish("table", "aaa", content="Good morning")
    assert tables.current().hash == "aaa"
    published.publish("table", "bbb", content="Hello")
    assert (tables.current().hash, tables.current().wording["greeting"]) == ("bbb", "Hello")
    assert tables.get("aaa").wording["greeting"] == "Good morning"
    published.publish("table", "aaa", content="Good morning")
    assert tables.current() is tables.get("aaa")
    assert parser.parsed == ["Good morning", "Hello"], "each is parsed once"


def test_publishing_again_changes_nothing_but_what_is_current(published: Published, now: Now) -> None:
    published.publish("table", "aaa", content="Good morning")
    now.forward(60)
    published.publish("table", "bbb", content="Hello")
    published.publish("table", "aaa", content="another text under the same hash")
    assert published.content("table", "aaa") == "Good morning"
    assert [(each.hash, each.current) for each in published.list("table")] == [("bbb", False), ("aaa", True)]


def test_models_are_published_by_the_name_of_their_folder(published: Published) -> None:
    published.publish("model", "mmm", path="2026-11-02-mmm")
    published.publish("table", "aaa", content="Good morning")
    assert published.content("model", "mmm") == "2026-11-02-mmm"
    assert (published.current_hash("model"), published.current_hash("table")) == ("mmm", "aaa")
    assert [(each.kind, each.path) for each in published.list("model")] == [("model", "2026-11-02-mmm")]
