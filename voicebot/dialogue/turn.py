"""What one turn comes to: the next session, the actions, and the decision with the rule and the line it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from voicebot.dialogue.actions import Action
from voicebot.dialogue.session import Session
from voicebot.routing.table import Choice, Route, Table

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

    @property
    def route(self) -> Route | None:
        """What the table says of what she is calling about: of the option that she chose, else of the intent."""
        choice = self._choice
        own = self.table.intents.get(self.session.intent or "")
        return choice.route if choice is not None and choice.route is not None else own

    @property
    def topic(self) -> str:
        """What she is calling about, as the advisor hears it; "" where that is not known."""
        own = self.table.intents.get(self.session.intent or "")
        if own is None:
            return ""
        return own.about if self._choice is None else f"{own.about}, {self._choice.about}"

    @property
    def danger(self) -> bool:
        """Whether she pressed the key for danger: the call is urgent, what she rang about is not."""
        return self.session.restricted and (self.route is None or self.route.kind != "urgent")

    @property
    def at(self) -> str:
        """The file:line of the intent, or of the option that she chose."""
        path = f"intents.{self.session.intent}"
        option = self.session.option
        return str(self.table.where(path if option is None else f"{path}.ask.options.{option}"))

    @property
    def _choice(self) -> Choice | None:
        own = self.table.intents.get(self.session.intent or "")
        options = own.ask.options if own is not None and own.ask is not None else {}
        return options.get(self.session.option or "")

    def with_(self, **changes: Any) -> Scene:
        """The same scene, the session with these changes."""
        return replace(self, session=self.session.with_(**changes))
