"""What `routing.yaml` makes of what a model says: where intents lead, and decisions by its thresholds. Pure.

The decisions are those of the dialogue's own policy, so that a route's `accept` and `confirm` of its own count too.
"""

from __future__ import annotations

import numpy as np

from voicebot.dialogue.events import Heard, Ranked
from voicebot.dialogue.policy import judge
from voicebot.nlu.evaluate import Destination, Lived, lives
from voicebot.nlu.nearest import Scores
from voicebot.nlu.thresholds import Chosen, Seen, urgency
from voicebot.routing.table import OUT_OF_SCOPE, Table


def destinations(table: Table) -> Destination:
    """Where an intent leads: two lead to the same place where callers are put through to the same queue at any hour, or
    hear the same answer. Out of scope is a place of its own, and so is an intent that routing.yaml does not name."""

    def destination(intent: str) -> object:
        route = table.intents.get(intent)
        if route is None:
            return intent
        said = {"answer": route.answer, "urgent": route.first}.get(route.kind)
        return route.kind, route.to, route.when_closed, said

    return destination


def live_by(table: Table, seen: Seen, chosen: Chosen) -> list[Lived]:
    """What each caller would live through by the table's thresholds, with her first words. `chosen` are the model's own
    thresholds: its second opinion on urgency goes by those, whatever the table says."""
    together, _ = urgency(seen)
    heard = (
        _heard(seen, row, chosen.alarmed(float(sure), float(alarm)))
        for row, sure, alarm in zip(seen.probabilities, together, seen.alarms, strict=True)
    )
    verdicts = (judge(each, table, tries=0) for each in heard)
    return lives(seen, ((each.name, (OUT_OF_SCOPE,) if each.name == "refuse" else each.intents) for each in verdicts))


def _heard(seen: Seen, row: Scores, is_alarmed: bool) -> Heard:
    ranked = tuple(Ranked(seen.labels[at], float(row[at])) for at in np.argsort(-row, kind="stable"))
    alarm = next((each.intent for each in ranked if each.intent in seen.urgent), None) if is_alarmed else None
    return Heard("", ranked, None, ranked[0].confidence, urgent=alarm)


def differing(table: Table, chosen: Chosen) -> dict[str, dict[str, float]]:
    """Threshold → its value in the table and the model's own, for those that are not the same; a route's own
    thresholds as `pothole: accept`."""
    model = chosen.for_routing()
    found = {
        name: {"routing": value, "model": model[name]}
        for name, value in table.thresholds.model_dump().items()
        if value != model[name]
    }
    for intent, route in sorted(table.intents.items()):
        for name, value in (("accept", route.accept), ("confirm", route.confirm)):
            if value is not None and value != model[name]:
                found[f"{intent}: {name}"] = {"routing": value, "model": model[name]}
    return found
