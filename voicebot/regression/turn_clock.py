"""Measures the turns of a recorded call: from what the caller does to what goes on with the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voicebot.regression.call_events import Held, TurnKind, TurnTaken
from voicebot.regression.call_log import CallLog
from voicebot.regression.twiml_grammar import TwimlError, Verb

MAX_CIRCLES = 60
"""Documents in a row without anything for the caller to do before it is taken for an endless loop."""

LISTENING = frozenset({"Gather", "Record", "Connect"})
_STAYING = LISTENING | {"Dial", "Hangup", "Reject"}


@dataclass(slots=True)
class _Turn:
    kind: TurnKind
    since: float
    held: bool = False


class TurnClock:
    def __init__(self, log: CallLog) -> None:
        self._log = log
        self._turn: _Turn | None = None
        self._circles = 0

    def begin(self, kind: TurnKind, since: float) -> None:
        """The caller has done something; a redirect from a hold line goes on with the turn that is under way."""
        if self._turn is None:
            self._turn = _Turn(kind, since)

    def drop(self) -> None:
        """Nobody will answer it."""
        self._turn = None

    def hold(self) -> None:
        """The bot is still working and keeps the caller on the line."""
        if self._turn is not None and not self._turn.held:
            self._turn.held = True
            self._log.emit(Held(self._log.at()))

    def answer(self) -> None:
        """The bot goes on with the call."""
        if self._turn is not None:
            now = self._log.at()
            self._log.emit(TurnTaken(now, self._turn.kind, max(0.0, now - self._turn.since), self._turn.held))
            self._turn = None

    def read(self, verbs: Sequence[Verb]) -> None:
        """This document answers the turn, or holds the line. Raises `TwimlError` where they go round in circles."""
        holding = not any(verb.name in _STAYING for verb in verbs) and any(verb.name == "Redirect" for verb in verbs)
        self._circles = 0 if any(verb.name in LISTENING for verb in verbs) else self._circles + 1
        if self._circles > MAX_CIRCLES:
            raise TwimlError(f"{MAX_CIRCLES} documents in a row give the caller nothing to do", 12100)
        if not holding:
            self.answer()
        elif self._turn is not None:
            self._turn.held = True
            self._log.emit(Held(self._log.at()))
