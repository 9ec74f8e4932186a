"""`voicebot check`, `train`, `publish`, `models`: the files that people edit, and what is made of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from voicebot import bootstrap
from voicebot.commands.output import emit, json_option, table
from voicebot.config import load_settings
from voicebot.routing.checks import check_file
from voicebot.routing.issues import errors
from voicebot.speech.weights import fetch

NEEDED = ("whisper-base", "whisper-tiny.en", "minilm")


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
@click.option("--force", is_flag=True, help="Train even where the model of these phrases is there already.")
@click.option("--held-out", type=click.Path(path_type=Path), help="Folder of utterances that the report is to cover.")
@json_option
def train(force: bool, held_out: Path | None, as_json: bool) -> None:
    """Train the model from intents/*.yaml and make it the current one. Nothing is published.

    \b
    Examples:
      voicebot train
      voicebot train --held-out tests/utterances
      voicebot train --force --json
    """
    from voicebot.nlu.train import train as train_model  # takes seconds: the other commands need not wait for it

    settings = load_settings()
    info = train_model(
        settings.intents,
        settings.models,
        settings.weights,
        progress=_progress(as_json),
        force=force,
        held_out=held_out,
    )
    if as_json:
        emit(asdict(info))
    else:
        click.echo(f"Model {info.hash} is current; its report: {settings.models / info.hash / 'report.md'}")
        click.echo("Publish it with: voicebot publish")


@click.command()
@click.option("--list", "only_list", is_flag=True, help="Publish nothing; show what has been published.")
@json_option
def publish(only_list: bool, as_json: bool) -> None:
    """Publish routing.yaml and the current model. Calls that ring from now on are answered by them; calls under way end
    as they began. A file with errors is not published.

    \b
    Examples:
      voicebot publish
      voicebot publish --list
    """
    settings = load_settings()
    published = bootstrap.published(bootstrap.open_storage(settings))
    if not only_list:
        bootstrap.publish(settings, published)
    versions = published.list()
    if as_json:
        emit([asdict(each) for each in versions])
    else:
        rows = [(v.kind, v.hash[:12], f"{v.at:%Y-%m-%d %H:%M:%S}", "current" if v.current else "") for v in versions]
        table(("what", "hash", "published (UTC)", ""), rows, "Nothing has been published yet.")


@click.group()
def models() -> None:
    """Weights of the speech and language models."""


@models.command("fetch")
@click.argument("names", nargs=-1)
@click.option("--from", "source", type=click.Path(path_type=Path, exists=True), help="Local folder to look in first.")
@json_option
def fetch_(names: tuple[str, ...], source: Path | None, as_json: bool) -> None:
    """Fetch model weights and verify them by SHA-256. What is there already is not fetched again.

    \b
    Examples:
      voicebot models fetch
      voicebot models fetch whisper-base --from /media/usb/weights
    """
    settings = load_settings()
    chosen = names or NEEDED
    fetch(chosen, settings.weights, source or settings.weights_from, progress=_progress(as_json))
    if as_json:
        emit({"weights": list(chosen), "folder": str(settings.weights)})
    else:
        click.echo(f"Ready in {settings.weights}: {', '.join(chosen)}")


def _progress(quiet: bool) -> bootstrap.Progress:
    return (lambda line: None) if quiet else (lambda line: click.echo(line, err=True))
