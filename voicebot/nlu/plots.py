"""Plots of a scorecard as SVG that stands in a page: text and axes take the page's own colour, so that they can be read
on white and on black. Pure: nothing is read, nothing kept, and no window is ever opened.

Each function gives a `Plot`, or None where the scorecard holds nothing to draw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from voicebot.nlu.evaluate import OUTCOMES

_INK = "#010203"
"""Becomes `currentColor`: no other colour here is the same."""

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
"""From Okabe and Ito's palette (2008), which people with any kind of colour vision can tell apart."""

_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "grid.color": "#888888",
    "grid.alpha": 0.35,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """`svg` is markup; `alt` says in words what is to be seen, for those who cannot see it."""

    title: str
    svg: str
    alt: str


def plots(card: Mapping[str, Any]) -> list[Plot]:
    """Every plot that the scorecard has the figures for, in the order of the page."""
    with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]  # the stubs list every key by name
        drawn = (reliability(card), thresholds(card), recalls(card), confusions(card), slices(card))
    return [each for each in drawn if each is not None]


# --- calibration -------------------------------------------------------------------------------------------------


def reliability(card: Mapping[str, Any]) -> Plot | None:
    """Reliability diagram (Guo et al. 2017, figure 1): the share that is right against confidence, bin by bin."""
    parts = [
        (says, card[part], colour, mark)
        for part, says, colour, mark in (
            ("cross_validation", "cross-validated phrases", BLUE, "o"),
            ("held_out", "held-out utterances", ORANGE, "s"),
        )
        if card[part].get("calibration")
    ]
    if not parts:
        return None
    figure, axes = _figure(6.0, 4.6)
    axes.plot([0, 1], [0, 1], color=_INK, linewidth=1, linestyle=":", label="confidence is truth")
    for says, part, colour, mark in parts:
        bins = part["calibration"]
        most = max(each["count"] for each in bins)
        axes.plot([each["confidence"] for each in bins], [each["right"] for each in bins], color=colour, linewidth=1.5)
        axes.scatter(
            [each["confidence"] for each in bins],
            [each["right"] for each in bins],
            s=[15 + 120 * each["count"] / most for each in bins],
            color=colour,
            marker=mark,
            label=f"{says}, error {part['calibration_error']:.3f}",
        )
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1.02), ylim=(0, 1.04))
    axes.grid(visible=True)
    axes.legend(loc="upper left")
    said = "; ".join(f"{says}: calibration error {part['calibration_error']:.3f}" for says, part, _, _ in parts)
    return Plot(
        "Is confidence to be believed?",
        _svg(figure, "reliability"),
        f"Reliability diagram with {len(parts)} line{'s' * (len(parts) > 1)} near the diagonal or off it. {said}. "
        "Above the diagonal the model is right oftener than it says, below it less often; larger points hold more "
        "utterances.",
    )


# --- thresholds --------------------------------------------------------------------------------------------------


def thresholds(card: Mapping[str, Any]) -> Plot | None:
    """What callers pay as one threshold moves, with the one that was chosen marked."""
    parts = [
        (says, card[part]["cost_curves"], colour)
        for part, says, colour in (
            ("cross_validation", "cross-validated phrases", BLUE),
            ("held_out", "held-out utterances", ORANGE),
        )
        if card[part].get("cost_curves")
    ]
    if not parts:
        return None
    figure = Figure(figsize=(9.0, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, name in ((left, "accept"), (right, "urgent")):
        for says, curves, colour in parts:
            curve = curves[name]
            at = curve["at"].index(curve["chosen"])
            axes.plot(curve["at"], [_number(each) for each in curve["cost"]], color=colour, label=says)
            axes.scatter([curve["chosen"]], [_number(curve["cost"][at])], s=70, color=colour, zorder=3)
        chosen = parts[0][1][name]["chosen"]
        axes.axvline(chosen, color=_INK, linewidth=1, linestyle=":")
        axes.set(xlabel=f"{name} (in use: {chosen:.2f})", xlim=(0, 1), ylabel="mean cost, in questions too many")
        axes.set_ylim(bottom=0)
        axes.grid(visible=True)
    left.legend(loc="best")
    return Plot(
        "What the thresholds cost callers",
        _svg(figure, "thresholds"),
        "Two curves of mean cost, over the thresholds accept and urgent, with those in use marked. "
        + " ".join(_told_curve(says, name, curves[name]) for says, curves, _ in parts for name in ("accept", "urgent")),
    )


def _told_curve(says: str, name: str, curve: Mapping[str, Any]) -> str:
    costs = [(_number(cost), at) for cost, at in zip(curve["cost"], curve["at"], strict=True)]
    least, best = min(costs)
    here = _number(curve["cost"][curve["at"].index(curve["chosen"])])
    return f"{says}: {name} {curve['chosen']:.2f} costs {here:.3f}; least is {least:.3f} at {best:.2f}."


# --- intents -----------------------------------------------------------------------------------------------------


def recalls(card: Mapping[str, Any]) -> Plot | None:
    """Every intent's recall with its interval, the weakest on top."""
    rows = sorted(
        ((each["recall"], name) for name, each in card["held_out"]["by_intent"].items() if each["recall"]),
        key=lambda row: (row[0][0], row[0][1], row[1]),
    )
    if not rows:
        return None
    figure, axes = _figure(7.5, 0.8 + 0.19 * len(rows))
    places = list(range(len(rows)))[::-1]
    axes.barh(places, [100 * recall[0] for recall, _ in rows], color=BLUE, height=0.7)
    axes.hlines(
        places, [100 * r[1] for r, _ in rows], [100 * r[2] for r, _ in rows], color=_INK, linewidth=1, alpha=0.6
    )
    axes.set_yticks(places, [f"{name} ({recall[3]:.0f})" for recall, name in rows], fontsize=8)
    axes.set(xlabel="recall, % (thin lines: 95 % interval; in brackets: utterances)", xlim=(0, 100))
    axes.set_ylim(-0.8, len(rows) - 0.2)
    axes.grid(visible=True, axis="x")
    weakest = ", ".join(f"{name} {recall[0]:.0%}" for recall, name in rows[:5])
    return Plot(
        "How often each intent is found",
        _svg(figure, "recalls"),
        f"Bars of the recall of {len(rows)} intents. The weakest: {weakest}. The table of intents has all of them.",
    )


def confusions(card: Mapping[str, Any]) -> Plot | None:
    """Which intents are taken for which, among those that most mistakes are about."""
    intents, rows = card["held_out"]["confusion"]["intents"], card["held_out"]["confusion"]["rows"]
    if not intents:
        return None
    size = len(intents)
    figure, axes = _figure(3.2 + 0.42 * size, 2.2 + 0.34 * size)
    for down, row in enumerate(rows):
        for across, count in enumerate(row):
            if count:
                _cell(axes, across, size - 1 - down, count, sum(row), is_right=across == down)
    axes.set_yticks(range(size), intents[::-1], fontsize=8)
    axes.set_xticks(range(size + 1), [*intents, "any other"], fontsize=8, rotation=60, ha="right")
    axes.set(xlim=(-0.5, size + 0.5), ylim=(-0.5, size - 0.5), xlabel="the likeliest intent", ylabel="expected")
    axes.tick_params(length=0)
    mistakes = [
        (count, intents[down], intents[across])
        for down, row in enumerate(rows)
        for across, count in enumerate(row[:-1])
        if count and across != down
    ]
    said = "; ".join(
        f"{expected} taken for {best}, {count}" for count, expected, best in sorted(mistakes, reverse=True)[:6]
    )
    return Plot(
        "What is taken for what",
        _svg(figure, "confusions"),
        f"Map of the {size} intents that most mistakes are about; right ones on the diagonal, in green. "
        f"{said or 'None is taken for another of them'}. The table of confusions has all pairs, with the words.",
    )


def _cell(axes: Axes, x: int, y: int, count: int, of: int, *, is_right: bool) -> None:
    strength = 0.25 + 0.75 * count / of
    colour = GREEN if is_right else ORANGE
    axes.bar(x, 0.94, width=0.94, bottom=y - 0.47, color=colour, alpha=strength)
    axes.text(x, y, str(count), ha="center", va="center", fontsize=8, color=_INK)


# --- slices ------------------------------------------------------------------------------------------------------


def slices(card: Mapping[str, Any]) -> Plot | None:
    """What callers of each sort live through."""
    found: Sequence[Mapping[str, Any]] = [*card["held_out"]["slices"], *((card["heard"] or {}).get("slices", ()))]
    if not found:
        return None
    figure, axes = _figure(7.5, 1.2 + 0.32 * len(found))
    places = list(range(len(found)))[::-1]
    before = [0.0] * len(found)
    for key, says, colour in (
        ("at_once", OUTCOMES["at_once"], GREEN),
        ("one_question", OUTCOMES["one_question"], BLUE),
        ("asked", OUTCOMES["asked"], PINK),
        ("went_wrong", "went wrong", ORANGE),
    ):
        wide = [100 * each[key][0] for each in found]
        axes.barh(places, wide, left=before, color=colour, height=0.7, label=says)
        before = [a + b for a, b in zip(before, wide, strict=True)]
    axes.set_yticks(places, [f"{_named(each)} ({each['utterances']})" for each in found])
    axes.set(xlabel="% of utterances", xlim=(0, 100))
    figure.legend(loc="outside upper center", ncols=4, fontsize=9)
    said = "; ".join(
        f"{_named(each)}: {each['at_once'][0]:.0%} right at once, {each['went_wrong'][0]:.0%} went wrong"
        for each in found
    )
    return Plot("What callers of each sort live through", _svg(figure, "slices"), f"Stacked bars. {said}.")


def _named(given: Mapping[str, Any]) -> str:
    return f"errors {given['slice']}" if given["by"] == "recogniser error" else str(given["slice"])


# --- drawing -----------------------------------------------------------------------------------------------------


def _figure(wide: float, high: float) -> tuple[Figure, Axes]:
    """A figure of its own (inches), without pyplot, which would remember it."""
    figure = Figure(figsize=(wide, high), layout="constrained")
    return figure, figure.subplots()


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _svg(figure: Figure, name: str) -> str:
    """The figure as an element: no prolog, no metadata, and ids that no other plot of the page has."""
    drawn = StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    return svg.replace(_INK, "currentColor")
