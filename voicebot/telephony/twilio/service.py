"""What the webhooks need from the conversation. `voicebot.conversation.Conversation` is one; tests pass their own."""

from __future__ import annotations

from typing import Protocol

from voicebot.ports import Answer, Arrival, Pending, TurnInput

Reply = Answer | Pending


class Spoken(Protocol):
    """How the council sounds, and what is said and rung when nothing else works. See `conversation.Fallback`."""

    @property
    def words(self) -> str: ...

    @property
    def target(self) -> str: ...

    @property
    def caller_id(self) -> str: ...

    @property
    def voice(self) -> str: ...

    @property
    def language(self) -> str: ...

    @property
    def hold(self) -> str: ...


class Conversation(Protocol):
    """Every method is safe to repeat, and may raise anything: the webhooks turn that into speech."""

    def start(self, arrival: Arrival) -> Reply: ...

    def turn(self, call_id: str, number: int, given: TurnInput, arrival: Arrival) -> Reply: ...

    def poll(self, call_id: str, number: int, arrival: Arrival) -> Reply: ...

    def ended(self, call_id: str) -> None: ...

    def recording_ready(self, call_id: str, url: str) -> None: ...

    def whisper(self, call_id: str) -> str | None: ...

    def fallback(self, call_id: str) -> Spoken: ...


class TextStatuses(Protocol):
    """Where it is noted what became of a text message."""

    def __call__(self, sid: str, status: str, error: str) -> None:
        """`sid` is the message's id at Twilio, `status` Twilio's word for it, `error` its error code or ""."""
