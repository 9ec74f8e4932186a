"""The figures, on utterances whose decisions are written out, so that every share can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.nlu.seen import LABELS, URGENT, many
from voicebot.errors import ContentError
from voicebot.nlu.corpus import Utterance
from voicebot.nlu.evaluate import (
    BINS,
    OUTCOMES,
    WENT_WRONG,
    Lived,
    calibration,
    calibration_error,
    evaluate_held_out,
    evaluate_seen,
    figures,
    live,
    outcome,
    share,
    unlearnt,
)
from voicebot.nlu.thresholds import Chosen, Seen
from voicebot.routing.table import OUT_OF_SCOPE


def lived(expected: str, best: str, decision: str, *about: str, confidence: float = 0.8) -> Lived:
    return Lived(tuple(expected.split("|")), ((best, confidence), ("vegetation", 0.1)), decision, about)


GIVEN = [
    lived("pothole", "pothole", "accept", "pothole"),
    lived("pothole|traffic_lights", "traffic_lights", "accept", "traffic_lights"),
    lived("pothole", "library_services", "accept", "library_services"),
    lived("pothole", "pothole", "confirm", "pothole"),
    lived("pothole", "library_services", "confirm", "library_services"),
    lived("library_services", "pothole", "offer_two", "pothole", "library_services"),
    lived("library_services", "library_services", "ask_again"),
    lived("library_services", OUT_OF_SCOPE, "refuse", OUT_OF_SCOPE),
    lived("life_in_danger", "life_in_danger", "urgent", "life_in_danger"),
    lived("life_in_danger", "pothole", "accept", "pothole"),
    lived("pothole", "life_in_danger", "urgent", "life_in_danger"),
    lived(OUT_OF_SCOPE, OUT_OF_SCOPE, "refuse", OUT_OF_SCOPE),
    lived(OUT_OF_SCOPE, "pothole", "accept", "pothole"),
]


def counted(given: list[float] | None) -> tuple[int, int]:
    assert given is not None
    return round(given[0] * given[3]), int(given[3])


@pytest.mark.parametrize(
    ("figure", "hits", "of"),
    [
        ("top_1", 6, 13),
        ("urgent_found", 1, 2),
        ("false_urgent", 1, 11),
        ("accepted_right", 2, 5),
        ("real_accepted", 3, 9),
        ("real_confirmed", 2, 9),
        ("real_offered", 1, 9),
        ("real_confirmed_or_offered", 3, 9),
        ("real_asked_again", 1, 9),
        ("real_refused", 1, 9),
        ("out_of_scope_refused", 1, 2),
        ("out_of_scope_not_accepted", 1, 2),
    ],
)
def test_every_share_counts_what_it_says(figure: str, hits: int, of: int) -> None:
    assert counted(figures(GIVEN, LABELS, URGENT)[figure]) == (hits, of)


def test_outcomes_are_what_callers_come_to_and_cover_everybody() -> None:
    found = figures(GIVEN, LABELS, URGENT)["outcomes"]
    came_to = {name: counted(each)[0] for name, each in found.items()}
    assert came_to == {
        "at_once": 4,
        "one_question": 2,
        "asked": 2,
        "misrouted": 2,
        "refused": 1,
        "urgent_missed": 1,
        "false_urgent": 1,
    }
    assert sum(came_to.values()) == len(GIVEN)
    assert set(WENT_WRONG) < set(OUTCOMES)


def test_an_urgent_call_that_was_accepted_for_another_acceptable_intent_was_still_missed() -> None:
    assert outcome(lived("life_in_danger|pothole", "pothole", "accept", "pothole"), frozenset(URGENT)) == (
        "urgent_missed"
    )


def test_what_leads_to_the_same_place_is_right_by_destination_and_no_misroute() -> None:
    place = {"pothole": "highways", "library_services": "highways"}
    found = figures(GIVEN, LABELS, URGENT, destination=lambda intent: place.get(intent, intent))
    assert counted(found["top_1_destination"]) == (9, 13)
    assert counted(found["accepted_right_destination"]) == (3, 5)
    assert counted(found["accepted_right"]) == (2, 5)
    assert counted(found["outcomes"]["misrouted"]) == (1, 13)
    assert counted(found["outcomes"]["one_question"]) == (3, 13)


def test_precision_recall_and_f1_of_an_intent() -> None:
    found = figures(GIVEN, LABELS, URGENT)["by_intent"]
    pothole = found["pothole"]
    assert pothole["support"] == 6
    assert counted(pothole["recall"]) == (3, 6)
    assert counted(pothole["precision"]) == (2, 5)
    assert pothole["f1"] == pytest.approx(2 * 0.5 * 0.4 / 0.9, abs=1e-3)
    assert counted(pothole["at_once"]) == (2, 6)
    assert counted(pothole["one_question"]) == (1, 6)
    assert counted(pothole["went_wrong"]) == (2, 6)
    assert found["vegetation"] == dict.fromkeys(
        ("recall", "precision", "f1", "at_once", "one_question", "went_wrong"), None
    ) | {"support": 0}


def test_utterances_of_an_intent_that_the_model_does_not_know_are_counted_as_wrong() -> None:
    found = figures([lived("new_thing", "pothole", "accept", "pothole")], LABELS, URGENT)
    assert counted(found["by_intent"]["new_thing"]["recall"]) == (0, 1)
    assert found["confused"] == [{"expected": "new_thing", "best": "pothole", "times": 1}]


def test_calibration_of_what_is_as_sure_as_it_should_be_and_of_what_is_too_sure() -> None:
    at_half = [lived("pothole", best, "confirm", best, confidence=0.5) for best in ("pothole", "vegetation")]
    (only,) = calibration(at_half)
    assert (only["count"], only["confidence"], only["right"]) == (2, 0.5, 0.5)
    assert only["from"] <= 0.5 < only["to"]
    assert only["to"] - only["from"] == pytest.approx(1 / BINS, abs=1e-3)
    assert calibration_error([only]) == 0
    certain = [lived("pothole", best, "accept", best, confidence=1.0) for best in ("pothole", "vegetation")]
    bins = calibration([*at_half, *certain])
    assert [each["count"] for each in bins] == [2, 2]
    assert calibration_error(bins) == pytest.approx(0.25)


def test_shares_have_wilsons_interval() -> None:
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I: 15 of 148
    assert share([True] * 15 + [False] * 133) == [0.1014, 0.0624, 0.1605, 148]
    assert share([]) is None


def test_decisions_follow_the_thresholds() -> None:
    row = np.array([[0.1, 0.0, 0.0, 0.7, 0.1, 0.1]])
    seen = Seen(LABELS, URGENT, row, np.zeros(1), [("pothole",)])
    (accepted,) = live(seen, Chosen(accept=0.6))
    (confirmed,) = live(seen, Chosen(accept=0.8, confirm=0.3))
    (asked,) = live(seen, Chosen(accept=0.9, confirm=0.9, offer_two=0.95))
    assert (accepted.decision, accepted.about) == ("accept", ("pothole",))
    assert (confirmed.decision, confirmed.about) == ("confirm", ("pothole",))
    assert (asked.decision, asked.about) == ("ask_again", ())
    assert (asked.best, asked.confidence, asked.is_right) == ("pothole", pytest.approx(0.7), True)


def test_figures_of_many_agree_with_each_other() -> None:
    seen = many()
    found = evaluate_seen(seen, Chosen(), ["ordinary"] * len(seen.right))
    assert found["by_kind"] == {"ordinary": found["top_1"]}
    assert found["top_2"][0] > found["top_1"][0]
    right = sum(counted(each["recall"])[0] for each in found["by_intent"].values())
    assert (right, found["utterances"]) == counted(found["top_1"])
    assert sum(each["count"] for each in found["calibration"]) == found["utterances"]


def test_what_was_learnt_by_heart_does_not_count() -> None:
    given = [Utterance(words, "ordinary", ("pothole",), "f.yaml", 1) for words in ("A pothole!", "big hole")]
    assert [each.words for each in unlearnt(given, ["um, a pothole"])] == ["big hole"]
    with pytest.raises(ContentError, match="nothing to try"):
        unlearnt(given, ["a pothole", "big hole"])


def test_held_out_utterances_are_read_tried_and_told_with_file_and_line(tmp_path: Path) -> None:
    class Stubborn:
        """Takes everything for a pothole."""

        chosen = Chosen()

        def seen(self, texts: list[str], right: list[tuple[str, ...]]) -> Seen:
            row = [0.02, 0.02, 0.02, 0.9, 0.02, 0.02]
            return Seen(LABELS, URGENT, np.array([row] * len(texts)), np.zeros(len(texts)), right)

    file = tmp_path / "library_services.yaml"
    file.write_text(
        "utterances:\n- words: my book is late\n  kind: hard\n- words: hole\n  kind: long\n  also: [pothole]\n"
        "- words: a learnt one\n  kind: long\n"
    )
    found = evaluate_held_out(Stubborn(), tmp_path, ["A learnt one."])
    assert (found["utterances"], found["left_out"]) == (2, 1)
    (wrong,) = found["wrong"]
    assert wrong == {
        "at": f"{file}:2",
        "kind": "hard",
        "words": "my book is late",
        "expected": ["library_services"],
        "best": "pothole",
        "confidence": 0.9,
        "decision": "accept",
        "about": "pothole",
    }
