"""`voicebot publish`, and the look and the question before anything of routing.yaml becomes live."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeVar

import click

from voicebot import bootstrap
from voicebot.commands.diff import difference, echo_difference
from voicebot.commands.diff import told as told_difference
from voicebot.commands.output import emit, json_option, progress
from voicebot.config import Settings, load_settings
from voicebot.logs import described
from voicebot.replaying import Difference
from voicebot.routing.changed import FileChange
from voicebot.storage.publications import Publication
from voicebot.versions import LIVE, Proposed, Versions

COLOURS = {"@": "cyan", "+": "green", "-": "red"}

DAYS = 7
"""Calls of so many days are tried before anything is published: each day of the week, with its own topics."""

SHOWN = 10
"""Calls that are listed; `voicebot diff` lists more."""

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Asking:
    """How it is asked before a table becomes live: the options that `publish` and `rollback` share."""

    why: str
    yes: bool
    calls: bool
    as_json: bool


def asking_options(*, calls: bool) -> Callable[[Command], Command]:
    """`--why`, `--yes`, `--calls`, `--json`: the fields of `Asking`; `calls` is what holds where nobody says."""
    tried = f"Try the calls of the last {DAYS} days first, or do not (default: {'do' if calls else 'do not'})."

    def with_options(command: Command) -> Command:
        for option in (
            json_option,
            click.option("--calls/--no-calls", default=calls, help=tried),
            click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal to ask at."),
            click.option("--why", default="", help="The reason, kept with the version."),
        ):
            command = option(command)
        return command

    return with_options


@click.command()
@asking_options(calls=True)
def publish(**options: Any) -> None:
    """Check routing.yaml and the files of routing.d, show what would change, ask, and publish them. Calls that ring
    from now on are answered by it; calls under way end as they began. Files with errors are not published.

    Where no model was ever live, the current one becomes it; another one is made live by `voicebot models promote`
    alone. `voicebot routing` has every version that was published, and the way back.

    \b
    Examples:
      voicebot publish
      voicebot publish --why "Registrars close at noon on 24 December"
      voicebot publish --yes --json
    """
    how, settings = Asking(**options), load_settings()
    versions = bootstrap.versions(settings)
    proposed = versions.from_disk()
    if proposed.is_live:
        versions.start_model()
        unchanged(proposed, "Nothing to publish: the files are as they were published.", how)
        return
    made = look_and_ask(settings, versions, proposed, "Publish this?", how)
    if not how.as_json:
        click.echo(f"Published as {made.hash[:12]}. Calls that ring from now on are answered by it.")
        if made.previous:
            click.echo("Back to the one before: voicebot routing rollback")


def unchanged(proposed: Proposed, message: str, how: Asking) -> None:
    if how.as_json:
        emit({"published": False, "hash": proposed.table.hash, "live": proposed.live})
    else:
        click.echo(message)


def look_and_ask(settings: Settings, versions: Versions, proposed: Proposed, question: str, how: Asking) -> Publication:
    """Show what would change, ask, make it live. With `--json` the look goes to standard error, so that the output
    stays JSON. Raises `click.UsageError` where nobody can be asked, `click.Abort` where the answer is no."""
    show_changes(proposed.changes, proposed.table.owners, lines=proposed.live is not None, err=how.as_json)
    if not proposed.changes:
        click.echo(
            "No line differs: what is new is that the default wording is kept with the version.", err=how.as_json
        )
    if not how.yes and not sys.stdin.isatty():
        raise click.UsageError(
            "nothing is changed: there is no terminal to ask at. Read the changes, then run it again with --yes"
        )
    calls: Difference | str | None = None
    if how.calls and proposed.live is not None:
        calls = _tried(settings, versions, proposed, how.as_json)
        _show_calls(calls, err=how.as_json)
    if not how.yes:
        click.confirm(question, abort=True, err=True)
    made = versions.make_live(proposed, how.why)
    if how.as_json:
        tried = told_difference(calls) if isinstance(calls, Difference) else None
        files = [asdict(each) for each in proposed.changes]
        emit({"published": True, **told(made), "changes": files, "calls": tried})
    return made


def _tried(settings: Settings, versions: Versions, proposed: Proposed, quiet: bool) -> Difference | str:
    """What becomes of the calls of the last week, or why that cannot be told. It is a look: where it fails, be it by a
    mistake of our own, publishing is possible all the same."""
    since = bootstrap.utc_now() - timedelta(days=DAYS)
    try:
        old = versions.table(versions.find(LIVE))
        return difference(settings, old, proposed.table, since, tell=progress(quiet))
    except Exception as error:
        told = described(error)
        reason = told.get("reason") or f"a mistake of this program, please report it: {told['kind']} at {told['where']}"
        return f"The calls of the last {DAYS} days could not be tried: {reason}"


def _show_calls(calls: Difference | str, *, err: bool) -> None:
    with redirect_stdout(sys.stderr if err else sys.stdout):
        echo_difference(calls, SHOWN) if isinstance(calls, Difference) else click.echo(calls)
        click.echo()


def told(made: Publication) -> dict[str, Any]:
    """A publication as JSON has it: without what only models have."""
    return {name: value for name, value in asdict(made).items() if name not in ("forced", "figures")}


def show_changes(
    changes: Iterable[FileChange], owners: Mapping[str, str] | None = None, *, lines: bool = True, err: bool = False
) -> None:
    """Each file with its owner and how much of it changed; with `lines`, the changed passages too."""
    for each in changes:
        owner = (owners or {}).get(each.file)
        click.secho(f"{each.file}{f' ({owner})' if owner else ''}: {counted(each)}", bold=True, err=err)
        for line in each.lines if lines else ():
            click.secho(line, fg=COLOURS.get(line[:1]), err=err)
        click.echo(err=err)


def counted(change: FileChange) -> str:
    if not change.lines:
        return "only the ends of lines differ"
    return f"{_lines(change.added)} added, {_lines(change.removed)} removed"


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
