"""The state of a call between two turns: a frozen value that is stored as JSON and reloaded by whichever worker is
next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import TypeAdapter

from voicebot.dialogue.actions import Ask, TakeMessage
from voicebot.dialogue.events import CallerKind
from voicebot.errors import StorageError

SESSION_VERSION = 3

READABLE = (2, SESSION_VERSION)
"""Versions whose stored sessions go on. All that version 3 added has a default that fits a call which never met it, so
an upgrade takes no message, and no urgent transfer, from a caller in the middle of one."""

Stage = Literal[
    "request",  # "tell me what you're calling about"
    "confirm",  # "is it about …?"
    "offer_two",  # "is it … or …?"
    "keys",  # the keypad menu
    "district",  # "which town or village?"
    "district_keys",  # districts by key, three at a time
    "follow_up",  # the intent's own question, such as "for an adult, or for a child?"
    "follow_up_keys",  # its options by key, three at a time
    "reading",  # after a part of an answer: shall I go on?
    "answered",  # after an answer: repeat, text, advisor, anything else
    "signpost",  # "shall I put you through?"
    "closed",  # the line is closed: text, message, danger
    "transferring",  # the line is ringing, or the caller is talking
    "line_failed",  # busy, no answer, failure: overflow, message, text
    "message",  # a message is being recorded
    "mobile",  # which number should the text message go to?
    "anything_else",
    "ended",
]

Outcome = Literal["connected", "answered", "signposted", "message_left", "abandoned", "failed"]


@dataclass(frozen=True, slots=True)
class Session:
    """`turn` is the number of the turn that the caller's next event answers. `asked` is the last question, for
    "repeat".

    `tries` counts failures in a row to get an answer to `asked`. `intent`, `district` and `queue` are what the call has
    come to so far, `option` what she chose of the intent's follow-up question. `page` counts pages of keys, and the
    parts of an answer before this one. `words` are the caller's own, redacted, for the advisor's whisper. `lines` lists
    queues already rung in this transfer, so that none is tried twice before all have been. `refused` counts requests
    that are not the council's. `turned_down` are intents that she said no to since she last got somewhere. `texted` are
    those whose text message has been sent ("intent.option" where the option has its own). `told` names the notices that
    she has heard. `language` is the ISO 639-1 code of what she speaks where that is not English. `reached`
    lists what the call has come to (intents, options, districts, text messages), and `stuck` counts turns since
    anything was added to it. `leaving`: she has said goodbye once before she was helped. `restricted` keeps the topic
    out of stored transcripts and of anything said aloud.
    """

    call_id: str
    table: str
    model: str
    caller: CallerKind
    version: int = SESSION_VERSION
    turn: int = 0
    stage: Stage = "request"
    tries: int = 0
    slow: bool = False
    asked: Ask | TakeMessage | None = None
    intent: str | None = None
    option: str | None = None
    candidates: tuple[str, ...] = ()
    district: str | None = None
    queue: str | None = None
    lines: tuple[str, ...] = ()
    page: int = 0
    words: str = ""
    refused: int = 0
    turned_down: tuple[str, ...] = ()
    texted: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    language: str | None = None
    reached: tuple[str, ...] = ()
    stuck: int = 0
    leaving: bool = False
    restricted: bool = False
    outcome: Outcome | None = None

    def with_(self, **changes: Any) -> Session:
        return replace(self, **changes)


_ADAPTER: TypeAdapter[Session] = TypeAdapter(Session)


def dump_session(session: Session) -> str:
    return _ADAPTER.dump_json(session).decode()


def load_session(text: str) -> Session:
    """The session as this version knows it. Raises `StorageError` where it cannot be read, or was written by a version
    of the bot that is not `READABLE`."""
    try:
        session = _ADAPTER.validate_json(text)
    except ValueError as error:
        raise StorageError("a stored session cannot be read; the call starts again") from error
    if session.version not in READABLE:
        raise StorageError(f"a stored session has version {session.version}, this is {SESSION_VERSION}")
    return session.with_(version=SESSION_VERSION)
