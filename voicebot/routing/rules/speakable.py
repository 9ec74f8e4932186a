"""Text that a voice would read wrongly: web addresses, abbreviations, capitals, codes, symbols, figures.

What is safe was heard from two engines (espeak-ng, and Kokoro through it): £ and % with a number are read as people say
them. "&" and "+" are words in one and a pause in another; "/" is "slash", "-" between figures "dash", "#" "hash".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from voicebot.routing.draft import Draft
from voicebot.routing.hours import clock_time
from voicebot.routing.issues import Issue, issue, shown
from voicebot.routing.rules.texts import spoken, spot
from voicebot.routing.table import MONTHS


class _Find(NamedTuple):
    start: int
    end: int
    code: str
    problem: str
    fix: str


_ADDRESS = re.compile(
    r"https?://[^\s\"']+|\bwww\.[^\s\"']+|[^\s@\"']+@[\w-]+(?:\.[\w-]+)+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:uk|com|org|net|info|gov|example)\b(?:/[^\s\"']*)?"
)
_ABBREVIATIONS = {
    **{"e.g.": "for example", "eg": "for example", "e.g": "for example", "i.e.": "that is", "ie": "that is"},
    **{"etc": "and so on", "approx": "about", "St.": "Street, or Saint", "Rd": "Road", "Ave": "Avenue"},
    **{"Sq.": "Square", "Cres": "Crescent", "tel": "telephone", "Tel": "telephone", "ext.": "extension"},
    **{"hrs": "hours", "hr": "hour", "mins": "minutes", "min.": "minutes", "yrs": "years", "wks": "weeks"},
    **{"Dept": "Department", "dept": "department", "Cllr": "Councillor", "govt": "government", "incl": "including"},
    **{"w/c": "the week beginning", "c/o": "care of", "asap": "as soon as possible", "nr": "near", "vs": "against"},
    **{"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday"},
    **{"Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat-Sun": "Saturday and Sunday"},
    **{"Jan": "January", "Feb": "February", "Apr": "April", "Aug": "August", "Sep": "September"},
    **{"Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December"},
}
_ABBREVIATION = re.compile(
    r"(?<![\w.])(?:"
    + "|".join(re.escape(each) for each in sorted(_ABBREVIATIONS, key=len, reverse=True))
    + r")(?!['’]?\w)"
)
_NUMBER_SHORT = re.compile(r"\b[Nn]o\.\s?(?=\d)")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_CODE = re.compile(r"\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{2,}\b")
_CODE_SAFE = re.compile(r"[ABM]\d{1,4}|\d+(?:st|nd|rd|th|am|pm|s|p|m|cm|mm|km|kg|g|mph)", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[A-Z]{2,}(?:['’]?s)?(?:\s+[A-Z]{2,})*\b")
_SAID_AS_WRITTEN = frozenset(
    [
        "AM",
        "BBC",
        "CD",
        "CV",
        "DIY",
        "DVD",
        "GP",
        "GPS",
        "ID",
        "IDs",
        "MOT",
        "MP",
        "MPs",
        "NHS",
        "OK",
        "PIN",
        "PINs",
        "PM",
        "TV",
        "TVs",
        "UK",
    ]
)
"""Capitals that voices read rightly and that callers know."""
_SHOUTED = 5
"""From so many capitals on they are a word that is shouted, not initials."""
_SYMBOL = re.compile(r"[&#@/+*_~^|<>=\\•→™®©°€$[\]]|(?<!\d)%|£(?!\s?\d)")
_SYMBOL_WORDS = {
    **{"&": "and", "+": "and", "#": "hash", "/": "or", "@": "at", "%": "per cent", "°": "degrees", "=": "is"},
    **{"€": "euros", "$": "dollars", "£": "pounds"},
}
_TIME = re.compile(r"\b([01]?\d|2[0-4])(?::|\.(?=\d\d\s?[ap]m))([0-5]\d)(?:\s?([ap]m))?\b")
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(?:\d{4}|\d{2}))?\b|\b\d{4}-(\d{2})-(\d{2})\b")
_AT_ANY_HOUR = re.compile(r"\b24\s?/\s?7\b(?!/)")
_RANGE = re.compile(r"\b\d+\s?[-–]\s?\d+\b")
_PHONE = re.compile(r"(?<![\d£])(?:\+44[\d ()-]{7,}\d|0\d{2,4}[ -]\d{3,4}(?:[ -]?\d{3,4})?|0\d{6,}|\d{7,})(?!\d)")
_SHORT_PHONE = re.compile(r"\b(?:[Dd]ial|[Rr]ing|[Cc]all|[Pp]hone)(?:ing)? (?:on )?(116\d{3})\b")
"""Such as the Samaritans'. Those of three digits (999, 111) are written as they are: the bot has them read digit by
digit."""


def unspeakable(draft: Draft) -> Iterator[Issue]:
    """Each thing once for every text; what one finding covers, no other looks at again."""
    for text in spoken(draft):
        seen: set[str] = set()
        for found in findings(text.words):
            snippet = text.words[found.start : found.end]
            if snippet not in seen:
                seen.add(snippet)
                message = f"{shown(snippet)} in {text.what} {found.problem}"
                yield issue(found.code, spot(draft, text, found.start, found.end), message, found.fix)


def findings(words: str) -> list[_Find]:
    """What cannot be spoken in `words`, in order, without overlaps."""
    plain = re.sub(r"\{[^{}]*\}", lambda match: " " * len(match[0]), words)
    kept: list[_Find] = []
    for look in (_addresses, _phones, _times, _postcodes, _abbreviations, _codes, _capitals, _symbols):
        for found in look(plain):
            if all(found.end <= each.start or each.end <= found.start for each in kept):
                kept.append(found)
    return sorted(kept)


def _addresses(words: str) -> Iterator[_Find]:
    for match in _ADDRESS.finditer(words):
        said = re.sub(r"^https?://(?:www\.)?|^www\.", "", match[0].rstrip(".,;:!?"))
        for sign, name in ((".", " dot "), ("/", " slash "), ("@", " at "), ("-", " dash ")):
            said = said.replace(sign, name)
        said = " ".join(said.split()).removesuffix(" slash")
        fix = f'say "on our website", or "{said}", and put the address in link: or text:'
        end = match.start() + len(match[0].rstrip(".,;:!?"))
        yield _Find(match.start(), end, "N411", "is an address that nobody can follow by ear", fix)


def _phones(words: str) -> Iterator[_Find]:
    for pattern, group in ((_PHONE, 0), (_SHORT_PHONE, 1)):
        for match in pattern.finditer(words):
            digits = re.sub(r"\D", "", match[group].replace("+44", "0"))
            problem = "is read as one large number"
            yield _Find(*match.span(group), "N417", problem, f'write its digits one by one: "{_spelt(digits)}"')


def _spelt(digits: str) -> str:
    """In groups with pauses between them, as people give their numbers: 5 3 3 for eleven digits."""
    sizes = (5, 3, 3) if len(digits) == 11 else (4, 3, 3) if len(digits) == 10 else (len(digits),)
    groups, start = [], 0
    for size in sizes:
        groups.append(" ".join(digits[start : start + size]))
        start += size
    return ", ".join(groups)


def _times(words: str) -> Iterator[_Find]:
    for match in _TIME.finditer(words):
        hour, minute = int(match[1]) % 24, int(match[2])
        hour = hour + 12 if match[3] == "pm" and hour < 12 else hour
        said = clock_time(hour, minute)
        yield _Find(*match.span(), "N416", "is a time in figures", f'write it as people say it: "{said}"')
    for match in _AT_ANY_HOUR.finditer(words):
        yield _Find(*match.span(), "N416", "is read with a slash", 'write it as people say it: "day and night"')
    for match in _DATE.finditer(words):
        day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31 and not _AT_ANY_HOUR.fullmatch(match[0]):
            said = f"the {_ordinal(int(day))} of {MONTHS[int(month) - 1]}"
            yield _Find(*match.span(), "N416", "is a date in figures", f'write it as people say it: "{said}"')
    for match in _RANGE.finditer(words):
        said = re.sub(r"\s?[-–]\s?", " to ", match[0])
        yield _Find(*match.span(), "N416", "is read with a dash or not at all", f'write "{said}"')


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _postcodes(words: str) -> Iterator[_Find]:
    for match in _POSTCODE.finditer(words):
        fix = f'write it letter by letter: "{_letters(match[0].replace(" ", ""))}", or name the place'
        yield _Find(*match.span(), "N414", "is a postcode, which is read as a word", fix)


def _codes(words: str) -> Iterator[_Find]:
    for match in _CODE.finditer(words):
        if not _CODE_SAFE.fullmatch(match[0]):
            fix = f'write it letter by letter: "{_letters(match[0])}"'
            yield _Find(*match.span(), "N414", "is a code, which is read as a word", fix)


def _letters(code: str) -> str:
    return " ".join(code.upper())


def _abbreviations(words: str) -> Iterator[_Find]:
    for match in _ABBREVIATION.finditer(words):
        fix = f'write "{_ABBREVIATIONS[match[0]]}"'
        yield _Find(*match.span(), "N412", "is an abbreviation, which is read letter by letter or wrongly", fix)
    for match in _NUMBER_SHORT.finditer(words):
        yield _Find(match.start(), match.end(), "N412", 'is read as the word "no"', 'write "number"')


def _capitals(words: str) -> Iterator[_Find]:
    for match in _CAPITALS.finditer(words):
        if all(each in _SAID_AS_WRITTEN for each in match[0].split()):
            continue
        if " " in match[0] or len(match[0]) >= _SHOUTED:
            fix = f'write it in small letters: "{match[0].lower()}"'
            yield _Find(*match.span(), "N413", "is in capitals, which may be read letter by letter", fix)
        else:
            fix = f'write what it stands for, or spell it: "{_letters(match[0])}"'
            yield _Find(*match.span(), "N413", "is jargon to callers, and may be read as a word", fix)


def _symbols(words: str) -> Iterator[_Find]:
    for match in _SYMBOL.finditer(words):
        name = _SYMBOL_WORDS.get(match[0])
        fix = f'write "{name}"' if name else "leave it out, or write what it means"
        yield _Find(*match.span(), "N415", "is a sign that voices read in different ways", fix)
    for number, sign in enumerate(words):
        if unicodedata.category(sign) in ("So", "Cs", "Co") or sign in "\ufe0f\u200d":
            yield _Find(number, number + 1, "N415", "is a picture, which no voice can say", "leave it out")
