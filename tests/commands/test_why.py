"""`voicebot why`, for words and for a call that was stored."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.storage.ringing import heard, ring
from tests.storage.samples import Now
from voicebot import bootstrap
from voicebot.cli import cli
from voicebot.config import load_settings
from voicebot.dialogue.events import Event, Pressed, TransferEnded
from voicebot.nlu.understander import ModelUnderstander
from voicebot.routing.hours import LONDON
from voicebot.routing.table import Table
from voicebot.storage.calls import SqlCallStore
from voicebot.versions import Versions

ROOT = Path(__file__).parents[2]
CALL = "CA" + "12ab" * 8
DAY = datetime(2026, 11, 24, 10, 30, tzinfo=LONDON)
BADGE = "I sent my Blue Badge form in ten weeks ago and I've heard nothing"
PROGRESS = heard(BADGE, blue_badge_progress=0.99)


class Desk:
    """A folder with the shipped table published in it."""

    def __init__(self, folder: Path) -> None:
        text = re.sub(r"(?m)^owner:.*\n", "", (ROOT / "routing.yaml").read_text("utf-8"))
        (folder / "routing.yaml").write_text(f"owner: Digital Services\n{text}", "utf-8")
        self.folder = folder
        self.settings = load_settings()
        self.versions: Versions = bootstrap.versions(self.settings)
        self.proposed = self.versions.from_disk()
        self.versions.make_live(self.proposed, "to begin with")
        engine = bootstrap.open_storage(self.settings)
        self.now = Now()
        self.store = SqlCallStore(engine, bootstrap.sealer(self.settings), self.now, lease=timedelta(seconds=12))

    @property
    def table(self) -> Table:
        return self.proposed.table

    def call(self, *events: Event, at: datetime = DAY, call_id: str = CALL) -> None:
        self.now.moment = at
        ring(self.store, self.now, self.table, call_id, events, at=at)

    def quoted(self, at: str) -> str:
        file, _, line = at.rpartition(":")
        return (self.folder / file).read_text("utf-8").splitlines()[int(line) - 1].strip()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'voicebot.db'}")
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    return Desk(tmp_path)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, understander: ModelUnderstander) -> ModelUnderstander:
    """The model of the repository is the one in use."""
    monkeypatch.setattr(bootstrap, "understander_in_use", lambda settings: understander)
    return understander


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["why", *arguments])


def told(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_words_are_explained_with_line_owner_hours_and_whisper(desk: Desk, trained: ModelUnderstander) -> None:
    found = told(BADGE, "--at", "2026-11-24T10:30")
    kept = ("words", "intent", "confidence", "ranked", "decision", "action", "queue", "open", "says", "choice")
    assert set(kept) | {"rule", "at", "model"} <= set(found), "the fields that tools rely on stay"
    assert (found["intent"], found["queue"], found["open"]) == ("blue_badge_progress", "blue-badge", True)
    assert found["line"] == desk.quoted(found["at"]) == "blue_badge_progress:"
    assert found["owner"] == "Digital Services"
    assert found["opening"]["reason"] == "open: office, mon-thu 08:30-17:00"
    assert desk.quoted(found["opening"]["at"]).startswith("mon-thu:")
    assert found["rings"] == desk.table.queues["blue-badge"].target
    assert BADGE in found["whisper"]
    assert (found["model"], found["table"]) == (trained.version, desk.table.hash)


def test_a_bank_holiday_is_named_as_the_reason(desk: Desk, trained: ModelUnderstander) -> None:
    done = run(BADGE, "--at", "2026-12-25T14:00")
    assert "hours     closed: Friday 25 December 2026 is a bank holiday; opens Tuesday 29 December 2026" in done.output
    assert "offers    danger (1), " in done.output
    assert "rings" not in done.output


def test_an_answer_comes_with_its_text_message(desk: Desk, trained: ModelUnderstander) -> None:
    found = told("there is a pothole in my road")
    assert (found["action"], found["text"]) == ("answer", desk.table.intents["pothole"].message)


def test_a_question_is_told_with_what_can_be_answered(desk: Desk, trained: ModelUnderstander) -> None:
    found = told("my bin was not emptied", "--at", "2026-11-24T10:30")
    assert found["action"] == "ask"
    assert {each["option"] for each in found["offers"]} >= {each.queue for each in desk.table.districts}


def test_a_file_of_utterances_is_one_decision_a_line(desk: Desk, trained: ModelUnderstander) -> None:
    (desk.folder / "lines.txt").write_text(f"{BADGE}\nthere is a pothole in my road\n", "utf-8")
    done = run("--file", "lines.txt", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["intent"] for each in found] == ["blue_badge_progress", "pothole"]


def test_a_call_is_told_turn_by_turn_under_the_table_that_it_had(desk: Desk) -> None:
    desk.call(PROGRESS, TransferEnded("busy"))
    line = str(desk.table.where("intents.blue_badge_progress"))
    (desk.folder / "routing.yaml").write_text("# moved on since\n", "utf-8")
    found = told(CALL)
    assert (found["call"], found["table"]) == (CALL, desk.table.hash)
    greeting, request, busy = found["turns"]
    assert greeting["did"] == "the call comes in"
    assert request["did"] == f"“{BADGE}”"
    assert request["at"] == line
    assert request["line"] == "blue_badge_progress:"
    assert request["opening"]["reason"].startswith("open: office")
    assert BADGE in request["whisper"]
    assert busy["did"] == "the line: busy"
    assert {"option": "message", "key": "3"} in busy["offers"]


def test_the_beginning_of_an_id_is_enough_where_only_one_call_fits(desk: Desk) -> None:
    desk.call(PROGRESS)
    other = CALL[:8] + "f" * 26
    desk.call(heard("yes", "yes"), Pressed("0"), call_id=other)
    assert told(CALL[:12])["call"] == CALL
    assert [each["did"] for each in told(other)["turns"]] == ["the call comes in", "“yes”", "key 0"]
    done = run(CALL[:6])
    assert done.exit_code != 0
    assert CALL in done.output
    assert other in done.output


def test_people_see_a_call_by_night_with_the_reason_why_it_was_closed(desk: Desk) -> None:
    desk.call(PROGRESS, at=DAY + timedelta(hours=12))
    done = run(CALL)
    assert done.exit_code == 0, done.output
    assert (
        "closed: office, mon-thu 08:30-17:00, and it is 22:30; opens Wednesday 25 November 2026, 08:30" in done.output
    )
    assert "ranked    blue_badge_progress 0.99" in done.output


def test_the_words_of_an_urgent_call_stay_unknown(desk: Desk) -> None:
    desk.call(heard("they leave him alone at night", child_safeguarding=0.99))
    done = run(CALL)
    assert "alone at night" not in done.output
    assert "words that are not kept" in done.output
    assert "rings     " in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([CALL], f"no call {CALL} is stored"),
        ([CALL, "--at", "2026-12-25T14:00"], "a stored call has a time of its own"),
        ([], "give either WORDS (or a CALL) or --file"),
    ],
)
def test_mistakes_are_told(desk: Desk, arguments: Sequence[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code != 0
    assert message in done.output
