"""Back to the model before, and what people are shown of models."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot.errors import ModelError, StorageError
from voicebot.nlu.manifest import current_hash, note_figures

from .home import log, office, promote, run


def test_back_and_further_back(home: Path, good: str, better: str, twisted: str) -> None:
    run("publish", "--yes")
    promote(better)
    promote(twisted, "--force", "--why", "a test")
    for expected, replaced in ((better, twisted), (good, better)):
        done = run("models", "rollback", "--why", "calls went astray")
        assert done.exit_code == 0, done.output
        assert f"{expected} is live again, in place of {replaced}" in done.output
        assert office().live() == current_hash(home / "models") == expected
    with pytest.raises(ModelError, match="no model to go back to"):
        office().roll_back("")
    assert [each["kind"] for each in log(home)] == ["promotion", "promotion", "rollback", "rollback"]
    assert [each.kind for each in office().history()] == [
        *("first", "promotion", "promotion", "rollback", "rollback"),
    ]


def test_a_model_that_is_gone_cannot_be_gone_back_to(home: Path, good: str, better: str) -> None:
    run("publish", "--yes")
    promote(better)
    shutil.rmtree(home / "models" / good)
    with pytest.raises(ModelError, match=good):
        office().roll_back("")
    assert office().live() == better


def test_what_was_judged_against_another_model_is_not_promoted(home: Path, better: str, twisted: str) -> None:
    run("publish", "--yes")
    trial = office().judge(better, home / "utterances", print)
    promote(twisted, "--force", "--why", "somebody was quicker")
    with pytest.raises(StorageError, match="voicebot models list"):
        office().promote(trial, "")
    assert office().live() == twisted


def test_two_models_side_by_side(home: Path, good: str, twisted: str) -> None:
    with pytest.raises(ModelError, match=f"no model is live yet.*{good} is the current one.*voicebot publish"):
        office().find("live")
    run("publish", "--yes")
    done = run("models", "compare", "live", twisted, "--utterances", "utterances")
    assert done.exit_code == 0, done.output
    assert "worse" in done.output
    assert "Newly wrong: " in done.output
    assert "expected pothole; was pothole, now library_services" in done.output
    told = json.loads(run("models", "compare", good, good, "--utterances", "utterances", "--json").stdout)
    assert told["changes"] == []
    assert [each["p"] for each in told["pairs"]] == [1.0] * 5
    assert told["urgent_recall"] == [0.0, 0.0, 0.0]


def test_lists_and_shows_what_is_known(home: Path, good: str, better: str) -> None:
    run("publish", "--yes")
    promote(better)
    rows = json.loads(run("models", "list", "--json").stdout)
    assert {each["hash"]: each["state"] for each in rows} | {better: "live", good: "before"} == {
        each["hash"]: each["state"] for each in rows
    }
    shown = json.loads(run("models", "show", better[:5], "--json").stdout)
    assert (shown["info"]["who"], shown["state"]) == ("ann", "live")
    assert [each["kind"] for each in shown["history"]] == ["promotion"]
    text = run("models", "show", "live").output
    assert f"Model {better}: live" in text
    assert "trained" in text
    assert "epochs 4" in text


def test_the_list_tells_which_exam_a_figure_is_from(home: Path, good: str, better: str) -> None:
    note_figures(home / "models", better, {"held_out": {"utterances": 32, "top_1": [0.9, 0.8, 1.0, 32]}}, "utterances")
    note_figures(home / "models", good, {"held_out": {"utterances": 8, "top_1": [1.0, 0.7, 1.0, 8]}})
    lines = {line.split()[0]: line for line in run("models", "list").output.splitlines() if line.strip()}
    assert "32 of utterances" in lines[better]
    assert "8 utterances" in lines[good]


def test_listing_models_loads_none_of_the_heavy_libraries(home: Path) -> None:
    script = (
        "import sys; from voicebot.cli import cli; cli(['models', 'list'], standalone_mode=False);"
        "print(sorted({'torch', 'sklearn', 'spacy', 'skops'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_training_changes_nothing_that_is_live(home: Path, good: str, untouched: Callable[[], None]) -> None:
    done = run("train", "--if-missing", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["hash"], told["current"]) == (good, True)
    assert run("train", "--if-missing", "--force").exit_code == 2
    untouched()
