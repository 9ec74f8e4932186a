"""`voicebot preview`: what a caller hears, before anything is published."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from voicebot.commands.moments import moment
from voicebot.commands.output import emit, json_option, progress
from voicebot.commands.preview_html import page
from voicebot.commands.preview_text import print_preview
from voicebot.commands.preview_view import Preview, as_dict, preview_all, preview_one
from voicebot.config import Settings, load_settings
from voicebot.routing.issues import choose
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table


@click.command()
@click.argument("intent", required=False)
@click.option("--at", "at", help="When she rings (local time), such as 2026-12-25T14:00; default now.")
@click.option("--html", "html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to this file.")
@click.option("--audio", is_flag=True, help="With --html: every prompt to listen to. Needs the optional voice.")
@json_option
def preview(intent: str | None, at: str | None, html: Path | None, audio: bool, as_json: bool) -> None:
    """Show what callers hear: every prompt with its length in seconds, what they can answer, and what happens then.

    With INTENT, all that can become of a call about it. Without, the opening of a call and one line for each intent;
    with --html or --json, the trees of all of them. It reads routing.yaml as it lies there, published or not. Lengths
    are estimates.

    \b
    Examples:
      voicebot preview
      voicebot preview pothole
      voicebot preview blue_badge_apply --at 2026-12-25T14:00
      voicebot preview --html preview.html
      voicebot preview pothole --html pothole.html --audio
      voicebot preview pothole --json
    """
    if audio and html is None:
        raise click.UsageError("--audio goes with --html FILE: the page is where the prompts are listened to")
    settings = load_settings()
    now = moment(at) if at else datetime.now(UTC)
    table = load_table(settings.routing)
    shown = _preview(table, intent, now, trees=as_json or html is not None)
    if html is not None:
        _write(html, page(shown, _sounds(shown, settings, as_json) if audio else None))
    if as_json:
        emit(as_dict(shown))
    elif html is not None:
        click.echo(f"{html}: {len(shown.intents)} intents, {len(shown.nodes):,} turns; open it in a browser")
    else:
        print_preview(shown)


def _preview(table: Table, intent: str | None, now: datetime, *, trees: bool) -> Preview:
    if intent is None:
        return preview_all(table, now, trees=trees)
    if intent not in table.intents:
        fix = choose(intent, table.intents, "`voicebot preview` alone lists them")
        raise click.BadParameter(f"there is no intent {intent} in the routing table: {fix}", param_hint="INTENT")
    return preview_one(table, intent, now)


def _sounds(shown: Preview, settings: Settings, quiet: bool) -> dict[str, str]:
    """Prompts in other languages stay silent: the voice speaks English alone."""
    from voicebot.commands.preview_audio import sounds  # takes a while: a page without sound need not wait
    from voicebot.speech.voice.render import open_speaker

    tell = progress(quiet)
    texts = [prompt.text for node in shown.nodes for prompt in node.prompts if prompt.language is None]
    voice = settings.voice
    return sounds(
        texts, settings.prompts, voice, lambda: open_speaker(voice, settings.weights, settings.weights_from, tell), tell
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}; give another file") from None
