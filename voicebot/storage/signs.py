"""What the turns of a call tell of how well its utterances were understood. Pure.

Nobody tells the bot that a call went wrong; the caller shows it. A sign is a suspicion, not a verdict: an advisor may
be asked for because she prefers people. The rules quoted here are those that `voicebot.dialogue` writes down; the tests
play calls through the real engine, so that the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from voicebot.records import RESTRICTED
from voicebot.routing.table import SPEAK_TO_ADVISOR

Sign = Literal["turned_down", "advisor", "started_again", "cut_short", "rang_again"]
"""`turned_down`: she said no to what she was offered, or named something else instead of yes. `advisor`: she asked for
a person after she had been given what it was taken for. `started_again`: she said so then. `cut_short`: the team's line
was over almost at once. `rang_again`: soon afterwards, about something else. Where the line itself failed, what she did
then is no sign."""

Kind = Literal["misrouted", "refused", "uncertain", "accepted"]

CUT_SHORT = timedelta(seconds=5), timedelta(seconds=30)
"""A transfer that lasts between the two, ringing included, is a greeting and "wrong department". In less, nobody was
there: the sentence that names the team alone takes longer."""

RANG_AGAIN = timedelta(minutes=30)
"""Whoever rings again so soon has not got what she wanted. Later, it may be another matter."""

_ANSWERS = (
    "chose ",
    "confirmed: ",
    "turned down what was offered",
    "a yes or no that answers nothing",
    "neither yes nor no",
    "no place that is known",
    "words, where a number",
    "asked for an advisor",
    "spoke another language",
)
"""Beginnings of the rules of turns whose words answer a question, or are no English: they name no request."""

_REQUESTS = ("accept", "confirm", "offer_two", "ask_again", "offer_keys", "to_person", "refuse")
_QUESTIONS = ("confirm", "offer_two")


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """A finished turn as it is stored. `posted` and `done` are the real time, whatever date the call rings on."""

    number: int
    posted: datetime
    done: datetime
    event: str
    heard: str
    intent: str | None
    confidence: float | None
    ranked: tuple[tuple[str, float], ...]
    decision: str
    rule: str


@dataclass(slots=True)
class Judged:
    """An utterance that named a request, and what became of it. `came_to` is the intent that the call came to
    afterwards, by a confirmation, a key or other words; None where it is not known."""

    turn: TurnSeen
    signs: list[Sign] = field(default_factory=list)
    came_to: str | None = None

    @property
    def kind(self) -> Kind:
        if self.signs:
            return "misrouted"
        if self.turn.decision == "refuse" or self.turn.rule.startswith("out of scope"):
            return "refused"
        return "accepted" if self.turn.decision == "accept" else "uncertain"

    @property
    def offered(self) -> frozenset[str | None]:
        """What she was asked about: the intent, and where two were offered, the likeliest two."""
        likeliest = self.turn.ranked[:2] if self.turn.decision == "offer_two" else ()
        return frozenset({self.turn.intent, *(intent for intent, _ in likeliest)})

    def show(self, sign: Sign) -> None:
        if sign not in self.signs:
            self.signs.append(sign)


def judge_call(turns: Sequence[TurnSeen], then: str | None = None) -> list[Judged]:
    """The requests of one call, in order; `turns` are in order too. `then` is the intent of a call that the same caller
    made soon afterwards."""
    reading = _Reading()
    for turn in turns:
        reading.read(turn)
    if then is not None and reading.settled is not None and then != reading.came_to:
        reading.settled.show("rang_again")
        reading.settled.came_to = None if then == SPEAK_TO_ADVISOR else then
    return reading.found


class _Reading:
    """Where one call has got to. `asked`: the request that she is asked about just now. `settled`: the one by whose
    words the call came to `came_to`; None where keys brought it there, for then no words were mistaken. `waiting`:
    those whose intent a later turn may tell."""

    def __init__(self) -> None:
        self.found: list[Judged] = []
        self.came_to: str | None = None
        self.settled: Judged | None = None
        self._asked: Judged | None = None
        self._waiting: list[Judged] = []
        self._line_failed = False
        self._before: TurnSeen | None = None

    def read(self, turn: TurnSeen) -> None:
        request = Judged(turn) if names_a_request(turn) else None
        if turn.event == "TransferEnded":
            self._transfer_ended(turn)
        elif turn.decision == "universal":
            if turn.rule == "start again":
                self._start_again()
        elif turn.event in ("Heard", "Pressed"):
            self._said(turn, request)
        if request is not None:
            self.found.append(request)
        self._before = turn

    def _said(self, turn: TurnSeen, request: Judged | None) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and _turns_down(turn, request, asked):
            asked.show("turned_down")
        if turn.rule.startswith("asked for an advisor"):
            self._suspect("advisor")
        if request is not None and turn.decision in _QUESTIONS:
            self._asked = request
        if request is not None and turn.decision != "accept":
            self._waiting.append(request)
        if turn.decision == "accept" and turn.intent and not turn.rule.startswith(("chose yes", "chose no")):
            self._settle(turn.intent, request or asked)

    def _settle(self, intent: str, by: Judged | None) -> None:
        for each in self._waiting:
            each.came_to = intent
        self._waiting.clear()
        if intent != self.came_to:
            self.settled, self.came_to, self._line_failed = by, intent, False

    def _start_again(self) -> None:
        self._suspect("started_again")
        self._waiting = [self.settled] if self.settled is not None and self.settled.signs else []
        self.settled, self.came_to, self._asked, self._line_failed = None, None, None, False

    def _transfer_ended(self, turn: TurnSeen) -> None:
        if turn.rule != "the transfer was completed":
            self._line_failed = True
        elif self._before is not None and self._before.decision == "accept":
            shortest, longest = CUT_SHORT
            if shortest <= turn.posted - self._before.done < longest:
                self._suspect("cut_short")

    def _suspect(self, sign: Sign) -> None:
        if self.settled is not None and not self._line_failed:
            self.settled.show(sign)


def names_a_request(turn: TurnSeen) -> bool:
    """Whether its words are kept and were taken for a request, not for an answer such as yes or a town."""
    heard = turn.event == "Heard" and turn.heard not in ("", RESTRICTED) and bool(turn.ranked)
    return heard and turn.decision in _REQUESTS and not turn.rule.startswith(_ANSWERS)


def _turns_down(turn: TurnSeen, request: Judged | None, asked: Judged) -> bool:
    if turn.rule.startswith("turned down what was offered"):
        return True
    named = request is not None and turn.decision in ("accept", *_QUESTIONS)
    return named and turn.intent not in asked.offered
