"""How a recorded caller behaves: which step of the script fits what the phone is doing now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeVar

from voicebot.regression.script import HangUp, Press, Silence, Speak, Step

Taken = TypeVar("Taken", Speak, Press, HangUp, Speak | Press | HangUp)

PATIENCE = 4
"""Prompts in a row that a caller with nothing left to do hears out before she hangs up."""


class Caller:
    """Takes the steps in order. With nothing left, or nothing that fits, she stays silent, and after `patience` prompts
    in a row she hangs up. `pace` is called before she speaks, presses or lets a prompt pass, and may wait."""

    def __init__(
        self, steps: Iterable[Step], *, patience: int = PATIENCE, pace: Callable[[], None] = lambda: None
    ) -> None:
        self._steps: Iterator[Step] = iter(steps)
        self._next: Step | None = None
        self._patience = patience
        self._pace = pace
        self._silences = 0

    def at_gather(self, *, record_follows: bool) -> Press | HangUp | None:
        """What she does while keys are gathered; None is silence, which is kept for a recording that follows."""
        step = self._peek()
        if isinstance(step, Press) and not (step.late or step.lost):
            return self._take(step)
        if isinstance(step, HangUp) and not step.waiting:
            return self._take(step)
        return None if record_follows else self._let_pass()

    def at_record(self) -> Speak | Press | HangUp | None:
        """What she does while she is recorded; None is silence."""
        step = self._peek()
        if isinstance(step, (Speak, Press)) or (isinstance(step, HangUp) and not step.waiting):
            return self._take(step)
        return self._let_pass()

    def speaks_over_after(self) -> float | None:
        """After so many seconds of a prompt on a live stream she speaks over it; None: she hears it out."""
        step = self._peek()
        return step.over if isinstance(step, Speak) else None

    def leaves_while_waiting(self) -> bool:
        """Whether she hangs up before the bot has answered what she just did."""
        step = self._peek()
        if isinstance(step, HangUp) and step.waiting:
            self._next = None
            return True
        return False

    def hears(self, text: str) -> None:
        """Told of everything that is said to her. This one follows her script whatever it is; others may `do_next`."""

    def do_next(self, step: Step) -> None:
        """Do this before what the script goes on with."""
        pending = [self._next] if self._next is not None else []
        self._steps = chain(pending, self._steps)
        self._next = step

    def _peek(self) -> Step | None:
        if self._next is None:
            self._next = next(self._steps, None)
        return self._next

    def _take(self, step: Taken) -> Taken:
        self._pace()
        self._next = None
        self._silences = 0
        return step

    def _let_pass(self) -> HangUp | None:
        self._pace()
        if isinstance(self._peek(), Silence):
            self._next = None
            return None
        self._silences += 1
        return HangUp() if self._silences >= self._patience else None


def gathered(keys: str, most: int, ender: str) -> tuple[str, str]:
    """What a `<Gather>` takes of the keys pressed, and what is left of them. `ender` may be empty."""
    for index, key in enumerate(keys):
        if ender and key == ender:
            return keys[:index], keys[index + 1 :]
        if index + 1 == most:
            return keys[:most], keys[most:]
    return keys, ""
