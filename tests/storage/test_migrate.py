from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

import voicebot
from voicebot.errors import StorageError
from voicebot.storage.database import check, open_database, reading, writing
from voicebot.storage.migrate import head, migrate, revision
from voicebot.storage.schema import metadata

MIGRATE = """
import sys
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
sys.stdin.readline()
migrate(open_database(sys.argv[1]))
"""


def test_the_migrations_make_the_tables_of_the_schema(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        changes = compare_metadata(context, metadata)
        found = {
            table: [each["name"] for each in inspect(connection).get_check_constraints(table)]
            for table in metadata.tables
        }
    assert changes == [], "write a new migration under voicebot/storage/migrations/versions"
    for name, table in metadata.tables.items():
        assert sorted(found[name]) == sorted(str(each.name) for each in table.constraints if "ck_" in str(each.name))


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    assert revision(engine) == head() is not None
    check(engine)


def test_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, database_url], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for each in started:
        assert each.stdin is not None
        each.stdin.write("now\n")
        each.stdin.flush()
    errors = [each.communicate(timeout=60)[1] for each in started]
    assert [each.returncode for each in started] == [0, 0, 0], errors
    engine = open_database(database_url)
    assert revision(engine) == head()
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    with pytest.raises(StorageError, match="newer version"):
        migrate(engine)
    assert revision(engine) == "from_the_future"


def test_it_works_where_the_package_is_installed_and_nothing_else(tmp_path: Path, sqlite_url: str) -> None:
    package = Path(voicebot.__file__).parent
    shutil.copytree(package, tmp_path / "site" / "voicebot", ignore=shutil.ignore_patterns("__pycache__"))
    before = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})"
    run = f"{before}\n{MIGRATE}\nimport voicebot; print(voicebot.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", run, sqlite_url], input="now\n", cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert revision(open_database(sqlite_url)) == head()
