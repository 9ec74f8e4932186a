"""`voicebot regress`: ring the bot with a suite of recorded calls, and say which now go elsewhere, and why."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from voicebot.app import create_app
from voicebot.commands.moments import moment
from voicebot.commands.output import json_option
from voicebot.commands.regress_compare import compare
from voicebot.config import Settings, load_settings
from voicebot.errors import ContentError, SettingError
from voicebot.logs import configure
from voicebot.regression.conditions.profiles import named
from voicebot.regression.suites.model import Suite, SuiteCall
from voicebot.regression.suites.reading import read_suite
from voicebot.regression.suites.reports.html import write_html
from voicebot.regression.suites.reports.junit import write_junit
from voicebot.regression.suites.reports.terminal import terminal
from voicebot.regression.suites.results import Run
from voicebot.regression.suites.run_file import NAME, dump_run, read_run, write_run
from voicebot.regression.suites.running import Plan, Tell, nothing_to_run
from voicebot.regression.suites.selection import chosen, stratified
from voicebot.regression.suites.session import Choices, session
from voicebot.regression.suites.telephone import CLEAN
from voicebot.routing.issues import errors
from voicebot.routing.loader import load_table

RUNS = Path("var/regress")
LAST = "last.json"
"""The last run of a suite, in its folder under `RUNS`: what `--failed` begins with."""


class Regress(click.Group):
    """A group that may be given a suite where a subcommand could stand: then it is run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = args if args and args[0] in self.commands else ["run", *args]
        return super().parse_args(ctx, given)


@click.group(cls=Regress)
def regress() -> None:
    """Recorded-call regression suites: `voicebot regress SUITE` runs one, `voicebot regress compare` sets two runs side
    by side."""


regress.add_command(compare)


@regress.command()
@click.argument("suite", type=click.Path(path_type=Path), default=Path("tests/calls"))
@click.option("-k", "expression", default="", help="Only calls whose name or tags fit, such as 'urgent and not noisy'.")
@click.option("--failed", is_flag=True, help="Only calls that failed, or were not run, in the last run.")
@click.option(
    "--stratified", "part", type=click.IntRange(1), help="Only so many, with something of every intent and tag."
)
@click.option(
    "--repeat", type=click.IntRange(1), default=1, help="Place each call so often; names those that are flaky."
)
@click.option("--workers", type=click.IntRange(1, 64), help="Calls at once; default as many as there are cores.")
@click.option("--at", help="Have all calls ring then (local time), such as '2026-12-25 03:00'.")
@click.option(
    "--profile", "profiles", multiple=True, help="Line conditions, such as mobile; may be given several times."
)
@click.option("--live", is_flag=True, help="Over live audio, in real time, instead of recordings.")
@click.option("--url", default="", help="Ring the bot that is served there with these settings, not one of its own.")
@click.option("--routing", type=click.Path(path_type=Path), help="Another routing.yaml.")
@click.option("--model", default="", help="Another trained model: the beginning of its hash.")
@click.option("--engine", type=click.Choice(["openai-whisper", "faster-whisper"]), help="Another Whisper engine.")
@click.option("--whisper", type=click.Choice(["base", "tiny.en"]), help="Another Whisper model.")
@click.option("--fresh", is_flag=True, help="Hear every recording again, whatever is remembered of it.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write run.json to as well.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML to this file.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with players to this file.")
@json_option
def run(suite: Path, as_json: bool, out: Path | None, junit: Path | None, html: Path | None, **given: Any) -> None:
    """Ring the bot with every call of the folder SUITE (default tests/calls), through its real webhooks, at the date
    and time that each call names. Exit code 0 where all went as expected, 1 where any did not or could not be run, 2
    where none could be judged.

    What was heard once is remembered by audio and recogniser, sealed, in var/regress/heard.

    \b
    Examples:
      voicebot regress tests/calls
      voicebot regress tests/calls -k "urgent and not noisy" --html report.html
      voicebot regress tests/calls --failed
      voicebot regress tests/calls --routing drafts/routing.yaml --at "2026-12-25 03:00"
      voicebot regress tests/calls --profile mobile --profile bad-mobile --repeat 3 --json
      voicebot regress compare baseline/run.json var/regress/calls/last.json
    """
    wanted = Wanted(**given)
    configure("text", "critical")  # what a call comes to stands in the report, and what goes wrong in it too
    settings = wanted.settings(load_settings())
    found, issues = read_suite(suite, load_table(settings.routing))
    for issue in errors(issues):
        click.echo(str(issue), err=True)
    last = RUNS / _folder_name(found.name) / LAST
    found, calls = wanted.chosen(found, last)
    plan = wanted.plan
    if calls:
        with session(settings, found, wanted.choices, create_app) as ready, _progress() as tell:
            result = ready.run(calls, plan, tell)
    else:
        result = nothing_to_run(found)
    write_run(result, last)
    if out is not None:
        write_run(result, out / NAME)
    if junit is not None:
        write_junit(result, junit)
    if html is not None:
        write_html(result, found, html)
    if as_json:
        click.echo(dump_run(result))
    else:
        Console().print(terminal(result))
    raise click.exceptions.Exit(exit_code(result))


def _folder_name(suite: str) -> str:
    """The suite's name as that of one folder: it may hold anything."""
    return re.sub(r"[^\w.-]+", "-", suite).strip(".-") or "suite"


def exit_code(run: Run) -> int:
    """See the command's help."""
    statuses = {call.status for call in run.calls}
    if not statuses - {"not_run"}:
        return 2
    return 0 if statuses == {"passed"} else 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command's options ask for; see their help."""

    expression: str
    failed: bool
    part: int | None
    repeat: int
    workers: int | None
    at: str | None
    profiles: tuple[str, ...]
    live: bool
    url: str
    routing: Path | None
    model: str
    engine: str | None
    whisper: str | None
    fresh: bool

    def settings(self, settings: Settings) -> Settings:
        """Raises `SettingError` where an option is for a bot of the run's own, and the bot is served elsewhere."""
        own = {"routing": self.routing, "engine": self.engine, "whisper_model": self.whisper}
        changed = {name: value for name, value in own.items() if value is not None}
        if self.url and (changed or self.model or self.fresh):
            raise SettingError(
                "--url rings a bot that is served already: --routing, --model, --engine, --whisper and --fresh are for"
                " a bot of the run's own. Leave out --url, or them."
            )
        return settings.model_copy(update=changed)

    def chosen(self, suite: Suite, last: Path) -> tuple[Suite, list[SuiteCall]]:
        """The calls to be placed, and the suite without the broken entries that were not asked for. Raises
        `ContentError` where nothing is left."""
        fits = chosen(self.expression) if self.expression else lambda entry: True
        again = _failed(last) if self.failed else None
        calls = [call for call in suite.calls if fits(call) and (again is None or call.name in again)]
        broken = [each for each in suite.broken if fits(each) and (again is None or each.name in again)]
        if self.part is not None:
            calls, broken = stratified(calls, self.part), []
        if not calls and not broken:
            which = " and ".join(
                filter(None, (self.expression and f"-k {self.expression!r}", self.failed * "--failed"))
            )
            raise ContentError(
                f"{which or suite.folder}: none of the {len(suite.calls)} calls fits; `voicebot suite list` shows them."
            )
        return replace(suite, broken=tuple(broken)), calls

    @property
    def choices(self) -> Choices:
        return Choices("stream" if self.live else "record", self.url.rstrip("/"), self.model, self.fresh)

    @property
    def plan(self) -> Plan:
        """Raises `ContentError` for a line condition that there is not."""
        for profile in self.profiles:
            named(profile)
        return Plan(
            settings={} if self.at is None else {"at": self.at},
            profiles=self.profiles or (CLEAN,),
            repeat=self.repeat,
            workers=self.workers or os.cpu_count() or 1,
            at=None if self.at is None else moment(self.at),
        )


def _failed(last: Path) -> set[str]:
    """Calls of the last run that are worth another. Raises `ContentError` where there is no such run, or no such
    call."""
    if not last.is_file():
        raise ContentError("--failed: this suite was not run before; run it once without --failed.")
    found = {each.name for each in read_run(last).calls if each.status != "passed" or each.misrouted}
    if not found:
        raise ContentError("--failed: no call failed in the last run of this suite; run it without --failed.")
    return found


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on standard error for each thing that is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def tell(what: str, done: int, of: int) -> None:
            if of and what not in bars:
                bars[what] = progress.add_task(what)
            if of:
                progress.update(bars[what], completed=done, total=of)

        yield tell
