"""The trade-off between answering soon and cutting people off, as a plot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

INK, BLUE, ORANGE, PALE = "#374151", "#1d4ed8", "#c2410c", "#e5e7eb"
"""Told apart by colour-blind readers as well; readable on white and on GitHub's dark page."""


def trade_off(found: Mapping[str, Any], file: Path) -> None:
    """Write the plot of an endpoint's results as SVG: one point for each patience, and the measured one beside them.
    Raises `OSError`."""
    rows = found["trade_off"]
    figure = Figure(figsize=(6.4, 4.2), layout="constrained", facecolor="white")
    axes = figure.subplots()
    wanted = found["targets"]
    axes.axvspan(0, wanted["gap_p50"], ymax=1, color=PALE, zorder=0)
    axes.axhline(100 * wanted["cut_off"], color=INK, linewidth=1, linestyle=":")
    axes.axvline(wanted["gap_p50"], color=INK, linewidth=1, linestyle=":")
    gaps, cuts = [row["gap"]["p50"] for row in rows], [share(row) for row in rows]
    axes.plot(gaps, cuts, color=BLUE, marker="o", label="patience, in audio time")
    for row, gap, cut in zip(rows, gaps, cuts, strict=True):
        axes.annotate(f"{row['patience']:g}", (gap, cut), xytext=(6, 6), textcoords="offset points", color=BLUE)
    real = found["gap"]["p50"], share(found)
    axes.scatter(*real, color=ORANGE, marker="D", zorder=3, label=f"patience {found['patience']:g}, in real time")
    axes.set(xlabel="end of speech to the reply, median, seconds", ylabel="cut off while speaking, %")
    axes.set_xlim(0, max(1.0, *gaps, real[0]) * 1.1)
    axes.set_ylim(-0.5, max(4.0, *cuts, real[1]) * 1.15)
    axes.legend(loc="upper right")
    file.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "live"}):
        figure.savefig(file, format="svg", metadata={"Date": None})


def share(row: Mapping[str, Any]) -> float:
    """Per cent of the utterances that were cut off."""
    return 100 * float(row["cut_off"]) / max(1, int(row["utterances"]))
