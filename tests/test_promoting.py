"""Promotion, its refusals and the way back, with small models that were really trained, on real files and SQLite."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.nlu.conftest import SMALL, WEIGHTS, write_intents
from tests.nlu.test_train import QUICK
from voicebot import bootstrap, cli
from voicebot.config import load_settings
from voicebot.errors import ModelError, StorageError
from voicebot.nlu.catalogue import PROMOTIONS
from voicebot.nlu.registry import LAYERS, current_hash, make_current
from voicebot.nlu.train import train
from voicebot.promoting import Office

ROOT = Path(__file__).parents[1]

TWISTED = {**SMALL, "pothole": SMALL["library_services"], "library_services": SMALL["pothole"]}
"""Whoever did this put the phrases into the wrong files."""

SAID = {
    "pothole": [
        "there's a pothole on our road",
        "a big hole in the tarmac on Mill Lane",
        "the road is breaking up outside the shop",
        "potholes all over my street",
        "I hit a pothole by the bus stop",
        "can you fill the hole in the road",
        "the tarmac is breaking up",
        "another pothole in the road",
    ],
    "library_services": [
        "can I renew a library book",
        "when does the library open",
        "joining the library",
        "reserve me a library book",
        "the library opening times please",
        "a fine on my library book",
        "is there a computer in the library",
        "do you have audio books",
    ],
    "life_in_danger": [
        "there's a fire in the house",
        "a strong smell of gas",
        "he has got a knife",
        "she is bleeding badly",
        "my kitchen is on fire",
        "my friend collapsed",
        "somebody is attacking us",
        "the carbon monoxide alarm is going off",
    ],
    "out_of_scope": [
        "can I order a pizza",
        "what will the weather be like",
        "is that the gas board please",
        "there is something wrong with my phone bill",
        "I'd like to book a flight",
        "tell me another joke",
        "I need to see a dentist",
        "who won the football match",
    ],
}


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, str]:
    """A folder with `intents`, `models` and `utterances`, and the names of three models: two good ones and a twisted
    one."""
    home = tmp_path_factory.mktemp("promoting")
    more = {**SMALL, "pothole": [*SMALL["pothole"], "my wheel went into a hole in the road"]}
    names = [
        train(write_intents(home / folder, intents), home / "models", WEIGHTS, recipe=QUICK, who="ann").hash
        for folder, intents in (("intents", SMALL), ("more", more), ("twisted", TWISTED))
    ]
    (home / "utterances").mkdir()
    for intent, words in SAID.items():
        lines = "".join(f"  - words: {json.dumps(each)}\n    kind: ordinary\n" for each in words)
        (home / "utterances" / f"{intent}.yaml").write_text(f"utterances:\n{lines}", "utf-8")
    table = re.sub(r"(?m)^  (accept|confirm|offer_two|refuse|urgent): [0-9.]+", r"  \1: 0.4", ROUTING)
    (home / "routing.yaml").write_text(table, "utf-8")
    return (home, *names)  # type: ignore[return-value]


ROUTING = (ROOT / "routing.yaml").read_text("utf-8")


@pytest.fixture
def home(trained: tuple[Path, str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own, as an operator has it: nothing published yet, the first good model current."""
    source, good, _, _ = trained
    for folder in ("intents", "models", "utterances"):
        shutil.copytree(source / folder, tmp_path / folder)
    shutil.copy(source / "routing.yaml", tmp_path)
    make_current(tmp_path / "models", good)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    monkeypatch.setenv("VOICEBOT_WEIGHTS", str(WEIGHTS))
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    monkeypatch.setenv("COLUMNS", "250")
    return tmp_path


@pytest.fixture
def good(trained: tuple[Path, str, str, str]) -> str:
    return trained[1]


@pytest.fixture
def better(trained: tuple[Path, str, str, str]) -> str:
    return trained[2]


@pytest.fixture
def twisted(trained: tuple[Path, str, str, str]) -> str:
    return trained[3]


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(cli.cli, arguments, input=input)


def promote(*arguments: str, input: str | None = None) -> Result:
    return run("models", "promote", *arguments, "--utterances", "utterances", input=input)


def office() -> Office:
    return bootstrap.office(load_settings())


def log(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "models" / PROMOTIONS).read_text("utf-8").splitlines()]


@pytest.fixture
def untouched(home: Path) -> Callable[[], None]:
    """Publish the first good model; the function holds it against what is live when it is called."""
    assert run("publish").exit_code == 0
    before = office().history(), current_hash(home / "models")

    def check() -> None:
        assert (office().history(), current_hash(home / "models")) == before
        assert office().live() == before[1]

    return check


def test_publishing_makes_the_first_model_live_and_no_other(home: Path, good: str, better: str) -> None:
    assert run("publish").exit_code == 0
    assert [(each.kind, each.hash, each.who) for each in office().history()] == [("first", good, "ann")]
    make_current(home / "models", better)
    assert run("publish").exit_code == 0
    assert office().live() == good


def test_a_good_model_is_promoted_and_everything_is_written_down(home: Path, good: str, better: str) -> None:
    run("publish")
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
    run("publish")
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
    run("publish")
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


def test_back_and_further_back(home: Path, good: str, better: str, twisted: str) -> None:
    run("publish")
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
    run("publish")
    promote(better)
    shutil.rmtree(home / "models" / good)
    with pytest.raises(ModelError, match=good):
        office().roll_back("")
    assert office().live() == better


def test_what_was_judged_against_another_model_is_not_promoted(home: Path, better: str, twisted: str) -> None:
    run("publish")
    trial = office().judge(better, home / "utterances", print)
    promote(twisted, "--force", "--why", "somebody was quicker")
    with pytest.raises(StorageError, match="voicebot models list"):
        office().promote(trial, "")
    assert office().live() == twisted


def test_two_models_side_by_side(home: Path, good: str, twisted: str) -> None:
    with pytest.raises(ModelError, match="no model is live yet"):
        office().find("live")
    run("publish")
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
    run("publish")
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


def test_training_changes_nothing_that_is_live(home: Path, good: str, untouched: Callable[[], None]) -> None:
    done = run("train", "--if-missing", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["hash"], told["current"]) == (good, True)
    assert run("train", "--if-missing", "--force").exit_code == 2
    untouched()
