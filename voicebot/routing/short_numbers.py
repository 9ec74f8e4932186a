"""Numbers of three digits that callers are told to dial: written as they are, read digit by digit. Pure."""

from __future__ import annotations

import re

SHORT_NUMBER = re.compile(r"\b(?:dial|ring|call|phone)(?:ing)? (?:on )?(999|112|111|105|101)\b", re.IGNORECASE)
"""Emergencies, the NHS, power cuts, the police; group 1 is the number. No voice says "nine nine nine" of itself."""


def spelt(text: str) -> str:
    """ "dial 999" as it is read: "dial 9 9 9"."""
    return SHORT_NUMBER.sub(lambda match: match[0][: match.start(1) - match.start()] + " ".join(match[1]), text)
