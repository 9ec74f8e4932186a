"""Each test gets a database of its own: an SQLite file, and, where PostgreSQL answers, a schema dropped afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import Engine

from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
from voicebot.storage.sealing import Sealer

from .samples import Now

POSTGRESQL = os.environ.get("VOICEBOT_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
_unanswered: list[str] = []


def _answers() -> bool:
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        _unanswered.append(str(error).splitlines()[0])
        return False
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _unanswered:
        terminalreporter.section("NO POSTGRESQL", sep="!", red=True, bold=True)
        terminalreporter.line("The storage tests ran on SQLite ALONE: no PostgreSQL answered. Nothing is known of it.")
        terminalreporter.line(_unanswered[0])
        terminalreporter.line(
            "Start one on 127.0.0.1:5432 with a database `test`, or set VOICEBOT_TEST_POSTGRES to its URL."
        )


@pytest.fixture(scope="session")
def postgresql_answers() -> bool:
    return _answers()


@pytest.fixture
def postgresql_url(postgresql_answers: bool) -> Iterator[str]:
    if not postgresql_answers:
        pytest.skip("no PostgreSQL answers; see the end of the run")
    schema = f"voicebot_test_{secrets.token_hex(6)}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            mark = "&" if "?" in POSTGRESQL else "?"
            yield f"{POSTGRESQL}{mark}options={quote(f'-c search_path={schema}')}"
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'var' / 'voicebot.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    return Sealer("a secret for tests alone, never used elsewhere")


@pytest.fixture
def store(engine: Engine, sealer: Sealer, now: Now) -> SqlCallStore:
    return SqlCallStore(engine, sealer, now, lease=timedelta(seconds=12))
