"""Reads a notice: what is said, from when until when, and to whom. Pure."""

from __future__ import annotations

from datetime import datetime

from voicebot.routing.hours_text import NotationError
from voicebot.routing.moment_text import read_moment
from voicebot.routing.reader import Reader
from voicebot.routing.table import Notice
from voicebot.routing.yaml_text import Entry, Fields

_FIELDS = ("say", "from", "until", "intents", "queues", "closes")


def notice(reader: Reader, entry: Entry) -> Notice | None:
    what = f"the notice {entry.key}"
    entries = tuple(reader.known(reader.fields(entry.value, what), _FIELDS, what))
    raw = reader.raw((each for each in entries if each.key not in ("from", "until")), what)
    if not isinstance(entry.value, Fields):
        return None
    times = {each.key: _moment(reader, each, what) for each in entries if each.key in ("from", "until")}
    if "until" not in times:
        fix = "add a line such as until: 2027-01-11 10:00, so that it ends by itself"
        reader.report("E102", entry.mark, f"{what} has no until", fix)
    if raw is None:
        return None
    whole = {**raw, "name": entry.key, "start": times.get("from"), "until": times.get("until") or _unread(times)}
    built = reader.build(Notice, whole, ("notices", entry.key), what)
    if built is not None and built.closes and not built.queues:
        fix = "add queues: [the queues that are closed meanwhile], or delete closes"
        reader.report("E118", reader.places.key("notices", entry.key, "closes"), f"{what} closes no queue", fix)
    return built if None not in times.values() and "until" in times else None


def _moment(reader: Reader, entry: Entry, what: str) -> datetime | None:
    text = reader.text(entry, f"{entry.key} of {what}")
    try:
        return None if text is None else read_moment(text, end=entry.key == "until", today=reader.today)
    except NotationError as error:
        reader.report("E113", entry.value.mark, error.message, error.fix)
        return None


def _unread(times: dict[str, datetime | None]) -> datetime:
    """Stands for a time that could not be read, so that what else is wrong with the notice is found as well."""
    return times.get("from") or read_moment("2027-01-11", end=True)
