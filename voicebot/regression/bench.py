"""`scripts/bench_calls`: the figures of docs/benchmarks.md, measured on the machine that it runs on."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from voicebot.config import load_settings
from voicebot.regression.bench_machine import machine
from voicebot.regression.bench_parts import MEASUREMENTS, Bench
from voicebot.regression.bench_tables import fill, machine_text, markdown
from voicebot.regression.options import exit_code

PAGE = Path("docs/benchmarks.md")
RESULTS = Path("docs/benchmarks/calls.json")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(MEASUREMENTS)), help="Measure this alone; repeatable.")
@click.option("--quick", is_flag=True, help="A smoke run: shows that all of it works, measures nothing.")
@click.option("--database", default="", help="DATABASE_URL of an empty PostgreSQL database; default a new SQLite file.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Add the results to this JSON file.")
@click.option("--markdown", "to_page", is_flag=True, help=f"Write the tables of the results into {PAGE}.")
@click.option("--from", "given", type=click.Path(path_type=Path, exists=True), help="Measure nothing: take this file.")
@click.option("--calls", default="tests/calls", show_default=True, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def bench(
    only: tuple[str, ...],
    quick: bool,
    database: str,
    out: Path | None,
    to_page: bool,
    given: Path | None,
    calls: Path,
    as_json: bool,
) -> None:
    """Measure the bot on this machine: a bot of its own, the load from another process. Nothing else should be running.

    \b
    turns   a turn without speech, 50 calls each taking one every 5 s          2 minutes
    answer  recording there to TwiML, one call at a time; Whisper as shipped    7 minutes
    knee    the most calls at once with real Whisper, for each engine          12 minutes
    held    200 calls at once, recognition replaced by a wait of 1 s           4 minutes

    \b
    Examples:
      scripts/bench_calls --quick
      scripts/bench_calls --out docs/benchmarks/calls.json --markdown
      scripts/bench_calls --only turns --database postgresql://bench@127.0.0.1/bench
      scripts/bench_calls --from docs/benchmarks/calls.json --markdown
    """
    if quick and to_page:
        raise click.UsageError("--quick measures nothing, so there is nothing for the page; leave one of them out.")
    results = _read(given) if given else _measure(only, quick, database, calls, out)
    if to_page:
        _write_page(results)
    if as_json:
        click.echo(json.dumps(results, indent=2))
    elif not to_page:
        click.echo(machine_text(results["machine"], results["database"]))
        click.echo(markdown(results["results"]))


def _measure(only: tuple[str, ...], quick: bool, database: str, calls: Path, out: Path | None) -> dict[str, Any]:
    """Everything asked for; each result is kept as soon as it is there, for a run takes an hour."""
    name = urlsplit(database).scheme.partition("+")[0] or "sqlite"
    found: dict[str, Any] = {"machine": machine(), "database": name, "quick": quick, "results": {}}
    if out and out.exists():
        before = _read(out)
        same = all(before[key] == found[key] for key in ("machine", "database", "quick"))
        found["results"] = before["results"] if same else {}
    settings = load_settings()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(Path(folder), settings, calls.resolve(), database, quick, _say)
        for part in only or MEASUREMENTS:
            _say(part)
            found["results"][part] = MEASUREMENTS[part](bench)
            if out:
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file}: no results of this script ({error}).") from None
    return found


def _write_page(results: dict[str, Any]) -> None:
    if results["quick"]:
        raise click.ClickException("these are results of a smoke run (--quick); they do not go into the page.")
    text = f"{machine_text(results['machine'], results['database'])}"
    page = PAGE.read_text(encoding="utf-8")
    start, end = "<!-- machine -->\n", "<!-- end of machine -->"
    head, rest = page.partition(start)[0], page.partition(end)[2]
    PAGE.write_text(fill(f"{head}{start}{text}{end}{rest}", results["results"]), encoding="utf-8")
    _say(f"{PAGE} is written")


def _say(line: str) -> None:
    click.echo(f"\r· {line}", err=True)


def main() -> int:
    return exit_code(bench, "scripts/bench_calls")


if __name__ == "__main__":
    sys.exit(main())
