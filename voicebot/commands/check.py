"""`voicebot check`: what is wrong with routing.yaml and the files of routing.d."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from voicebot.commands.issues_text import as_data, counted, for_github, for_people, read_lines
from voicebot.commands.output import emit, json_option
from voicebot.config import load_settings
from voicebot.routing.checks import check_file
from voicebot.routing.issues import errors
from voicebot.routing.source import trained_intents


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="text for people; json for other tools; github for annotations in a pull request.",
)
@json_option
def check(file: Path | None, shape: str, as_json: bool) -> None:
    """Report every problem of routing.yaml and routing.d with file, line, the line itself and a fix. Errors keep the
    file from being published, notices do not. Exit code 1 where there is an error.

    \b
    Examples:
      voicebot check
      voicebot check drafts/routing.yaml --json
      voicebot check --format github
    """
    settings = load_settings()
    file = file or settings.routing
    issues = check_file(file, trained_intents(settings.intents), datetime.now(UTC).date())
    lines = read_lines(file.parent, issues)
    if as_json or shape == "json":
        emit(as_data(issues, lines))
    elif shape == "github":
        click.echo(for_github(issues, file.parent), nl=bool(issues))
    else:
        click.echo(for_people(issues, lines), nl=bool(issues))
        click.echo(counted(file, issues))
    if errors(issues):
        raise click.exceptions.Exit(1)
