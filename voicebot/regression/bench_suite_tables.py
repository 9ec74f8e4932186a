"""The results of scripts/bench_suite as Markdown and as a plot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from voicebot.regression.bench_live_plot import BLUE, INK, ORANGE
from voicebot.regression.bench_tables import machine_text, markdown_table, measured_when

Found = Mapping[str, Any]
RIGHT = "right first time, % (95 %)"


def _lines(found: Found) -> str:
    timed = ["s a call"] if found["fresh"] else []
    rows = [
        [
            f"`{name}`",
            row["calls"],
            _right(row),
            "–" if row["wanted"] is None else f"{100 * row['wanted']:.0f} %: {_met(row)}",
            row["failed"],
            row["misrouted"],
            f"{row['urgent_lost']} of {row['urgent']}",
            _rate(row),
            *([f"{row['seconds'] / row['calls']:.2f}"] if timed else []),
        ]
        for name, row in found["lines"].items()
    ]
    columns = [
        "line",
        "calls",
        "right first time, % (95 %)",
        "wanted",
        "failed",
        "misrouted",
        "urgent lost",
        "words wrong",
    ]
    slices = [
        [f"{each['by']}: {each['value']}", each["calls"], _right(each), each["misrouted"], _rate(each)]
        for each in found["slices"]
    ]
    by_slice = markdown_table(
        ["clean, by slice", "calls", "right first time, % (95 %)", "misrouted", "words wrong"], slices
    )
    return f"{_head(found)}\n\n{markdown_table([*columns, *timed], rows)}\n{by_slice}"


def _noise(found: Found) -> str:
    rows = [
        [f"`{name}`", row["calls"], _right(row), row["failed"], row["misrouted"], row["urgent_lost"], _rate(row)]
        for name, row in found["noises"].items()
    ]
    columns = ["noise, dB below the voice", "calls", RIGHT, "failed", "misrouted", "urgent lost"]
    plot = "![how word errors and calls gone wrong grow with noise](benchmarks/suite-noise.svg)"
    return f"{_head(found)}\n\n{markdown_table([*columns, 'words wrong'], rows)}\n{plot}\n"


TABLES: Mapping[str, Callable[[Found], str]] = {"suite-lines": _lines, "suite-noise": _noise}


def growth(found: Found, file: Path) -> None:
    """Write the plot of a noise part as SVG: word error rate and calls not right first time over the distance of the
    noise in dB. Raises `OSError`."""
    figure = Figure(figsize=(6.4, 4.2), layout="constrained", facecolor="white")
    axes = figure.subplots()
    for kind, colour in (("street", BLUE), ("tv", ORANGE)):
        rows = {int(name.rpartition("-")[2]): row for name, row in found["noises"].items() if f"-{kind}-" in name}
        distances = sorted(rows)
        wrong = [100 * (rows[each]["word_error_rate"] or 0) for each in distances]
        gone = [100 * (1 - rows[each]["right"] / max(1, rows[each]["calls"])) for each in distances]
        axes.plot(distances, wrong, color=colour, marker="o", linestyle=":", label=f"{kind}: words wrong")
        axes.plot(distances, gone, color=colour, marker="s", label=f"{kind}: calls not right first time")
    axes.set(xlabel="noise below the voice, dB", ylabel="%")
    axes.tick_params(colors=INK)
    axes.invert_xaxis()
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left")
    file.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "suite"}):
        figure.savefig(file, format="svg", metadata={"Date": None})


def _head(found: Found) -> str:
    told = ", ".join(f"{name} {value}" for name, value in found["settings"].items() if name != "profiles")
    return f"{machine_text(found['machine']).strip()}\n\n{told}. {measured_when(found)}"


def _right(row: Found) -> str:
    low, high = row["interval"]
    return f"{100 * row['right'] / max(1, row['calls']):.1f} ({100 * low:.1f} – {100 * high:.1f})"


def _met(row: Found) -> str:
    return "met" if row["right"] >= row["wanted"] * row["calls"] else "missed"


def _rate(row: Found) -> str:
    return "–" if row["word_error_rate"] is None else f"{100 * row['word_error_rate']:.1f} %"
