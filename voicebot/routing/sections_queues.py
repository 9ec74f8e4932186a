"""Reads a queue: its number or SIP address, and what the advisor hears. Pure."""

from __future__ import annotations

import re

from voicebot.routing.reader import Reader
from voicebot.routing.table import Queue
from voicebot.routing.yaml_text import Entry, Fields

_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")


def queue(reader: Reader, entry: Entry) -> Queue | None:
    what = f"the queue {entry.key}"
    allowed = ["number", "sip", *(name for name in Queue.model_fields if name != "target")]
    raw = reader.raw(reader.known(reader.fields(entry.value, what), allowed, what), what)
    if raw is None or not isinstance(entry.value, Fields):
        return None
    fields: dict[str, object] = dict(raw)
    if isinstance(words := raw.get("whisper"), str):
        fields["whisper"] = _whisper(words)
    targets = [fields.pop(name) for name in ("number", "sip") if name in raw]
    if len(targets) != 1:
        problem = "has no number" if not targets else "has a number and a SIP address"
        reader.report(
            "E107", entry.mark, f"{what} {problem}", 'give it one line number: "+44…" or sip: "sip:name@host"'
        )
        reader.build(Queue, {**fields, "target": "unknown"}, ("queues", entry.key), what)
        return None
    fields["target"] = dialled(targets[0]) if isinstance(targets[0], str) else targets[0]
    return reader.build(Queue, fields, ("queues", entry.key), what)


def _whisper(words: str) -> str | bool:
    """Yes and no are answers here, not words that an advisor would hear."""
    if words.lower() in _YES + _NO:
        return words.lower() in _YES
    return words


def dialled(target: str) -> str:
    """A number without the spaces, brackets and hyphens that people write in it; a SIP address as it is."""
    return target if ":" in target or "@" in target else re.sub(r"[\s()\-]", "", target)
