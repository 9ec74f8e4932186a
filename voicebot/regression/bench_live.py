"""`scripts/bench_live`: the figures of live audio in docs/benchmarks.md, measured on the machine that it runs on."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from voicebot.config import load_settings
from voicebot.errors import ContentError
from voicebot.logs import configure
from voicebot.regression.bench_live_endpoint import endpoint
from voicebot.regression.bench_live_knee import most_live
from voicebot.regression.bench_live_noise import noise
from voicebot.regression.bench_live_plot import trade_off
from voicebot.regression.bench_live_tables import TABLES
from voicebot.regression.bench_machine import machine
from voicebot.regression.bench_parts import ENGINES, Bench
from voicebot.regression.bench_tables import fill, machine_text, markdown
from voicebot.regression.options import exit_code

PAGE = Path("docs/benchmarks.md")
RESULTS = Path("docs/benchmarks/live.json")
PLOT = Path("docs/benchmarks/live-trade-off.svg")
PARTS = ("endpoint", "noise", "knee")
PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "flask", "flask-sock", "simple-websocket", "gunicorn")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Measure this alone; repeatable.")
@click.option("--quick", is_flag=True, help="A smoke run: shows that all of it works, measures nothing.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with noise/*.flac and hold_music/*.wav; without it all noise is computed.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Add the results to this JSON file.")
@click.option("--markdown", "to_page", is_flag=True, help=f"Write tables and plot into {PAGE} and {PLOT}.")
@click.option("--from", "given", type=click.Path(path_type=Path, exists=True), help="Measure nothing: take this file.")
@click.option("--calls", default="tests/calls", show_default=True, type=click.Path(path_type=Path, exists=True))
@click.option("--engine", type=click.Choice(ENGINES), help="Whisper engine; default as set (VOICEBOT_ENGINE).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def bench(
    only: tuple[str, ...],
    quick: bool,
    data: Path | None,
    out: Path | None,
    to_page: bool,
    given: Path | None,
    calls: Path,
    engine: str | None,
    as_json: bool,
) -> None:
    """Measure live audio on this machine: when the bot answers, what noise does to it, how many calls are live at once.
    Nothing else should be running.

    \b
    endpoint  66 utterances in real time, one at a time; then five settings of patience   15 minutes
    noise     ten minutes of each sound, over prompts and while the bot listens            10 minutes
    knee      the most live calls at once, for each model                                  30 minutes

    \b
    Examples:
      scripts/bench_live --quick
      scripts/bench_live --engine faster-whisper --data shared/data/audio --out docs/benchmarks/live.json --markdown
      scripts/bench_live --only endpoint --out docs/benchmarks/live.json
      scripts/bench_live --from docs/benchmarks/live.json --markdown
    """
    if quick and to_page:
        raise click.UsageError("--quick measures nothing, so there is nothing for the page; leave one of them out.")
    found = read(given) if given else _measure(only or PARTS, quick, data, calls, engine, out)
    if to_page:
        write_page(found, PAGE, PLOT)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif not to_page:
        click.echo(machine_text(found["machine"]))
        click.echo(markdown(_tables_of(found), TABLES))


def _measure(
    parts: tuple[str, ...], quick: bool, data: Path | None, calls: Path, engine: str | None, out: Path | None
) -> dict[str, Any]:
    """Everything asked for; each result is kept as soon as it is there, for a run takes an hour."""
    found: dict[str, Any] = {"machine": machine(PACKAGES), "quick": quick, "results": {}}
    if out and out.exists():
        before = read(out)
        same = all(before[key] == found[key] for key in ("machine", "quick"))
        found["results"] = before["results"] if same else {}
    configure("text", "error")
    settings = load_settings()
    settings = settings.model_copy(update={"engine": engine}) if engine else settings
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(Path(folder), settings, calls.resolve(), quick=quick, say=_say)
        for part in parts:
            _say(part)
            found["results"][part] = _measurements(data)[part](bench)
            if out:
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return found


def _measurements(data: Path | None) -> Mapping[str, Callable[[Bench], dict[str, Any]]]:
    return {"endpoint": endpoint, "noise": lambda bench: noise(bench, data), "knee": most_live}


def read(file: Path) -> dict[str, Any]:
    """Results that were kept. Raises `ContentError`."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if not {"machine", "quick", "results"} <= found.keys() or not set(found["results"]) <= set(PARTS):
            raise ValueError("parts are missing, or others than " + ", ".join(PARTS))
    except (ValueError, AttributeError, TypeError) as error:
        raise ContentError(f"{file}: no results of this script ({error}); measure again with --out.") from None
    return found


def write_page(found: Mapping[str, Any], page: Path, plot: Path) -> None:
    """Put the tables where the page has a place for them, and write the plot. Raises `ContentError`."""
    if found["quick"]:
        raise ContentError("These are results of a smoke run (--quick); they do not go into the page.")
    texts = {"live-machine": lambda of: machine_text(of).strip(), **TABLES}
    results = {"live-machine": found["machine"], **_tables_of(found)}
    page.write_text(fill(page.read_text(encoding="utf-8"), results, texts), encoding="utf-8")
    if "endpoint" in found["results"]:
        trade_off(found["results"]["endpoint"], plot)
    _say(f"{page} is written")


def _tables_of(found: Mapping[str, Any]) -> dict[str, Any]:
    return {f"live-{name}": each for name, each in found["results"].items()}


def _say(line: str) -> None:
    click.echo(f"\r· {line}", err=True)


def main() -> int:
    return exit_code(bench, "scripts/bench_live")


if __name__ == "__main__":
    sys.exit(main())
