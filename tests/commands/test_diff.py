"""`voicebot diff` as a service owner runs it: files, a database, and what is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.storage.ringing import heard, ring
from tests.storage.samples import Now
from voicebot import bootstrap
from voicebot.cli import cli, main
from voicebot.config import load_settings
from voicebot.routing.loader import load_table
from voicebot.storage.calls import SqlCallStore

ROOT = Path(__file__).parents[2]
NAMED = "this is [name], has my blue badge come through"
SURE = heard(NAMED, blue_badge_progress=0.99)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped table, one with the Blue Badge calls sent to parking, and three calls of two hours ago."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'voicebot.db'}")
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    text = (ROOT / "routing.yaml").read_text("utf-8")
    (tmp_path / "routing.yaml").write_text(text, "utf-8")
    assert "    to: blue-badge\n" in text
    (tmp_path / "new.yaml").write_text(text.replace("    to: blue-badge\n", "    to: parking\n"), "utf-8")
    return tmp_path


@pytest.fixture
def calls(folder: Path) -> SqlCallStore:
    settings = load_settings()
    engine = bootstrap.open_storage(settings)
    store = SqlCallStore(engine, bootstrap.sealer(settings), bootstrap.utc_now, lease=timedelta(seconds=12))
    now = Now()
    now.moment = bootstrap.utc_now() - timedelta(hours=2)
    table = load_table(folder / "routing.yaml")
    for number, events in enumerate(([SURE], [SURE], [heard("a hole in the road", pothole=0.99)])):
        ring(store, now, table, f"CA{number:032x}", events, at=now.moment)
    return store


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["diff", *arguments])


def told(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


NOON = ("--at", "2026-11-24T12:00")


def test_the_summary_the_calls_their_words_and_both_lines(folder: Path, calls: SqlCallStore) -> None:
    done = run("routing.yaml", "new.yaml", *NOON)
    assert done.exit_code == 0, done.output
    parking = load_table(folder / "new.yaml").queues["parking"].name
    assert f"2 of 3 calls change: 2 from the Blue Badge team to {parking}." in done.output
    assert done.output.count(f" and 1 more, Tue 24 Nov 2026 12:00: “{NAMED}”") == 1, "alike, so told once"
    line = load_table(folder / "routing.yaml").where("intents.blue_badge_progress").line
    assert f"(routing.yaml:{line}" in done.output
    assert f"(new.yaml:{line}" in done.output
    assert "pothole" not in done.output


def test_json_tells_the_same_and_the_lists_in_full(folder: Path, calls: SqlCallStore) -> None:
    found = told("routing.yaml", "new.yaml", *NOON)
    assert (found["calls"], found["changed"], found["lost_urgent"], found["asked_again"]) == (3, 2, 0, 0)
    assert found["moves"][0]["calls"] == 2
    first = found["changes"][0]
    assert first["did"] == f"“{NAMED}”"
    assert {"place", "target", "rule", "at", "owner", "says", "text", "urgent", "decision"} == set(first["new"])


def test_live_against_the_file_on_disk_is_what_is_compared_by_default(folder: Path, calls: SqlCallStore) -> None:
    versions = bootstrap.versions(load_settings())
    live = versions.make_live(versions.from_disk(), "to begin with")
    assert told()["changed"] == 0
    (folder / "routing.yaml").write_text((folder / "new.yaml").read_text("utf-8"), "utf-8")
    assert told(*NOON)["changed"] == 2
    assert told(live.hash[:8], "live", *NOON)["changed"] == 0
    assert told("new.yaml", "live", *NOON)["changed"] == 2


def test_an_exit_code_for_scripts(folder: Path, calls: SqlCallStore) -> None:
    assert run("routing.yaml", "new.yaml", "--exit-code", *NOON).exit_code == 1
    assert run("routing.yaml", "routing.yaml", "--exit-code").exit_code == 0


def test_only_calls_since_then_count(folder: Path, calls: SqlCallStore) -> None:
    assert told("routing.yaml", "new.yaml", "--calls", "1h", *NOON)["calls"] == 0
    assert told("routing.yaml", "new.yaml", "--calls", "3h", *NOON)["calls"] == 3


def test_two_files_need_no_database(folder: Path) -> None:
    done = run("routing.yaml", "new.yaml")
    assert (done.exit_code, done.output) == (0, "There are no calls to try it on.\n")
    assert not (folder / "voicebot.db").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "live: no such file, and nothing has been published here yet"),
        (["routing.yaml", "nowhere.yaml"], "there is no file nowhere.yaml"),
        (["routing.yaml", "new.yaml", "--calls", "soon"], "soon is no time"),
        (["routing.yaml", "new.yaml", "--at", "soon"], "soon is no date and time"),
        (["routing.yaml", "new.yaml", "--recorded", "nowhere"], "there is no folder nowhere"),
        (["routing.yaml", "new.yaml", "--utterances", "nowhere"], "nowhere"),
    ],
)
def test_a_mistake_is_one_plain_message(
    folder: Path,
    arguments: Sequence[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["voicebot", "diff", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_a_version_that_was_never_published_is_named(folder: Path, calls: SqlCallStore) -> None:
    done = run("abc123", "routing.yaml")
    assert done.exit_code != 0
    assert "abc123" in str(done.exception)
