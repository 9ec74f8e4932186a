"""The blast radius of an edit: calls gone through under two routing tables, and where they part.

Both tables are given the same events at the same time. A call is followed as long as both take it to the same place and
it went there when it rang: from there on, what she said next answers another question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallStarted, Event, TransferEnded
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.records import record
from voicebot.replaying_places import Came, came_to
from voicebot.replaying_steps import Meaning, Rung, Source, Step, Understand
from voicebot.replaying_wording import Wording
from voicebot.routing.table import Table

TOLD_EVERY = 1_000
"""Calls between two reports of progress."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Changed:
    """A call that the new table takes elsewhere, in turn `turn` (from 1). `did` is what the caller did up to there: her
    words in quotation marks, as they are stored, or keys."""

    call: str
    source: Source
    at: datetime
    turn: int
    did: str
    old: Came
    new: Came

    @property
    def lost_urgent(self) -> bool:
        """Put through at once by the old table, and not by the new one."""
        return self.old.urgent and not self.new.urgent


@dataclass(frozen=True, slots=True)
class Move:
    """So many calls go from one place to another."""

    old: str
    new: str
    calls: int


@dataclass(frozen=True, slots=True)
class Reworded:
    """So many calls hear other words because of the part at `path` (such as wording.greeting); `at` is its file and
    line in the new table, or in the old one where it is gone."""

    path: str
    at: str
    calls: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What the table `new` changes for calls, against `old` (hashes).

    `calls` were gone through; of them `changed` go elsewhere, those of lost urgent calls first, and `other_words` go to
    the same place but hear or are sent other words. Beside them, `silent` calls ended before anybody said anything, and
    `unknown` ones begin with something that is not kept. `partly`: gone through up to a turn that is not kept. `asked`:
    utterances that the model was asked about again.
    """

    old: str
    new: str
    calls: int
    changed: tuple[Changed, ...]
    moves: tuple[Move, ...]
    other_words: int
    reworded: tuple[Reworded, ...]
    silent: int
    unknown: int
    partly: int
    asked: int

    def __bool__(self) -> bool:
        """Whether anything is different for anybody."""
        return bool(self.changed or self.other_words)


def blast_radius(
    old: Table,
    new: Table,
    calls: Iterable[Rung],
    understand: Understand,
    *,
    at: datetime | None = None,
    tell: Tell = lambda line: None,
) -> Difference:
    """What becomes of `calls` under `old` and under `new`, each at the time it rang, or all of them at `at` (aware).

    Calls are taken one by one, so they may be read while it goes on; `tell` hears of progress. `understand` is asked
    only where it is not known what words were taken for. Raises what `calls` and `understand` raise.
    """
    meaning = Meaning(understand)
    wording = Wording(old, new)
    changed: list[Changed] = []
    causes: Counter[str] = Counter()
    seen = other_words = silent = unknown = partly = 0
    for call in calls:
        if not call.steps:
            silent, unknown = silent + call.whole, unknown + (not call.whole)
            continue
        seen += 1
        followed = _follow(call, old, new, meaning, at or call.at)
        partly += not call.whole and followed.steps == len(call.steps)
        if followed.changed is not None:
            changed.append(followed.changed)
        elif followed.reworded:
            other_words += 1
            causes.update({path for one, other in followed.reworded for path in wording.causes(one, other)})
        if seen % TOLD_EVERY == 0:
            tell(f"{seen:,} calls gone through, {len(changed):,} changed")
    moves = Counter(names(each) for each in changed)
    return Difference(
        old=old.hash,
        new=new.hash,
        calls=seen,
        changed=tuple(sorted(changed, key=lambda each: not each.lost_urgent)),
        moves=tuple(Move(*pair, count) for pair, count in moves.most_common()),
        other_words=other_words,
        reworded=tuple(Reworded(path, wording.where(path), count) for path, count in causes.most_common()),
        silent=silent,
        unknown=unknown,
        partly=partly,
        asked=meaning.asked,
    )


def names(change: Changed) -> tuple[str, str]:
    """The two places as people call them; where both are called the same, with what tells them apart."""
    old, new = change.old.place, change.new.place
    if change.old.urgent != change.new.urgent:
        return f"{old.name}{' at once' * change.old.urgent}", f"{new.name}{' at once' * change.new.urgent}"
    if old.name != new.name:
        return old.name, new.name
    if old.target != new.target:
        return f"{old.name} on {old.target}", f"{new.name} on {new.target}"
    return old.name, f"{new.name}, with other options"


@dataclass(slots=True)
class _Followed:
    """`reworded`: the pairs of what was said where it differs. `steps`: how many were gone through."""

    changed: Changed | None
    reworded: list[tuple[Came, Came]]
    steps: int


def _follow(call: Rung, old: Table, new: Table, meaning: Meaning, rang: datetime) -> _Followed:
    first, second = Side(call, old, rang), Side(call, new, rang)
    reworded: list[tuple[Came, Came]] = []
    one, other = first.came, second.came
    for number, step in enumerate(call.steps, 1):
        if one.says != other.says or one.text != other.text:
            reworded.append((one, other))
        if first.over(step):
            return _Followed(None, reworded, number - 1)
        event = first.take(step, meaning, rang)
        second.take(step, meaning, rang)
        one, other = first.came, second.came
        if one.place.key != other.place.key or one.urgent != other.urgent:
            did = ", then ".join(each.shown for each in call.steps[:number])
            changed = Changed(call.name, call.source, rang, number, did, one, other)
            return _Followed(changed, reworded, number)
        if not as_recorded(first.turn, event, step) or first.turn.session.stage != second.turn.session.stage:
            break
    if one.says != other.says or one.text != other.text:
        reworded.append((one, other))
    return _Followed(None, reworded, number)


class Side:
    """A call under one table, after as many turns as were taken."""

    def __init__(self, call: Rung, table: Table, rang: datetime) -> None:
        self.table = table
        session = Session(call.name, table.hash, "", call.caller)
        self.turn: Turn = take_turn(session, CallStarted(call.caller), table=table, now=rang)
        self.came = came_to(self.turn, table)

    def over(self, step: Step) -> bool:
        """Whether what happened next cannot happen here: the call has ended, or no line is being rung."""
        stage = self.turn.session.stage
        return stage == "ended" or isinstance(step.event, TransferEnded) != (stage == "transferring")

    def take(self, step: Step, meaning: Meaning, rang: datetime) -> Event:
        session = self.turn.session
        event = meaning.event(step, session)
        self.turn = take_turn(session, event, table=self.table, now=rang + step.after)
        self.came = came_to(self.turn, self.table)
        return event


def as_recorded(turn: Turn, event: Event, step: Step) -> bool:
    """Whether the call went the same way when it rang; also where nobody has recorded how it went."""
    if not step.decision:
        return True
    kept = record(turn, event, {})
    return (kept.decision, kept.intent) == (step.decision, step.intent)
