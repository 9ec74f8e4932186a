"""The command behind scripts/bench_suite: how many recorded calls go right first time, by line, by slice, by noise."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from voicebot.errors import ContentError
from voicebot.nlu.corpus import read_corpus
from voicebot.regression.bench_machine import machine, moment
from voicebot.regression.bench_suite_tables import TABLES, growth
from voicebot.regression.bench_tables import fill, markdown
from voicebot.regression.options import exit_code
from voicebot.regression.suites.reports.figures import Slice, expected_intent, figures
from voicebot.regression.suites.results import CallReport, Run
from voicebot.regression.suites.run_file import NAME, read_run

PAGE = Path("docs/benchmarks.md")
PLOT = Path("docs/benchmarks/suite-noise.svg")
PACKAGES = ("openai-whisper", "torch", "faster-whisper", "ctranslate2", "scikit-learn", "spacy")
LINES = {"clean": 0.97, "landline": None, "mobile": 0.94, "bad-mobile": 0.88, "hands-free": None}
"""Line conditions, and the share right first time that is wanted of each."""
NOISES = tuple(f"noise-{kind}-{snr}" for kind in ("street", "tv") for snr in (20, 10, 5, 0))
SAMPLE = 100
"""Calls of the suite that ring in each noise: something of every intent and tag."""


@click.command()
@click.argument("suite", type=click.Path(path_type=Path, exists=True, file_okay=False), default="tests/calls")
@click.option("--only", type=click.Choice(["lines", "noise"]), multiple=True, help="Measure this alone; repeatable.")
@click.option("--line", "lines", type=click.Choice([*LINES]), multiple=True, help="Only this line; repeatable.")
@click.option("--fresh", is_flag=True, help="Hear every recording again; without it no time can be told.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Add the results to this JSON file.")
@click.option("--markdown", "to_page", is_flag=True, help=f"Write tables and plot into {PAGE} and {PLOT}.")
@click.option("--from", "given", type=click.Path(path_type=Path, exists=True), help="Measure nothing: take this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def bench(
    suite: Path,
    only: tuple[str, ...],
    lines: tuple[str, ...],
    fresh: bool,
    out: Path | None,
    to_page: bool,
    given: Path | None,
    as_json: bool,
) -> None:
    """Ring the bot with the recorded calls of SUITE (default tests/calls) by `voicebot regress`, over several lines and
    in noise. Nothing else should be running where --fresh is to tell how long a call takes.

    \b
    lines   all calls, clean and over four sorts of line            35 minutes on two cores
    noise   100 of them, in two noises, each at four levels         15 minutes

    \b
    Examples:
      scripts/bench_suite --fresh --out docs/benchmarks/suite.json --markdown
      scripts/bench_suite --only lines --line clean --line mobile
      scripts/bench_suite --from docs/benchmarks/suite.json --markdown
    """
    found = _read(given) if given else _measure(only or ("lines", "noise"), suite, lines or tuple(LINES), fresh, out)
    if to_page:
        PAGE.write_text(fill(PAGE.read_text(encoding="utf-8"), _places(found), TABLES), encoding="utf-8")
        if "noise" in found:
            growth(found["noise"], PLOT)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif not to_page:
        click.echo(markdown(_places(found), TABLES))


def _places(found: Mapping[str, Any]) -> dict[str, Any]:
    return {f"suite-{name}": each for name, each in found.items()}


def _read(file: Path) -> dict[str, Any]:
    found: Any = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not set(found) <= {"lines", "noise"}:
        raise ContentError(f"{file}: no results of this script; measure again with --out.")
    return found


def _measure(parts: Sequence[str], suite: Path, lines: Sequence[str], fresh: bool, out: Path | None) -> dict[str, Any]:
    """Each result is kept as soon as it is there, for a run takes most of an hour."""
    found = _read(out) if out and out.exists() else {}
    urgent = frozenset(read_corpus(Path("intents")).urgent)
    work: dict[str, Callable[[], dict[str, Any]]] = {
        "lines": lambda: _lines(suite, lines, fresh, urgent),
        "noise": lambda: _noise(suite, fresh, urgent),
    }
    for part in parts:
        before = moment()
        found[part] = {"machine": machine(PACKAGES), **before, "fresh": fresh, **work[part]()}
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return found


def _lines(suite: Path, lines: Sequence[str], fresh: bool, urgent: frozenset[str]) -> dict[str, Any]:
    rows, slices = {}, []
    for profile in lines:
        run = _rung(suite, [profile], fresh)
        row = _row(run.calls, figures(run).whole, urgent)
        rows[profile] = {**row, "seconds": run.seconds, "wanted": LINES[profile]}
        told = run.settings
        if profile == "clean":
            slices = [_slice(each) for each in figures(run).slices if each.by != "intent"]
    return {"settings": told, "lines": rows, "slices": slices}


def _noise(suite: Path, fresh: bool, urgent: frozenset[str]) -> dict[str, Any]:
    rows = {}
    for profile in ("clean", *NOISES):
        run = _rung(suite, [profile], fresh, "--stratified", str(SAMPLE))
        rows[profile] = _row(run.calls, figures(run).whole, urgent)
    return {"settings": run.settings, "noises": rows}


def _rung(suite: Path, profiles: Sequence[str], fresh: bool, *more: str) -> Run:
    """What `voicebot regress` makes of it. Raises `ContentError` where it could not run."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        command = [sys.executable, "-m", "voicebot.cli", "regress", "run", str(suite), "--out", folder, *more]
        command += [word for profile in profiles for word in ("--profile", profile)]
        click.echo(f"· {', '.join(profiles)}", err=True)
        done = subprocess.run([*command, *(["--fresh"] if fresh else [])], stdout=subprocess.DEVNULL, check=False)
        if done.returncode not in (0, 1):
            raise ContentError(f"{suite}: `voicebot regress` could not ring these calls; its message stands above.")
        return read_run(Path(folder) / NAME)


def _row(calls: Sequence[CallReport], whole: Slice, urgent: frozenset[str]) -> dict[str, Any]:
    emergencies = [call for call in calls if expected_intent(call) in urgent]
    return {
        **_slice(whole),
        "failed": sum(call.status == "failed" for call in calls),
        "not_run": sum(call.status == "not_run" for call in calls),
        "urgent": len(emergencies),
        "urgent_lost": sum(map(is_lost, emergencies)),
    }


def is_lost(call: CallReport) -> bool:
    """She should have reached a person and reached none."""
    return any(miss.what == "outcome" and miss.wanted == "connected" for miss in call.misses)


def _slice(each: Slice) -> dict[str, Any]:
    right = each.right
    return {
        "by": each.by,
        "value": each.value,
        "calls": right.of,
        "right": right.count,
        "interval": [right.low, right.high],
        "misrouted": each.misrouted,
        "word_error_rate": each.word_error_rate,
    }


def main() -> int:
    return exit_code(bench, "scripts/bench_suite")


if __name__ == "__main__":
    sys.exit(main())
