"""`voicebot suite`: suites of recorded calls as files: what is in them, what is wrong with them, and drafts of more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from voicebot.commands.issues_text import as_data, for_github, for_people
from voicebot.commands.output import emit, json_option, table
from voicebot.commands.suite_add import add
from voicebot.commands.suite_play import play
from voicebot.config import load_settings
from voicebot.errors import ContentError
from voicebot.regression.suites.files import find_files, read_suite_text
from voicebot.regression.suites.model import Step, Suite, SuiteCall
from voicebot.regression.suites.reading import read_suite
from voicebot.routing.issues import Issue, errors
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table

OURS = Path("tests/calls")

folder_argument = click.argument("folder", required=False, type=click.Path(path_type=Path), default=OURS)


@click.group()
def suite() -> None:
    """Suites of recorded calls: a folder with recordings and a file that says what must happen (docs/regression.md)."""


suite.add_command(add)
suite.add_command(play)


@suite.command()
@folder_argument
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="text for people; json for other tools; github for annotations in a pull request.",
)
@click.option(
    "--no-routing", is_flag=True, help="Do not look intents and queues up in the routing table that lies here."
)
@json_option
def check(folder: Path, shape: str, no_routing: bool, as_json: bool) -> None:
    """Report every mistake of the suite in FOLDER (tests/calls unless it is given) with file, line, the line itself and
    a fix. Errors keep calls from being run, notices do not. Exit code 1 where there is an error.

    \b
    Examples:
      voicebot suite check calls
      voicebot suite check calls --json
      voicebot suite check calls --format github
    """
    from voicebot.regression.suites.voices import unheard

    routing = None if no_routing else load_table(load_settings().routing)
    found, issues = _read(folder, routing)
    if found is not None:
        issues = tuple(sorted((*issues, *unheard(found))))
    lines = _lines(folder, issues)
    if as_json or shape == "json":
        emit(as_data(issues, lines))
    elif shape == "github":
        click.echo(for_github(issues, folder), nl=bool(issues))
    else:
        click.echo(for_people(issues, lines), nl=bool(issues))
        click.echo(_counted(folder, found, issues))
    if errors(issues):
        raise click.exceptions.Exit(1)


@suite.command("list")
@folder_argument
@json_option
def list_(folder: Path, as_json: bool) -> None:
    """List the calls of the suite in FOLDER: when they ring, what the caller does, and what must happen.

    \b
    Examples:
      voicebot suite list calls
      voicebot suite list calls --json
    """
    found, issues = read_suite(folder, None)
    if as_json:
        emit([_told(each) for each in found.calls])
    else:
        rows = [
            (each.name, f"{each.at:%Y-%m-%d %H:%M}", " | ".join(map(_step, each.steps)), _expected(each))
            for each in found.calls
        ]
        table(("call", "rings", "does", "must come to"), rows, "No call can be placed.")
        tags = Counter(f"{name}: {value}" for each in found.calls for name, value in each.tags.items())
        click.echo(
            f"\n{_number(len(found.calls), 'call')}" + "".join(f" · {tag} {n}" for tag, n in tags.most_common(12))
        )
    wrong = len(errors(issues))
    if wrong:
        click.echo(f"{_number(wrong, 'mistake')}: run `voicebot suite check {folder}`", err=True)
        raise click.exceptions.Exit(1)


def _read(folder: Path, routing: Table | None) -> tuple[Suite | None, tuple[Issue, ...]]:
    """The suite; None where there is none that could be checked call by call."""
    try:
        return read_suite(folder, routing)
    except ContentError as error:
        if find_files(folder)[0] is None:
            raise
        return None, tuple(each for each in error.issues if isinstance(each, Issue))


def _lines(folder: Path, issues: Iterable[Issue]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in {each.file for each in issues}:
        text = read_suite_text(folder / name)[0] if (folder / name).is_file() else None
        found[name] = [] if text is None else text.splitlines()
    return found


def _counted(folder: Path, found: Suite | None, issues: Iterable[Issue]) -> str:
    listed = tuple(issues)
    wrong = len(errors(listed))
    told = f"{folder}: {_number(wrong, 'error')}, {_number(len(listed) - wrong, 'notice')}"
    if found is None:
        return f"{told}; no call can be placed"
    left = f"; {_number(len(found.broken), 'call')} cannot be placed" if found.broken else ""
    return f"{told}; {_number(len(found.calls), 'call')} can be placed{left}"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _step(step: Step) -> str:
    if step.play is not None:
        return step.play.name
    if step.keys:
        return f"keys {step.keys}"
    return "hang-up" if step.hang_up else f"silence {step.silence}" if step.silence > 1 else "silence"


def _expected(call: SuiteCall) -> str:
    wanted = call.expect
    parts = [" or ".join(each) for each in (wanted.intent, wanted.outcome, wanted.queue) if each]
    parts += [f"says “{each}”" for each in wanted.says]
    parts += [f"text “{wanted.text}”" if wanted.text else "no text"] if wanted.text is not None else []
    return ", ".join([*parts, *([f"at most {_number(wanted.turns, 'turn')}"] if wanted.turns else [])])


def _told(call: SuiteCall) -> dict[str, Any]:
    wanted = call.expect
    return {
        "name": call.name,
        "for": call.about,
        "at": call.at.isoformat(),
        "from": call.number or "withheld",
        "steps": [
            {"does": _step(each), "words": each.play.words if each.play else None, "decision": each.decision}
            for each in call.steps
        ],
        "transfers": call.transfers,
        "expect": {name: getattr(wanted, name) for name in ("intent", "outcome", "queue", "says", "text", "turns")},
        "tags": dict(call.tags),
        "file": call.mark.file,
        "line": call.mark.line,
    }
