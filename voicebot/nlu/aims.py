"""What the figures of a model are held against: the aims of the service, and the floors of promotion. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.nlu.promotion import FLOORS


@dataclass(frozen=True, slots=True)
class Aim:
    """`part` and `figure` say where in the scorecard the figure stands (`figure` may be a dotted path); `limit` is None
    where nothing is aimed at, and the figure is told because callers feel it. `at_most` turns the aim into a
    ceiling."""

    part: str
    figure: str
    says: str
    limit: float | None = None
    at_most: bool = False


ENOUGH_PREDICTIONS = 2_000
"""Cross-validated predictions from which the calibration error counts."""

AIMS = (
    Aim("held_out", "top_1", "the likeliest intent is right"),
    Aim("held_out", "by_kind.ordinary", "the likeliest intent is right, ordinary calls", 0.95),
    Aim("held_out", "by_kind.long", "the likeliest intent is right, long calls", 0.90),
    Aim("held_out", "by_kind.hard", "the likeliest intent is right, hard calls", 0.80),
    Aim("held_out", "top_1_destination", "the likeliest intent leads to the right place"),
    Aim("held_out", "urgent_found", "urgent calls found", 0.97),
    Aim("held_out", "false_urgent", "harmless calls taken for urgent", 0.01, at_most=True),
    Aim("held_out", "accepted_right", "of what is accepted outright, right", 0.97),
    Aim("held_out", "real_accepted", "requests accepted outright"),
    Aim("held_out", "real_confirmed", "requests confirmed with one question"),
    Aim("held_out", "real_offered", "requests offered as one of two"),
    Aim("held_out", "real_asked_again", "requests asked again", 0.08, at_most=True),
    Aim("held_out", "real_refused", "requests refused", 0.03, at_most=True),
    Aim("held_out", "out_of_scope_not_accepted", "out of scope, not accepted", 0.85),
    Aim("cross_validation", "calibration_error", "calibration error, cross-validated", 0.03, at_most=True),
    Aim("held_out", "calibration_error", "calibration error, held-out utterances"),
    Aim("heard", "drop.top_1", "lost from the words to what Whisper heard", 0.02, at_most=True),
)
"""Limits from the aims agreed for callers nobody here wrote the words of; the held-out utterances stand in for them.
False urgent calls are to stay below theirs."""


def held_against(scorecard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row an aim: `says`, `part`, `share` ([share, low, high, count]; for a calibration error [error, None, None,
    count]; None of nothing), `aim`, `floor` (of promotion), `at_most`, and `verdict`: None without an aim, else
    "reached", "reached within noise", "missed within noise" or "missed", by whether the 95 % interval crosses the
    aim."""
    floors = {each.figure: each for each in FLOORS}
    rows: list[dict[str, Any]] = []
    for aim in AIMS:
        given = _figure(scorecard.get(aim.part) or {}, aim.figure)
        if given is None and aim.part != "held_out":
            continue
        floor = floors.get(aim.figure) if aim.part == "held_out" else None
        rows.append(
            {
                "says": aim.says,
                "part": aim.part,
                "share": given,
                "aim": aim.limit,
                "floor": floor.limit if floor else None,
                "at_most": aim.at_most or bool(floor and floor.at_most),
                "verdict": _verdict(aim, given),
            }
        )
    return rows


def _figure(part: Mapping[str, Any], path: str) -> list[float | None] | None:
    if path == "calibration_error":
        return [part[path], None, None, part["utterances"]] if path in part else None
    if path.startswith("drop.") and part:
        lost = part["drop"][path.removeprefix("drop.")]
        return None if lost is None else [-lost[0], -lost[2], -lost[1], part["utterances"]]
    value: Any = part
    for name in path.split("."):
        value = (value or {}).get(name)
    return value if isinstance(value, list) else None


def _verdict(aim: Aim, given: Sequence[float | None] | None) -> str | None:
    if aim.limit is None:
        return None
    if given is None or given[0] is None:
        return "not measured"
    if aim.figure == "calibration_error" and (given[3] or 0) < ENOUGH_PREDICTIONS:
        return f"not measured: fewer than {ENOUGH_PREDICTIONS:,} predictions"
    is_reached = given[0] <= aim.limit if aim.at_most else given[0] >= aim.limit
    low, high = given[1], given[2]
    is_noise = low is not None and high is not None and low <= aim.limit <= high
    return ("reached" if is_reached else "missed") + (" within noise" if is_noise else "")


def by_routing(scorecard: Mapping[str, Any]) -> list[list[float | None] | None]:
    """For each row of `aims` the share at the thresholds of routing.yaml; None where it has nothing to do with them."""
    part = scorecard.get("routing")
    if not part:
        return []
    aims = {(aim.part, aim.says): aim for aim in AIMS}
    rows = [aims[row["part"], row["says"]] for row in scorecard["aims"]]
    return [_figure(part, aim.figure) if aim.part == "held_out" else None for aim in rows]
