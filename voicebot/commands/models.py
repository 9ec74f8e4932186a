"""`voicebot models`: the weights that are fetched, and the models that are trained, compared, promoted, taken back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot import bootstrap
from voicebot.commands.output import emit, json_option, progress, table
from voicebot.commands.trials import SHOWN, listed, show_comparison, show_trial, told
from voicebot.config import load_settings
from voicebot.speech.weights import fetch

if TYPE_CHECKING:
    from voicebot.nlu.manifest import ModelInfo
    from voicebot.storage.publications import Publication

NEEDED = ("whisper-base", "whisper-tiny.en", "minilm")

utterances_option = click.option(
    "--utterances",
    type=click.Path(path_type=Path),
    default=Path("tests/utterances"),
    show_default=True,
    help="Folder of held-out utterances that models are judged by.",
)
why_option = click.option("--why", help="The reason, kept with the promotion.")


@click.group()
def models() -> None:
    """Trained models, and the weights that they and the recognisers are built on."""


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
    fetch(chosen, settings.weights, source or settings.weights_from, progress=progress(as_json))
    if as_json:
        emit({"weights": list(chosen), "folder": str(settings.weights)})
    else:
        click.echo(f"Ready in {settings.weights}: {', '.join(chosen)}")


@models.command("list")
@click.option("--history", is_flag=True, help="Show every promotion and rollback instead, the newest last.")
@json_option
def list_(history: bool, as_json: bool) -> None:
    """List the models that are here: when trained, by whom, how good, and which of them answers callers.

    Figures are those of the training, on the held-out utterances of that day ("tried on"). Where two rows were not
    tried on the same ones, hold them against each other with `voicebot models compare`.

    \b
    Examples:
      voicebot models list
      voicebot models list --history --json
    """
    office = bootstrap.office(load_settings())
    if history:
        _show_history(office.history(), as_json)
        return
    rows = office.all()
    if as_json:
        emit([asdict(each) for each in rows])
        return
    table(
        ("model", "trained (UTC)", "by", "phrases", "right", "urgent found", "tried on", "state"),
        [_row(each.hash, each.info, each.state) for each in rows],
        "No model has been trained yet. Run `voicebot train`.",
    )


def _row(name: str, info: ModelInfo | None, state: str) -> tuple[str, ...]:
    if info is None:
        return name, "", "", "", "", "", "", state
    held_out = info.figures.get("held_out", {})
    when = info.when[:16].replace("T", " ")
    return (
        name,
        when,
        info.who,
        str(info.phrases),
        _percent(held_out, "top_1"),
        _percent(held_out, "urgent_found"),
        _exam(info),
        state,
    )


def _exam(info: ModelInfo) -> str:
    """Which held-out utterances the figures are from: those of two models compare only where this is the same."""
    tried = info.figures.get("held_out", {}).get("utterances")
    if tried is None:
        return "-"
    return f"{tried} of {info.exam}" if info.exam else f"{tried} utterances"


def _percent(figures: Mapping[str, Any], name: str) -> str:
    given = figures.get(name)
    return f"{given[0]:.1%}" if given else "-"


def _show_history(history: tuple[Publication, ...], as_json: bool) -> None:
    if as_json:
        emit([asdict(each) for each in history])
        return
    rows = [
        (f"{each.at:%Y-%m-%d %H:%M:%S}", each.kind, each.hash, each.previous, each.who, _reason(each))
        for each in history
    ]
    table(("when (UTC)", "what", "model", "in place of", "by", "why"), rows, "No model was ever live.")


def _reason(each: Publication) -> str:
    return f"forced: {each.why}" if each.forced else each.why


@models.command()
@click.argument("model")
@json_option
def show(model: str, as_json: bool) -> None:
    """Show what is known of MODEL: its phrases, settings, versions and figures, and when it was live.

    MODEL is a hash, as much of its beginning as no other has, or `live`.

    \b
    Example:
      voicebot models show c3e04c
    """
    office = bootstrap.office(load_settings())
    found = office.described(office.find(model))
    history = [each for each in office.history() if each.hash == found.hash]
    if as_json:
        emit({**asdict(found), "history": [asdict(each) for each in history]})
        return
    info = found.info
    click.echo(f"Model {found.hash}: {found.state or 'a candidate'}")
    if info is not None:
        click.echo(f"trained   {info.when or '-'} by {info.who or '-'}")
        click.echo(f"phrases   {info.phrases} of {len(info.labels)} intents, {len(info.urgent)} of them urgent")
        click.echo(f"corpus    {info.corpus}")
        click.echo(f"encoder   {info.encoder}")
        click.echo(f"versions  {listed(info.versions)}")
        click.echo(f"recipe    {listed(info.recipe) or '-'}")
        click.echo(f"thresholds {listed(info.thresholds)}")
        for part, figures in info.figures.items():
            click.echo(f"{part.replace('_', ' ')}: {listed(figures)}")
    if history:
        click.echo()
        _show_history(tuple(history), False)


@models.command()
@click.argument("first")
@click.argument("second")
@utterances_option
@json_option
def compare(first: str, second: str, utterances: Path, as_json: bool) -> None:
    """Try two models on the same held-out utterances: figures side by side, whether the difference is more than noise,
    and every utterance that only one of them gets right.

    \b
    Example:
      voicebot models compare live 31c0de
    """
    office = bootstrap.office(load_settings())
    names = office.find(first), office.find(second)
    found = office.compare(*names, utterances, progress(as_json))
    emit(asdict(found)) if as_json else show_comparison(found, SHOWN)


@models.command()
@click.argument("model")
@utterances_option
@click.option("--force", is_flag=True, help="Promote it below the floors too; asks for the reason, which is kept.")
@why_option
@json_option
def promote(model: str, utterances: Path, force: bool, why: str | None, as_json: bool) -> None:
    """Judge MODEL and let it answer callers: calls that ring from now on, within seconds and without a restart. Calls
    under way end with the model that they began with.

    It is refused, with exit code 1, where it stays below a floor, or is worse than the live model by more than noise.

    \b
    Examples:
      voicebot models promote 31c0de
      voicebot models promote 31c0de --force --why "live one was trained on phrases that had to be deleted"
    """
    if force:
        _can_say_why(why)
    office = bootstrap.office(load_settings())
    name = office.find(model)
    if office.is_live(name):
        emit({"promoted": False, "hash": name, "live": name}) if as_json else click.echo(f"{name} is live already.")
        return
    trial = office.judge(name, utterances, progress(as_json))
    if not as_json:
        show_trial(trial)
    if trial.broken and not force:
        if as_json:
            emit({"promoted": False, **told(trial)})
        else:
            click.echo(f"\nThe model {name} is not promoted; {trial.live or 'no model'} stays live.")
        raise click.exceptions.Exit(1)
    if trial.broken and why is None:
        why = click.prompt("Why is it to be promoted all the same", err=True, value_proc=_reason_given)
    office.promote(trial, why or "")
    if as_json:
        emit({"promoted": True, **told(trial)})
    else:
        click.echo(f"\nThe model {name} is live. Servers take it within seconds; /readyz names the one in use.")
        if office.can_roll_back():  # after the first promotion of all there is nothing to go back to
            click.echo("Back to the one before: voicebot models rollback")


def _can_say_why(why: str | None) -> None:
    """Before anything is judged, which takes a minute. Raises `click.UsageError`."""
    if why is not None and not why.strip():
        raise click.UsageError("--why is blank: say why the model is to be promoted below the floors")
    if why is None and not sys.stdin.isatty():
        raise click.UsageError("--force asks for the reason, and there is no terminal to ask at: give --why")


def _reason_given(answer: str) -> str:
    if not answer.strip():
        raise click.UsageError("a reason is needed")
    return answer


@models.command()
@why_option
@json_option
def rollback(why: str | None, as_json: bool) -> None:
    """Let the model answer callers that did so before the live one. It is not judged again.

    A second rollback goes one further back.

    \b
    Examples:
      voicebot models rollback
      voicebot models rollback --why "flooded the library with calls about planning"
    """
    made = bootstrap.office(load_settings()).roll_back(why or "")
    if as_json:
        emit(asdict(made))
    else:
        click.echo(f"The model {made.hash} is live again, in place of {made.previous}. Servers take it within seconds.")
