"""`voicebot regress` as a tester runs it: a folder, what is printed, what is written, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from tests.regression.suite_samples import call
from voicebot.cli import cli
from voicebot.regression.suites.results import Run
from voicebot.regression.suites.run_file import read_run, write_run

ROOT = Path(__file__).parents[2]

CALLS = """\
suite: desk
at: "2026-02-10 10:30"
calls:
  zero:
    for: Presses 0 and says nothing.
    steps: [{keys: "0", decision: to_person}]
    expect: {outcome: connected, queue: switchboard}
  nobody:
    for: Nobody speaks.
    steps: [{silence: 3}]
    expect: {outcome: connected, queue: libraries}
  broken:
    for: Its recording is not there.
    steps: [{play: missing.wav}]
    expect: {outcome: connected}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A suite in which nobody speaks, so that nothing must be heard."""
    monkeypatch.chdir(tmp_path)
    for name, place in {
        "ROUTING": "routing.yaml",
        "INTENTS": "intents",
        "MODELS": "models",
        "WEIGHTS": "weights",
    }.items():
        monkeypatch.setenv(f"VOICEBOT_{name}", str(ROOT / place))
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "calls.yaml").write_text(CALLS)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["regress", *arguments])


def last_of(folder: Path) -> Path:
    return folder / "var" / "regress" / "desk" / "last.json"


def test_a_run_says_what_failed_what_was_not_run_and_why_and_begins_with_it_next_time(folder):
    done = run("calls", "--junit", "calls.xml", "--html", "calls.html", "--out", "out", "--workers", "2")
    assert done.exit_code == 1, done.output
    assert "libraries" in done.stdout
    found = {call.name: call for call in read_run(folder / "out").calls}
    assert {name: call.status for name, call in found.items()} == {
        "zero": "passed",
        "nobody": "failed",
        "broken": "not_run",
    }
    assert found["nobody"].cause == "routed"
    assert (found["nobody"].file, found["nobody"].line) == ("calls/calls.yaml", 8)
    assert "missing.wav" in found["broken"].why
    assert found["broken"].line >= 12
    assert read_run(folder / "var" / "regress" / "desk" / "last.json") == read_run(folder / "out")
    assert ElementTree.parse(folder / "calls.xml").getroot().tag == "testsuites"
    assert "nobody" in (folder / "calls.html").read_text("utf-8")


def test_the_next_run_can_begin_with_what_did_not_pass_in_the_last(folder):
    last = folder / "var" / "regress" / "desk" / "last.json"
    reports = (call("zero"), call("nobody"), call("broken", status="not_run"))
    write_run(Run("desk", "2026-02-10T10:30:00+00:00", 1.0, "", {}, reports), last)
    again = run("calls", "--failed", "--json")
    assert again.exit_code == 2  # what it begins with cannot be run this time either
    assert [call["name"] for call in json.loads(again.stdout)["calls"]] == ["broken"]


def test_where_all_went_right_there_is_nothing_to_begin_with(folder):
    write_run(Run("desk", "2026-02-10T10:30:00+00:00", 1.0, "", {}, (call("zero", status="passed"),)), last_of(folder))
    done = run("calls", "--failed")
    assert "no call failed in the last run" in str(getattr(done.exception, "message", done.exception))


def test_a_call_that_was_sent_elsewhere_first_is_among_those_that_failed(folder):
    reports = (call("zero", status="passed", misrouted=True), call("nobody", status="passed"))
    write_run(Run("desk", "2026-02-10T10:30:00+00:00", 1.0, "", {}, reports), last_of(folder))
    again = run("calls", "--failed", "--json")
    assert [call["name"] for call in json.loads(again.stdout)["calls"]] == ["zero"]


def test_a_suite_may_be_called_anything_and_its_last_run_stays_in_one_folder(folder):
    (folder / "calls" / "calls.yaml").write_text(CALLS.replace("suite: desk", "suite: ../../Süd / Nord"))
    assert run("calls", "-k", "broken").exit_code == 2
    assert [each.name for each in (folder / "var" / "regress").iterdir()] == ["Süd-Nord"]


def test_where_nothing_could_be_judged_the_exit_code_is_two(folder):
    done = run("calls", "-k", "broken")
    assert done.exit_code == 2
    assert "missing.wav" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere"),
        (["calls", "-k", "zero and"], "-k 'zero and'"),
        (["calls", "-k", "pothole"], "none of the 2 calls fits"),
        (["calls", "--failed"], "was not run before"),
        (["calls", "--profile", "mobil"], "mobile"),
        (["calls", "--at", "Christmas"], "Christmas is no date"),
        (["calls", "--at", "2026-03-29 01:30"], "there is no 2026-03-29 01:30: the clocks go forward"),
        (["calls", "--model", "ffffffff"], "ffffffff"),
        (["calls", "--routing", "nowhere.yaml"], "nowhere.yaml"),
        (["calls", "--url", "http://127.0.0.1:9", "--fresh"], "--url"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_as_asked_is_one_clear_line(folder, arguments, said):
    done = run(*arguments)
    assert done.exit_code != 0
    error = done.exception if done.output == "" or said not in done.output else done.output
    assert said in str(getattr(error, "message", error))
    assert not isinstance(done.exception, (KeyError, TypeError, AttributeError))


def test_compare_is_a_command_of_its_own():
    done = run("compare", "--help")
    assert done.exit_code == 0
    assert "BASELINE" in done.output
