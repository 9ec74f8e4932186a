"""`scripts/bench_intents`: our model on public sets of intents, beside what one would pick instead."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import click

from voicebot.errors import VoicebotError
from voicebot.regression.bench_intents_rivals import recipe_for
from voicebot.regression.bench_intents_runs import Runs
from voicebot.regression.bench_intents_sets import SETS
from voicebot.regression.bench_intents_tables import MACHINE, PACKAGES, TABLES
from voicebot.regression.bench_machine import machine
from voicebot.regression.bench_tables import fill, machine_text, markdown
from voicebot.regression.options import weights_option

PAGE = Path("docs/benchmarks.md")

_TRIAL = "This is a trial (--quick, --tuning or --validation), and its figures do not go into the page"


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with banking77, clinc150 and fewshot.",
)
@click.option("--only", multiple=True, type=click.Choice(list(SETS)), help="Measure this alone; repeatable.")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1), help="Trainings of each 10-shot set.")
@click.option("--quick", is_flag=True, help="A smoke run: shows that all of it works, measures nothing.")
@click.option("--tuning", metavar="NAME=NUMBER", multiple=True, help="Change a setting of Tuning; repeatable. A trial.")
@click.option(
    "--validation", is_flag=True, help="Try it on the validation parts instead. A trial, to choose a recipe by."
)
@weights_option()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Add the results to this JSON file.")
@click.option("--markdown", "to_page", is_flag=True, help=f"Write the tables of the results into {PAGE}.")
@click.option(
    "--from",
    "given",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Measure nothing: take this file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def bench(
    data: Path | None,
    only: tuple[str, ...],
    seeds: int,
    quick: bool,
    tuning: tuple[str, ...],
    validation: bool,
    weights: Path,
    out: Path | None,
    to_page: bool,
    given: Path | None,
    as_json: bool,
) -> None:
    """Train on public sets of intents as `voicebot train` does, and try what it makes on their utterances.

    Nothing of these sets goes into the council's model. Each is tried with scikit-learn's TF-IDF and LinearSVC in the
    same run, and the tables have published figures beside it. Nothing else should be running.

    \b
    hwu64-10, banking77-10, clinc150-10   ten phrases an intent, the published draw
    banking77                             all of it: 10,003 phrases
    clinc150                              all of it: 15,000 phrases, and what is out of scope

    \b
    Examples:
      scripts/bench_intents --data ../shared/data --quick
      scripts/bench_intents --data ../shared/data --out docs/benchmarks/intents.json --markdown
      scripts/bench_intents --data ../shared/data --only hwu64-10 --seeds 1 --validation --tuning epochs=20
      scripts/bench_intents --from docs/benchmarks/intents.json --markdown
    """
    changes = _changes(tuning)
    if given:
        results = _read(given)
    elif data:
        runs = Runs(data, weights, seeds, quick, validation, changes, _say)
        if to_page and runs.is_trial:
            raise click.UsageError(f"{_TRIAL}: leave --markdown out, or the options that make it one.")
        results = _measure(runs, only or tuple(SETS), out, to_page)
    else:
        raise click.UsageError("name the folder of the sets with --data, or results that are there with --from.")
    if to_page:
        _write_page(results)
    if as_json:
        click.echo(json.dumps(results, indent=2))
    elif not to_page:
        if results["trial"]:
            click.echo(f"{_TRIAL}.\n")
        click.echo(machine_text(results["machine"]))
        click.echo(markdown(results["results"], TABLES))


def _measure(runs: Runs, names: Sequence[str], out: Path | None, to_page: bool) -> dict[str, Any]:
    """Everything asked for; each result is kept as soon as it is there, for a run takes an hour. What would be found
    out at its end is therefore looked for at its beginning."""
    found: dict[str, Any] = {"machine": machine(PACKAGES), "trial": runs.is_trial, "results": {}}
    if out and out.exists():
        before = _read(out)
        if before["machine"] != found["machine"] or before["trial"] or runs.is_trial:
            raise click.UsageError(
                f"--out {out} is there already, and what would be measured does not belong with it: other machine, "
                "other versions, or one of the two is a trial. Name another file, or delete it."
            )
        found["results"] = before["results"]
    if to_page:
        _check_all({*found["results"], *names})
    for name in names:
        runs.given(name)
    for name in names:
        found["results"][name] = runs.measure(name)
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return found


def _changes(tuning: Sequence[str]) -> dict[str, str]:
    """NAME=NUMBER as name → number. Raises `click.UsageError` where a recipe cannot be changed so."""
    changes: dict[str, str] = {}
    for each in tuning:
        name, sign, value = each.partition("=")
        if not sign:
            raise click.UsageError(f"--tuning {each}: write NAME=NUMBER, epochs=20 for instance.")
        changes[name.strip()] = value.strip()
    try:
        recipe_for("", changes)
    except ValueError as error:
        raise click.UsageError(f"--tuning: {error}.") from None
    return changes


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if not set(found["results"]) <= set(SETS) or not {"machine", "trial"} <= set(found):
            raise ValueError("other fields")
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{file}: no results of this script ({error}).") from None
    return found


def _check_all(names: Collection[str]) -> None:
    """The page names one machine for all of its tables, so that none may stay that was measured on another."""
    missing = [name for name in SETS if name not in names]
    if missing:
        raise click.ClickException(
            f"The page takes all sets at once, for it names one machine for all; not measured: {', '.join(missing)}. "
            "Leave --markdown out, or measure them into the same file with --out."
        )


def _write_page(results: dict[str, Any]) -> None:
    if results["trial"]:
        raise click.ClickException(f"{_TRIAL}.")
    _check_all(results["results"])
    written = fill(PAGE.read_text(encoding="utf-8"), {MACHINE: results["machine"], **results["results"]}, TABLES)
    PAGE.write_text(written, encoding="utf-8")
    _say(f"{PAGE} is written")


def _say(line: str) -> None:
    click.echo(f"\r· {line}", err=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """`arguments`: those of the command line by default. Returns the exit code: 0 done, 2 it cannot be, and why."""
    try:
        bench.main(arguments, prog_name="scripts/bench_intents", standalone_mode=False)
    except VoicebotError as error:
        click.echo(error.message, err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
