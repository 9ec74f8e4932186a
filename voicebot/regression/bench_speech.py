"""The command behind scripts/bench_speech: utterance to text, beside the libraries as they are shipped."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from voicebot.regression.bench_machine import machine, moment
from voicebot.regression.bench_speech_sets import Utterance, utterances
from voicebot.regression.bench_tables import fill, machine_text, measured_when
from voicebot.regression.contenders import Contender, Heard, beside_each_other
from voicebot.regression.load_report import Timings
from voicebot.regression.options import exit_code, weights_option
from voicebot.regression.suites.word_errors import word_errors

PAGE = Path("docs/benchmarks.md")
PACKAGES = ("openai-whisper", "torch", "faster-whisper", "ctranslate2")
CONDITIONS = ("landline", "quiet", "noise-kitchen-10", "mobile")
STOCK = Contender("faster-whisper", "base", "stock transcribe()")
CONTENDERS = (
    STOCK,
    Contender("faster-whisper"),
    Contender("openai-whisper", "base", "stock transcribe()"),
    Contender("openai-whisper"),
    Contender("faster-whisper", "tiny.en"),
)
ROUNDS = 10_000
"""Bootstrap samples."""


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of recordings: …/<set>/manifest.tsv with columns path and transcript, tab-separated.",
)
@click.option("--count", type=click.IntRange(1), help="So many utterances, drawn by a fixed seed; default all.")
@click.option("--condition", "conditions", multiple=True, default=CONDITIONS, show_default=True, help="Line condition.")
@weights_option()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the results to this JSON file.")
@click.option("--markdown", "to_page", is_flag=True, help=f"Write the table into {PAGE}.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def bench(
    data: Path,
    count: int | None,
    conditions: tuple[str, ...],
    weights: Path,
    out: Path | None,
    to_page: bool,
    as_json: bool,
) -> None:
    """Measure how long an utterance takes to become text, and how many words are wrong, engine beside engine: same
    weights, same audio, one run. Nothing else should be running.

    All recordings under four line conditions take about half an hour on two cores.

    \b
    Examples:
      scripts/bench_speech --data shared/data/audio --count 20
      scripts/bench_speech --data shared/data/audio --out docs/benchmarks/speech.json --markdown
    """
    found = measure(list(utterances(data, conditions, count)), CONTENDERS, weights)
    if out:
        out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if to_page:
        PAGE.write_text(fill(PAGE.read_text(encoding="utf-8"), {"speech": found}, {"speech": table}), encoding="utf-8")
    click.echo(json.dumps(found, indent=2) if as_json else table(found))


def measure(said: Sequence[Utterance], contenders: Sequence[Contender], weights: Path) -> dict[str, Any]:
    """Seconds and word errors of each, and how they compare with the first of `contenders`; plain JSON."""
    before = moment()
    heard: list[tuple[Heard, ...]] = []
    with click.progressbar(length=len(said), label="utterances", file=sys.stderr) as bar:
        for texts in beside_each_other(contenders, (each.wav for each in said), weights):
            heard.append(texts)
            bar.update(1)
    errors = [[word_errors(each.words, one.text) for one in row] for each, row in zip(said, heard, strict=True)]
    sources = [each.source for each in said]
    first = [row[0] for row in errors]
    rows = {}
    for place, each in enumerate(contenders):
        own = [row[place] for row in errors]
        rows[each.name] = {
            "seconds": asdict(Timings.of([row[place].seconds for row in heard])),
            "word_error_rate": _rate(own),
            "against_first": list(difference(own, first, sources)),
        }
    return {
        "machine": machine(PACKAGES),
        **before,
        "utterances": len(said),
        "recordings": len(set(sources)),
        "conditions": sorted({each.condition for each in said}),
        "engines": rows,
    }


def difference(
    ours: Sequence[tuple[int, int]], theirs: Sequence[tuple[int, int]], sources: Sequence[str]
) -> tuple[float, float, float]:
    """How much higher our word error rate is, and the 95 % interval of that, by a paired bootstrap over the recordings:
    the conditions of one recording are drawn together (Bisani and Ney 2004, doi:10.1109/ICASSP.2004.1326009)."""
    names = sorted(set(sources))
    place = {name: number for number, name in enumerate(names)}
    sums = np.zeros((len(names), 3))
    for (wrong, count), (stock_wrong, _), source in zip(ours, theirs, sources, strict=True):
        sums[place[source]] += (wrong, stock_wrong, count)
    drawn = sums[np.random.default_rng(0).integers(len(names), size=(ROUNDS, len(names)))].sum(axis=1)
    apart = (drawn[:, 0] - drawn[:, 1]) / np.maximum(drawn[:, 2], 1)
    low, high = np.percentile(apart, (2.5, 97.5))
    return _rate(ours) - _rate(theirs), float(low), float(high)


def _rate(errors: Sequence[tuple[int, int]]) -> float:
    return sum(wrong for wrong, _ in errors) / max(1, sum(count for _, count in errors))


def table(found: Mapping[str, Any]) -> str:
    """The results as Markdown."""
    stock = found["engines"][STOCK.name]["seconds"]
    conditions = ", ".join(found["conditions"])
    lines = [
        f"{found['utterances']} utterances of {found['recordings']} recordings, under {conditions}. "
        + measured_when(found),
        "",
        machine_text(found["machine"]).strip(),
        "",
        "| | p50 s | p95 s | × at p50 | × at p95 | word error rate | against the first (95 %) |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in found["engines"].items():
        seconds, (apart, low, high) = row["seconds"], row["against_first"]
        lines.append(
            f"| {name} | {seconds['p50']:.2f} | {seconds['p95']:.2f} | {stock['p50'] / seconds['p50']:.1f} | "
            f"{stock['p95'] / seconds['p95']:.1f} | {row['word_error_rate']:.1%} | "
            f"{100 * apart:+.1f} ({100 * low:+.1f} to {100 * high:+.1f}) |"
        )
    return "\n".join(lines)


def main() -> int:
    return exit_code(bench, "scripts/bench_speech")


if __name__ == "__main__":
    sys.exit(main())
