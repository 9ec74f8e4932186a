"""What can go wrong with a live stream at the provider or on the way from there."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

StreamFaultKind = Literal["drop", "disturb", "token", "signature"]

GARBAGE = ("", "garbage", "[]", '{"event":"media"}', '{"event":"media","media":{"track":"inbound","payload":"*"}}')


@dataclass(frozen=True, slots=True)
class StreamFault:
    """One way to spoil a stream.

    `drop`: the connection breaks after `seconds` · `disturb`: frames come late, twice and out of order, with garbage
    among them · `token`: `value` is sent in place of the token · `signature`: the upgrade is signed with another token.
    """

    kind: StreamFaultKind
    seconds: float = 0.0
    value: str = ""


class Disturbance:
    """Messages in, messages out: one in ten is held back for up to three, one in ten comes twice."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._held: list[tuple[int, str]] = []

    def through(self, message: str) -> list[str]:
        due = [held for left, held in self._held if left == 0]
        self._held = [(left - 1, held) for left, held in self._held if left]
        chance = self._random.random()
        if chance < 0.1:
            self._held.append((self._random.randrange(3), message))
            return due
        twice = [message] if chance < 0.2 else []
        garbage = [self._random.choice(GARBAGE)] if chance > 0.95 else []
        return [message, *garbage, *due, *twice]
