from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from voicebot.storage.clocks import CallClocks

from .samples import START, Now

CHRISTMAS = datetime(2026, 12, 24, 12, 30, tzinfo=UTC)


def test_a_call_without_a_clock_has_the_real_time(engine: Engine, now: Now) -> None:
    assert CallClocks(engine, now).now("CA1") == START


def test_a_call_s_clock_starts_where_it_was_set_and_goes_on(engine: Engine, now: Now) -> None:
    clocks = CallClocks(engine, now)
    clocks.ring_at("CA1", CHRISTMAS)
    now.forward(40)
    assert clocks.now("CA1") == CHRISTMAS + timedelta(seconds=40)
    assert clocks.now("CA2") == now()
