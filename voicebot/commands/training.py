"""`voicebot train`: a model out of the phrases of intents/."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from voicebot import bootstrap
from voicebot.commands.output import emit, json_option, progress
from voicebot.config import load_settings


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
    from voicebot.nlu.manifest import current_hash, is_usable, read_info  # take seconds: the others need not wait
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
