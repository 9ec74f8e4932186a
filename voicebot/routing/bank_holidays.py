"""Bank holidays of a nation from the data that the package `govuk-bank-holidays` carries: offline, always."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import Literal

Nation = Literal["england", "wales", "scotland", "northern-ireland"]

_DIVISIONS: dict[Nation, str] = {
    "england": "england-and-wales",
    "wales": "england-and-wales",
    "scotland": "scotland",
    "northern-ireland": "northern-ireland",
}


def bank_holidays(nation: Nation) -> frozenset[date]:
    """Every bank holiday of the bundled data (from 2012 on; the last year is that of the package's release).

    The file is read rather than the package's class used: the class asks the network by default, and a telephone line
    must open at the same hours whether or not GOV.UK answers. A new year comes with an upgrade of the package."""
    text = files("govuk_bank_holidays").joinpath("bank-holidays.json").read_text(encoding="utf-8")
    events = json.loads(text)[_DIVISIONS[nation]]["events"]
    return frozenset(date.fromisoformat(event["date"]) for event in events)
