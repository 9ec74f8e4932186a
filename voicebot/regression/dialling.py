"""Reads the target of a `<Dial>` as the network would, and refuses what Twilio would refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from voicebot.regression.twiml_grammar import TwimlError, Verb

MAX_SIP_HEADERS = 1024
"""Characters of headers in a SIP address, encoded, that Twilio takes (error 13224 beyond)."""

MAX_NUMBERS = 10
OUTCOMES = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT = re.compile(r"[0-9]{3,6}")
"""Emergency and service numbers, such as 999 and 101."""

_SIP = re.compile(r"sips?:[^\s?@<>]+@[A-Za-z0-9.\[\]:-]+(;[^\s?]*)?")
_HEADER = re.compile(r"(X-[A-Za-z0-9-]+|User-to-User|Remote-Party-ID|P-[A-Za-z-]+)")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call is put through to. `headers` are the SIP headers, decoded; `whisper_url` may be empty."""

    address: str
    whisper_url: str
    whisper_method: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_sip(self) -> bool:
        return self.address.startswith(("sip:", "sips:"))


def read_target(dial: Verb, *, from_: str) -> tuple[Target, str]:
    """The target that answers first (the first one), and the caller id shown there. Raises `TwimlError`."""
    if not dial.children:
        raise TwimlError("<Dial> holds no <Number> or <Sip>", 13214)
    if len(dial.children) > 1 and any(noun.name == "Sip" for noun in dial.children):
        raise TwimlError("<Dial> may hold one <Sip> and nothing beside it", 13214)
    if len(dial.children) > MAX_NUMBERS:
        raise TwimlError(f"<Dial> holds {len(dial.children)} numbers, {MAX_NUMBERS} are allowed", 13214)
    caller_id = dial.get("callerId") or from_
    targets = [_sip(noun) if noun.name == "Sip" else _number(noun) for noun in dial.children]
    if not targets[0].is_sip and not _E164.fullmatch(caller_id):
        raise TwimlError(f'<Dial callerId="{caller_id}">: a telephone line wants a number such as +441632960000', 13214)
    return targets[0], caller_id


def _number(noun: Verb) -> Target:
    if not (_E164.fullmatch(noun.text) or _SHORT.fullmatch(noun.text)):
        raise TwimlError(f"<Number>{noun.text}</Number>: not a number such as +441632960000", 13223)
    return Target(noun.text, noun.get("url"), noun.get("method", "POST"))


def _sip(noun: Verb) -> Target:
    address, _, query = noun.text.partition("?")
    if not _SIP.fullmatch(address):
        raise TwimlError(f"<Sip>{address}</Sip>: not a SIP address", 13224)
    if len(query) > MAX_SIP_HEADERS:
        raise TwimlError(f"<Sip> has {len(query)} characters of headers, {MAX_SIP_HEADERS} are allowed", 13224)
    if not query.isascii():
        raise TwimlError("<Sip> has headers outside ASCII: they must be percent-encoded", 13224)
    headers: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        plain = unquote_plus(value)
        if not _HEADER.fullmatch(name):
            raise TwimlError(f"<Sip> header {name!r}: only headers that begin with X- are passed on", 13224)
        if not plain.isascii() or not plain.isprintable():
            raise TwimlError(f"<Sip> header {name}: only printable ASCII without line breaks is passed on", 13224)
        headers[name] = plain
    return Target(address, noun.get("url"), noun.get("method", "POST"), headers)
