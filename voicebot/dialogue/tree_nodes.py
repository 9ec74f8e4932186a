"""One turn of a conversation tree, as people read it: what is done, what is heard, how long it takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from voicebot.dialogue.actions import Action, Ask, HangUp, Say, SendText, TakeMessage, Transfer
from voicebot.dialogue.turn import Decision
from voicebot.dialogue.wording import team
from voicebot.routing.spoken import spoken_seconds
from voicebot.routing.table import Table


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words as the caller hears them and how many seconds they take, by estimate; `language` is their locale where they
    are in another language than the rest."""

    text: str
    seconds: float
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """What is done beside speaking. `says` completes a sentence about the bot, or stands alone."""

    what: Literal["rings", "whispers", "texts", "records", "hangs_up"]
    says: str


@dataclass(frozen=True, slots=True)
class Node:
    """One turn: what the caller does, what she hears then, and what happens.

    `number` counts from 1 in the order of reading. `same_as` is the number of the node at which the call stood just the
    same: what may follow is shown there. `like` is that of another district's node, after which all goes on likewise.
    `leads_to` is the intent whose tree goes on from here. `any_request`: she may say anything now. `cut`: more may
    follow, but the tree is deep enough.
    """

    number: int
    does: str
    prompts: tuple[Prompt, ...]
    happens: tuple[Happening, ...]
    decision: Decision
    owner: str | None
    then: tuple[Node, ...] = ()
    same_as: int | None = None
    like: int | None = None
    leads_to: str | None = None
    any_request: bool = False
    cut: bool = False

    @property
    def seconds(self) -> float:
        """How long the caller listens before she can answer, or the line is rung."""
        return sum(each.seconds for each in self.prompts)

    def walk(self) -> Iterator[Node]:
        yield self
        for each in self.then:
            yield from each.walk()


def prompts_of(actions: Iterable[Action]) -> tuple[Prompt, ...]:
    """Everything these actions say aloud, in order."""
    spoken = [each for each in actions if isinstance(each, Say | Ask | TakeMessage) and each.text]
    return tuple(
        Prompt(each.text, spoken_seconds(each.text), each.language if isinstance(each, Say) else None)
        for each in spoken
    )


def happenings(table: Table, action: Action) -> Iterator[Happening]:
    """What this action does beside speaking."""
    match action:
        case Transfer():
            line = f"{team(table, action.queue)} on {action.target}"
            yield Happening("rings", f"rings {line}, for up to {action.ring_seconds} seconds")
            if action.whisper:
                yield Happening("whispers", f"whoever answers hears first: {action.whisper}")
        case SendText():
            to = f"to {action.to}" if action.to else "to the number she rings from"
            yield Happening("texts", f"sends a text message {to}: {action.body}")
        case TakeMessage():
            default = table.queues[table.council.default_queue].deliver
            deliver = table.queues[action.queue].deliver or default
            sent = f"; it is sent to {deliver}" if deliver else "; it is kept for `voicebot messages`"
            yield Happening(
                "records", f"records a message for {team(table, action.queue)}, up to {action.seconds} seconds{sent}"
            )
        case HangUp():
            yield Happening("hangs_up", "ends the call")
