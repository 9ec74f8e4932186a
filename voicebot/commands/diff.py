"""`voicebot diff`: the blast radius of an edit. Which calls would go elsewhere, before anything is published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from voicebot import bootstrap
from voicebot.commands.moments import moment
from voicebot.commands.output import emit, json_option, progress
from voicebot.commands.review import since_option
from voicebot.commands.review_labelling import printable
from voicebot.config import Settings, load_settings
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard
from voicebot.errors import ContentError
from voicebot.ports import Understander
from voicebot.replaying import Changed, Difference, blast_radius, names
from voicebot.replaying_places import Came
from voicebot.replaying_steps import Rung, Step, Understand, rung
from voicebot.routing.hours import LONDON
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table
from voicebot.storage.database import open_existing
from voicebot.storage.stored_calls import count_calls, read_calls

RECORDED = Path("tests/calls")

SHOWN = 40
"""Calls that are listed for people, those that are alike counted as one; JSON has all of them."""

MOVES, CAUSES = 6, 8
"""Pairs of places, and changed texts, that the summary names."""


@click.command()
@click.argument("old", default="live")
@click.argument("new", required=False)
@click.option(
    "--calls", "since", default="7d", show_default=True, callback=since_option, help="Calls since then: 30d or a date."
)
@click.option(
    "--recorded",
    type=click.Path(path_type=Path),
    help=f"Suite of recorded calls; default {RECORDED} if it is there.",
)
@click.option(
    "--utterances", type=click.Path(path_type=Path), help="Folder of held-out utterances, each tried as well."
)
@click.option(
    "--at", "at", help="Have all of them ring then (local time), such as 2026-12-25T14:00; else as they rang."
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 where calls go elsewhere or hear other words.")
@json_option
def diff(
    old: str,
    new: str | None,
    since: datetime,
    recorded: Path | None,
    utterances: Path | None,
    at: str | None,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Say which calls the routing table NEW takes elsewhere than OLD does. Each is a routing.yaml, `live`, or the
    beginning of a published table's hash; without them, the live table and the file on disk are compared.

    Stored calls are gone through under both, each at the time it rang, and so are the recorded calls of the tests.
    Nothing is rung, stored or published.

    \b
    Examples:
      voicebot diff
      voicebot diff live drafts/routing.yaml --calls 30d
      voicebot diff 3fa1 live --calls 2026-11-01 --json
      voicebot diff --at 2026-12-25T14:00 --exit-code
    """
    settings = load_settings()
    when = moment(at) if at else None
    first, second = named_table(settings, old), named_table(settings, new or str(settings.routing))
    tell = progress(as_json)
    found = difference(settings, first, second, since, at=when, recorded=recorded, utterances=utterances, tell=tell)
    if as_json:
        emit(told(found))
    else:
        echo_difference(found)
    if exit_code and found:
        raise click.exceptions.Exit(1)


def named_table(settings: Settings, name: str) -> Table:
    """The table that a person means by `name`. Raises `ContentError`, `StorageError`."""
    if Path(name).is_file() or name.endswith((".yaml", ".yml")):
        return load_table(Path(name))
    if open_existing(settings.database_url.get_secret_value()) is None:
        raise ContentError(
            f"{name}: no such file, and nothing has been published here yet; name two routing.yaml files"
        )
    versions = bootstrap.versions(settings)
    return versions.table(versions.find(name))


def difference(
    settings: Settings,
    old: Table,
    new: Table,
    since: datetime,
    *,
    at: datetime | None = None,
    recorded: Path | None = None,
    utterances: Path | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Difference:
    """The blast radius of `new` for the calls since then, the recorded calls where there are any, and `utterances`.
    Raises `ContentError`, `StorageError`, and `ModelError` where the model is needed and cannot be used."""
    engine = open_existing(settings.database_url.get_secret_value())
    if engine is not None:
        engine = bootstrap.open_storage(settings)  # one that an older version left is brought up to date
        tell(f"{count_calls(engine, since):,} calls are stored since {_clock(since)}")
    calls = chain(_stored(engine, since), _recorded(recorded, tell), _held_out(utterances, at))
    return blast_radius(old, new, calls, _asked_lazily(settings, tell), at=at, tell=tell)


def _stored(engine: Engine | None, since: datetime) -> Iterator[Rung]:
    if engine is not None:
        yield from map(rung, read_calls(engine, since))


def _recorded(folder: Path | None, tell: Callable[[str], None]) -> Iterator[Rung]:
    from voicebot.regression.spoken_calls import spoken_calls
    from voicebot.regression.suites.reading import read_suite

    if folder is None and not RECORDED.is_dir():
        return
    suite, _ = read_suite(folder or RECORDED, None)
    if suite.broken:
        left = f"{len(suite.broken)} calls of {suite.folder} are left out"
        tell(f"{left}: run `voicebot suite check {suite.folder}`")
    yield from spoken_calls(suite)


def _held_out(folder: Path | None, at: datetime | None) -> Iterator[Rung]:
    from voicebot.nlu.corpus import read_held_out

    for each in read_held_out(folder) if folder is not None else ():
        words = each.heard or each.words
        yield Rung(f"{each.file}:{each.line}", "held out", at or bootstrap.utc_now(), "mobile", (Step(words=words),))


def _asked_lazily(settings: Settings, tell: Callable[[str], None]) -> Understand:
    """The model takes seconds to load, and often nothing needs it."""
    loaded: list[Understander] = []

    def understand(words: str, expecting: Expecting) -> Heard:
        if not loaded:
            tell("Loading the model, for words whose meaning is not stored")
            loaded.append(bootstrap.understander_in_use(settings))
        return loaded[0].understand(words, expecting)

    return understand


# --- for people ----------------------------------------------------------------------------------------------------


def echo_difference(found: Difference, shown: int = SHOWN) -> None:
    """Print what changes for callers: the summary first, then the calls themselves, at most `shown` of them."""
    click.echo(summary(found))
    lost = sum(each.lost_urgent for each in found.changed)
    if lost:
        click.secho(f"Urgent calls that are no longer put through at once: {lost:,}", fg="red", bold=True)
    if found.other_words:
        click.echo(f"{found.other_words:,} calls {'' if not found.changed else 'more '}hear other words:")
        for each in found.reworded[:CAUSES]:
            click.echo(f"  {each.calls:>6,}  {each.path} ({each.at})")
        if len(found.reworded) > CAUSES:
            click.echo(f"          and {len(found.reworded) - CAUSES} more texts")
    for line in _left_out(found):
        click.echo(line)
    alike = _alike(found.changed)
    for calls in alike[:shown]:
        _echo_change(calls[0], len(calls) - 1)
    if len(alike) > shown:
        rest = sum(len(calls) for calls in alike[shown:])
        click.echo(f"\n… and {rest:,} more; `voicebot diff --json` lists all of them.")


def summary(found: Difference) -> str:
    """One sentence, such as "41 of 2,310 calls change: 38 from … to …, 3 from … to …."."""
    if not found.calls:
        return "There are no calls to try it on."
    if not found.changed:
        return f"None of {found.calls:,} calls goes elsewhere."
    moves = [f"{each.calls:,} from {each.old} to {each.new}" for each in found.moves[:MOVES]]
    rest = sum(each.calls for each in found.moves[MOVES:])
    listed = ", ".join([*moves, *([f"{rest:,} in other ways"] if rest else [])])
    verb = "changes" if len(found.changed) == 1 else "change"
    return f"{len(found.changed):,} of {found.calls:,} calls {verb}: {listed}."


def _left_out(found: Difference) -> Iterator[str]:
    if found.silent:
        yield f"Left out: {found.silent:,} in which nobody said anything."
    if found.unknown:
        yield f"Left out: {found.unknown:,} that begin with something that is not kept."
    if found.partly:
        yield f"Tried only in part: {found.partly:,}, since something that came later is not kept."


def _alike(changed: Iterable[Changed]) -> list[list[Changed]]:
    """Calls with the same words that go the same way are told as one, in the order of the first of each."""
    found: dict[tuple[object, ...], list[Changed]] = {}
    for each in changed:
        found.setdefault((each.did, *names(each), each.old.at, each.new.at), []).append(each)
    return list(found.values())


def _echo_change(each: Changed, others: int) -> None:
    more = f" and {others:,} more" if others else ""
    click.echo(f"\n{each.call}{more}, {_clock(each.at)}: {printable(each.did)}")
    for label, came, name in zip(("was", "now"), (each.old, each.new), names(each), strict=True):
        at = ", ".join(part for part in (came.at, came.owner) if part)
        click.echo(f"  {label}  {name}: {came.rule}{f' ({at})' if at else ''}")
        click.echo(f"       {_said(came)}")


def _said(came: Came) -> str:
    return f"says “{came.says}”" if came.says else "says nothing"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%a %d %b %Y %H:%M}"


# --- for programs --------------------------------------------------------------------------------------------------


def told(found: Difference) -> dict[str, Any]:
    return {
        "old": found.old,
        "new": found.new,
        "summary": summary(found),
        "calls": found.calls,
        "changed": len(found.changed),
        "lost_urgent": sum(each.lost_urgent for each in found.changed),
        "moves": [asdict(each) for each in found.moves],
        "other_words": found.other_words,
        "reworded": [asdict(each) for each in found.reworded],
        "left_out": {"silent": found.silent, "not_kept": found.unknown, "in_part": found.partly},
        "asked_again": found.asked,
        "changes": [_told_change(each) for each in found.changed],
    }


def _told_change(each: Changed) -> dict[str, Any]:
    old, new = names(each)
    return {
        "call": each.call,
        "source": each.source,
        "at": each.at.isoformat(),
        "turn": each.turn,
        "did": each.did,
        "lost_urgent": each.lost_urgent,
        "old": _told_came(each.old, old),
        "new": _told_came(each.new, new),
    }


def _told_came(came: Came, name: str) -> dict[str, Any]:
    fields = asdict(came)
    place = fields.pop("place")
    return {"place": name, "target": place["target"], **fields}
