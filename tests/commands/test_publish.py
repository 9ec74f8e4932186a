"""`voicebot publish` and `voicebot routing`, as a service owner uses them: real files, a real database, a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.storage.ringing import heard
from voicebot import bootstrap, cli
from voicebot.config import load_settings
from voicebot.errors import VoicebotError
from voicebot.routing import loader
from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, Mark, issue
from voicebot.storage.calls import SqlCallStore

from .reviewed_calls import ROOT, call

SMALL, _, _ = (ROOT / "tests/routing_files/good/small.yaml").read_text("utf-8").partition("wording:\n")
HIGHWAYS = """owner: Highways
notices:
  ice:
    say: Roads are icy this morning.
    until: 2099-01-10 10:00
"""


@dataclass
class Desk:
    """A folder with a routing.yaml of its own."""

    home: Path

    @property
    def file(self) -> Path:
        return self.home / "routing.yaml"

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text("utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), "utf-8")

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli.cli, arguments)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def says(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    @property
    def live(self) -> str | None:
        return bootstrap.versions(load_settings()).live()

    def answer(self, reply: str, *arguments: str) -> tuple[int, str]:
        """Run it in a terminal and type `reply`."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "voicebot.cli", *arguments],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        os.close(theirs)
        os.write(ours, f"{reply}\n".encode())
        written, _ = process.communicate(timeout=100)
        os.close(ours)
        return process.returncode, written


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    monkeypatch.setenv("COLUMNS", "250")
    (tmp_path / "routing.yaml").write_text(SMALL, "utf-8")
    return Desk(tmp_path)


@pytest.fixture
def published(desk: Desk) -> Desk:
    desk.says("publish", "--yes", "--why", "to begin with")
    return desk


def test_what_is_published_is_live_with_who_and_why(desk: Desk) -> None:
    made = desk.json("publish", "--yes", "--why", "  to begin\n with ")
    assert (made["published"], made["kind"], made["previous"]) == (True, "first", None)
    assert (made["who"], made["why"]) == ("ann", "to begin with")
    assert desk.live == made["hash"]
    assert desk.says("routing", "show", "--file", "routing.yaml") == SMALL


def test_an_edit_is_shown_line_by_line_before_it_is_published(published: Desk) -> None:
    before = published.live
    published.edit("It takes two minutes.", "It takes five minutes.")
    written = published.says("publish", "--yes", "--why", "it took longer")
    assert "routing.yaml: 1 line added, 1 line removed" in written
    assert "-      It takes two minutes." in written
    assert "+      It takes five minutes." in written
    assert "caller_id" not in written, "what stays as it was is left out"
    assert published.live not in (before, None)


def test_nothing_new_is_nothing_to_publish(published: Desk) -> None:
    assert published.says("publish").startswith("Nothing to publish")
    assert published.json("publish")["published"] is False
    assert len(published.json("routing", "history")) == 1


def test_nobody_is_asked_without_a_terminal_and_nothing_is_published(published: Desk) -> None:
    before = published.live
    published.edit("two minutes", "five minutes")
    done = published.run("publish")
    assert done.exit_code == 2
    assert "--yes" in done.output
    assert published.live == before


def test_the_answer_at_the_terminal_counts(published: Desk) -> None:
    before = published.live
    published.edit("two minutes", "five minutes")
    code, written = published.answer("n", "publish")
    assert (code, published.live) == (130, before), written
    assert "Publish this? [y/N]" in written
    assert "five minutes" in written
    code, written = published.answer("y", "publish")
    assert code == 0, written
    assert published.live != before
    assert "Traceback" not in written


def test_broken_files_are_not_published(published: Desk) -> None:
    before = published.live
    published.edit("to: team\n    about: a pothole", "to: teem\n    about: a pothole")
    done = published.run("publish", "--yes")
    assert isinstance(done.exception, VoicebotError)
    assert "did you mean team?" in str(done.exception)
    assert published.live == before


def test_a_destination_that_nobody_can_name_is_not_published(published: Desk) -> None:
    """What `check` calls an error keeps the file from callers, whichever other folder it was found by."""
    before = published.live
    intents = published.home / "intents"
    intents.mkdir()
    for name in ("bus_times", "life_in_danger", "district_bins"):
        (intents / f"{name}.yaml").touch()
    published.edit("two minutes", "five minutes")
    done = published.run("publish", "--yes")
    assert isinstance(done.exception, VoicebotError)
    assert "intents/ has no file pothole.yaml" in str(done.exception)
    assert published.live == before


def test_calls_of_the_last_week_are_tried(published: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    settings = load_settings()
    engine = bootstrap.open_storage(settings)
    lease = timedelta(seconds=12)
    store = SqlCallStore(engine, bootstrap.sealer(settings), bootstrap.utc_now, lease=lease)
    call(store, "CAhole", heard("there is a hole in our road", pothole=0.99))
    published.edit(
        "kind: signpost\n    to: outside\n    about: bus times", "kind: queue\n    to: team\n    about: buses"
    )
    assert "None of 1 calls goes elsewhere" in published.says("publish", "--yes")
    published.edit(
        "kind: answer\n    to: team\n    about: a pothole", "kind: queue\n    to: team\n    about: a pothole"
    )
    published.edit("    answer: >-\n      You can report it.\n      It takes two minutes.\n", "")
    published.edit('    text: "Report it at https://small.example/potholes"\n', "")
    made = published.json("publish", "--yes")
    assert (made["calls"]["calls"], made["calls"]["changed"]) == (1, 1)
    published.edit("about: a pothole", "about: a hole")
    assert published.json("publish", "--yes", "--no-calls")["calls"] is None


def test_the_history_tells_every_version(published: Desk) -> None:
    published.edit("two minutes", "five minutes")
    (published.home / "routing.d").mkdir()
    (published.home / "routing.d/highways.yaml").write_text(HIGHWAYS, "utf-8")
    published.says("publish", "--yes", "--why", "ice")
    first, second = published.json("routing", "history")
    assert (first["kind"], first["why"], first["live"]) == ("first", "to begin with", False)
    assert first["changes"] == {"routing.yaml": {"added": len(SMALL.splitlines()), "removed": 0}}
    assert (second["kind"], second["why"], second["previous"], second["live"]) == (
        "publish",
        "ice",
        first["hash"],
        True,
    )
    assert second["changes"] == {
        "routing.yaml": {"added": 1, "removed": 1},
        "routing.d/highways.yaml": {"added": len(HIGHWAYS.splitlines()), "removed": 0},
    }
    written = published.says("routing", "history")
    assert f"routing.d/highways.yaml: +{len(HIGHWAYS.splitlines())} -0" in written
    assert [line.split()[0] for line in written.splitlines()[1:]] == [first["hash"][:12], second["hash"][:12]]

    shown = published.json("routing", "show", second["hash"][:6])
    assert shown["files"]["routing.d/highways.yaml"] == HIGHWAYS
    assert published.json("routing", "show", first["hash"])["files"] == {"routing.yaml": SMALL}
    assert "+  ice:" in published.says("routing", "changes", "live")
    assert len(published.json("routing", "changes", first["hash"])["changes"]["routing.yaml"]) > SMALL.count("\n")


def test_a_rollback_leaves_the_files_alone_and_the_next_goes_further_back(published: Desk) -> None:
    hashes = [published.live]
    for minutes in ("five", "six"):
        published.file.write_text(SMALL.replace("two minutes", f"{minutes} minutes"), "utf-8")
        published.says("publish", "--yes")
        hashes.append(published.live)
    on_disk = published.file.read_text("utf-8")
    written = published.says("routing", "rollback", "--yes", "--why", "too long")
    assert "+      It takes five minutes." in written
    assert "routing.yaml stays as it was" in written
    assert published.live == hashes[1]
    assert published.file.read_text("utf-8") == on_disk
    made = published.json("routing", "rollback", "--yes")
    assert (made["kind"], made["hash"], made["previous"]) == ("rollback", hashes[0], hashes[1])
    with pytest.raises(VoicebotError, match="nothing else was live before"):
        raise published.run("routing", "rollback", "--yes").exception  # type: ignore[misc]
    assert published.json("routing", "rollback", str(hashes[2]), "--yes")["hash"] == hashes[2]
    assert "is live already" in published.says("routing", "rollback", "live", "--yes")
    kinds = [each["kind"] for each in published.json("routing", "history")]
    assert kinds == ["first", "publish", "publish", "rollback", "rollback", "rollback"]


def test_a_rollback_asks_too(published: Desk) -> None:
    published.edit("two minutes", "five minutes")
    published.says("publish", "--yes")
    before = published.live
    code, written = published.answer("n", "routing", "rollback")
    assert (code, published.live, "Go back to this? [y/N]" in written) == (130, before, True)
    assert published.run("routing", "rollback").exit_code == 2
    assert published.live == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("routing", "show", "fffff"), "no published routing table begins with fffff"),
        (("routing", "show", ""), "2 published routing tables begin"),
        (("routing", "show", "live", "--file", "other.yaml"), "has no file other.yaml; it has routing.yaml"),
        (("routing", "rollback", "fffff"), "voicebot routing history"),
    ],
)
def test_a_version_that_cannot_be_found(published: Desk, arguments: tuple[str, ...], said: str) -> None:
    published.edit("two minutes", "five minutes")
    published.says("publish", "--yes")
    error = published.run(*arguments).exception
    assert isinstance(error, VoicebotError)
    assert said in error.message


@pytest.mark.parametrize("arguments", [("routing", "show"), ("routing", "rollback"), ("routing", "changes", "live")])
def test_before_anything_was_published(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert isinstance(desk.run(*arguments).exception, VoicebotError)
    assert "Nothing has been published yet" in desk.says("routing", "history")


def test_owners_tells_who_looks_after_what(desk: Desk) -> None:
    (desk.home / "routing.d").mkdir()
    (desk.home / "routing.d/highways.yaml").write_text(HIGHWAYS, "utf-8")
    main, highways = desk.json("routing", "owners")
    assert (main["file"], main["owner"], main["notices"]) == ("routing.yaml", None, [])
    assert main["queues"] == ["switchboard", "duty", "team", "outside"]
    assert (highways["owner"], highways["notices"], highways["queues"]) == ("Highways", ["ice"], [])
    written = desk.says("routing", "owners")
    assert "routing.yaml: nobody named" in written
    assert "routing.d/highways.yaml: Highways\n  notices  ice\n" in written


def test_two_who_publish_at_once_cannot_undo_each_other_unseen(published: Desk) -> None:
    published.edit("two minutes", "five minutes")
    versions = bootstrap.versions(load_settings())
    mine = versions.from_disk()
    published.edit("five minutes", "six minutes")
    published.says("publish", "--yes")
    hers = published.live
    with pytest.raises(VoicebotError, match="became live in place of"):
        versions.make_live(mine, "")
    assert published.live == hers


def test_rules_that_came_later_take_no_published_table_from_callers(
    published: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stricter(draft: Draft, intents: frozenset[str] | None = None) -> tuple[Issue, ...]:
        return (issue("E999", Mark("routing.yaml", 1, 1), "no longer so", "change it"),)

    monkeypatch.setattr(loader, "check_draft", stricter)
    assert isinstance(published.run("publish").exception, VoicebotError), "the files are judged by the rules of today"
    table = bootstrap.tables(bootstrap.published(bootstrap.open_storage(load_settings()))).current()
    assert table.hash == published.live
