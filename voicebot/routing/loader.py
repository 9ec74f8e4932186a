"""Makes the table that calls are answered by out of routing.yaml, or says everything that keeps it from being used."""

from __future__ import annotations

from pathlib import Path

from voicebot.errors import ContentError
from voicebot.routing.bank_holidays import bank_holidays
from voicebot.routing.checks import check_draft
from voicebot.routing.issues import Issue, errors
from voicebot.routing.sections import Holidays
from voicebot.routing.source import parse_draft, read_text
from voicebot.routing.table import Table

__all__ = ["bank_holidays", "load_table", "parse_table"]


def load_table(path: Path) -> Table:
    """The routing table at `path`. Raises `ContentError`, with every issue of the file, where it cannot be used."""
    text, issues = read_text(path)
    table = None
    if text is not None:
        table, issues = parse_table(text, path.name)
    wrong = errors(issues)
    if table is None or wrong:
        listed = "\n".join(str(each) for each in wrong)
        several = f"{path.name} cannot be used; correct what is listed, then run `voicebot check`:\n{listed}"
        message = listed if len(wrong) == 1 else several
        raise ContentError(message, issues)
    return table


def parse_table(
    text: str, file: str = "routing.yaml", holidays: Holidays = bank_holidays
) -> tuple[Table | None, tuple[Issue, ...]]:
    """The table that `text` describes and its issues, sorted; the table is None where any of them is an error.

    `holidays` gives the dates of a nation's bank holidays; nothing else from outside is looked at."""
    draft, issues = parse_draft(text, file, holidays)
    if draft is not None:
        issues = tuple(sorted((*issues, *check_draft(draft))))
    return (None if draft is None or errors(issues) else draft.table()), issues
