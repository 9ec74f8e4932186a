"""The arithmetic of the benchmarks: where the knee is, what is tried next, what a log tells, where tables go."""

import json

import pytest

from voicebot.errors import ContentError
from voicebot.regression.bench_knee import MOST, Step, knee, next_calls, past
from voicebot.regression.bench_log import tally
from voicebot.regression.bench_tables import TABLES, fill


def step(calls, *, p95=1.0, shed=0, utterances=100, lost=0, doubled=0):
    return Step(calls, utterances, p95 / 2, p95, shed, 0, lost, doubled)


def found(capacity):
    """The steps that are taken on a machine that holds so many calls."""
    steps = []
    while (calls := next_calls(steps)) is not None:
        steps.append(step(calls, p95=1.0 if calls <= capacity else 5.0))
    return steps


@pytest.mark.parametrize("capacity", [0, 3, 8, 20, 33, 64, 100])
def test_the_knee_is_found_to_two_calls_or_a_tenth(capacity):
    most = knee(found(capacity))
    assert most <= capacity
    assert capacity - most <= max(2, (capacity + 1) // 8)


def test_a_machine_that_holds_everything_is_not_driven_for_ever():
    steps = found(10_000)
    assert knee(steps) == max(each.calls for each in steps) == MOST


def test_a_step_that_held_by_luck_above_one_that_did_not_is_no_knee():
    assert knee([step(8), step(16, p95=4.0), step(32)]) == 8


@pytest.mark.parametrize(
    ("bad", "holds"),
    [
        ({}, True),
        ({"p95": 3.0}, False),
        ({"shed": 1}, True),
        ({"shed": 2}, False),
        ({"lost": 1}, False),
        ({"doubled": 1}, False),
        ({"utterances": 0}, False),
    ],
)
def test_what_a_step_must_keep(bad, holds):
    assert step(8, **bad).holds is holds


def test_what_happens_past_the_knee_is_looked_at_once():
    assert past([step(20), step(22, p95=4.0)]) == 40
    assert past([step(20), step(22, p95=4.0), step(32, p95=9.0)]) is None


def test_a_log_is_counted_by_part_and_by_what_became_of_each_utterance():
    lines = [
        {"event": "transcribed", "model": "base"},
        {"event": "turn", "decision": "accept", "fetch": 0.1, "transcribe": 0.5, "understand": 0.02, "total": 0.7},
        {"event": "part_failed", "part": "recogniser", "code": "recogniser_busy"},
        {"event": "turn", "decision": "offer_keys", "fetch": 0.3, "total": 0.3},
        {"event": "part_failed", "part": "recording", "code": "recording_late"},
        {"event": "turn", "decision": "ask_again", "total": 0.001},
    ]
    logged = tally([*map(json.dumps, lines), "WARNING a library says something", "[]"])
    assert logged.transcribed == {"base": 1}
    assert logged.shed == 1
    assert (logged.parts["fetch"].count, logged.parts["fetch"].longest) == (2, 0.3)
    assert (logged.parts["transcribe"].count, logged.parts["total"].count) == (1, 2)
    assert logged.decisions == {"accept": 1, "offer_keys": 1, "ask_again": 1}


def times(value):
    return {"count": 10, "p50": value, "p95": value, "p99": value, "longest": value}


def test_tables_go_between_their_marks_and_nowhere_else():
    load = {"at": "2026-01-02T03:04:05+00:00", "load": 0.1, "quiet": True, "load_cpu_share": 0.02, "bot_cpu_share": {}}
    losses = {"lost": 0, "doubled": 0, "errors": 0}
    turns = {**load, **losses, "requests": times(0.0123), "kinds": {"keys": times(0.02)}, "target_p95": 0.025}
    page = "before\n<!-- turns -->\nold\n<!-- end of turns -->\nafter\n<!-- held -->\nkept\n<!-- end of held -->\n"
    filled = fill(page, {"turns": turns})
    assert filled == fill(filled, {"turns": turns})
    assert filled.startswith("before\n<!-- turns -->\n2026-01-02 03:04 UTC, load average before: 0.10.")
    assert filled.endswith("<!-- end of turns -->\nafter\n<!-- held -->\nkept\n<!-- end of held -->\n")
    assert "| all webhooks | 10 | 12.3 | 12.3 | 12.3 | 12.3 |" in filled
    assert "**met**" in filled
    assert "old" not in filled
    with pytest.raises(ContentError, match="no lines <!-- turns -->"):
        fill("no marks", {"turns": turns})


def test_the_page_has_a_place_for_every_table(request):
    page = (request.config.rootpath / "docs/benchmarks.md").read_text(encoding="utf-8")
    for name in ("machine", *TABLES):
        assert page.count(f"<!-- {name} -->\n") == page.count(f"<!-- end of {name} -->") == 1
