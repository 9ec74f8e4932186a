"""What goes wrong around live streams under the real web server: each time the caller carries on, or gets a person."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from faults import TUESDAY, WAV, eventually, rows
from server import Bot, provider

from voicebot.regression.call_events import Spoke
from voicebot.regression.script import Press, Speak

pytestmark = pytest.mark.timeout(300)  # the bot is started, and callers speak in real time

CALLERS = 6


@pytest.fixture(scope="module")
def live(both_ears, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A web tier that listens to streams, without a voice, and with recognisers that do as they are told."""
    more = {
        **both_ears.settings,
        "VOICEBOT_LISTEN": "stream",
        "VOICEBOT_VOICE": "none",
        "VOICEBOT_WORKERS": "2",
    }
    with provider() as twilio:
        started = Bot(tmp_path_factory.mktemp("live"), twilio, more, ("serve", "--no-recogniser")).start()
        yield started
        started.stop()


def talking(bot: Bot, pool: ThreadPoolExecutor, steps: list) -> list:
    """Callers who speak over streams at this moment."""
    since = rows(bot, "select coalesce(max(id), 0) from streams")[0][0]
    calls = [pool.submit(bot.call, steps, at=TUESDAY) for _ in range(CALLERS)]
    opened = f"select count(*) from streams where id > {since} and opened is not null"
    eventually(lambda: rows(bot, opened) == [(CALLERS,)], "all of them to be heard over streams")
    time.sleep(0.5)  # so that the last one is in the middle of a word, too
    return calls


def recorded(result) -> list[bool]:
    """Of each thing she said, whether it was recorded."""
    return [bool(event.recording_sid) for event in result.events if isinstance(event, Spoke)]


def workers(bot: Bot) -> list[int]:
    """The web workers: children of gunicorn's master."""
    found = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    parents = dict(tuple(map(int, line.split())) for line in found.splitlines()[1:])
    mine = bot.pids("web")
    return [pid for pid in mine if parents.get(pid) in mine]


def two_workers(bot: Bot) -> list[int]:
    """Both of them, once both answer: one that was killed is started again."""
    both = eventually(lambda: found if len(found := workers(bot)) == 2 else None, "two workers")
    for each in both:
        other = next(pid for pid in both if pid != each)
        os.kill(other, signal.SIGSTOP)
        try:
            bot.wait()
        finally:
            os.kill(other, signal.SIGCONT)
    return list(both)


def test_a_worker_that_is_killed_while_callers_talk_costs_none_of_them_her_call(live, ears):
    """Both share the streams; those of one break, and their callers go on with the other, recorded."""
    victim, _ = two_workers(live)
    with ThreadPoolExecutor(CALLERS) as pool:
        calls = talking(live, pool, [Speak(WAV, "before"), Speak(WAV, "after")])
        os.kill(victim, signal.SIGKILL)
        done = [each.result() for each in calls]
    for result, stored in done:
        assert (result.outcome, stored["queue"]) == ("connected", "blue-badge"), result.troubles
        broke = bool(result.troubles)
        assert recorded(result) == ([False, True] if broke else [False])
        found = f"select ending, failed from streams where call_id = '{result.call_sid}' order by id"
        assert rows(live, found)[0] == ((None, 1) if broke else ("handed_over", 0))
        assert [turn["event"] for turn in stored["turns"]][:2] == ["CallStarted", "Heard"]


def test_a_worker_that_is_told_to_stop_hands_its_callers_over(live, ears):
    leaving, _ = two_workers(live)
    with ThreadPoolExecutor(CALLERS) as pool:
        calls = talking(live, pool, [Speak(WAV, "before"), Speak(WAV, "after")])
        os.kill(leaving, signal.SIGTERM)
        done = [each.result() for each in calls]
    for result, stored in done:
        assert (result.outcome, stored["queue"], result.troubles) == ("connected", "blue-badge", ())
        found = f"select ending from streams where call_id = '{result.call_sid}'"
        assert set(rows(live, found)) == {("handed_over",)}
        assert not any(recorded(result))
    assert "Traceback" not in live.log


def test_a_recogniser_that_is_killed_while_callers_talk_leaves_them_the_keys(live, ears):
    with ThreadPoolExecutor(CALLERS) as pool:
        calls = talking(live, pool, [Speak(WAV, "words"), Press("0")])
        ears.first.kill()
        ears.smaller.kill()
        done = [each.result() for each in calls]
    ears.first.start()
    ears.smaller.start()
    for result, stored in done:
        assert (result.outcome, stored["queue"]) == ("connected", "switchboard"), result.troubles
        assert [turn["event"] for turn in stored["turns"]][:3] == ["CallStarted", "PartFailed", "Pressed"]
