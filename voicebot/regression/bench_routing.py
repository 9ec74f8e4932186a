"""`scripts/bench_routing`: how long it takes to load and check the routing table, to decide, and to find the blast
radius of an edit."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from voicebot import bootstrap
from voicebot.config import Settings, load_settings
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallStarted, Heard
from voicebot.dialogue.session import Session
from voicebot.nlu.corpus import read_held_out
from voicebot.regression.bench_machine import machine, moment
from voicebot.regression.made_calls import make_calls
from voicebot.regression.options import exit_code
from voicebot.replaying import blast_radius
from voicebot.replaying_steps import rung
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
from voicebot.storage.stored_calls import read_calls

ROUNDS = 10
PACKAGES = ("pydantic", "pyyaml", "sqlalchemy")

LIMITS = {"load_and_check": 1.0, "decision": 0.001, "diff": 60.0}
"""Seconds that each may take: the aims of the routing table's language."""


@click.command()
@click.option(
    "--calls", "count", default=10_000, show_default=True, type=click.IntRange(1), help="Stored calls to try."
)
@click.option(
    "--utterances", default="tests/utterances", show_default=True, type=click.Path(path_type=Path, exists=True)
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def bench(count: int, utterances: Path, as_json: bool) -> None:
    """Measure on this machine, with a database of its own that is thrown away: loading and checking the configured
    routing table; one decision on a request; and `voicebot diff` over calls that are made up for it.

    The calls begin with the held-out utterances, ranked once by the model in use, in turn. The edit they are tried on
    swaps two teams and changes one sentence.

    \b
    Examples:
      scripts/bench_routing
      scripts/bench_routing --calls 1000 --json
    """
    found = measure(load_settings(), count, utterances, lambda line: click.echo(f"· {line}", err=True))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    on = found["machine"]
    click.echo(f"{on['cpu']}, {on['cores']} cores, load {found['moment']['load']}")
    for name, limit in LIMITS.items():
        click.echo(f"{name:<15} {found['seconds'][name]:.4g} s of at most {limit:g} s")
    click.echo(f"diff: {found['diff']}")


def measure(settings: Settings, count: int, utterances: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """All of it as plain JSON, times in seconds: of loading the median, of decisions the 99th percentile."""
    table = load_table(settings.routing)
    began = moment()
    loading = statistics.median(_timed(lambda: load_table(settings.routing)) for _ in range(ROUNDS))
    say("ranking the utterances")
    understander = bootstrap.understander_in_use(settings)
    said = [understander.understand(each.words, Expecting("request")) for each in read_held_out(utterances)]
    say("deciding")
    deciding = _deciding(table, said)
    say(f"making {count:,} calls")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        engine = open_database(f"sqlite:///{folder}/calls.db")
        migrate(engine)
        now = bootstrap.utc_now()
        make_calls(engine, table, said, count, now)
        say("trying them")
        calls = map(rung, read_calls(engine, now - timedelta(days=8)))
        start = time.perf_counter()
        found = blast_radius(table, edited(table), calls, understander.understand)
        spent = time.perf_counter() - start
        engine.dispose()
    return {
        "machine": machine(PACKAGES),
        "moment": began,
        "seconds": {"load_and_check": loading, "decision": deciding, "diff": spent},
        "diff": {
            "calls": found.calls,
            "changed": len(found.changed),
            "other_words": found.other_words,
            "asked_again": found.asked,
        },
    }


def edited(table: Table) -> Table:
    """Two teams swapped, and one sentence changed."""
    first, second, *_ = [name for name, queue in table.queues.items() if not queue.external]
    swap = {first: second, second: first}
    intents = {
        name: route.model_copy(update={"to": swap.get(route.to, route.to)}) for name, route in table.intents.items()
    }
    wording = {**table.wording, "anything_else": "Is there something else?"}
    return table.model_copy(update={"hash": "e" * 64, "intents": intents, "wording": wording})


def _deciding(table: Table, said: Sequence[Heard]) -> float:
    now = bootstrap.utc_now()
    opened = take_turn(Session("CA", table.hash, "m", "mobile"), CallStarted("mobile"), table=table, now=now).session
    deciding = (partial(take_turn, opened, each, table=table, now=now) for each in said)
    # the quickest of some, for whatever else runs on the machine takes its turns in between
    spent = sorted(min(_timed(each) for _ in range(ROUNDS)) for each in deciding)
    return spent[int(len(spent) * 0.99)]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    return exit_code(bench, "scripts/bench_routing")


if __name__ == "__main__":
    sys.exit(main())
