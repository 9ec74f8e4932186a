"""A scorecard as one HTML page that opens offline. Words of the utterances are escaped like any other text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from voicebot.nlu.aims import by_routing
from voicebot.nlu.evaluate import OUTCOMES
from voicebot.nlu.plots import plots

_MARKS = {"reached": "✓", "reached within noise": "✓", "missed within noise": "✗", "missed": "✗"}
_DROPS = {
    "top_1": "the likeliest intent is right",
    "at_once": "right at once",
    "urgent_found": "urgent calls found",
}


def page(card: Mapping[str, Any]) -> str:
    """`card` as `scorecard.scorecard` gives it, or as it was read back from JSON."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((files("voicebot.nlu") / "report.html.j2").read_text("utf-8"))
    return template.render(
        **card,
        by_routing=by_routing(card),
        plots=plots(card),
        outcomes=OUTCOMES,
        marks=_MARKS,
        drops=_DROPS,
        intents=sorted(card["held_out"]["by_intent"].items(), key=_weakest_first),
        filters=_filters(card["held_out"]["wrong"]),
    )


def _weakest_first(item: tuple[str, Mapping[str, Any]]) -> tuple[float, float, str]:
    recall = item[1]["recall"]
    return (recall[0], recall[1], item[0]) if recall else (2.0, 0.0, item[0])


def _filters(wrong: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(column, what it says, its values and how they are shown) of every filter over the list of mistakes."""
    rows = list(wrong)
    outcomes = [(name, says) for name, says in OUTCOMES.items() if any(each["outcome"] == name for each in rows)]
    return [
        ("intent", "expected", _same(each["expected"][0] for each in rows)),
        ("best", "taken for", _same(each["best"] for each in rows)),
        ("decision", "decision", _same(each["decision"] for each in rows)),
        ("outcome", "came to", outcomes),
    ]


def _same(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(each, each) for each in sorted(set(values))]
