"""Dates and times as people give them on the command line."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

LONDON = ZoneInfo("Europe/London")


def moment(at: str) -> datetime:
    """`2026-12-25T14:00` in London, or with an offset of its own."""
    try:
        given = datetime.fromisoformat(at)
    except ValueError:
        raise click.BadParameter(f"{at} is no date and time; write it like 2026-12-25T14:00") from None
    return given if given.tzinfo else given.replace(tzinfo=LONDON)
