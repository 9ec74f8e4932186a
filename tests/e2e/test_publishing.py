"""A routing table that is published is taken by every worker of the running bot; a broken file on the disk is not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from faults import Line, eventually, rows
from server import ROOT, Bot, provider

from voicebot import bootstrap

pytestmark = pytest.mark.timeout(400)  # the bot is started three times, with two workers

NOTICE = """notices:
  {name}:
    say: The library at Banfield is closed.
    until: 2099-01-10 10:00
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory, both_ears):
    folder = tmp_path_factory.mktemp("publishing")
    shutil.copy(ROOT / "routing.yaml", folder)
    if (ROOT / "routing.d").is_dir():
        shutil.copytree(ROOT / "routing.d", folder / "routing.d")
    more = {
        "VOICEBOT_RECOGNISER_URL": both_ears.first.url,
        "VOICEBOT_FALLBACK_URL": both_ears.smaller.url,
        "VOICEBOT_ROUTING": str(folder / "routing.yaml"),
        "VOICEBOT_WORKERS": "2",
    }
    with provider() as twilio:
        bot = Bot(folder, twilio, more, ("serve", "--no-recogniser"))
        yield bot
        bot.stop()


@pytest.fixture
def running(started):
    if started.process is None or started.process.poll() is not None:
        started.start()
        eventually(lambda: len(workers(started)) == 2, "two workers")
    return started


def workers(bot: Bot) -> list[int]:
    """The web workers: children of gunicorn's master, which is itself a child of `voicebot serve`."""
    assert bot.process is not None
    found = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent, *_ in (line.split(None, 2) for line in found.splitlines()[1:])}
    mine = bot.pids("web")
    return [pid for pid in mine if parents.get(pid) in mine]


@contextmanager
def alone(bot: Bot, worker: int) -> Iterator[None]:
    """All the other workers stand still, so that this one takes every request."""
    others = [each for each in workers(bot) if each != worker]
    assert others
    for each in others:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in others:
            os.kill(each, signal.SIGCONT)


def publish(bot: Bot) -> str:
    """Publish the files as they lie there; the hash that is live then."""
    done = subprocess.run(
        [sys.executable, "-m", "voicebot.cli", "publish", "--yes", "--no-calls"],
        cwd=bot.folder,
        env={**os.environ, **bot.environment},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    engine = bootstrap.open_storage(bot.settings)
    live = bootstrap.publications(engine).live()
    engine.dispose()
    assert live is not None
    return live


def notice(bot: Bot, name: str) -> Path:
    folder = bot.folder / "routing.d"
    folder.mkdir(exist_ok=True)
    file = folder / "of-the-test.yaml"
    file.write_text(NOTICE.format(name=name), "utf-8")
    return file


def rung(bot: Bot) -> Line:
    line = Line(bot)
    line.ring()
    return line


def table_of(bot: Bot, line: Line) -> str:
    ((found,),) = rows(bot, f"select table_hash from calls where call_id = '{line.sid}'")
    return str(found)


def told(bot: Bot) -> tuple[int, dict[str, object]]:
    found = httpx.get(f"{bot.url}/readyz", timeout=30, trust_env=False)
    return found.status_code, found.json()["table"]


def test_every_worker_answers_new_calls_by_the_new_table_and_calls_under_way_keep_theirs(running):
    notice(running, "before")
    old = publish(running)
    begun = rung(running)
    assert table_of(running, begun) == old
    for number in range(2):
        notice(running, f"version-{number}")
        new = publish(running)
        for worker in workers(running):
            with alone(running, worker):
                assert table_of(running, rung(running)) == new, "its first call after that"
        assert new != old
    begun.press(1, "0")
    assert table_of(running, begun) == old
    at = rows(running, f"select at from turns where call_id = '{begun.sid}' order by number")
    assert len(at) == 2
    assert "Traceback" not in running.log


def test_a_broken_file_replaces_nothing_and_the_operator_sees_why(running):
    file = notice(running, "good")
    live = publish(running)
    assert told(running)[1] | {"published": ""} == {"hash": live, "published": "", "file": "same", "issues": []}

    notice(running, "edited")
    assert told(running)[1]["file"] == "differs"
    eventually(lambda: "routing_file_differs" in running.log, "the log to tell of an edit")

    file.write_text(NOTICE.format(name="bad").replace("2099-01-10 10:00", "Monday"), "utf-8")
    status, found = told(running)
    assert (status, found["file"], found["hash"]) == (200, "broken", live)
    assert found["issues"][0].startswith("routing.d/of-the-test.yaml:4:")
    eventually(lambda: "routing_file_broken" in running.log, "the log to tell what is broken")
    line = next(each for each in running.log.splitlines() if "routing_file_broken" in each)
    assert "routing.d/of-the-test.yaml:4:" in line
    assert table_of(running, rung(running)) == live

    running.stop()
    running.start()  # a start finds the good table too
    status, found = told(running)
    assert (status, found["file"], found["hash"]) == (200, "broken", live)
    assert table_of(running, rung(running)) == live
    assert "Traceback" not in running.log
