"""`voicebot evaluate`: how well a model does on utterances that nothing was learnt from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.commands.output import emit, json_option, progress, table
from voicebot.config import Settings, load_settings
from voicebot.errors import ModelError
from voicebot.routing.loader import load_table

if TYPE_CHECKING:
    from voicebot.nlu.evaluate import Report

OUT = Path("var/evaluation")


@click.command()
@click.argument("model", required=False)
@click.option(
    "--utterances",
    type=click.Path(path_type=Path),
    default=Path("tests/utterances"),
    show_default=True,
    help="Folder of held-out utterances.",
)
@click.option(
    "--routing",
    type=click.Path(path_type=Path),
    help="Routing table whose destinations count, and whose thresholds are tried too where they are not the model's; "
    "default the configured one.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help=f"Folder for report.html and report.json; default {OUT}/HASH."
)
@json_option
def evaluate(model: str | None, utterances: Path, routing: Path | None, out: Path | None, as_json: bool) -> None:
    """Try MODEL (the beginning of its hash; default the current one) on held-out utterances, as callers would live
    through it, and write a report with plots that opens offline. Nothing is learnt, promoted or changed.

    \b
    Examples:
      voicebot evaluate
      voicebot evaluate c3e0 --out reports/c3e0
      voicebot evaluate --utterances tests/utterances --routing drafts/routing.yaml --json
    """
    settings = load_settings()
    card = _scorecard(settings, model, utterances, routing or settings.routing, progress(as_json))
    folder = out or OUT / card["model"]["hash"]
    _write(folder, card)
    if as_json:
        emit(card)
    else:
        _print(card)
        click.echo(f"The report: {folder / 'report.html'}")


def _scorecard(settings: Settings, name: str | None, folder: Path, routing: Path, tell: Any) -> Report:
    # these take seconds to import: the other commands need not wait for them
    from voicebot.nlu.catalogue import find_model
    from voicebot.nlu.corpus import read_corpus, read_held_out
    from voicebot.nlu.registry import load_current, load_model
    from voicebot.nlu.scorecard import scorecard

    utterances = read_held_out(folder)
    destinations = load_table(routing)
    learnt = read_corpus(settings.intents).texts() if settings.intents.is_dir() else []
    tell("Loading the model")
    if name is None:
        model = load_current(settings.models, settings.weights)
    else:
        model = load_model(settings.models, find_model(settings.models, name), settings.weights)
    return scorecard(
        model,
        utterances,
        destinations,
        trained_on=learnt,
        cross_validation=_cross_validation(settings.models / model.info.hash / "report.json"),
        progress=tell,
    )


def _cross_validation(file: Path) -> dict[str, Any]:
    """What the training found out; nothing where the model has no report that can be read."""
    try:
        part = json.loads(file.read_text("utf-8"))["cross_validation"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return part if isinstance(part, dict) else {}


def _write(folder: Path, card: Report) -> None:
    from voicebot.nlu.report_html import page

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (folder / "report.html").write_text(page(card), "utf-8")
    except OSError as error:
        raise ModelError(f"{folder}: the report cannot be written ({error.strerror}); name another --out.") from error


def _print(card: Report) -> None:
    held_out, routing = card["held_out"], card["routing"]
    left_out = f"; {held_out['left_out']} more are training phrases word for word" if held_out["left_out"] else ""
    click.echo(f"Model {card['model']['hash']} on {held_out['utterances']} held-out utterances{left_out}.")
    if routing is not None:
        differing = ", ".join(f"{name} {each['routing']}" for name, each in routing["differing"].items())
        click.echo(f"routing.yaml has thresholds of its own ({differing}); the report has the figures by them, too.")
    rows = [
        (each["says"], *_figures(each["share"]), _limit(each, "aim"), _limit(each, "floor"), each["verdict"])
        for each in card["aims"]
    ]
    table(("figure", "%", "95 % interval", "of", "aim", "floor", ""), rows, "")


def _figures(given: list[float | None] | None) -> tuple[str, str, str]:
    if given is None or given[0] is None:
        return "–", "–", "0"
    low, high = given[1], given[2]
    if low is None or high is None:
        return f"{100 * given[0]:.2f}", "–", str(given[3])
    return f"{100 * given[0]:.1f}", f"{100 * low:.1f} – {100 * high:.1f}", str(given[3])


def _limit(row: dict[str, Any], name: str) -> str:
    return "" if row[name] is None else f"{'≤' if row['at_most'] else '≥'} {100 * row[name]:.1f}"
