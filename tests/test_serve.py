"""The supervisor, for real: every child is a process of its own that lives or dies as its few words of Python say."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from voicebot.config import Settings
from voicebot.errors import SettingError
from voicebot.serve import WAITS, Child, children

ROOT = Path(__file__).parent.parent
SECONDS = 30.0
"""A generous limit for what takes a moment: only a machine that hangs meets it."""

STAYS = "import os, time; open({file!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
IGNORES = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS

SUPERVISOR = """
import json, sys
from voicebot.serve import Child, run
run([Child(each["name"], [sys.executable, "-c", each["code"]], patience=each["patience"], last=each["last"])
     for each in json.loads(sys.argv[1])])
"""


class Supervised:
    """The supervisor in a process of its own, with children that write down their process ids when they start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wanted: list[dict[str, object]] = []
        self.log = folder / "log"

    def child(self, name: str, code: str, *, patience: float = SECONDS, last: bool = False) -> None:
        code = code.format(file=str(self._folder / name))
        self._wanted.append({"name": name, "code": code, "patience": patience, "last": last})

    def start(self) -> None:
        with self.log.open("wb") as log:
            command = [sys.executable, "-c", SUPERVISOR, json.dumps(self._wanted)]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        for each in self._wanted:
            self.pids(str(each["name"]), 1)

    def pids(self, name: str, count: int) -> list[int]:
        """The ids of this child's processes so far, once there are `count`: they have said that they run."""
        file = self._folder / name
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            found = file.read_text().splitlines(keepends=True) if file.exists() else []
            if len([each for each in found if each.endswith("\n")]) >= count:
                return [int(each) for each in found]
            time.sleep(0.02)
        raise AssertionError(f"{name} was not started {count} times:\n{self.log.read_text()}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for each in self._wanted:
            for pid in self.pids(str(each["name"]), 1):
                if runs(pid):
                    os.kill(pid, signal.SIGKILL)


def runs(pid: int) -> bool:
    """Whether it is there and no mere entry of one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def supervised(tmp_path):
    one = Supervised(tmp_path)
    yield one
    one.close()


def test_a_child_that_is_killed_is_started_again_and_the_others_are_left_alone(supervised):
    supervised.child("steady", STAYS)
    supervised.child("victim", STAYS)
    supervised.start()
    (steady,), (victim,) = supervised.pids("steady", 1), supervised.pids("victim", 1)
    os.kill(victim, signal.SIGKILL)
    first, second = supervised.pids("victim", 2)
    assert first == victim != second
    assert runs(second)
    assert supervised.pids("steady", 1) == [steady]
    assert runs(steady)


def test_sigterm_ends_every_child_and_then_the_supervisor(supervised):
    supervised.child("one", STAYS)
    supervised.child("two", STAYS, last=True)
    supervised.start()
    assert supervised.stop() == 0
    assert not runs(supervised.pids("one", 1)[0])
    assert not runs(supervised.pids("two", 1)[0])


def test_a_child_that_ignores_sigterm_is_killed_when_its_patience_is_over(supervised):
    supervised.child("deaf", IGNORES, patience=0.3)
    supervised.start()
    assert supervised.stop() == 0
    assert not runs(supervised.pids("deaf", 1)[0])
    assert "killed" in supervised.log.read_text()


def test_what_the_others_need_is_stopped_after_they_have_ended(supervised, tmp_path):
    """The child that is stopped first looks, when it is told to stop, whether the one that it needs still runs."""
    saw = tmp_path / "saw"
    supervised.child("needed", STAYS, last=True)
    supervised.child(
        "needs",
        "import os, pathlib, signal, sys, time\n"
        "def stop(*_):\n"
        f"    needed = int(pathlib.Path({str(tmp_path / 'needed')!r}).read_text().split()[0])\n"
        "    time.sleep(0.2)\n"
        "    alive = ' Z ' not in pathlib.Path(f'/proc/{{needed}}/stat').read_text()\n"
        f"    pathlib.Path({str(saw)!r}).write_text(str(alive))\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n" + STAYS.replace("import os, time; ", ""),
    )
    supervised.start()
    assert supervised.stop() == 0
    assert saw.read_text() == "True"


def test_a_child_that_keeps_dying_is_started_more_and_more_slowly():
    """Each death is a real one; the waits are only read, not waited for."""
    child = Child("short", [sys.executable, "-c", "raise SystemExit(3)"])
    waits = []
    for _ in range(len(WAITS) + 2):
        child.due = 0.0
        child.watch()
        assert child.process is not None
        child.process.wait(SECONDS)
        before = time.monotonic()
        child.watch()
        assert child.process is None
        waits.append(round(child.due - before, 1))
    assert waits == [*WAITS, WAITS[-1], WAITS[-1]]
    assert waits == sorted(waits)
    child.watch()
    assert child.process is None, "it was started again before it was due"


def test_a_child_that_ran_well_for_long_is_started_again_at_once():
    child = Child("steady", [sys.executable, "-c", "raise SystemExit(3)"], deaths=9)
    child.watch()
    assert child.process is not None
    child.process.wait(SECONDS)
    child.started -= 3600
    before = time.monotonic()
    child.watch()
    assert round(child.due - before, 1) == WAITS[0]


def names(settings: Settings, **options: bool) -> list[str]:
    return [each.name for each in children(settings, **options)]


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_bot_on_one_machine_is_four_processes_and_the_recognisers_go_last():
    found = children(settings(recogniser_url="http://127.0.0.1:8331", fallback_url="http://localhost:8332"))
    assert [each.name for each in found] == ["recogniser", "fallback", "chores", "web"]
    assert [each.last for each in found] == [True, True, False, False]
    assert found[0].command[-2:] == ["--port", "8331"]
    assert found[1].command[-2:] == ["--port", "8332"]


def test_the_web_tier_gets_its_drain_time_and_a_little_more():
    web = children(settings(drain_seconds=90))[-1]
    assert web.name == "web"
    assert web.patience > 90


def test_a_recogniser_on_another_machine_is_not_started_here():
    assert names(settings(recogniser_url="https://whisper.example")) == ["fallback", "chores", "web"]
    assert names(settings(), recognise=False) == ["chores", "web"]


@pytest.mark.parametrize("url", ["http://127.0.0.1", "http://127.0.0.1:eighty", "http://127.0.0.1:99999"])
def test_a_local_recogniser_without_a_usable_port_is_one_clear_line(url):
    with pytest.raises(SettingError, match=r"^VOICEBOT_RECOGNISER_URL: .*http://127\.0\.0\.1:8001\.$"):
        children(settings(recogniser_url=url))


def test_several_web_workers_share_counters_that_start_from_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "var/metrics/counter_1.db"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"of a process long gone")
    web = children(settings(workers=2))[-1]
    assert web.environment == {"PROMETHEUS_MULTIPROC_DIR": str(old.parent)}
    assert not old.exists()
    assert children(settings(workers=1))[-1].environment == {}
