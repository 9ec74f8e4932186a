"""Makes the table that calls are answered by out of its files, or says everything that keeps them from being used."""

from __future__ import annotations

from pathlib import Path

from voicebot.errors import ContentError
from voicebot.routing.bank_holidays import bank_holidays
from voicebot.routing.checks import Trained, all_issues, check_draft
from voicebot.routing.issues import Issue, errors
from voicebot.routing.sections import Holidays
from voicebot.routing.source import Sources, parse_draft, read_sources
from voicebot.routing.table import Table

__all__ = ["bank_holidays", "load_table", "parse_table", "read_table"]


def load_table(path: Path) -> Table:
    """The routing table at `path`, with the files of its folder routing.d. Raises `ContentError`, with every issue of
    the files, where it cannot be used."""
    return read_table(path)[1]


def read_table(path: Path, intents: Trained | None = None) -> tuple[Sources, Table]:
    """The files of the routing table at `path`, and the table that they make. Raises `ContentError` as `load_table`.

    `intents` are the names that have training phrases, and whether they are urgent there: with them the table must fit
    those, too, as it must before it is published."""
    sources, issues = read_sources(path)
    table = None
    if sources is not None:
        table, found = parse_table(sources, intents=intents)
        issues = tuple(sorted((*issues, *found)))
    if sources is None or table is None:
        wrong = errors(issues)
        listed = "\n".join(str(each) for each in wrong)
        several = f"{path.name} cannot be used; correct what is listed, then run `voicebot check`:\n{listed}"
        message = listed if len(wrong) == 1 else several
        raise ContentError(message, issues)
    return sources, table


def parse_table(
    sources: Sources, holidays: Holidays = bank_holidays, intents: Trained | None = None
) -> tuple[Table | None, tuple[Issue, ...]]:
    """The table that the files describe and its issues, sorted; the table is None where any of them is an error.

    `holidays` gives the dates of a nation's bank holidays; nothing else from outside is looked at."""
    draft, issues = parse_draft(sources, holidays)
    checked = check_draft(draft, intents) if draft is not None else ()
    issues = all_issues(sources, *issues, *checked)
    return (None if draft is None or errors(issues) else draft.table()), issues
