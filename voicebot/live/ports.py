"""The two ports of a channel for live audio, the audio itself and control of the call, and what a live call needs
besides.

Sound is G.711 µ-law at 8 kHz throughout, one byte a sample, as telephones carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voicebot.ports import Answer, Arrival, Pending, TurnInput
from voicebot.ports import Hearing as Hearing

RATE = 8_000
FRAME_BYTES = 160
"""20 ms, the frame of every provider that we know of."""
WINDOW = 512
"""Samples at 16 kHz that the voice activity detector looks at: 32 ms."""

Reply = Answer | Pending
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the caller's side sent: µ-law bytes, any number of them, in the order in which they were spoken."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class Key:
    key: str


@dataclass(frozen=True, slots=True)
class Played:
    """All that was to be played before this mark has been played, or was cleared."""

    mark: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The stream has ended: the caller hung up, or the socket broke. The channel's own webhooks tell which."""


Inbound = Frame | Key | Played | Gone


class AudioOut(Protocol):
    """Towards the caller. Returns at once; raises nothing: a broken socket shows as `Gone`."""

    def play(self, audio: bytes) -> None:
        """Queue µ-law bytes behind what is queued already."""

    def mark(self, name: str) -> None:
        """Ask for `Played(name)` when what is queued before it has been heard."""

    def clear(self) -> None:
        """Drop what is queued and stop at once: barge-in."""


class CallControl(Protocol):
    def hand_over(self, number: int, *, spoken: bool) -> None:
        """End the live stream. The channel itself carries out the answer that led to turn `number`: all of it, or where
        `spoken` what remains after its prompts."""


class VoiceActivity(Protocol):
    """Stateful: one for each call."""

    def probability(self, window: Samples) -> float:
        """How likely it is (0 to 1) that somebody speaks in the next `WINDOW` samples, float32 at 16 kHz."""


class Prompts(Protocol):
    """What the bot says, as sound."""

    def audio(self, text: str, *, slow: bool = False, language: str | None = None) -> bytes | None:
        """µ-law, 8 kHz; None where it is not there (yet). Never renders: no caller waits for that."""


class LiveConversation(Protocol):
    """What a live call needs of `voicebot.conversation.Conversation`. Safe in threads; may raise anything."""

    def hear(self, call_id: str, wav: bytes, deadline: float, *, ahead: bool) -> Hearing:
        """What a WAV file means in this call at this turn; nothing is changed by it. `ahead`: she may not have
        finished, so that it must not take the recogniser from those who have."""

    def turn(
        self, call_id: str, number: int, given: TurnInput, arrival: Arrival, *, hearing: Hearing | None = None
    ) -> Reply: ...

    def poll(self, call_id: str, number: int, arrival: Arrival) -> Reply: ...

    def answer(self, call_id: str) -> Answer | None:
        """The last answer of a call; None where it is unknown."""

    def hold(self) -> str:
        """What a caller is told who has to wait."""


class LiveLine(Protocol):
    """One live call, driven by one thread. `voicebot.live.line.Line` is one; tests pass their own."""

    @property
    def done(self) -> bool: ...

    def open(self, number: int, *, speak: bool) -> None: ...

    def take(self, inbound: Inbound) -> None: ...

    def tick(self) -> None: ...
