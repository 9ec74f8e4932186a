"""The curves must show what `choose_thresholds` minimised: where it chose is where they are lowest."""

from __future__ import annotations

import pytest

from tests.nlu.seen import many
from voicebot.nlu.costs import cost, cost_curves
from voicebot.nlu.evaluate import Lived
from voicebot.nlu.thresholds import choose_thresholds
from voicebot.routing.table import OUT_OF_SCOPE


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_chosen_thresholds_are_at_the_bottom_of_their_curves(seed: int) -> None:
    seen = many(seed=seed)
    chosen = choose_thresholds(seen)
    curves = cost_curves(seen, chosen)
    for name in ("accept", "urgent"):
        curve = curves[name]
        assert curve["chosen"] == getattr(chosen, name)
        # between the thresholds that were tried for the choice the curve may only be as low
        tried = [cost for at, cost in zip(curve["at"], curve["cost"], strict=True) if 0.2 <= at < 0.95]
        assert curve["cost"][curve["at"].index(curve["chosen"])] == min(tried)
        assert max(curve["cost"]) > min(curve["cost"])


def test_a_higher_threshold_accepts_less_and_finds_fewer() -> None:
    seen = many()
    curves = cost_curves(seen, choose_thresholds(seen))
    for name, share in (("accept", "accepted"), ("urgent", "found"), ("urgent", "false")):
        assert curves[name][share] == sorted(curves[name][share], reverse=True)
        assert curves[name][share][0] > curves[name][share][-1]
    assert curves["accept"]["right"][-1] > curves["accept"]["right"][0]
    assert curves["utterances"] == len(seen.right)


@pytest.mark.parametrize(
    ("expected", "decision", "about", "costs"),
    [
        ("pothole", "accept", ("pothole",), 0),
        ("pothole", "accept", ("footpath",), 5),
        (OUT_OF_SCOPE, "accept", ("footpath",), 4),
        ("pothole", "confirm", ("pothole",), 0.6),
        ("pothole", "confirm", ("footpath",), 1.6),
        ("pothole", "offer_two", ("footpath", "pothole"), 1),
        ("pothole", "offer_two", ("footpath", "gritting"), 2),
        ("pothole", "refuse", (OUT_OF_SCOPE,), 3),
        (OUT_OF_SCOPE, "refuse", (OUT_OF_SCOPE,), 0),
        ("pothole", "ask_again", (), 1.5),
    ],
)
def test_what_each_decision_costs(expected: str, decision: str, about: tuple[str, ...], costs: float) -> None:
    assert cost(Lived((expected,), ((expected, 0.5),), decision, about)) == costs
