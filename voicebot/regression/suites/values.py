"""What single values of a suite mean: times, numbers, step words. Pure.

Each gives the value, or what is wrong with it and what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import phonenumbers

from voicebot.routing.hours import LONDON
from voicebot.routing.issues import shown
from voicebot.routing.meant import meant_date, meant_time

A_MOBILE = "+447700900123"
"""Who rings where nothing else is said: a number that Ofcom reserves for drama."""

WITHHELD = frozenset({"withheld", "anonymous", "private"})

NOTHING = "(nothing)"
"""Words of a recording in which nothing is said; an empty cell says that nobody has written them down."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]+\d{1,2}:\d{2}(:\d{2})?([+-]\d{2}:?\d{2}|Z)?")
_KEYS = re.compile(r"keys?[\s:]+([0-9*#]+)", re.I)
_SILENCE = re.compile(r"silence(?:[\s:x]+([1-9]))?", re.I)
_NO_FILE = re.compile(r"(?:keys?|press(?:es)?|silence|silent|hangs?|dials?)\b[^.]*", re.I)
_HANG_UP = re.compile(r"hang[\s_-]*up|hangs up", re.I)
_SPREADSHEET = re.compile(r"\d([.,]\d+)?E\+?\d+", re.I)


@dataclass(frozen=True, slots=True)
class Wrong:
    """`code` as in docs/regression.md."""

    code: str
    message: str
    fix: str


def read_time(text: str) -> datetime | Wrong:
    """ "2026-12-24 12:30", local time in Europe/London; aware. An offset says which of the two hours is meant that both
    are called by one time when the clocks go back."""
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        date, clock = re.split(r"[T ]+", text, maxsplit=1)
        given = datetime.fromisoformat(f"{date}T{clock if clock[1] != ':' else f'0{clock}'}")
    except ValueError:
        told = "is a day or an hour that there is not" if _TIME.fullmatch(text) else "is no date and time"
        return Wrong("S110", f"{shown(text)} {told}", f"write it like {_meant(text)}, local time")
    if given.tzinfo is not None:
        return given.astimezone(LONDON)
    return _in_london(given, text)


def _in_london(given: datetime, text: str) -> datetime | Wrong:
    early, late = given.replace(tzinfo=LONDON, fold=0), given.replace(tzinfo=LONDON, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early
    day = f"{given:%Y-%m-%d}"
    if early.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != given:
        before, after = given - timedelta(hours=1), given + timedelta(hours=1)
        message = f"there is no {shown(text)}: the clocks go forward from 01:00 to 02:00 on {day}"
        return Wrong("S111", message, f"write {before:%Y-%m-%d %H:%M} or {after:%Y-%m-%d %H:%M}")
    first, second = early.isoformat(" ", "minutes"), late.isoformat(" ", "minutes")
    message = f"{shown(text)} comes twice: the clocks go back from 02:00 to 01:00 on {day}"
    return Wrong("S111", message, f'write "{first}" (summer time) or "{second}" (an hour later)')


def _meant(text: str) -> str:
    """Their own date and time in our notation, as far as they can be told."""
    date, time = meant_date(text), meant_time(text)
    return f"{date or '2026-12-24'} {f'{time:%H:%M}' if time else '12:30'}"


@dataclass(frozen=True, slots=True)
class Number:
    """`text` is E.164 or a SIP address, "" where withheld."""

    text: str
    sip: bool = False


def read_number(text: str) -> Number | Wrong:
    """ "+44…", "07700 900123", "withheld", "sip:…"."""
    if text.lower() in WITHHELD:
        return Number("")
    if text.lower().startswith(("sip:", "sips:")):
        if re.fullmatch(r"sips?:[^\s@]+@[^\s@]+", text, re.I):
            return Number(text, sip=True)
        return Wrong("S112", f"{shown(text)} is no SIP address", "write it like sip:anne@example.org")
    if _SPREADSHEET.fullmatch(text):
        fix = "format the column as text, and type the number again"
        return Wrong("S112", f"the spreadsheet has made {text} of a telephone number", fix)
    bare = f"+{text}" if re.fullmatch(r"44\d{9,10}", text) else text
    try:
        parsed = phonenumbers.parse(bare, "GB")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        fix = f"write it like {A_MOBILE}, or withheld, or sip:anne@example.org"
        return Wrong("S112", f"{shown(text)} is no telephone number", fix)
    return Number(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


@dataclass(frozen=True, slots=True)
class StepWord:
    """A step in one word: exactly one of these. `file` is anything that is no other word."""

    file: str = ""
    keys: str = ""
    silence: int = 0
    hang_up: bool = False


def read_step_word(text: str) -> StepWord:
    """ "pothole.wav", "keys 1", "silence", "silence 2", "hang-up"."""
    if found := _KEYS.fullmatch(text):
        return StepWord(keys=found[1])
    if found := _SILENCE.fullmatch(text):
        return StepWord(silence=int(found[1] or 1))
    return StepWord(hang_up=True) if _HANG_UP.fullmatch(text) else StepWord(file=text)


def is_misspelt_step(text: str) -> bool:
    """Whether it is meant for one of the other words, such as "press 1" or "silence 20", and not for a file."""
    return _NO_FILE.fullmatch(text) is not None
