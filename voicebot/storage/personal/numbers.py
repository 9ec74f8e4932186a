"""Telephone, card and national insurance numbers, postcodes, and long numbers of any other kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.storage.personal.found import Found, Tag
from voicebot.storage.personal.symbols import Run, runs

_NI = re.compile(r"[A-Z]{2}\d{6}[A-D](?!\d)")
"""Two letters, six digits, a suffix A to D (HMRC's National Insurance Manual, NIM39110)."""
_POSTCODE = re.compile(r"(?<!\d)[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}(?!\d)")
"""The forms of BS 7666, without its lists of letters: spoken letters are often misheard."""
_WRITTEN_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2})\b")
"""For those that end like a word or an ordinal: `WB7 2ND`."""
_DIGITS = re.compile(r"\d+")
_TELEPHONE = re.compile(r"(?:(?:00)?440?|0)[1-37-9]\d{8,9}")
"""National (0 and 9 or 10 digits) or with 44, as Ofcom's numbering plan has them."""
_ABOUT_TELEPHONE = re.compile(
    r"\b(?:phone|telephone|mobile|landline|ring|rang|call|contact|text|extension|area code|house|reach)\b|\bmy number",
    re.I,
)
_ABOUT_SECRET = re.compile(r"\b(?:pin|security code|security number|cvv|pass ?code)\b[^.?!]{0,20}$", re.I)
_MONEY_BEFORE = re.compile(r"[£$€]\s*[\d,.]*$")
_QUANTITY_AFTER = re.compile(
    r"\s*(?:pounds?|quid|pence|p\b|%|per ?cent|euros?|dollars?|years?|people|miles|metres|thousand|million)", re.I
)
_YEARS = re.compile(r"(?:(?:19|20)\d\d)+")
LOOK_BACK = 45
"""Characters before a number in which the word stands that says what it is."""
LEAST_DIGITS = 6
"""Shorter ones are house numbers, years, prices, roads and buses; local telephone numbers have six digits or more."""
CARD_DIGITS = range(13, 20)
"""ISO/IEC 7812 allows up to 19; twelve and fewer are not in use."""


def find_numbers(words: str) -> Iterator[Found]:
    """All of them; what is spoken as a price, a quantity or a list of years stays."""
    for match in _WRITTEN_POSTCODE.finditer(words):
        yield Found(*match.span(), "postcode")
    for run in runs(words):
        taken: list[tuple[int, int]] = []
        patterns: tuple[tuple[re.Pattern[str], Tag], ...] = ((_NI, "ni number"), (_POSTCODE, "postcode"))
        for pattern, tag in patterns:
            for match in pattern.finditer(run.text):
                if not any(start < match.end() and match.start() < end for start, end in taken):
                    taken.append(match.span())
                    yield Found(*run.span(*match.span()), tag)
        for match in _DIGITS.finditer(run.text):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                yield from _of_digits(words, run, match)


def _of_digits(words: str, run: Run, match: re.Match[str]) -> Iterator[Found]:
    first, last = match.span()
    start, end = run.span(first, last)
    if _is_quantity(words, run, first, last):
        return
    digits = match.group()
    before = words[max(0, start - LOOK_BACK) : start]
    if len(digits) < LEAST_DIGITS:
        if len(digits) >= 3 and _ABOUT_SECRET.search(before):
            yield Found(start, end, "number")
        return
    yield Found(start, end, _kind(digits, before))


def _kind(digits: str, before: str) -> Tag:
    if _TELEPHONE.fullmatch(digits):
        return "telephone"
    if len(digits) in CARD_DIGITS:
        return "card"
    if _ABOUT_TELEPHONE.search(before):
        return "telephone"
    return "number"


def _is_quantity(words: str, run: Run, first: int, last: int) -> bool:
    start, end = run.span(first, last)
    if _MONEY_BEFORE.search(words[:start]) or _QUANTITY_AFTER.match(words, end):
        return True
    digits = run.text[first:last]
    if _YEARS.fullmatch(digits) and re.search(r"\b(?:19|20)\d\d\b", words[start:end]):
        return True
    return not digits.startswith("0") and any(symbol.magnitude for symbol in run.symbols[first:last])
