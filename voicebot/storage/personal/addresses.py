"""Addresses: a house number with its street, a flat, a named house where somebody lives. A street alone is no address,
for a pothole on Mill Lane must still be found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.storage.personal.found import Found
from voicebot.storage.personal.spoken import HOUSE_NUMBER, any_of, words_in

STREETS = words_in(
    """
    Street Road Lane Avenue Close Drive Crescent Way Terrace Court Gardens Garden Grove Place Square Hill Park Row
    Walk Mews Rise View Green Parade Broadway Croft Field Fields Mead Meadow Meadows Vale Gate Wharf Quay Bank
    Common End Villas Paddock Paddocks Orchard Mount Ridge Drove Yard
    """
)
HOUSES = words_in(
    """
    Cottage House Farm Farmhouse Court Lodge Barn Rectory Bungalow Villa Manor Hall Mill Vicarage Grange Chapel
    Cottages Mansions Tower Towers Heights Almshouses
    """
)
_PLAIN_STREETS = "street|road|lane|avenue|close|drive|crescent|terrace"
_NO_STREET = r"(?!(?:way|mile|minute|hour|day|year|week|month|car|main|side|bus)s?\b)"
"""Words that follow a number without being a street's name: "a 20 minute drive"."""

_WORD = r"[A-Z][\w'’.-]*"
_NUMBER = rf"(?:\d{{1,4}}\s?[A-Za-z]?\b(?!\s*(?:st|nd|rd|th)\b)|(?i:{HOUSE_NUMBER}))"
_STREET = rf"(?:The\s+{any_of(STREETS)}|(?:{_WORD}\s+){{1,3}}?{any_of(STREETS)})\b"
_HOUSE = rf"(?:(?:The\s+)?(?:{_WORD}\s+){{1,3}}?{any_of(HOUSES)})\b"
_LABEL = r"(?:(?i:house number|number|no\.)\s+)"
_PLAIN_STREET = rf"{_NO_STREET}[a-z']+\s+(?:{_NO_STREET}[a-z']+\s+)?(?:{_PLAIN_STREETS})\b"

_STREET_ADDRESS = re.compile(
    rf"(?<![£$\d.])(?<!\w){_LABEL}?{_NUMBER},?\s+(?:on\s+)?(?:{_STREET}|{_HOUSE})"
    rf"|(?<![£$\d.])(?<!\w)\d{{1,4}}[a-z]?\s+{_PLAIN_STREET}"
)
_FLAT = re.compile(
    rf"\b(?i:flat|apartment|unit|maisonette)\s+{_NUMBER}(?:\s?[A-Z]\b)?"
    rf"(?:(?:,\s*|\s+)(?:{_NUMBER},?\s+{_STREET}|{_HOUSE}|{_STREET}))?"
)
_AT_HOME = (
    r"(?i:\b(?:live|lives|living|lived|stays|staying|moved)\s+(?:at|to|from|in|into)"
    r"|\b(?:we're|we are|i'm|i am|she's|he's|mother's)\s+at"
    r"|\baddress(?:\s+is|'s|,)?),?\s+"
)
_NAMED_HOUSE = re.compile(rf"{_AT_HOME}(?P<address>{_HOUSE})")
_NUMBER_ALONE = re.compile(rf"{_AT_HOME}(?P<address>{_LABEL}{_NUMBER})\b")


def find_addresses(words: str) -> Iterator[Found]:
    for pattern in (_STREET_ADDRESS, _FLAT):
        for match in pattern.finditer(words):
            yield Found(*match.span(), "address")
    for pattern in (_NAMED_HOUSE, _NUMBER_ALONE):
        for match in pattern.finditer(words):
            yield Found(*match.span("address"), "address")
