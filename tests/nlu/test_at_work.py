"""Where intents lead, and decisions by routing.yaml's thresholds, with the table that is shipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.dialogue.fixed_table import THRESHOLDS, fixed_table
from tests.nlu.seen import LABELS, URGENT, many
from voicebot.nlu.at_work import destinations, differing, live_by
from voicebot.nlu.evaluate import live
from voicebot.nlu.thresholds import Chosen, Seen
from voicebot.routing.table import OUT_OF_SCOPE, Table

CHOSEN = Chosen(**THRESHOLDS.model_dump())


@pytest.fixture(scope="module")
def table() -> Table:
    return fixed_table()


def changed(table: Table, intent: str, **fields: object) -> Table:
    return table.model_copy(
        update={"intents": {**table.intents, intent: table.intents[intent].model_copy(update=fields)}}
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("vegetation", "footpath", True),  # both to highways
        ("district_bins", "district_council_tax", True),  # both to the caller's own district
        ("district_bins", "district_housing", False),  # housing goes elsewhere when it is closed
        ("traffic_lights", "vegetation", False),  # lights have somebody at night
        ("pothole", "pavement_defect", False),  # two answers
        ("pothole", "vegetation", False),  # an answer and a queue
        (OUT_OF_SCOPE, "speak_to_advisor", False),
        (OUT_OF_SCOPE, OUT_OF_SCOPE, True),
        ("nobody_knows", "nobody_else", False),
    ],
)
def test_two_intents_lead_to_the_same_place_or_not(table: Table, one: str, other: str, same: bool) -> None:
    destination = destinations(table)
    assert (destination(one) == destination(other)) is same


def test_two_intents_with_the_same_answer_lead_to_the_same_place(table: Table) -> None:
    alike = changed(table, "pavement_defect", answer=table.intents["pothole"].answer)
    assert destinations(alike)("pothole") == destinations(alike)("pavement_defect")


def test_with_the_models_own_thresholds_the_policy_decides_as_the_thresholds_were_chosen(table: Table) -> None:
    seen = many(600)
    # an urgent intent that raises no alarm is never asked about by the dialogue: leave those out
    calm = seen.probabilities[:, LABELS.index("life_in_danger")] < 0.02
    rows = calm | (seen.probabilities[:, LABELS.index("life_in_danger")] >= CHOSEN.urgent)
    kept = Seen(
        LABELS,
        URGENT,
        seen.probabilities[rows],
        seen.alarms[rows],
        [r for r, k in zip(seen.right, rows, strict=True) if k],
    )
    expected = live(kept, CHOSEN)
    assert live_by(table, kept, CHOSEN) == expected
    assert {each.decision for each in expected} == {"accept", "confirm", "offer_two", "ask_again", "refuse", "urgent"}


def test_a_routes_own_threshold_counts(table: Table) -> None:
    row = np.array([[0.1, 0.0, 0.0, 0.7, 0.1, 0.1]])
    seen = Seen(LABELS, URGENT, row, np.zeros(1), [("pothole",)])
    assert [each.decision for each in live_by(table, seen, CHOSEN)] == ["accept"]
    assert [each.decision for each in live_by(changed(table, "pothole", accept=0.9), seen, CHOSEN)] == ["confirm"]


def test_the_models_second_opinion_on_urgency_counts_whatever_the_table_says(table: Table) -> None:
    row = np.array([[0.2, 0.2, 0.0, 0.5, 0.05, 0.05]])
    seen = Seen(LABELS, URGENT, row, np.array([0.95]), [("life_in_danger",)])
    (found,) = live_by(table, seen, CHOSEN)
    assert (found.decision, found.about) == ("urgent", ("life_in_danger",))
    (calm,) = live_by(table, replace(seen, alarms=np.zeros(1)), CHOSEN)
    assert calm.decision == "confirm"


def test_thresholds_that_differ_are_named(table: Table) -> None:
    assert differing(table, CHOSEN) == {}
    assert differing(table, replace(CHOSEN, accept=0.9)) == {"accept": {"routing": 0.62, "model": 0.9}}
    assert differing(changed(table, "pothole", confirm=0.1), CHOSEN) == {
        "pothole: confirm": {"routing": 0.1, "model": 0.35}
    }
