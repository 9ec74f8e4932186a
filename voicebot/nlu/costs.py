"""What the thresholds cost callers, as curves: how the choice of `thresholds.choose_thresholds` can be looked at.

Each curve moves one threshold and leaves the others as they were chosen. The costs are those of `thresholds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from voicebot.nlu.evaluate import Lived, Report, live
from voicebot.nlu.thresholds import (
    CONFIRM,
    FALSE_URGENT,
    LET_THROUGH,
    MISROUTE,
    MISSED_URGENT,
    QUESTION,
    REFUSED,
    Chosen,
    Seen,
    urgency,
)

STEPS = tuple(round(step, 2) for step in np.arange(0.05, 1.0, 0.05).tolist())


def cost_curves(seen: Seen, chosen: Chosen) -> Report:
    """Two curves, `accept` and `urgent`: `chosen` is the threshold in force; for each value of `at` the mean `cost` of
    an utterance in units of one question too many. `accept` counts the utterances that are not taken for urgent, with
    the shares `accepted` (of all of them) and `right` (of those accepted; None of none); `urgent` counts missed and
    false urgent calls alone, with the shares `found` (of urgent ones) and `false` (of the others)."""
    return {"utterances": len(seen.right), "accept": _accept(seen, chosen), "urgent": _urgent(seen, chosen)}


def _accept(seen: Seen, chosen: Chosen) -> Report:
    curve: Report = {"chosen": chosen.accept, "at": [], "cost": [], "accepted": [], "right": []}
    for at in sorted({*STEPS, chosen.accept}):
        calm = [each for each in live(seen, replace(chosen, accept=at)) if each.decision != "urgent"]
        accepted = [each for each in calm if each.decision == "accept"]
        curve["at"].append(at)
        curve["cost"].append(_mean([cost(each) for each in calm]))
        curve["accepted"].append(_mean([each.decision == "accept" for each in calm]))
        curve["right"].append(_mean([_is_met(each) for each in accepted]))
    return curve


def _urgent(seen: Seen, chosen: Chosen) -> Report:
    together, is_urgent = urgency(seen)
    curve: Report = {"chosen": chosen.urgent, "at": [], "cost": [], "found": [], "false": []}
    for at in sorted({*STEPS, chosen.urgent}):
        moved = replace(chosen, urgent=at)
        alarmed = np.array([moved.alarmed(a, b) for a, b in zip(together, seen.alarms, strict=True)], dtype=bool)
        costs = (is_urgent & ~alarmed) * MISSED_URGENT + (~is_urgent & alarmed) * FALSE_URGENT
        curve["at"].append(at)
        curve["cost"].append(_mean(costs.tolist()))
        curve["found"].append(_mean(alarmed[is_urgent].tolist()))
        curve["false"].append(_mean(alarmed[~is_urgent].tolist()))
    return curve


def cost(lived: Lived) -> float:
    """What a decision that is not urgent costs the caller, in units of one question too many."""
    met = _is_met(lived)
    if lived.decision == "accept":
        wrong = LET_THROUGH if lived.is_out else MISROUTE
        return 0.0 if met and not lived.is_out else wrong
    if lived.decision == "refuse":
        return 0.0 if lived.is_out else REFUSED
    if lived.decision == "confirm":
        return CONFIRM if met else CONFIRM + QUESTION
    if lived.decision == "offer_two":
        return QUESTION if met else 2 * QUESTION
    return 1.5 * QUESTION


def _is_met(lived: Lived) -> bool:
    return bool(set(lived.about) & set(lived.acceptable))


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
