"""`voicebot review`: what callers said that was not understood, to be labelled and learnt from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from voicebot import bootstrap
from voicebot.commands.moments import moment
from voicebot.commands.output import emit, json_option, progress
from voicebot.commands.review_labelling import Tally, label_groups, printable
from voicebot.commands.review_sheet import read_sheet, refuse_old, write_sheet
from voicebot.config import load_settings
from voicebot.reviewing import Case, Desk, Entered, Group

WHY: Mapping[str, str] = {
    "turned_down": "said no to what was offered",
    "advisor": "asked for a person afterwards",
    "started_again": "started again afterwards",
    "cut_short": "the team's line was over at once",
    "rang_again": "rang again soon about something else",
    "refused": "refused as none of the council's business",
    "uncertain": "not sure enough",
    "accepted": "accepted, chosen at random",
}

NEXT = "Look at it with `git diff`, then run `voicebot intents check`."

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def since_option(_: click.Context, __: click.Parameter, given: str) -> datetime:
    """`7d`, `12h`, `2w`, or a date in London."""
    found = re.fullmatch(r"(\d{1,4})([hdw])", given.strip())
    if found:
        return bootstrap.utc_now() - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        return moment(given)
    except click.BadParameter:
        raise click.BadParameter(f"{given} is no time; write 7d, 12h, 2w or a date such as 2026-11-01") from None


@click.command()
@click.option("--since", default="7d", show_default=True, callback=since_option, help="Calls since then: 7d or a date.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="At most so many utterances.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write them to this CSV file, for labels.")
@click.option("--back", type=click.Path(path_type=Path, dir_okay=False), help="Read labels from this CSV file.")
@click.option("--label", is_flag=True, help="Label them here, group by group.")
@click.option("--dry-run", is_flag=True, help="With --back: show what would be added, and change nothing.")
@json_option
def review(
    since: datetime, limit: int, out: Path | None, back: Path | None, label: bool, dry_run: bool, as_json: bool
) -> None:
    """Show what callers said that was misrouted, refused or not sure enough, in groups that are alike, those first that
    cost callers most; and a few that were accepted, chosen at random. Words are redacted; those of urgent calls are
    not there. What somebody has labelled or skipped does not come again.

    Labels (an intent, out_of_scope or skip) go into intents/*.yaml as phrases. Nothing is trained by that.

    \b
    Examples:
      voicebot review --since 2026-11-01
      voicebot review --label
      voicebot review --out var/labels.csv
      voicebot review --back var/labels.csv --dry-run
    """
    if sum((out is not None, back is not None, label)) > 1:
        raise click.UsageError("give one of --out, --back and --label")
    if dry_run and back is None:
        raise click.UsageError("--dry-run goes with --back")
    if label and as_json:
        raise click.UsageError("--label talks to a person; --json goes with the others")
    settings = load_settings()
    desk = Desk(settings, bootstrap.open_storage(settings), bootstrap.utc_now)
    if back is not None:
        _back(desk, back, dry_run, as_json)
        return
    if out is not None:
        refuse_old(out)  # before the long work
    groups = desk.groups(since, limit, progress(as_json))
    if out is not None:
        _out(desk, out, groups, as_json)
    elif as_json:
        emit([_told(number, group) for number, group in enumerate(groups, 1)])
    elif not groups:
        click.echo("Nothing to review.")
    elif label:
        _label(desk, groups)
    else:
        click.echo("\n".join(_shown(number, group, len(groups)) for number, group in enumerate(groups, 1)))
        click.echo("Label them with `voicebot review --label`, or in a spreadsheet: `voicebot review --out FILE.csv`.")


def _out(desk: Desk, file: Path, groups: Sequence[Group], as_json: bool) -> None:
    number = write_sheet(file, groups, desk.book.intents, WHY)
    if as_json:
        emit({"file": str(file), "utterances": number, "groups": len(groups)})
        return
    click.echo(
        f"{file}: {number} utterances in {len(groups)} groups. Fill in the column `label`; the last column lists"
    )
    click.echo(f"what it may be. Then: voicebot review --back {file}")


def _back(desk: Desk, file: Path, dry_run: bool, as_json: bool) -> None:
    labels, issues = read_sheet(file, desk.book.intents)
    # where the sheet has mistakes, the others are looked for too, so that one round corrects them all
    entered = desk.enter(labels, dry_run=dry_run or bool(issues))
    issues = sorted([*issues, *entered.issues])
    if as_json:
        emit(_entered(entered if not issues else Entered(), dry_run) | {"issues": [str(each) for each in issues]})
    else:
        for each in issues:
            click.echo(str(each))
        if issues:
            click.echo(f"{file}: {len(issues)} to correct; nothing was added.")
        else:
            _show_entered(entered, dry_run)
    if issues:
        raise click.exceptions.Exit(1)


def _show_entered(entered: Entered, dry_run: bool) -> None:
    for change in entered.changes:
        click.echo(change.diff, nl=False)
    verb = "would be added" if dry_run else "added"
    where = f"{verb} to {_counted(len(entered.changes), 'file')}"
    click.echo(
        f"{_counted(entered.added, 'phrase')} {where}; {entered.there} there already, {entered.skipped} skipped."
    )
    if entered.changes and not dry_run:
        click.echo(NEXT)


def _entered(entered: Entered, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "added": [{"intent": c.intent, "file": str(c.file), "phrases": list(c.added)} for c in entered.changes],
        "there": entered.there,
        "skipped": entered.skipped,
        "marked": entered.marked,
        "diff": "".join(change.diff for change in entered.changes),
    }


def _label(desk: Desk, groups: Sequence[Group]) -> None:
    tally = Tally()
    try:
        label_groups(desk, groups, [_shown(n, group, len(groups)) for n, group in enumerate(groups, 1)], tally)
    finally:  # where a part fails half-way, what was labelled before is kept, and she is told so
        _show_tally(tally)


def _show_tally(tally: Tally) -> None:
    for file, number in sorted(tally.added.items()):
        click.echo(f"{file}: {number} added")
    total = _counted(tally.added.total(), "phrase")
    click.echo(f"{total} added; {tally.there} there already, {tally.skipped} skipped.")
    if tally.added:
        click.echo(NEXT)


def _shown(number: int, group: Group, of: int) -> str:
    head = f"Group {number} of {of}: {_counted(len(group.cases), 'utterance')}"
    return "\n".join(
        [head + f", perhaps {', '.join(group.suggested) or 'nothing known'}", *map(_line, group.cases), ""]
    )


def _line(case: Case) -> str:
    seen = case.seen
    sure = "" if seen.confidence is None else f" {seen.confidence:.2f}"
    times = f" (heard {case.times} times)" if case.times > 1 else ""
    return (
        f"  “{printable(seen.heard)}”{times}\n"
        f"      {'; '.join(_reasons(case))} · {seen.decision}: {seen.intent or '-'}{sure}\n"
        f"      call {seen.call_id}, turn {seen.turn}, {seen.when:%Y-%m-%d %H:%M} UTC"
        f" · perhaps {', '.join(case.suggested) or '-'}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _reasons(case: Case) -> list[str]:
    return [WHY[each] for each in case.seen.signs or (case.seen.kind,)]


def _told(number: int, group: Group) -> dict[str, Any]:
    return {"group": number, "suggestions": list(group.suggested), "utterances": [_case(each) for each in group.cases]}


def _case(case: Case) -> dict[str, Any]:
    seen = case.seen
    return {
        "call_id": seen.call_id,
        "turn": seen.turn,
        "when": seen.when.isoformat(),
        "heard": seen.heard,
        "times": case.times,
        "kind": seen.kind,
        "signs": list(seen.signs),
        "decision": seen.decision,
        "intent": seen.intent,
        "confidence": seen.confidence,
        "came_to": seen.came_to,
        "suggestions": list(case.suggested),
    }
