"""`voicebot review --label`: labels given in the terminal."""

from __future__ import annotations

import io
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from tests.storage.ringing import heard
from voicebot.cli import cli
from voicebot.errors import ContentError
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


def test_a_label_is_taken_back_and_asked_for_again(calls: SqlCallStore) -> None:
    before = Path("intents/library_services.yaml").read_bytes()
    done = run("--label", "--limit", "20", input="library_services\nu\npothole\ns\nu\nu\ndistrict_bins\nq\n")
    assert done.exit_code == 0, done.exception
    assert done.stdout.count("Taken back: library_services") == 1
    assert done.stdout.count("Taken back: skip") == 1
    assert done.stdout.count("Taken back: pothole") == 1
    assert Path("intents/library_services.yaml").read_bytes() == before
    assert HOLE not in phrases("pothole")
    assert phrases("district_bins")[-1] == HOLE
    assert "1 phrase added; 0 there already, 0 skipped." in done.stdout
    assert set(BINS) <= set(everything()), "what was taken back comes again"


def test_what_somebody_has_changed_since_is_not_taken_back(store: SqlCallStore) -> None:
    call(store, "CA1", heard(HOLE, pothole=0.5))
    call(store, "CA2", heard(PIZZA, out_of_scope=0.9))
    done = CliRunner().invoke(cli, ["review", "--label"], input=_Edit(b"pothole\nu\ns\n"))
    assert done.exit_code == 0, done.exception
    assert "Nothing undone: intents/pothole.yaml: changed since; take out by hand what was added" in done.stdout
    assert {HOLE, PIZZA} & set(phrases("pothole"))


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
    with subprocess.Popen(
        command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True, preexec_fn=_can_be_interrupted
    ) as process:
        os.close(inside)
        try:
            screen = _Screen(terminal)
            screen.wait("a key or a name")
            os.write(terminal, b"libr\t\n")
            screen.wait("→ library_services")  # Tab shows the prompt again: that is not the next one yet
            screen.wait("a key or a name")
            screen.interrupt(process.pid)
            screen.wait("voicebot intents check")
            assert process.wait(60) == 0
        finally:
            process.kill()  # or a failure would wait for it without end
    os.close(terminal)
    (labelled,) = {HOLE, PIZZA} & set(phrases("library_services"))
    assert {HOLE, PIZZA} - {labelled} == set(everything())
    assert "Traceback" not in screen.shown


def _can_be_interrupted() -> None:
    """Where the tests run in the background, the shell has taken Ctrl-C from all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class _Screen:
    """What a terminal shows."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._seen = 0
        self.shown = ""

    def wait(self, words: str) -> None:
        """Until `words` stand below what was waited for last; pytest's timeout ends a wait in vain."""
        while (at := self.shown.find(words, self._seen)) < 0:
            self.shown += os.read(self._terminal, 4096).decode("utf-8", "replace")
        self._seen = at + len(words)

    def interrupt(self, pid: int) -> None:
        """Ctrl-C, and again while nothing happens: between its prompt and its first look at the keys, readline takes
        note of one and waits for a key all the same."""
        os.kill(pid, signal.SIGINT)
        while not select.select([self._terminal], [], [], 2.0)[0]:
            os.kill(pid, signal.SIGINT)


def test_what_stands_elsewhere_is_asked_again(store: SqlCallStore) -> None:
    call(store, "CA1", heard("big hole in the tarmac", library_services=0.5))
    done = run("--label", input="library_services\ns\n")
    assert "stands under pothole already (intents/pothole.yaml:6)" in done.stdout
    assert "big hole in the tarmac" not in phrases("library_services")
    assert everything() == []


def test_keys_name_no_intent_that_has_gone(store: SqlCallStore) -> None:
    call(store, "CA1", heard(HOLE, bus_times=0.3, library_services=0.25, pothole=0.2))
    done = run("--label", input="1\n")
    assert "1 library_services  2 pothole  s skip" in done.stdout
    assert done.exit_code == 0, done.exception
    assert phrases("library_services")[-1] == HOLE


def test_where_a_file_fails_half_way_what_was_labelled_is_still_counted(calls: SqlCallStore) -> None:
    damage = _Damage()
    done = CliRunner().invoke(cli, ["review", "--label", "--limit", "20"], input=damage)
    assert isinstance(done.exception, ContentError)
    assert "intents/pothole.yaml: 1 added" in done.stdout
    assert "1 phrase added; 0 there already, 0 skipped." in done.stdout
    assert phrases("pothole")[-1] == HOLE


class _Typed(io.BytesIO):
    """Text streams read by `read1`: a line at a time, as from a terminal."""

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.readline()


class _Edit(_Typed):
    """Before the second key is pressed, somebody adds a phrase by hand."""

    lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.lines += 1
        if self.lines == 2:
            with Path("intents/pothole.yaml").open("a", encoding="utf-8") as file:
                file.write("  - a dip by the church\n")
        return super().readline(size)


class _Damage(_Typed):
    """Labels one group; and before the label of the next is typed, somebody spoils a file."""

    def __init__(self) -> None:
        super().__init__(b"pothole\ndistrict_bins\n")
        self._lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self._lines += 1
        if self._lines == 2:
            Path("intents/district_bins.yaml").write_text("phrases:\n\t- x\n", "utf-8")
        return super().readline(size)


def test_ways_that_exclude_each_other(store: SqlCallStore) -> None:
    for wrong in (["--out", "x.csv", "--label"], ["--back", "x", "--out", "y"], ["--dry-run"], ["--label", "--json"]):
        assert run(*wrong).exit_code == 2
