"""The figures on public sets as Markdown, beside what others have published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from voicebot.regression.bench_intents_scores import summary
from voicebot.regression.bench_tables import machine_text, markdown_table

Found = Mapping[str, Any]
Published = tuple[str, float, float | None, str]
"""What it is, per cent right, per cent of what is out of scope that is refused (None: not told), source."""

_COLLECTED = "reported by their authors, collected in github.com/jianguoz/Few-Shot-Intent-Detection"
_CASANUEVA = "Casanueva et al. 2020, arXiv 2003.04807"
_CONVFIT = "Vulić et al. 2021, arXiv 2109.10126"
_LARSON = "Larson et al. 2019, arXiv 1909.02027"
_BEST = "best that is known to us; README.md of the data folder"

PUBLISHED: Mapping[str, Sequence[Published]] = {
    "banking77": (
        ("ConvFiT, fine-tuned in two stages", 94.2, None, _CONVFIT),
        ("BERT-large, fine-tuned", 93.7, None, _CASANUEVA),
        ("USE and ConveRT as they are, a classifier on both", 93.4, None, _CASANUEVA),
    ),
    "clinc150": (
        ("ConvFiT, fine-tuned in two stages", 97.3, None, _CONVFIT),
        ("BERT, out of scope as one more intent", 96.9, 40.3, _LARSON),
        ("USE as it is, a classifier on it", 93.5, 47.4, _LARSON),
        ("linear SVM on words", 91.0, 14.5, _LARSON),
    ),
    "banking77-10": (
        ("best of any kind", 89.8, None, _BEST),
        ("CPFT", 87.2, None, _COLLECTED),
        ("DNNC", 86.7, None, _COLLECTED),
        ("USE and ConveRT as they are, a classifier on both", 85.2, None, _COLLECTED),
        ("RoBERTa, fine-tuned", 84.3, None, _COLLECTED),
    ),
    "clinc150-10": (
        ("best of any kind", 94.8, None, _BEST),
        ("CPFT", 94.2, None, _COLLECTED),
        ("DNNC", 93.8, None, _COLLECTED),
        ("USE and ConveRT as they are, a classifier on both", 93.3, None, _COLLECTED),
        ("RoBERTa, fine-tuned", 91.6, None, _COLLECTED),
    ),
    "hwu64-10": (
        ("best of any kind", 87.4, None, _BEST),
        ("CPFT", 87.1, None, _COLLECTED),
        ("USE and ConveRT as they are, a classifier on both", 85.8, None, _COLLECTED),
        ("DNNC", 84.7, None, _COLLECTED),
        ("RoBERTa, fine-tuned", 82.9, None, _COLLECTED),
    ),
}

AIMS: Mapping[str, tuple[float, float | None]] = {
    "banking77": (94.0, None),
    "clinc150": (96.0, 75.0),
    "banking77-10": (87.0, None),
    "clinc150-10": (93.0, None),
    "hwu64-10": (85.0, None),
}
"""Per cent right and, where there is such a thing, per cent of what is out of scope that is refused."""

MACHINE = "intents-machine"
PACKAGES = ("torch", "scikit-learn", "spacy", "numpy")


def _table(name: str, found: Found) -> str:
    refusing = bool(found["refusing"])
    columns = ["right %", *(["right in scope %", "out of scope refused %"] if refusing else [])]
    rows = [[f"**{each['name']}**", *_row(each["runs"], refusing), "this run"] for each in found["rivals"]]
    for what, right, refused, source in PUBLISHED[name]:
        shares = [f"{right:.1f}"] if refused is None else ["", f"{right:.1f}", f"{refused:.1f}"]
        rows.append([what, *shares, *[""] * (len(columns) - len(shares) + 3), source])
    table = markdown_table(["", *columns, "fit s", "one utterance ms", "all utterances s", "source"], rows)
    return f"{_conditions(found)} {_aim(name, found)}\n\n{table}"


def _row(runs: Sequence[Found], refusing: bool) -> list[str]:
    names = ["top_1", *(["in_scope", "out_of_scope"] if refusing else [])]
    times = [summary([run[name] for run in runs])[0] for name in ("fit_seconds", "one_ms", "all_seconds")]
    return [*(_share(runs, name) for name in names), f"{times[0]:.1f}", f"{times[1]:.1f}", f"{times[2]:.1f}"]


def _share(runs: Sequence[Found], name: str) -> str:
    """The interval of one run, or the spread of several."""
    if len(runs) > 1:
        mean, spread = summary([100 * run[name][0] for run in runs])
        return f"{mean:.1f} ± {spread:.1f}"
    share, low, high, _ = runs[0][name]
    return f"{100 * share:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def _conditions(found: Found) -> str:
    busy = "" if found["quiet"] else ", **a machine that was busy with other things**"
    many = max(len(each["runs"]) for each in found["rivals"])
    spread = f" Mean and standard deviation of {many} trainings with other seeds." if many > 1 else ""
    return (
        f"{found['at'][:16].replace('T', ' ')} UTC, load average before: {found['load']:.2f}{busy}."
        f" {found['intents']} intents, {found['phrases']:,} phrases, {found['utterances']:,} utterances.{spread}"
    )


def _aim(name: str, found: Found) -> str:
    """Whether the first of the rivals, ours with the phrases alone, is where it wants to be."""
    right, refused = AIMS[name]
    runs = found["rivals"][0]["runs"]

    def reached(share: str) -> float:
        return round(summary([100 * run[share][0] for run in runs])[0], 6)

    if refused is None:
        return f"Aim: {right:.0f} % right: **{_met(reached('top_1') >= right)}**."
    good = reached("in_scope") >= right and reached("out_of_scope") >= refused
    return f"Aim: {right:.0f} % right in scope with {refused:.0f} % of the rest refused: **{_met(good)}**."


def _met(good: bool) -> str:
    return "met" if good else "missed"


TABLES: dict[str, Callable[[Found], str]] = {
    MACHINE: lambda found: machine_text(found).rstrip(),
    **{name: partial(_table, name) for name in PUBLISHED},
}
"""For each place in docs/benchmarks.md, what makes its text."""
