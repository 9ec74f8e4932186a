"""Many callers at once, and the signs of something lost or done twice."""

import itertools
import json
import os
import subprocess
import sys
from functools import partial

import httpx
import pytest
from tiny_bot import ACCOUNT, PUBLIC, TOKEN, TinyBot, ask, served, twiml

from voicebot.errors import SettingError
from voicebot.regression.load import Plan, run_load
from voicebot.regression.load_report import Timings, jumps
from voicebot.regression.local_server import free_port
from voicebot.regression.repeating import RepeatingTransport
from voicebot.regression.script import Press, Silence


def endless(bot: TinyBot) -> None:
    """A bot that asks on and on, turn after turn."""
    bot.routes["voice"] = ask("What?", 1)
    for number in range(1, 200):
        bot.routes[f"turn/{number}"] = bot.routes[f"silence/{number}"] = ask("What?", number + 1)


def test_all_calls_are_counted_and_none_is_lost(bot, provider):
    endless(bot)
    report = run_load(Plan(5, 60, 0.1, (Press("9"), Silence()), turns=3, rounds=2), bot.url, PUBLIC, provider)
    assert (report.lost, report.doubled, report.errors) == (0, 0, 0)
    assert report.placed >= 5
    assert report.outcomes == {"abandoned": report.placed}
    assert report.requests.count == len([path for path, _ in bot.seen])
    assert set(report.turns) == {"ring", "keys", "silence"}
    assert 0 < report.requests.p50 <= report.requests.p95 <= report.requests.p99 <= report.requests.longest
    assert 0 < report.cpu_share <= 1


def test_each_line_takes_its_steps_so_many_times(bot, provider):
    endless(bot)
    plan = Plan(2, 30, 0.02, (Press("9"), Silence()), turns=1, rounds=2, jitter=0.5)
    report = run_load(plan, bot.url, PUBLIC, provider)
    assert report.seconds < 20
    assert {kind: times.count for kind, times in report.turns.items()} == {"ring": 8, "keys": 4, "silence": 4}


def test_requests_that_are_sent_twice_and_answered_alike_are_not_doubled(bot, provider):
    endless(bot)
    report = run_load(Plan(2, 60, 0.05, (Press("9"),), repeat=1.0, rounds=3), bot.url, PUBLIC, provider)
    assert report.repeated > 4
    assert report.doubled == 0


def test_a_turn_that_takes_effect_twice_is_found(bot, provider):
    endless(bot)
    counter = itertools.count(2)
    bot.routes["turn/1"] = lambda form: ask("What?", next(counter))
    report = run_load(Plan(1, 0.3, 0.1, (Press("9"),), repeat=1.0), bot.url, PUBLIC, provider)
    assert report.doubled >= 1


def test_calls_without_an_answer_are_lost(bot, provider):
    bot.routes["voice"] = ("broken", 500)
    report = run_load(Plan(1, 0.2, 0.1, (Press("9"),), turns=1), bot.url, PUBLIC, provider)
    assert report.lost == report.placed == report.outcomes["failed"] > 0
    assert report.errors >= report.placed
    assert "answered 500" in report.troubles[0]


@pytest.mark.parametrize("server", ["https://bot.example", "http://192.0.2.1:8000", "https://127.0.0.1:8000", ""])
def test_load_is_put_on_this_machine_only(provider, server):
    with pytest.raises(SettingError, match="this machine"):
        run_load(Plan(1, 0.1, 0.1, (Silence(),)), server, PUBLIC, provider)


def test_percentiles_are_nearest_rank():
    timings = Timings.of([number / 100 for number in range(100, 0, -1)])
    assert (timings.count, timings.p50, timings.p95, timings.p99, timings.longest) == (100, 0.5, 0.95, 0.99, 1.0)
    assert Timings.of([0.7]) == Timings(1, 0.7, 0.7, 0.7, 0.7)
    assert Timings.of([]).count == 0


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["/twilio/voice", "/twilio/turn/1", "/twilio/wait/1", "/twilio/silence/2", "/twilio/status"], 0),
        (["/twilio/turn/1", "/twilio/turn/3"], 1),
        (["/twilio/turn/2", "/twilio/turn/1", "/twilio/turn/2"], 1),
        ([], 0),
    ],
)
def test_jumps(paths, found):
    assert jumps(paths) == found


def test_hold_lines_are_not_compared():
    answers = iter([twiml("<Redirect>/twilio/wait/1</Redirect>"), ask("What?", 2)])
    inner = httpx.MockTransport(lambda request: httpx.Response(200, text=next(answers)))
    transport = RepeatingTransport(inner, 1.0)
    with httpx.Client(transport=transport) as client:
        client.post("http://127.0.0.1/twilio/turn/1")
    assert (transport.repeated, transport.doubled) == (1, 0)


def test_as_a_process_of_its_own(tmp_path):
    bot = TinyBot()
    endless(bot)
    with served(bot):
        environment = {
            **os.environ,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_BASE": f"http://127.0.0.1:{free_port()}",
            "VOICEBOT_PUBLIC_URL": PUBLIC,
            "PYTHONPATH": os.getcwd(),
        }
        command = [sys.executable, "-m", "voicebot.regression.load", "keys:9", "--server", bot.url]
        shape = ["--calls", "2", "--seconds", "0.3", "--period", "0.1", "--turns", "2"]
        run = partial(subprocess.run, [*command, *shape], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        done = run(env=environment)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["lost"] == 0
        assert TOKEN not in done.stdout + done.stderr

        refused = run(env={**environment, "TWILIO_API_BASE": "https://api.twilio.com"})
        assert refused.returncode == 2
        assert refused.stderr.startswith("TWILIO_API_BASE is https://api.twilio.com")
        assert refused.stderr.count("\n") == 1
