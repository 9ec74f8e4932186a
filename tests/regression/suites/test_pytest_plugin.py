"""Recorded calls as tests of pytest, tried in runs of pytest of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(300)  # the model is loaded, which takes a minute where the machine has other work

PLUGIN = "voicebot.commands.pytest_plugin"

CALLS = """
at: "2026-02-10T10:30"
calls:
  operator:
    for: She presses 0 and is put through.
    steps: [{keys: "0"}]
    expect: {outcome: connected}
    tags: {kind: keys}
  wrong:
    for: The suite expects what never happens.
    steps: [{keys: "0"}]
    expect: {outcome: answered}
  broken:
    for: An entry with a mistake.
    steps: [{play: gone.wav}]
    expect: {outcome: connected}
"""


@pytest.fixture
def tester(pytester, monkeypatch):
    """A folder with a suite and an ordinary test, and the council's own files where the settings say."""
    for name, path in {
        "ROUTING": "routing.yaml",
        "INTENTS": "intents",
        "MODELS": "models",
        "WEIGHTS": "weights",
    }.items():
        monkeypatch.setenv(f"VOICEBOT_{name}", str(ROOT / path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (pytester.path / "calls").mkdir()
    (pytester.path / "calls" / "calls.yaml").write_text(CALLS)
    pytester.makepyfile(test_other="def test_other(): pass")
    return pytester


def pytest_run(tester, *given: str):
    """In a process of its own: pytester takes what a run has imported out of this one again, and numpy and torch do not
    bear that. The plugin is named where it is not installed in the place that these tests run in."""
    installed = any(each.value == PLUGIN for each in entry_points(group="pytest11"))
    named = () if installed else ("-p", PLUGIN)
    return tester.runpytest_subprocess(*named, "--voicebot-suite", *given, timeout=280)


def test_each_call_is_a_test_and_failures_are_told_as_in_the_terminal(tester):
    done = pytest_run(tester, "calls", "-rA")
    done.assert_outcomes(passed=1, failed=2)
    done.stdout.fnmatch_lines(
        [
            "Routed wrongly (for the service owner: *",
            "*outcome: wanted answered, got connected",
            "*decided last: to_person*routing.yaml:*",
            "*1. the caller presses 0",
            'Not run: there is no file "gone.wav"*',
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*test_other*")


def test_names_tags_profiles_and_other_tests_go_together(tester):
    profiles = ("--voicebot-profile", "clean", "--voicebot-profile", "mobile")
    done = pytest_run(tester, "calls", "--collect-only", "-q", *profiles, "-k", "keys or other", "test_other.py")
    assert [line for line in done.outlines if "::" in line] == [
        "test_other.py::test_other",
        "calls::operator",
        "calls::operator[mobile]",
    ]


def test_a_mistake_on_the_command_line_is_one_clear_line(tester):
    done = pytest_run(tester, "gone")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert "--voicebot-suite gone: no such folder." in "\n".join(done.errlines)

    done = pytest_run(tester, "calls", "--voicebot-profile", "mobil")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["*mobil: *"])
    done.stdout.no_fnmatch_line("*Traceback*")


def test_other_projects_pay_next_to_nothing_for_the_plugin():
    """It is imported in every run of pytest on the machine."""
    script = f"import pytest, sys; old = set(sys.modules); import {PLUGIN}; print(*sorted(set(sys.modules) - old))"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.stdout.split() == ["voicebot", "voicebot.commands", PLUGIN]
