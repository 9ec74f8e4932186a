"""`voicebot routing`: every routing table that was published, the way back, and who looks after which file."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import click

from voicebot import bootstrap
from voicebot.commands.output import emit, json_option, table
from voicebot.commands.publish import Asking, asking_options, look_and_ask, show_changes, told, unchanged
from voicebot.config import load_settings
from voicebot.errors import ContentError
from voicebot.routing.changed import WORDING, listed
from voicebot.routing.loader import read_table
from voicebot.routing.table import Table
from voicebot.versions import LIVE, Listed

FILE = "routing.yaml"

WIDTH = 110
"""Columns of text that names are wrapped at, as the help is."""

OWNED = ("queues", "intents", "hours", "notices")


@click.group()
def routing() -> None:
    """The routing tables that were published: who, when, why, what changed, and the way back.

    A version is named by its hash, by as much of its beginning as no other has, or by `live`.
    """


@routing.command()
@json_option
def history(as_json: bool) -> None:
    """Show every version that became live, the newest last: when, by whom, why, and how many lines of each file it
    changed.

    \b
    Examples:
      voicebot routing history
      voicebot routing history --json
    """
    versions = bootstrap.versions(load_settings())
    listed = versions.listed()
    if as_json:
        emit([_as_json(each, each is listed[-1]) for each in listed])
        return
    rows = [
        (
            each.publication.hash[:12],
            f"{each.publication.at:%Y-%m-%d %H:%M:%S}",
            each.publication.kind,
            each.publication.who,
            each.publication.why,
            "; ".join(f"{change.file}: {_counts(each, change)}" for change in each.changes),
            "live" if each is listed[-1] else "",
        )
        for each in listed
    ]
    columns = ("version", "when (UTC)", "what", "by", "why", "changed", "")
    table(columns, rows, "Nothing has been published yet. `voicebot publish` does that.")


def _counts(listed: Listed, change: Any) -> str:
    return f"{change.added} lines" if listed.publication.previous is None else f"+{change.added} -{change.removed}"


def _as_json(listed: Listed, live: bool) -> dict[str, Any]:
    files = {each.file: {"added": each.added, "removed": each.removed} for each in listed.changes}
    return {**told(listed.publication), "live": live, "changes": files}


@routing.command()
@click.argument("version", default=LIVE)
@click.option("--file", "file", help="Print this file alone, as it was, so that it can be saved.")
@json_option
def show(version: str, file: str | None, as_json: bool) -> None:
    """Show the files of VERSION as they were; without it, those of the live one. The words that the bot brought for
    what they leave out are kept with them as "default wording".

    \b
    Examples:
      voicebot routing show
      voicebot routing show 3f2a91 --file routing.yaml > routing.yaml
      voicebot routing show 3f2a91 --file "default wording"
    """
    versions = bootstrap.versions(load_settings())
    name = versions.find(version)
    sources = versions.sources(name)
    files = dict(sources.files)
    if file is not None:
        words = {} if sources.wording is None else {WORDING: listed(sources.wording)}
        if file not in files | words:
            raise ContentError(f"the version {name[:12]} has no file {file}; it has {', '.join(files | words)}")
        files = {file: (files | words)[file]}
    if as_json:
        emit({"hash": name, "files": files})
    elif file is not None:
        click.echo(files[file], nl=False)
    else:
        for each, text in files.items():
            click.echo(click.style(f"# {each}, as published in the version {name[:12]}", bold=True))
            click.echo(text)


@routing.command()
@click.argument("version")
@json_option
def changes(version: str, as_json: bool) -> None:
    """Show what VERSION changed when it became live, line by line, against the one that was live before it.

    \b
    Examples:
      voicebot routing changes live
      voicebot routing changes 3f2a91 --json
    """
    versions = bootstrap.versions(load_settings())
    name = versions.find(version)
    last = [each for each in versions.listed() if each.publication.hash == name][-1]
    if as_json:
        lines = {each.file: list(each.lines) for each in last.changes}
        emit({**told(last.publication), "changes": lines})
        return
    made = last.publication
    before = f"in place of {made.previous[:12]}" if made.previous else "as the first"
    click.echo(f"{name[:12]} became live {before}, {made.at:%Y-%m-%d %H:%M:%S} UTC, by {made.who or 'somebody'}")
    if made.why:
        click.echo(f"because: {made.why}")
    click.echo()
    show_changes(last.changes)


@routing.command()
@click.argument("version", required=False)
@asking_options(calls=False)
def rollback(version: str | None, **options: Any) -> None:
    """Make the version before the live one live again, or VERSION, after a look at the changed lines and a question. A
    second rollback goes one further back. The files on the disk stay as they are. Whoever goes back may be in a hurry,
    so the calls of the last days are tried only with --calls.

    \b
    Examples:
      voicebot routing rollback
      voicebot routing rollback 3f2a91 --why "the schools line was closed by mistake" --yes
    """
    how, settings = Asking(**options), load_settings()
    versions = bootstrap.versions(settings)
    proposed = versions.going_back(None if version is None else versions.find(version))
    if proposed.is_live:
        unchanged(proposed, f"The version {proposed.table.hash[:12]} is live already.", how)
        return
    made = look_and_ask(settings, versions, proposed, "Go back to this?", how)
    if how.as_json:
        return
    click.echo(f"The version {made.hash[:12]} is live again. Calls that ring from now on are answered by it.")
    click.echo(f"{settings.routing} stays as it was: the next `voicebot publish` publishes what stands there. To go on")
    click.echo(f"from the live version, save its files: voicebot routing show {made.hash[:12]} --file {FILE} > {FILE}")


@routing.command()
@json_option
def owners(as_json: bool) -> None:
    """Show who looks after which file, and what stands in it: from the files as they lie there, published or not.

    \b
    Examples:
      voicebot routing owners
      voicebot routing owners --json
    """
    sources, found = read_table(load_settings().routing)
    files = [(file, found.owners.get(file), _entries(found, file)) for file, _ in sources.files]
    if as_json:
        emit([{"file": file, "owner": owner, **entries} for file, owner, entries in files])
        return
    for file, owner, entries in files:
        click.secho(f"{file}: {owner or 'nobody named; add `owner:` to the file'}", bold=True)
        for part, names in entries.items():
            if names:
                head = f"  {part:<9}"
                wrapped = wrap(", ".join(names), WIDTH - len(head), break_on_hyphens=False)
                click.echo(head + f"\n{' ' * len(head)}".join(wrapped))


def _entries(found: Table, file: str) -> dict[str, list[str]]:
    """The names of the entries of each section that stand in this file, in the file's order."""
    names = (found.queues, found.intents, found.hours, [each.name for each in found.notices])
    named = dict(zip(OWNED, names, strict=True))
    return {
        part: sorted(
            (name for name in names if found.where(f"{part}.{name}").file == file),
            key=lambda name: found.where(f"{part}.{name}").line,
        )
        for part, names in named.items()
    }
