"""What a caller, or the line that is rung, may do at one point of a call. Pure.

It is read off what the engine has just asked or done, never off the routing table: what is offered can be chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voicebot.dialogue.actions import Action, Ask, Option, SendText, TakeMessage, Transfer
from voicebot.dialogue.destinations import DONT_KNOW
from voicebot.dialogue.events import (
    CallerKind,
    CallStarted,
    Event,
    Heard,
    MessageLeft,
    NothingHeard,
    NotUnderstood,
    PartFailed,
    Pressed,
    Ranked,
    TransferEnded,
)
from voicebot.dialogue.session import Session
from voicebot.routing.table import OUT_OF_SCOPE, Table

CALLERS_WORDS = "(the caller's own words)"
"""Stands where a real call has words of hers, such as in what the advisor hears."""

A_MOBILE_NUMBER = "07700900123"
"""Of Ofcom's numbers for drama, so that nobody is meant by it."""

MESSAGE_SECONDS = 20.0
NOT_OFFERED = "9"
OTHER_LANGUAGES = ("cy", "fr", "de", "es", "it", "nl")
"""ISO 639-1 codes; the first that the table has no sentence for stands for every such language."""

FREE = ("request", "anything_else")
"""Stages in which she may say anything: what follows is another intent's tree."""

OFFERED_ONLY = (*FREE, "confirm", "offer_two", "keys", "reading", "answered", "signpost", "closed", "line_failed")
"""Stages in which silence and mumbling only repeat the question, as they do everywhere; the tree of the opening shows
it once. In all others they lead somewhere of their own."""


@dataclass(frozen=True, slots=True)
class Move:
    """`does` says it of the caller or the line ("presses 1", "the line is busy"). `ladder`: done again and again, it
    leads somewhere else each time. `caller` is set where she rings from another kind of telephone for once."""

    does: str
    event: Event
    ladder: bool = False
    caller: CallerKind | None = None

    def again(self) -> Move:
        does = self.does if self.does.endswith(" again") else f"{self.does} again"
        return Move(does, self.event, True, self.caller)


def understood(table: Table, intent: str) -> tuple[Move, ...]:
    """She says what she rings about: understood at once and, where such an intent is ever asked about, not surely."""
    sure = Move("says what it is about, and is understood", _heard(intent, 1.0))
    route, limits = table.intents[intent], table.thresholds
    accept = limits.accept if route.accept is None else route.accept
    confirm = limits.confirm if route.confirm is None else route.confirm
    if route.kind == "urgent" or confirm >= accept:
        return (sure,)
    return (sure, Move("says what it is about, and is understood, but not for sure", _heard(intent, confirm)))


def _heard(intent: str, confidence: float) -> Heard:
    return Heard(CALLERS_WORDS, (Ranked(intent, confidence),), None, confidence)


def opening_moves(table: Table) -> tuple[Move, ...]:
    """What may happen at the greeting, other than that she is understood."""
    spoken = [
        Move(f"speaks {each.name}", NotUnderstood(code))
        for code, each in sorted(table.languages.items())
        if code != "en"
    ]
    unknown = [code for code in OTHER_LANGUAGES if code not in table.languages]
    return (
        Move("says nothing", NothingHeard(), True),
        Move("says something that is not understood", NotUnderstood(), True),
        Move("asks for something that is not the council's", _heard(OUT_OF_SCOPE, 1.0), True),
        *spoken,
        *(Move("speaks another language", NotUnderstood(code)) for code in unknown[:1]),
        Move('presses 0, or says "advisor"', Pressed("0")),
        Move("presses a key that does nothing", Pressed(NOT_OFFERED), True),
        Move('says "help"', _answer("help")),
        Move('says "goodbye"', _answer("goodbye"), True),
        Move("cannot be heard, because of a fault", PartFailed("recogniser"), True),
    )


def moves(session: Session, actions: tuple[Action, ...]) -> Iterator[Move]:
    """Everything that may follow these actions, the last turn of `session`, in the order in which it is offered."""
    last = actions[-1] if actions else None
    match last:
        case Transfer():
            yield Move("the line is busy", TransferEnded("busy"))
            yield Move("nobody answers", TransferEnded("no_answer"))
        case TakeMessage():
            yield Move("leaves a message", MessageLeft(MESSAGE_SECONDS))
            yield Move("says nothing", NothingHeard(), True)
        case Ask() if session.stage in FREE:
            if session.stage == "anything_else":
                yield Move('says "no"', _answer("no"))
        case Ask():
            yield from _answers(last)
            if session.stage in ("reading", "answered"):
                yield Move('says "no"', _answer("no"))
            if session.stage not in OFFERED_ONLY:
                yield from _no_answer(last)
            yield Move("presses 0", Pressed("0"))


def from_a_landline(move: Move, actions: tuple[Action, ...]) -> Move | None:
    """The same move from a telephone that cannot be sent a text message, where one was just sent to the caller's own
    number."""
    if any(isinstance(each, SendText) and each.to is None for each in actions):
        return Move(f"{move.does}, but rings from a landline", move.event, move.ladder, "landline")
    return None


def _answers(asked: Ask) -> Iterator[Move]:
    expecting = asked.expecting
    match expecting.kind:
        case "keys":
            yield Move("keys in a mobile number", Pressed(A_MOBILE_NUMBER))
            yield Move("keys in something that is no mobile number", Pressed("123"), True)
        case "yes_no":
            yield Move('says "yes", or presses 1', _answer("yes"))
            yield Move('says "no", or presses 2', _answer("no"))
        case "place":
            yield from map(_place, expecting.options)
        case _:
            yield from map(_option, expecting.options)


def _option(option: Option) -> Move:
    said = f'says "{option.phrases[0]}"' if option.phrases else ""
    if option.key is None:
        return Move(said or f"chooses {option.id}", Heard(option.phrases[0] if said else "", (), option.id, 1.0))
    return Move(f"presses {option.key}, or {said}" if said else f"presses {option.key}", Pressed(option.key))


def _place(option: Option) -> Move:
    """A place of that district rather than its name: that is what she is asked for."""
    if option.key is not None or option.id == DONT_KNOW or len(option.phrases) < 2:
        return _option(option)
    name, place = option.phrases[:2]
    return Move(f'says "{place}" ({name})', Heard(place, (), option.id, 1.0))


def _no_answer(asked: Ask) -> Iterator[Move]:
    yield Move("says nothing", NothingHeard(), True)
    if asked.expecting.kind != "keys":
        yield Move("says something that is not understood", NotUnderstood(), True)


def _answer(choice: str) -> Heard:
    return Heard(choice, (), choice, 1.0)


def opening_event(caller: CallerKind) -> Move:
    return Move("rings", CallStarted(caller))
