"""How `voicebot voice` tells what is there and what was rendered: for people, and as plain values for JSON."""

from __future__ import annotations

from typing import Any

import click

from voicebot.commands.output import table
from voicebot.config import Settings
from voicebot.routing.issues import Issue
from voicebot.speech.voice.cache import Cache
from voicebot.speech.voice.render import PACE, Plan, Rendered, why_not


def rendered(made: Rendered, issues: tuple[Issue, ...]) -> dict[str, Any]:
    return {
        "rendered": made.done,
        "seconds_of_speech": round(made.seconds_of_speech, 1),
        "failed": [{"words": words, "reason": reason} for words, reason in made.failed],
        "left": made.left,
        "issues": [str(each) for each in issues],
    }


def tell_rendered(made: Rendered, issues: tuple[Issue, ...]) -> None:
    for each in issues:
        click.echo(str(each), err=True)
    for words, reason in made.failed:
        click.echo(f"{words[:60]!r} cannot be spoken: {reason}", err=True)
    click.echo(f"{made.done} rendered, {made.seconds_of_speech / 60:.1f} minutes of speech; {made.left} left")


def as_data(settings: Settings, found: Plan, issues: tuple[Issue, ...]) -> dict[str, Any]:
    seconds = found.seconds_of_speech * PACE[settings.voice == "espeak-ng"]
    return {
        "voice": settings.voice,
        "why_not": None if settings.voice == "none" else why_not(settings.voice, settings.weights),
        "folder": str(settings.prompts),
        "megabytes": round(sum(stat.st_size for _, stat in Cache(settings.prompts).files()) / 1e6, 1),
        "pieces": len(found.pieces),
        "recorded": len(found.recorded),
        "rendered": len(found.pieces) - len(found.recorded) - len(found.missing),
        "missing": len(found.missing),
        "minutes_to_render": round(seconds / 60, 1),
        "too_many": list(found.too_many),
        "issues": [str(each) for each in issues],
    }


def listed(found: Plan) -> list[dict[str, Any]]:
    missing, recorded = set(found.missing), set(found.recorded)
    return [
        {
            "words": each.words,
            "slow": each.slow,
            "voice": "missing" if each in missing else "recorded" if each in recorded else each.voice,
        }
        for each in found.pieces
    ]


def print_status(shown: dict[str, Any], found: Plan | None) -> None:
    for each in shown["issues"]:
        click.echo(each, err=True)
    if found is not None:
        rows = [(each["voice"], "slow" if each["slow"] else "", each["words"]) for each in listed(found)]
        table(["voice", "", "words"], rows, "nothing is said")
    for clause in shown["too_many"]:
        click.echo(f'"{clause}": too much changes in it to be rendered ahead; set a comma between its parts')
    click.echo(f"{shown['recorded']} of {shown['pieces']} pieces are the council's own recordings")
    click.echo(
        f"{shown['rendered']} are rendered in the voice {shown['voice']} ({shown['folder']}, {shown['megabytes']} MB)"
    )
    if shown["missing"]:
        click.echo(f"{shown['missing']} are missing; rendering takes about {shown['minutes_to_render']:.0f} minutes")
    if shown["why_not"] and shown["missing"]:
        click.echo(shown["why_not"])
