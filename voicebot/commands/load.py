"""`voicebot load`: ring the bot with many callers of a suite at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.commands.output import emit, json_option, table
from voicebot.config import Settings, load_settings
from voicebot.errors import ContentError

if TYPE_CHECKING:
    from voicebot.regression.load_report import Timings
    from voicebot.regression.suites.bots import Reached
    from voicebot.regression.suites.load import Suffered, SuiteLoad

SHOWN = 20


@click.command()
@click.argument("suite", type=click.Path(path_type=Path), default=Path("tests/calls"))
@click.option("--calls", type=click.IntRange(1, 1000), default=50, show_default=True, help="Calls at once.")
@click.option("--minutes", type=click.FloatRange(0.05, 600), default=5.0, show_default=True, help="How long.")
@click.option("-k", "expression", default="", help="Only calls whose name or tags fit, such as 'urgent and not noisy'.")
@click.option("--url", default="", help="Load the bot that is served there with these settings, not one of its own.")
@json_option
def load(suite: Path, calls: int, minutes: float, expression: str, url: str, as_json: bool) -> None:
    """Ring the bot with many callers at once: the calls of the folder SUITE (default tests/calls) in turn, in real
    time. They hear prompts out, and speak as long as their recordings last. A call that ends is followed by the next.
    What goes wrong is rung once more alone afterwards, to tell what the load did.

    The bot is `voicebot serve` on free ports over a database of its own, or the one at --url, which must be on this
    machine. Exit codes: 0 the load did no caller any harm, 1 calls were lost, doubled or go wrong only under load, 2 it
    could not be put on.

    \b
    Examples:
      voicebot load tests/calls --calls 50 --minutes 5
      voicebot load tests/calls -k "not noisy" --calls 10 --minutes 1 --json
      voicebot load calls --url http://127.0.0.1:8000
    """
    # these take seconds to import: the help need not wait for them
    from rich.console import Console

    from voicebot.logs import configure
    from voicebot.regression.conditions.applying import apply
    from voicebot.regression.suites.load import load_suite
    from voicebot.regression.suites.reading import read_suite
    from voicebot.regression.suites.selection import chosen
    from voicebot.regression.suites.telephone import Telephone
    from voicebot.routing.issues import errors
    from voicebot.routing.loader import load_table

    configure("text", "critical")  # what goes wrong stands in the report
    settings = load_settings()
    found, issues = read_suite(suite, load_table(settings.routing))
    for issue in errors(issues):
        click.echo(str(issue), err=True)
    placed = [call for call in found.calls if not expression or chosen(expression)(call)]
    if not placed:
        raise ContentError(
            f"{suite}: no call of it can be placed{f' that fits -k {expression!r}' if expression else ''}."
        )
    status = Console(stderr=True).status("")
    with status, _bot(settings, url.rstrip("/"), status.update) as bot:
        result = load_suite(
            found, placed, bot, Telephone(apply), lines=calls, seconds=60 * minutes, progress=status.update
        )
    if as_json:
        emit(told(result))
    else:
        echo(result)
    if not result.held:
        raise click.exceptions.Exit(1)


@contextmanager
def _bot(settings: Settings, url: str, tell: Any) -> Iterator[Reached]:
    """The bot that is served at `url`, or one that is started now and stopped whatever happens."""
    from voicebot.errors import SettingError
    from voicebot.regression.bench_bot import bench_bot
    from voicebot.regression.load import is_local
    from voicebot.regression.suites.bots import served_bot

    if url:
        if not is_local(url):
            raise SettingError(f"{url}: load is put only on a server of this machine, such as http://127.0.0.1:8000.")
        with served_bot(settings, url) as reached:
            yield reached
        return
    tell("starting a bot")
    more = {"VOICEBOT_ENGINE": settings.engine, "VOICEBOT_WHISPER_MODEL": settings.whisper_model}
    with (
        tempfile.TemporaryDirectory(prefix="voicebot-load-") as folder,
        bench_bot(Path(folder), settings, more=more) as bot,
        served_bot(bot.settings, bot.url) as reached,
    ):
        yield reached


def told(result: SuiteLoad) -> dict[str, Any]:
    """As `voicebot load --json` prints it."""
    return {
        "held": result.held,
        "judged": result.judged,
        "right": result.right,
        "came_to": dict(result.came_to),
        "wrong_only_under_load": [asdict(each) for each in result.by_load],
        "wrong_alone_too": [asdict(each) for each in result.suffered if not each.by_load],
        "load": asdict(result.load),
    }


def echo(result: SuiteLoad) -> None:
    """Print what the load came to: harm first, then times."""
    load = result.load
    click.echo(f"{load.calls} lines for {load.seconds:.0f} s: {result.judged:,} calls placed, {result.right:,} right.")
    click.echo("Outcomes: " + (", ".join(f"{name} {count:,}" for name, count in result.came_to.items()) or "none"))
    misrouted = sum(each.misrouted for each in result.by_load)
    harm = f"Lost {load.lost:,} · doubled {load.doubled:,} · wrong only under load {len(result.by_load):,}"
    click.secho(f"{harm}, of them misrouted {misrouted:,}", fg="green" if result.held else "red", bold=True)
    _calls("Wrong only under load", result.by_load)
    _calls("Wrong alone as well", [each for each in result.suffered if not each.by_load])
    click.echo("")
    kinds = [(f"until she hears more: {kind}", times) for kind, times in load.turns.items()]
    table(
        ("seconds", "count", "p50", "p95", "p99", "longest"),
        [_row(name, times) for name, times in [("one webhook request", load.requests), *kinds]],
        "No request was answered.",
    )
    click.echo(
        f"\nHeld with a hold line {load.held:,} times · requests that failed {load.errors:,} · "
        f"the load itself took {100 * load.cpu_share:.0f} % of this machine"
    )
    for trouble in load.troubles[:SHOWN]:
        click.echo(f"  {trouble}")


def _calls(title: str, suffered: list[Suffered]) -> None:
    if suffered:
        click.echo(f"{title}:")
    for each in suffered[:SHOWN]:
        click.echo(f"  {each.name}, {each.times} of {each.placed} times: {each.how}")
    if len(suffered) > SHOWN:
        click.echo(f"  … and {len(suffered) - SHOWN:,} more; --json has all of them.")


def _row(name: str, times: Timings) -> tuple[str, ...]:
    figures = (times.p50, times.p95, times.p99, times.longest)
    return (name, f"{times.count:,}", *(f"{each:.3f}" for each in figures))
