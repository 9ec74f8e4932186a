"""Each floor on its own: just above it nothing is said, just below it is named with its figure."""

from __future__ import annotations

import pytest

from tests.nlu.test_comparison import said, tried
from voicebot.nlu.comparison import Tried, compare
from voicebot.nlu.promotion import ENOUGH, broken_floors, recalls, worse_than_live

GOOD, OTHER = ("library", 0.9), ("pothole", 0.9)
URGENT = ("fire", 0.9)


def judged(*, right: int = 100, wrong: int = 0, found: int = 20, missed: int = 0, false: int = 0) -> Tried:
    """Library calls understood, taken for potholes without being sure, and taken for a fire; fires found and missed."""
    utterances = said(*["library"] * (right + wrong + false), *["fire"] * (found + missed))
    unsure = ("pothole", 0.5)
    names = [GOOD] * right + [unsure] * wrong + [URGENT] * false + [URGENT] * found + [unsure] * missed
    return tried("b", utterances, *names)


def test_a_good_model_breaks_nothing() -> None:
    assert broken_floors(judged()) == ()


@pytest.mark.parametrize(
    ("above", "below", "what", "figure"),
    [
        ({"wrong": 16}, {"wrong": 17}, "the likeliest intent is right", 120 / 137),
        ({"found": 19, "missed": 1}, {"found": 18, "missed": 2}, "urgent calls found", 0.9),
        ({"right": 116, "false": 4}, {"right": 115, "false": 5}, "harmless calls taken for urgent", 5 / 120),
    ],
)
def test_each_floor_names_its_figure(above: dict[str, int], below: dict[str, int], what: str, figure: float) -> None:
    assert broken_floors(judged(**above)) == ()
    (broken,) = broken_floors(judged(**below))
    assert broken.what == what
    assert broken.figure == pytest.approx(figure, abs=1e-3)
    assert f"{figure:.1%}" in str(broken)
    assert broken.why in str(broken)


def test_what_is_accepted_for_a_wrong_intent_is_misrouted() -> None:
    utterances = said(*["library"] * 100, *["fire"] * 20)
    (broken,) = broken_floors(tried("b", utterances, *[GOOD] * 96, *[OTHER] * 4, *[URGENT] * 20))
    assert broken.what == "of what is accepted outright, right"
    assert broken.figure == pytest.approx(0.96)


def test_an_intent_of_its_own_counts_from_eight_utterances_on() -> None:
    few, enough = (said(*["library"] * 100, *["pothole"] * count, *["fire"] * 20) for count in (ENOUGH - 1, ENOUGH))
    unsure = ("library", 0.5)
    lost = [GOOD] * 100 + [unsure] * (ENOUGH - 1) + [URGENT] * 20
    assert broken_floors(tried("b", few, *lost)) == ()
    (broken,) = broken_floors(tried("b", enough, unsure, *lost))
    assert (broken.what, broken.figure, broken.limit) == ("pothole found", 0.0, 0.5)


def test_an_intent_that_the_model_has_never_heard_of_is_missed_not_forgotten() -> None:
    utterances = said(*["library"] * 100, *["dropped_kerb"] * ENOUGH, *["fire"] * 20)
    found = tried("b", utterances, *[GOOD] * 100, *[("library", 0.5)] * ENOUGH, *[URGENT] * 20)
    assert recalls(found)["dropped_kerb"] == 0
    assert [each.what for each in broken_floors(found)] == ["dropped_kerb found"]


def test_what_cannot_be_measured_is_no_success() -> None:
    calm = tried("b", said(*["library"] * 20), *[GOOD] * 20)
    (broken,) = broken_floors(calm)
    assert (broken.what, broken.figure) == ("urgent calls found", None)
    assert "nothing to measure it by" in str(broken)


def test_worse_than_the_live_model_is_named_with_what_was_lost() -> None:
    live = judged(right=200)
    utterances = live.utterances
    fewer = tried("b", utterances, *[("pothole", 0.5)] * 10, *[GOOD] * 190, *[URGENT] * 20)
    assert broken_floors(fewer) == ()
    found = worse_than_live(compare(live, fewer))
    assert [each.what.partition(",")[0] for each in found] == [
        "the likeliest intent is right",
        "accepted outright and right",
    ]
    assert "10 utterances lost, 0 gained" in str(found[0])
    assert worse_than_live(compare(fewer, live)) == ()
    assert worse_than_live(compare(live, live)) == ()


def test_urgent_calls_that_are_missed_count_among_urgent_ones_alone() -> None:
    live = judged(right=1000, found=200)
    missing = tried("b", live.utterances, *[GOOD] * 1000, *[("fire", 0.45)] * 8, *[URGENT] * 192)
    assert broken_floors(missing) == ()
    assert [each.what.partition(",")[0] for each in worse_than_live(compare(live, missing))] == ["urgent calls found"]
