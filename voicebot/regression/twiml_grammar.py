"""Reads TwiML as strictly as Twilio's published verbs and attributes allow. Stricter than Twilio itself, which only
warns of an unknown attribute: here it is an error, so that a typing mistake shows in a test and not on the phone.

Source: Twilio's reference, "TwiML for Programmable Voice". Verbs that this project never renders are left out.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from voicebot.errors import VoicebotError

MAX_DOCUMENT = 64 * 1024
"""Bytes of TwiML that Twilio reads (error 11750)."""

MAX_PARAMETERS = 500
"""Characters of one `<Parameter>`, name and value together, that Twilio takes; here, to be sure, of all of them."""

MAX_SAY = 4096
"""Characters of one `<Say>` that Twilio speaks (error 13520)."""

SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})


class TwimlError(VoicebotError):
    """Twilio would not carry this document out. `twilio_code` is the number of its error."""

    code = "twiml"

    def __init__(self, message: str, twilio_code: int = 12200) -> None:
        super().__init__(f"Twilio would reject this TwiML (error {twilio_code}): {message}")
        self.twilio_code = twilio_code


@dataclass(frozen=True, slots=True)
class Verb:
    """One element. `text` is its words with the markup stripped and the spaces put in order."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple[Verb, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def number(self, name: str, default: int) -> int:
        return int(self.attributes.get(name, default))

    def flag(self, name: str, default: bool) -> bool:
        return self.attributes[name] == "true" if name in self.attributes else default


Check = Callable[[str], bool]


def _any(value: str) -> bool:
    return True


def _whole(least: int, most: int) -> Check:
    return lambda value: value.isascii() and value.isdigit() and least <= int(value) <= most


def _one_of(*allowed: str) -> Check:
    return lambda value: value in allowed


def _some_of(*allowed: str) -> Check:
    return lambda value: bool(value.split()) and set(value.split()) <= set(allowed)


def _matches(pattern: str) -> Check:
    return lambda value: re.fullmatch(pattern, value) is not None


_flag = _one_of("true", "false")
_method = _one_of("GET", "POST")
_url = _matches(r"\S+")
_progress = _some_of("initiated", "ringing", "answered", "completed")
_trim = _one_of("trim-silence", "do-not-trim")
_recording_events = _some_of("in-progress", "completed", "absent")

_NOUN: dict[str, Check] = {
    "url": _url,
    "method": _method,
    "statusCallback": _url,
    "statusCallbackMethod": _method,
    "statusCallbackEvent": _progress,
}

ATTRIBUTES: Mapping[str, Mapping[str, Check]] = {
    "Say": {
        "voice": _matches(r"[A-Za-z0-9.-]+"),
        "language": _matches(r"[a-z]{2,3}-[A-Z0-9]{2,3}"),
        "loop": _whole(0, 1000),
    },
    "Play": {"loop": _whole(0, 1000), "digits": _matches(r"[0-9*#wW]+")},
    "Pause": {"length": _whole(1, 3600)},
    "Gather": {
        "input": _one_of("dtmf"),
        "action": _url,
        "method": _method,
        "timeout": _whole(1, 3600),
        "numDigits": _whole(1, 1000),
        "finishOnKey": _matches(r"[0-9*#]?"),
        "actionOnEmptyResult": _flag,
        "language": _any,
    },
    "Record": {
        "action": _url,
        "method": _method,
        "timeout": _whole(1, 3600),
        "finishOnKey": _matches(r"[0-9*#]*"),
        "maxLength": _whole(1, 14400),
        "playBeep": _flag,
        "trim": _trim,
        "recordingStatusCallback": _url,
        "recordingStatusCallbackMethod": _method,
        "recordingStatusCallbackEvent": _recording_events,
    },
    "Redirect": {"method": _method},
    "Dial": {
        "action": _url,
        "method": _method,
        "timeout": _whole(1, 600),
        "timeLimit": _whole(1, 14400),
        "callerId": _matches(r"\+?[0-9]{3,15}|sip:\S+|client:\S+|[A-Za-z0-9._-]+"),
        "answerOnBridge": _flag,
        "hangupOnStar": _flag,
        "ringTone": _matches(r"[a-z]{2}(-old)?"),
    },
    "Number": {**_NOUN, "sendDigits": _matches(r"[0-9*#wW]+")},
    "Sip": {**_NOUN, "username": _any, "password": _any},
    "Connect": {"action": _url, "method": _method},
    "Stream": {
        "url": _matches(r"wss://[^\s?#]+"),  # Twilio drops a query
        "name": _any,
        "statusCallback": _url,
        "statusCallbackMethod": _method,
    },
    "Parameter": {"name": _matches(r".{1,250}"), "value": _matches(r".{0,250}")},
    "Hangup": {},
    "Reject": {"reason": _one_of("rejected", "busy")},
}

CHILDREN: Mapping[str, frozenset[str]] = {
    "Response": frozenset(
        {"Say", "Play", "Pause", "Gather", "Record", "Redirect", "Dial", "Connect", "Hangup", "Reject"}
    ),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number", "Sip"}),
    "Connect": frozenset({"Stream"}),
    "Stream": frozenset({"Parameter"}),
}


def parse_twiml(body: str) -> tuple[Verb, ...]:
    """The verbs of a document, in order. Raises `TwimlError` naming the verb, the attribute and what is wrong."""
    if len(body.encode()) > MAX_DOCUMENT:
        raise TwimlError(f"the document has more than {MAX_DOCUMENT} bytes", 11750)
    try:
        root = ElementTree.fromstring(body.encode())
    except ElementTree.ParseError as error:
        raise TwimlError(f"it is not well-formed XML: {error}", 12100) from None
    if root.tag != "Response":
        raise TwimlError(f"the document begins with <{root.tag}> and not with <Response>", 12100)
    _no_loose_words(root, "Response")
    return tuple(_verb(element, "Response") for element in root)


def _verb(element: ElementTree.Element, parent: str) -> Verb:
    name = str(element.tag)
    if name not in CHILDREN[parent]:
        known = "is no verb that this player knows" if name not in ATTRIBUTES else "may not stand there"
        raise TwimlError(f"<{name}> in <{parent}> {known}")
    for attribute, value in element.attrib.items():
        check = ATTRIBUTES[name].get(attribute)
        if check is None:
            raise TwimlError(f'<{name}> has no attribute "{attribute}"')
        if not check(value):
            raise TwimlError(f'<{name} {attribute}="{value}">: not a value that is allowed there')
    if name in CHILDREN:
        _no_loose_words(element, name)
        _check_stream(name, element)
        return Verb(name, dict(element.attrib), "", tuple(_verb(child, name) for child in element))
    text = _spoken(element) if name == "Say" else _plain(element)
    _check_content(name, element, text)
    return Verb(name, dict(element.attrib), text)


def _check_stream(name: str, element: ElementTree.Element) -> None:
    if name == "Connect" and len(element) != 1:
        raise TwimlError(f"<Connect> holds {len(element)} streams, it must be one")
    if name == "Stream" and "url" not in element.attrib:
        raise TwimlError("<Stream> has no url", 31922)
    total = sum(len(each.get("name", "")) + len(each.get("value", "")) for each in element)
    if name == "Stream" and total > MAX_PARAMETERS:
        raise TwimlError(f"the parameters of <Stream> have {total} characters, {MAX_PARAMETERS} are allowed")


def _check_content(name: str, element: ElementTree.Element, text: str) -> None:
    if name in {"Pause", "Hangup", "Reject", "Record"} and text:
        raise TwimlError(f"<{name}> must be empty")
    if name in {"Number", "Sip", "Redirect"} and not text:
        raise TwimlError(f"<{name}> is empty")
    if name == "Play" and not text and "digits" not in element.attrib:
        raise TwimlError("<Play> names no audio")
    if name == "Say" and not text:
        raise TwimlError("<Say> has no words", 13520)
    if name == "Say" and len(text) > MAX_SAY:
        raise TwimlError(f"<Say> has {len(text)} characters, {MAX_SAY} are allowed", 13520)


def _no_loose_words(element: ElementTree.Element, name: str) -> None:
    loose = [element.text or "", *(child.tail or "" for child in element)]
    if any(words.strip() for words in loose):
        raise TwimlError(f"there are words in <{name}> outside any verb")


def _plain(element: ElementTree.Element) -> str:
    if len(element):
        raise TwimlError(f"<{element[0].tag}> in <{element.tag}> may not stand there")
    return (element.text or "").strip()


def _spoken(element: ElementTree.Element) -> str:
    """What is heard: the words without the markup, `<sub alias>` read as its alias."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: ElementTree.Element) -> list[str]:
    pieces = [element.text or ""]
    for child in element:
        if child.tag not in SSML:
            raise TwimlError(f"<{child.tag}> in <Say> is no speech markup")
        if child.tag == "sub":
            pieces.append(child.get("alias", ""))
        else:
            # a break or a paragraph parts two words even where no space stands between them
            pieces += [" ", *_pieces(child), " "] if child.tag in {"break", "p", "s"} else _pieces(child)
        pieces.append(child.tail or "")
    return pieces
