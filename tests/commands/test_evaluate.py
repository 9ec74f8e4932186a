"""`voicebot evaluate` on a small model that was really trained, with the routing table that is shipped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.nlu.conftest import ROOT, SMALL, WEIGHTS, write_intents
from tests.nlu.test_train import QUICK
from voicebot import cli
from voicebot.errors import ContentError, ModelError
from voicebot.nlu.manifest import current_hash
from voicebot.nlu.train import train

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    write_intents(home / "intents", SMALL)
    train(home / "intents", home / "models", WEIGHTS, recipe=QUICK)
    said = home / "tests" / "utterances"
    said.mkdir(parents=True)
    (said / "pothole.yaml").write_text(
        "utterances:\n- words: there's a pothole on our road\n  kind: ordinary\n"
        "  heard: there's a pot hole on our road\n- words: potholes everywhere\n  kind: hard\n"
    )
    (said / "life_in_danger.yaml").write_text("utterances:\n- words: there's a fire in the house\n  kind: ordinary\n")
    return home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(home)
    monkeypatch.setenv("VOICEBOT_WEIGHTS", str(WEIGHTS))
    monkeypatch.setenv("VOICEBOT_ROUTING", str(ROOT / "routing.yaml"))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli.cli, ["evaluate", *arguments])

    return run


def test_the_current_model_is_tried_and_the_report_written(run: Run, home: Path) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    name = current_hash(home / "models")
    folder = home / "var" / "evaluation" / str(name)
    assert f"Model {name} on 2 held-out utterances; 1 more are training phrases word for word." in done.stdout
    assert "urgent calls found" in " ".join(done.stdout.split())
    assert f"The report: var/evaluation/{name}/report.html" in done.stdout
    assert (folder / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert json.loads((folder / "report.json").read_text("utf-8"))["held_out"]["utterances"] == 2
    assert "Trying utterances: 0 of 2" in done.stderr
    assert "Trying" not in done.stdout


def test_json_is_the_scorecard_and_nothing_else(run: Run, home: Path, tmp_path: Path) -> None:
    name = str(current_hash(home / "models"))
    done = run(name[:6], "--out", str(tmp_path / "new"), "--json")
    assert done.exit_code == 0, done.output
    card = json.loads(done.stdout)
    assert card == json.loads((tmp_path / "new" / "report.json").read_text("utf-8"))
    assert card["model"]["hash"] == name
    assert card["heard"]["utterances"] == 1
    assert card["cross_validation"]["utterances"] > 0
    assert done.stderr == ""


def test_another_routing_table_may_be_tried(run: Run, tmp_path: Path) -> None:
    text = (ROOT / "routing.yaml").read_text("utf-8")
    other = tmp_path / "draft.yaml"
    other.write_text(text.replace("\n  accept: ", "\n  accept: 0.987 # "), "utf-8")
    done = run("--routing", str(other), "--out", str(tmp_path), "--json")
    assert json.loads(done.stdout)["routing"]["differing"]["accept"]["routing"] == 0.987


def test_what_cannot_be_tried_is_said(run: Run, tmp_path: Path) -> None:
    for arguments, error, says in (
        (("nosuchmodel",), ModelError, "nosuchmodel"),
        (("--utterances", str(tmp_path)), ContentError, str(tmp_path)),
        (("--routing", str(tmp_path / "none.yaml")), ContentError, "none.yaml"),
    ):
        done = run(*arguments, "--out", str(tmp_path / "out"))
        assert isinstance(done.exception, error), arguments  # `main` makes one line of it, and exit code 2
        assert says in done.exception.message
        assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("--out", str(tmp_path / "file"))
    assert isinstance(done.exception, ModelError)
    assert "--out" in done.exception.message
