"""A part of our own suite that has something of everything, through the real webhooks, real Whisper and the trained
model: `voicebot serve` in processes of its own, and nothing remembered of what was heard before."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from voicebot import bootstrap
from voicebot.regression.call_events import Said
from voicebot.regression.conditions.applying import apply
from voicebot.regression.suites.bots import Reached
from voicebot.regression.suites.judging import misrouted, misses
from voicebot.regression.suites.placing import place
from voicebot.regression.suites.reading import read_suite
from voicebot.regression.suites.selection import stratified
from voicebot.regression.suites.telephone import Telephone
from voicebot.routing.loader import load_table

ROOT = Path(__file__).parents[2]
SUITE, _ = read_suite(ROOT / "tests" / "calls", load_table(ROOT / "routing.yaml"))

PART = 26
"""Calls: four minutes on two cores, a quarter of what CI may take. `voicebot regress` runs all of them."""

KNOWN = "known"
"""Tag of calls that the bot is known to fail: its value says why."""


def part():
    for call in stratified(SUITE.calls, PART):
        marks = [pytest.mark.xfail(reason=call.tags[KNOWN], strict=False)] if KNOWN in call.tags else []
        yield pytest.param(call, id=call.name, marks=marks)


@pytest.fixture(scope="module")
def reached(bot):
    engine = bootstrap.open_storage(bot.settings)
    table = bootstrap.tables(bootstrap.published(engine)).current()
    with httpx.Client(base_url=bot.url, timeout=20, trust_env=False) as client:
        yield Reached(bot.settings, client, bot.provider, engine, table, bootstrap.call_clocks(engine))
    engine.dispose()


@pytest.fixture(scope="module")
def telephone():
    return Telephone(apply)


def test_no_entry_of_our_own_suite_has_mistakes():
    assert SUITE.broken == ()


@pytest.mark.parametrize("call", part())
def test_recorded_call(reached, telephone, call):
    taken = place(call, reached, telephone, SUITE.manner)
    story = "\n".join(
        f"{turn['number']} {turn['event']} “{turn['heard']}” {turn['decision']}: {turn['rule']}" for turn in taken.turns
    )
    assert misses(call, taken, reached.table) == (), story
    assert not misrouted(call, taken, reached.table), story
    assert "0" in " ".join(event.text for event in taken.result.events if isinstance(event, Said))
