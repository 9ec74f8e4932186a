"""`voicebot review --label`: labels given in the terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys

from tests.storage.ringing import heard
from voicebot.storage.calls import SqlCallStore

from .reviewed_calls import (
    BINS,
    HOLE,
    PIZZA,
    call,
    everything,
    phrases,
    run,
)


def test_label_by_key_by_name_one_by_one_and_skip(calls: SqlCallStore) -> None:
    done = run("--label", "--limit", "20", input="1\no\n2\ndistrict bins\nbins\ndistrict_bin\ns\nskip\nq\n")
    assert done.exit_code == 0
    assert "There is no label" in done.stdout
    assert "did you mean district_bins?" in done.stdout
    assert "3 phrases added; 0 there already, 2 skipped." in done.stdout
    assert phrases("pothole")[-1] == HOLE
    assert len(phrases("district_bins")) == 3
    assert PIZZA not in everything()


def test_later_and_quit_keep_what_was_labelled(calls: SqlCallStore) -> None:
    done = run("--label", "--limit", "20", input="\ndistrict_bins\nq\n")
    assert done.exit_code == 0
    assert "3 phrases added" in done.stdout
    assert sorted(phrases("district_bins")) == sorted([*BINS, "when is bin day"])
    assert HOLE in everything()


def test_interrupted_it_keeps_what_was_labelled(calls: SqlCallStore) -> None:
    done = run(
        "--label", "--limit", "20", input="pothole\n"
    )  # the input ends, as with Ctrl-D; Ctrl-C takes the same way
    assert done.exit_code == 0
    assert "1 phrase added" in done.stdout
    assert phrases("pothole")[-1] == HOLE
    assert HOLE not in everything()


def test_ctrl_c_at_a_real_terminal_where_tab_completes(store: SqlCallStore) -> None:
    call(store, "CA1", heard(HOLE, library_services=0.5))
    call(store, "CA2", heard(PIZZA, out_of_scope=0.9))
    terminal, inside = pty.openpty()
    command = [sys.executable, "-m", "voicebot.cli", "review", "--label"]
    with subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True) as process:
        os.close(inside)
        shown = _until(terminal, "a key or a name")
        os.write(terminal, b"libr\t\n")
        shown += _until(terminal, "a key or a name")
        os.kill(process.pid, signal.SIGINT)
        shown += _until(terminal, "voicebot intents check")
    os.close(terminal)
    assert process.returncode == 0
    (labelled,) = {HOLE, PIZZA} & set(phrases("library_services"))
    assert {HOLE, PIZZA} - {labelled} == set(everything())
    assert "Traceback" not in shown


def _until(terminal: int, words: str) -> str:
    """What the terminal shows, up to `words`; pytest's timeout ends a wait in vain."""
    shown = ""
    while words not in shown:
        shown += os.read(terminal, 4096).decode("utf-8", "replace")
    return shown


def test_what_stands_elsewhere_is_asked_again(store: SqlCallStore) -> None:
    call(store, "CA1", heard("big hole in the tarmac", library_services=0.5))
    done = run("--label", input="library_services\ns\n")
    assert "stands under pothole already (intents/pothole.yaml:6)" in done.stdout
    assert "big hole in the tarmac" not in phrases("library_services")
    assert everything() == []


def test_ways_that_exclude_each_other(store: SqlCallStore) -> None:
    for wrong in (["--out", "x.csv", "--label"], ["--back", "x", "--out", "y"], ["--dry-run"], ["--label", "--json"]):
        assert run(*wrong).exit_code == 2
