"""Who becomes the model that answers callers, and who does not."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot import cli
from voicebot.errors import ModelError
from voicebot.nlu.manifest import current_hash, make_current
from voicebot.nlu.registry import LAYERS

from .home import log, office, promote, run


def test_publishing_makes_the_first_model_live_and_no_other(home: Path, good: str, better: str) -> None:
    assert run("publish", "--yes").exit_code == 0
    assert [(each.kind, each.hash, each.who) for each in office().history()] == [("first", good, "ann")]
    make_current(home / "models", better)
    assert run("publish", "--yes").exit_code == 0
    assert office().live() == good


def test_a_good_model_is_promoted_and_everything_is_written_down(home: Path, good: str, better: str) -> None:
    run("publish", "--yes")
    done = promote(better[:6], "--why", "more potholes, says Jane Smith on 07700 900123")
    assert done.exit_code == 0, done.output
    assert f"{better} is live" in done.output
    assert office().live() == current_hash(home / "models") == better
    last = office().history()[-1]
    assert (last.kind, last.hash, last.previous, last.who, last.forced) == ("promotion", better, good, "ann", False)
    assert "900123" not in last.why
    assert last.figures["top_1"][0] >= 0.88
    (written,) = log(home)
    assert (written["hash"], written["previous"], written["who"], written["why"]) == (better, good, "ann", last.why)
    assert promote(better).exit_code == 0
    assert len(office().history()) == 2, "what is live already was promoted again"


def test_a_rollback_is_offered_only_where_there_is_something_to_go_back_to(home: Path, good: str, better: str) -> None:
    first = promote(good)
    assert f"{good} is live" in first.output
    assert "rollback" not in first.output
    assert "voicebot models rollback" in promote(better).output


def test_a_bad_model_is_refused_with_every_floor_named(twisted: str, good: str, untouched: Callable[[], None]) -> None:
    done = promote(twisted)
    assert done.exit_code == 1
    for what in ("the likeliest intent is right: ", "pothole found: ", "library_services found: "):
        assert f"Against it: {what}" in done.output
    assert "wanted at least 88.0%" in done.output
    assert f"against the live model {good}" in done.output
    told = json.loads(promote(twisted, "--json").stdout)
    assert told["promoted"] is False
    assert {each["limit"] for each in told["broken"]} >= {0.88, 0.5}
    untouched()


def test_forced_it_asks_why_and_keeps_the_answer(home: Path, twisted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    run("publish", "--yes")
    done = promote(twisted, "--force", input="\n  \nthe live one must go\n")
    assert done.exit_code == 0, done.output
    last = office().history()[-1]
    assert (last.forced, last.why) == (True, "the live one must go")
    assert any("pothole found" in each for each in last.figures["broken"])
    assert log(home)[-1]["forced"] is True
    assert "forced: the live one must go" in run("models", "list", "--history").output


@pytest.mark.parametrize("why", [(), ("--why", " ")])
def test_forced_without_a_reason_is_refused_before_anything_is_judged(
    twisted: str, why: tuple[str, ...], untouched: Callable[[], None]
) -> None:
    done = promote(twisted, "--force", *why)
    assert done.exit_code == 2
    assert "--why" in done.output
    assert "Trying" not in done.output
    untouched()


def test_a_model_with_a_changed_file_is_refused_and_the_live_one_goes_on(
    home: Path, better: str, untouched: Callable[[], None]
) -> None:
    with (home / "models" / better / LAYERS).open("r+b") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=f"{LAYERS}: missing or changed"):
        office().judge(better, home / "utterances", print)
    assert LAYERS in run("models", "list").output
    untouched()


def test_a_live_model_that_cannot_be_loaded_is_no_hindrance(home: Path, good: str, better: str) -> None:
    run("publish", "--yes")
    shutil.rmtree(home / "models" / good)
    done = promote(better)
    assert done.exit_code == 0, done.output
    assert "Not compared with the live model" in done.output
    assert promote("live").output == f"{better} is live already.\n"
    shutil.rmtree(home / "models" / better)
    with pytest.raises(ModelError, match=f"there is no model {better}"):
        office().find("live")


def test_without_held_out_utterances_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], better: str, untouched: Callable[[], None]
) -> None:
    monkeypatch.setattr(sys, "argv", ["voicebot", "models", "promote", better])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    line = capsys.readouterr().err
    assert "tests/utterances" in line
    assert "--utterances" in line
    untouched()
