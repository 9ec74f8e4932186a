"""What a comparison says to whoever decides."""

from __future__ import annotations

import pytest

from tests.nlu.test_comparison import said, tried
from voicebot.commands.trials import show_comparison
from voicebot.nlu.comparison import compare


def test_urgent_calls_that_are_lost_are_named_though_few(capsys: pytest.CaptureFixture[str]) -> None:
    utterances = said("fire", "fire")
    first = tried("a", utterances, ("fire", 0.9), ("fire", 0.9))
    second = tried("b", utterances, ("fire", 0.9), ("fire", 0.45))
    found = compare(first, second)
    show_comparison(found, 0)
    assert found.worse == (), "one is noise, and yet it is a life"
    shown = capsys.readouterr().out
    assert "Urgent calls no longer found: 1\n  held/out.yaml:2 “words 2”: fire; now offer_two\n" in shown
    show_comparison(compare(second, first), 0)
    assert "no longer found" not in capsys.readouterr().out
