"""`voicebot check`, `train`, `publish`: the files that people edit, and what is made of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from voicebot import bootstrap
from voicebot.commands.output import emit, json_option, progress, table
from voicebot.config import load_settings
from voicebot.routing.checks import check_file
from voicebot.routing.issues import errors


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@json_option
def check(file: Path | None, as_json: bool) -> None:
    """Report every problem of routing.yaml with file, line and a fix. Exit code 1 where there is an error.

    \b
    Examples:
      voicebot check
      voicebot check drafts/routing.yaml --json
    """
    settings = load_settings()
    file = file or settings.routing
    issues = check_file(file, bootstrap.intent_names(settings), datetime.now(UTC).date())
    wrong = errors(issues)
    if as_json:
        emit([{**asdict(each), "severity": each.severity} for each in issues])
    else:
        for each in issues:
            click.echo(str(each))
        notices = len(issues) - len(wrong)
        click.echo(f"{file}: {len(wrong)} errors, {notices} notices" + ("" if wrong else "; fit to be published"))
    if wrong:
        raise click.exceptions.Exit(1)


@click.command()
@click.option(
    "--force",
    is_flag=True,
    help="Train even where the model of these phrases is there already, unless it is the current one.",
)
@click.option("--if-missing", is_flag=True, help="Train only where there is no current model that can be used here.")
@click.option("--held-out", type=click.Path(path_type=Path), help="Folder of utterances that the report is to cover.")
@json_option
def train(force: bool, if_missing: bool, held_out: Path | None, as_json: bool) -> None:
    """Train a candidate from intents/*.yaml. What callers are answered with stays as it is: `voicebot models promote`
    changes that. Only where there is no model that could be used, the candidate becomes the current one.

    \b
    Examples:
      voicebot train --held-out tests/utterances
      voicebot train --if-missing
      voicebot train --force --json
    """
    if force and if_missing:
        raise click.UsageError("give either --force or --if-missing")
    from voicebot.nlu.registry import current_hash, is_usable, read_info  # take seconds: the others need not wait
    from voicebot.nlu.train import train as train_model

    settings = load_settings()
    current = current_hash(settings.models)
    if if_missing and current and is_usable(settings.models, current, settings.weights):
        info = read_info(settings.models, current)
    else:
        info = train_model(
            settings.intents,
            settings.models,
            settings.weights,
            progress=progress(as_json),
            force=force,
            held_out=held_out,
            who=bootstrap.account(settings),
        )
    is_current = current_hash(settings.models) == info.hash
    if as_json:
        emit({**asdict(info), "current": is_current})
    elif is_current:
        click.echo(f"The model {info.hash} is current.")
    else:
        click.echo(f"The model {info.hash} is a candidate; its report: {settings.models / info.hash / 'report.md'}")
        click.echo(f"Promote it with: voicebot models promote {info.hash}")


@click.command()
@click.option("--list", "only_list", is_flag=True, help="Publish nothing; show what has been published.")
@json_option
def publish(only_list: bool, as_json: bool) -> None:
    """Publish routing.yaml. Calls that ring from now on are answered by it; calls under way end as they began. A file
    with errors is not published. Where no model was ever live, the current one becomes it; another one is made live by
    `voicebot models promote` alone.

    \b
    Examples:
      voicebot publish
      voicebot publish --list
    """
    settings = load_settings()
    engine = bootstrap.open_storage(settings)
    if not only_list:
        bootstrap.publish(settings, engine)
    versions = bootstrap.published(engine).list()
    if as_json:
        emit([asdict(each) for each in versions])
    else:
        rows = [(v.kind, v.hash[:12], f"{v.at:%Y-%m-%d %H:%M:%S}", "current" if v.current else "") for v in versions]
        table(("what", "hash", "published (UTC)", ""), rows, "Nothing has been published yet.")
