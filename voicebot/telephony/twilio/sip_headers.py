"""Headers that go along with a transfer to a SIP address, as the query of its URI. Pure.

Twilio takes headers named X-…, fewer than 1,024 characters of them in all (error 21227), and warns of names with other
characters (13252): https://www.twilio.com/docs/voice/twiml/sip.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

LIMIT = 1023
"""Characters of everything after the ? of a SIP URI."""
CUT_FIRST = "X-Words"
"""What the caller said is cut before what is needed to find the call again."""

_NAME = re.compile(r"X-[A-Za-z0-9-]{1,60}", re.IGNORECASE)


def with_headers(uri: str, headers: Mapping[str, str]) -> str:
    """`uri` with these headers added: ASCII, on one line, percent-encoded; headers that cannot be sent are left out."""
    address, _, query = uri.partition("?")
    parts = [query] if query else []
    named = {name: _plain(value) for name, value in headers.items() if _NAME.fullmatch(name)}
    for name in sorted(named, key=lambda name: name == CUT_FIRST):
        room = LIMIT - len("&".join(parts)) - bool(parts) - len(name) - 1
        value = _encoded(named[name], room)
        if value:
            parts.append(f"{name}={value}")
    return f"{address}?{'&'.join(parts)}" if parts else address


def _plain(value: str) -> str:
    printable = "".join(each if " " <= each <= "~" else " " for each in value.replace("\u2019", "'"))
    return re.sub(r" +", " ", printable).strip()


def _encoded(value: str, room: int) -> str:
    """As much of `value`, percent-encoded, as fits into `room` characters; never half an escape."""
    encoded = ""
    for each in value:
        piece = quote(each, safe="")
        if len(encoded) + len(piece) > room:
            break
        encoded += piece
    return encoded.removesuffix("%20")
