"""`voicebot messages`: masked unless asked for, and an exit code that tells whether somebody still waits."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voicebot import bootstrap
from voicebot.cli import cli
from voicebot.config import load_settings
from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.session import Session
from voicebot.ports import Answer, Arrival, Claim, NewMessage, TurnInput, TurnRecord
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.messages import Messages

NUMBER = "+447700900123"
WORDS = "This is Jane Smith, please ring 07700 900456 about my pothole."


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlCallStore:
    """A folder of its own to run in, with a database in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'voicebot.db'}")
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    monkeypatch.setenv("COLUMNS", "200")
    settings = load_settings()
    return SqlCallStore(
        bootstrap.open_storage(settings), bootstrap.sealer(settings), bootstrap.utc_now, lease=timedelta(seconds=12)
    )


def stored() -> Messages:
    settings = load_settings()
    return Messages(bootstrap.open_storage(settings), bootstrap.sealer(settings), bootstrap.utc_now)


def leave(store: SqlCallStore, call_id: str, queue: str) -> None:
    session = Session(call_id, table="t" * 64, model="m" * 64, caller="mobile", turn=1)
    answer, record = Answer((Ask("What?", Expecting("request")),), 1), TurnRecord("What?", "CallStarted")
    store.begin(Arrival(call_id, "twilio", "mobile", NUMBER), session, answer, record, bootstrap.utc_now())
    claim = store.claim(call_id, 1, TurnInput(keys="1"))
    assert isinstance(claim, Claim)
    message = NewMessage(queue, f"https://api.example/recordings/{call_id}", 12.5)
    store.finish(claim, session.with_(turn=2), Answer(answer.actions, 2), record, message=message)


def transcribe(words: str = WORDS) -> None:
    taken = stored().take()
    assert taken is not None
    stored().failed(stored().transcribed(taken, words), "https://hooks.example answered 503")


def deliver(words: str = WORDS) -> None:
    taken = stored().take()
    assert taken is not None
    stored().delivered(stored().transcribed(taken, words))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["messages", *arguments])


def test_none(store: SqlCallStore) -> None:
    assert (run().exit_code, run().output) == (0, "No messages.\n")
    assert run("--undelivered").exit_code == 0
    assert json.loads(run("--json").output) == []


def test_words_are_masked_unless_asked_for(store: SqlCallStore) -> None:
    leave(store, "CA1", "highways")
    transcribe()
    shown = run()
    assert shown.exit_code == 0
    assert "highways" in shown.output
    assert "transcribed" in shown.output
    assert "pothole" in shown.output
    assert "503" in shown.output
    for secret in ("Jane", "Smith", "900456", NUMBER):
        assert secret not in shown.output
        assert secret not in run("--json").output
    revealed = run("--reveal")
    assert WORDS in " ".join(revealed.output.split())
    assert json.loads(run("--reveal", "--json").output)[0]["words"] == WORDS
    assert NUMBER not in revealed.output


def test_the_exit_code_tells_whether_a_team_still_waits(store: SqlCallStore) -> None:
    leave(store, "CA1", "highways")
    deliver()
    assert (run("--undelivered").exit_code, run("--undelivered").output) == (0, "No messages.\n")
    leave(store, "CA2", "parking")
    waiting = run("--undelivered")
    assert waiting.exit_code == 1
    assert "parking" in waiting.output
    assert "highways" not in waiting.output
    assert run().exit_code == 0, "only where it was asked"


def test_undelivered_minds_the_queue_and_the_limit(store: SqlCallStore) -> None:
    for number in range(3):
        leave(store, f"CA{number}", "parking")
    leave(store, "CA9", "highways")
    assert [each["call_id"] for each in json.loads(run("--undelivered", "--queue", "highways", "--json").output)] == [
        "CA9"
    ]
    assert run("--undelivered", "--queue", "send").exit_code == 0
    assert len(json.loads(run("--undelivered", "--limit", "2", "--json").output)) == 2
    assert len(json.loads(run("--limit", "2", "--json").output)) == 2
    assert [each["call_id"] for each in json.loads(run("--queue", "parking", "--json").output)] == ["CA2", "CA1", "CA0"]


def test_the_fields_that_other_tools_rely_on(store: SqlCallStore) -> None:
    leave(store, "CA1", "highways")
    deliver("My pothole is still there.")
    leave(store, "CA2", "parking")
    new, delivered = json.loads(run("--json").output)
    assert set(new) == {
        "id",
        "call_id",
        "queue",
        "left",
        "seconds",
        "status",
        "words",
        "attempts",
        "error",
        "delivered",
    }
    assert (new["status"], new["words"], new["delivered"], new["attempts"]) == ("new", None, None, 0)
    assert (delivered["status"], delivered["words"]) == ("delivered", "My pothole is still there.")
    assert (delivered["call_id"], delivered["queue"], delivered["seconds"]) == ("CA1", "highways", 12.5)
    assert delivered["left"] < delivered["delivered"]
    assert delivered["delivered"].endswith("+00:00")


def test_words_that_look_like_markup_are_printed_as_they_are(store: SqlCallStore) -> None:
    leave(store, "CA1", "highways")
    deliver("[unclear] the lamp [/bold] is out")
    assert "[unclear] the lamp [/bold] is out" in run("--reveal").output
