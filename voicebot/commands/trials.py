"""How trials and comparisons of models are shown to people, and told as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from voicebot.commands.output import table

if TYPE_CHECKING:
    from voicebot.nlu.comparison import Comparison
    from voicebot.promoting import Trial

SHOWN = 40
"""Utterances that a comparison lists for people; JSON has all of them."""


def listed(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in given.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({listed(value)})"
    if isinstance(value, list) and len(value) == 4:  # a share with its interval and count, as in reports
        return f"{value[0]:.1%} ({value[1]:.1%} to {value[2]:.1%} of {value[3]})"
    return str(value)


def show_comparison(found: Comparison, shown: int) -> None:
    rows = [
        (
            each.what,
            *("-" if share is None else f"{share:.1%}" for share in (each.first, each.second)),
            f"+{each.gained} -{each.lost} of {each.of}",
            f"{each.p:.3f}",
            "worse" if each in found.worse else "better" if each in found.better else "noise",
        )
        for each in found.pairs
    ]
    table(("", found.first, found.second, "changed", "p (McNemar)", ""), rows, "")
    if found.urgent_recall is not None:
        difference, low, high = (100 * each for each in found.urgent_recall)
        click.echo(f"Urgent calls found: {difference:+.1f} points (95 % interval {low:+.1f} to {high:+.1f})")
    if found.urgent_lost:
        click.echo(f"\nUrgent calls no longer found: {len(found.urgent_lost)}")
        for each in found.urgent_lost:
            click.echo(f"  {each.at} “{each.words}”: {' or '.join(each.expected)}; now {each.second}")
    for now in ("wrong", "right"):
        changes = [each for each in found.changes if each.now == now]
        if changes and shown:
            click.echo(f"\nNewly {now}: {len(changes)}" + (f", the first {shown}:" if len(changes) > shown else ":"))
            for each in changes[:shown]:
                expected = " or ".join(each.expected)
                click.echo(f"  {each.at} “{each.words}”: expected {expected}; was {each.first}, now {each.second}")


def show_trial(trial: Trial) -> None:
    report = trial.tried.report
    names = ("top_1", "urgent_found", "false_urgent", "accepted_right")
    click.echo(f"Model {trial.candidate.hash}: {listed({name: report[name] for name in names})}")
    if trial.comparison is not None:
        show_comparison(trial.comparison, 0)
    for note in trial.notes:
        click.echo(note)
    for each in trial.broken:
        click.echo(f"Against it: {each}")


def told(trial: Trial) -> dict[str, Any]:
    return {
        "hash": trial.candidate.hash,
        "live": trial.live,
        "broken": [asdict(each) for each in trial.broken],
        "notes": list(trial.notes),
        "comparison": asdict(trial.comparison) if trial.comparison else None,
    }
