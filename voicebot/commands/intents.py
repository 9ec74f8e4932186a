"""`voicebot intents`: what the model learns from, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from voicebot.commands.output import emit, json_option, table
from voicebot.config import Settings, load_settings
from voicebot.nlu.corpus import read_corpus, read_held_out
from voicebot.nlu.manifest import CURRENT
from voicebot.nlu.phrases.balance import LONG_WORDS, long_share
from voicebot.nlu.phrases.findings import KINDS, Finding, Tell
from voicebot.nlu.phrases.since import Lines, is_new, new_lines
from voicebot.routing.checks import check_file
from voicebot.routing.issues import Issue
from voicebot.routing.source import trained_intents
from voicebot.storage.personal.found import Found
from voicebot.storage.personal.full_names import is_full_name
from voicebot.storage.redaction import find

HELD_OUT = Path("tests/utterances")
KEPT = Path("var/intents-check")
_DIFFERENCES = ("E203", "E204")
"""The codes of `voicebot check` for intents that only one of routing.yaml and intents/ knows."""

_folder = click.argument("folder", required=False, type=click.Path(path_type=Path))
_utterances = click.option(
    "--utterances",
    type=click.Path(path_type=Path),
    help=f"Folder of held-out utterances; {HELD_OUT} where it is there.",
)


@click.group()
def intents() -> None:
    """The phrases that the model learns from: what is there, and what is wrong with it."""


@intents.command("check")
@_folder
@_utterances
@click.option("--quick", is_flag=True, help="Leave out what needs the sentence encoder; seconds instead of minutes.")
@click.option(
    "--only", multiple=True, type=click.Choice(list(KINDS)), help="Print findings of this kind alone; may be repeated."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github: annotations that GitHub shows beside the lines.",
)
@click.option("--all", "everything", is_flag=True, help="Print every notice, also those of phrases that are not new.")
@json_option
def check(
    folder: Path | None,
    utterances: Path | None,
    quick: bool,
    only: tuple[str, ...],
    style: str,
    everything: bool,
    as_json: bool,
) -> None:
    """Report mistakes in the phrases, and what is worth a look, with file, line and a fix. Nothing is changed.

    Mistakes keep the model from being trained. Notices do not: phrases that are nearly the same, that look like another
    intent's, that hold personal data or are not as Whisper writes; intents with too few phrases or without contrast.
    Exit code 1 where there is a mistake.

    Where the folder lies in a git repository, notices are printed only of phrases that are new or changed since the
    current model was committed; the others are counted (--all prints them, --json tells of all which are new). What
    was found is kept in var/, so that the same check again takes seconds.

    \b
    Examples:
      voicebot intents check
      voicebot intents check --quick
      voicebot intents check --all
      voicebot intents check drafts/intents --only misplaced --json
      voicebot intents check --quick --format github
    """
    # these take seconds to import: the other commands need not wait for them
    from voicebot.nlu.phrases.check import check_phrases
    from voicebot.nlu.phrases.kept import kept_check

    settings = load_settings()
    folder = folder or settings.intents
    weights = None if quick else settings.weights
    held_out, tell = _held_out(utterances), _progress()
    checked = kept_check(KEPT, folder, held_out, weights, lambda: check_phrases(folder, held_out, _find, weights, tell))
    found = [*checked.findings, *_differences(settings, folder)]
    lines = new_lines([each for each in (folder, held_out) if each], settings.models / CURRENT)
    wrong = sum(each.issue.severity == "error" for each in found)
    shown = [each for each in found if not only or each.kind in only]
    if as_json:
        emit([_as_dict(each) | {"new": lines is None or is_new(each, lines)} for each in shown])
    else:
        whole, shown = shown, shown if everything else [each for each in shown if _is_news(each, lines)]
        for each in shown:
            click.echo(annotation(each.issue) if style == "github" else str(each.issue))
        if style == "text":
            _summary(shown)
            if len(shown) < len(whole):
                older = len(whole) - len(shown)
                click.echo(f"{older} more notices of phrases that the current model was trained on: --all prints them.")
        counts = f"{checked.phrases:,} phrases of {checked.intents} intents"
        click.echo(f"{folder}: {counts}, {wrong} mistakes, {len(found) - wrong} notices", err=style == "github")
    if wrong:
        raise click.exceptions.Exit(1)


@intents.command("list")
@_folder
@_utterances
@json_option
def list_(folder: Path | None, utterances: Path | None, as_json: bool) -> None:
    """List the intents with how many phrases they have, the share of long ones, and held-out utterances.

    \b
    Examples:
      voicebot intents list
      voicebot intents list drafts/intents --json
    """
    folder = folder or load_settings().intents
    place = _held_out(utterances)
    held_out = Counter(each.acceptable[0] for each in (read_held_out(place) if place else ()))
    rows: list[dict[str, Any]] = [
        {
            "name": intent.name,
            "title": intent.title,
            "urgent": intent.urgent,
            "phrases": len(intent.phrases),
            "long": round(long_share([phrase.words for phrase in intent.phrases]), 3),
            "held_out": held_out[intent.name],
        }
        for intent in read_corpus(folder).intents
    ]
    if as_json:
        emit(rows)
        return
    columns = ("name", "title", "", "phrases", f"{LONG_WORDS} words or more", "held out")
    shown = [
        (
            each["name"],
            each["title"],
            "urgent" * each["urgent"],
            each["phrases"],
            f"{each['long']:.0%}",
            each["held_out"],
        )
        for each in rows
    ]
    table(columns, shown, "There are no intents.")
    click.echo(f"{len(rows)} intents, {sum(each['phrases'] for each in rows):,} phrases")


def _find(words: str) -> list[Found]:
    """First names and surnames alone are fine in a phrase that is invented."""
    return [each for each in find(words) if each.tag != "name" or is_full_name(words[each.start : each.end])]


def _held_out(given: Path | None) -> Path | None:
    """The folder that was named, which must be there; else the usual one, where there is one."""
    return given or (HELD_OUT if HELD_OUT.is_dir() else None)


def _differences(settings: Settings, folder: Path) -> Iterable[Finding]:
    """Intents that only one of routing.yaml and the folder knows; `voicebot check` tells all else."""
    for each in check_file(settings.routing, trained_intents(folder), datetime.now(UTC).date()):
        if each.code in _DIFFERENCES:
            yield Finding(each, "routing", 1.0)


def _is_news(each: Finding, lines: Lines | None) -> bool:
    """Mistakes always are; so is everything where nobody knows what is old."""
    return each.issue.severity == "error" or lines is None or is_new(each, lines)


def _as_dict(each: Finding) -> dict[str, Any]:
    return {"kind": each.kind, **asdict(each.issue), "severity": each.issue.severity, "weight": each.weight}


def _summary(found: Iterable[Finding]) -> None:
    counts = Counter((each.kind, each.issue.code) for each in found)
    rows = [
        (title, code, count)
        for kind, title in KINDS.items()
        for (its_kind, code), count in sorted(counts.items())
        if its_kind == kind
    ]
    if rows:
        click.echo()
        table(("what", "code", "how many"), rows, "")


def annotation(found: Issue) -> str:
    """GitHub's workflow command for a line of a file; what it keeps for itself is escaped."""
    kind = "error" if found.severity == "error" else "warning"
    where = f"file={_property(found.file)},line={found.line},col={found.column},title={found.code}"
    return f"::{kind} {where}::{_data(f'{found.message}: {found.fix}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _progress() -> Tell:
    """A line on stderr where something else begins, and after each fifth of it."""
    last = ("", -1)

    def tell(what: str, done: float) -> None:
        nonlocal last
        if (what, int(done * 5)) != last:
            last = (what, int(done * 5))
            click.echo(f"{what} … {done:.0%}" if done else what, err=True)

    return tell
