"""Dates and times as people give them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

LONDON = ZoneInfo("Europe/London")


def moment(at: str) -> datetime:
    """`2026-12-25T14:00` in London, or with an offset of its own."""
    try:
        given = datetime.fromisoformat(at)
    except ValueError:
        raise click.BadParameter(f"{at} is no date and time; write it like 2026-12-25T14:00") from None
    if given.tzinfo:
        return given
    local = given.replace(tzinfo=LONDON)
    if local.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != given:
        raise click.BadParameter(f"there is no {at}: the clocks go forward from 01:00 to 02:00 on that day")
    return local
