"""What one turn comes to: the next session, the actions, and the decision with the rule and the line it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from voicebot.dialogue.actions import Action
from voicebot.dialogue.session import Session
from voicebot.routing.table import Table

DecisionName = Literal[
    "accept", "confirm", "offer_two", "ask_again", "offer_keys", "to_person", "refuse", "urgent", "universal"
]
Act = Literal["connect", "answer", "signpost", "closed", "ask"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` says in plain words why; `at` is the file:line of routing.yaml that it rests on ("" where none does).

    `open` tells whether the queue's line was open at that time; None where no line was in question.
    """

    name: DecisionName
    rule: str
    at: str = ""
    intent: str | None = None
    confidence: float | None = None
    action: Act | None = None
    queue: str | None = None
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    session: Session
    actions: tuple[Action, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule may look at: where the call stands, the routing table it began with, and the time (aware)."""

    session: Session
    table: Table
    now: datetime
