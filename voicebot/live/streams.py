"""What a channel remembers of its live streams: who may open one, and how it ended.

A stream is opened with a token that a signed webhook has given out, once, for one call and one turn. How it ended
decides what the call goes on with: live again, or a recording.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from voicebot.dialogue.events import CallerKind

Ending = Literal["handed_over", "stopped", "lost", "refused"]
"""`handed_over`: by the live call itself. `stopped`: the provider said that the stream is over. `lost`: the socket
broke. `refused`: opened in due form, but there was no room for it, or it broke every bound."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A stream that may be opened: `token` goes to the provider and is kept as a hash, `stream` names it from then."""

    stream: int
    token: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream whose token was good. `speak`: the answer is still to be spoken; otherwise the channel has spoken it."""

    stream: int
    turn: int
    speak: bool
    provider: str
    caller: CallerKind


@dataclass(frozen=True, slots=True)
class Standing:
    """How a call stands after one of its streams: `turn` is the one that the next event answers, `spoken` the turn
    whose prompts the caller has heard already, and `failed` whether the stream failed her."""

    turn: int
    spoken: int | None
    failed: bool


class Streams(Protocol):
    """Raises `StorageError`."""

    def issue(self, call_id: str, turn: int, *, speak: bool) -> Ticket | None:
        """A new token for this call at this turn. None where the call's streams have failed too often."""

    def open(self, token: str, call_id: str, turn: int) -> Opened | None:
        """Use the token up, in one statement that the database decides. None where it is unknown, used, too old, or
        meant for another call or another turn than the one that the call is at."""

    def close(self, stream: int, ending: Ending, spoken: int | None = None) -> None:
        """Keep how it ended, the first time. `spoken` is the turn whose answer needs no prompts any more."""

    def after(self, stream: int, call_id: str) -> Standing | None:
        """The provider goes on after this stream. One that was not handed over has failed, and is counted as such,
        once. One that was handed over in vain, before an answer had been spoken or a turn taken, is counted too, for
        the next may do the same. None where the call is unknown."""
