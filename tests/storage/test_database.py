from __future__ import annotations

import shutil
import sqlite3
import threading
import traceback
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from voicebot.errors import SettingError, StorageError
from voicebot.ports import Claim
from voicebot.regression.local_server import free_port
from voicebot.storage import database
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import check, describe, open_database, reading, writing
from voicebot.storage.migrate import migrate

from .samples import HEARD, begin


def told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


# --- URLs


@pytest.mark.parametrize("start", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_every_way_to_write_a_postgresql_url(start: str) -> None:
    engine = open_database(f"{start}jane:hunter2@db.example:5433/council")
    assert engine.dialect.driver == "psycopg"
    assert describe(engine) == "the PostgreSQL database council at db.example:5433"


@pytest.mark.parametrize(
    "url", ["", "nonsense hunter2", "mysql://jane:hunter2@db/x", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_that_cannot_be_used_is_a_setting_error_that_tells_no_secret(url: str) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL") as caught:
        open_database(url)
    assert "hunter2" not in told(caught.value)


def test_sqlite_is_set_up_for_many_threads(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/new/folder/voicebot.db")
    with reading(engine) as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "busy_timeout": 5000, "synchronous": 1, "foreign_keys": 1}


def test_postgresql_keeps_its_time_limit_beside_the_options_of_the_url(postgresql_url: str) -> None:
    with reading(open_database(postgresql_url)) as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "5s"
        assert str(connection.execute(text("SHOW search_path")).scalar()).startswith("voicebot_test_")


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="DATABASE_URL: the folder"):
        open_database(f"sqlite:///{tmp_path}/file/voicebot.db")


# --- failures, for real


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, but shorter."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_locked_database_is_one_line_and_works_again_once_free(
    impatient: None, store: SqlCallStore, tmp_path: Path
) -> None:
    begin(store)
    with closing(sqlite3.connect(tmp_path / "var" / "voicebot.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match=r"voicebot\.db is locked") as caught:
            store.claim("CA1", 1, HEARD)
        assert "CA1" not in told(caught.value).split("StorageError:")[-1]
        assert store.current("CA1") is not None, "reading goes on beside a writer"
        other.execute("ROLLBACK")
    assert isinstance(store.claim("CA1", 1, HEARD), Claim)


def test_a_row_locked_by_another_in_postgresql_is_one_line(postgresql_url: str) -> None:
    engine = open_database(postgresql_url + quoted(" -c lock_timeout=200"))
    migrate(engine)
    with psycopg.connect(postgresql_url) as other:
        other.execute("LOCK TABLE current IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StorageError, match="is locked by another program"):
            check(engine)
        other.rollback()
    check(engine)
    engine.dispose()


def quoted(words: str) -> str:
    return words.replace(" ", "%20").replace("=", "%3D")


def test_a_postgresql_that_is_gone_is_one_line_without_its_password() -> None:
    engine = open_database(f"postgresql://jane:hunter2@127.0.0.1:{free_port()}/council")
    with pytest.raises(StorageError, match=r"council at 127\.0\.0\.1:\d+ does not answer") as caught:
        check(engine)
    assert "hunter2" not in told(caught.value)
    assert "jane" not in told(caught.value)


def test_connections_that_postgresql_cut_are_replaced(postgresql_url: str) -> None:
    engine = open_database(postgresql_url)
    migrate(engine)
    with pytest.raises(StorageError, match="does not answer"), reading(engine) as connection:  # noqa: PT012
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with psycopg.connect(postgresql_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (own,))
        connection.execute(text("SELECT 1"))
    check(engine)
    engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_one_line_and_leaves_what_was_there(engine: Engine, store: SqlCallStore, sealer: object) -> None:
    begin(store)

    @event.listens_for(engine, "begin")
    def _no_room(connection: object) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    def fill() -> None:
        for number in range(500):
            begin(store, f"CB{number}")

    with pytest.raises(StorageError, match="no room left on its disk"):
        fill()
    assert store.current("CA1") is not None


def test_a_database_that_vanished_is_one_line(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_database(sqlite_url)
    migrate(engine)
    engine.dispose()
    shutil.rmtree(tmp_path / "var")
    with pytest.raises(StorageError, match="cannot be opened"):
        check(engine)


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "voicebot.db").write_bytes(b"Dear Sir or Madam, " * 500)
    with pytest.raises(StorageError, match="is damaged"):
        migrate(open_database(f"sqlite:///{tmp_path}/voicebot.db"))


def test_a_database_without_tables_says_what_to_do(database_url: str) -> None:
    engine = open_database(database_url)
    with pytest.raises(StorageError, match="voicebot serve"):
        check(engine)
    engine.dispose()


def test_a_bug_stays_a_bug_and_shows_no_words_of_a_caller(engine: Engine) -> None:
    said = {"words": "".join(("my name is ", "Ja", "ne"))}  # a traceback shows the source as well
    with pytest.raises(Exception, match="syntax error") as caught, writing(engine) as connection:
        connection.execute(text("SELEKT :words"), said)
    assert not isinstance(caught.value, StorageError)
    assert "Jane" not in told(caught.value)


def test_a_write_that_raises_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:  # noqa: PT012
        connection.execute(text("INSERT INTO current (kind, hash, since) VALUES ('table', 'x', '2026-11-02')"))
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM current")).scalar() == 0


def test_more_threads_than_connections_all_get_their_turn(store: SqlCallStore) -> None:
    errors: list[BaseException] = []

    def ring(number: int) -> None:
        try:
            begin(store, f"CA{number}")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ring, args=(number,)) for number in range(60)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
