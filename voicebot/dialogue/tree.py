"""The conversation tree of an intent, or of the opening: every prompt that a caller can come to, as she hears it. Pure.

It is built by playing the real engine, so that it cannot say anything else than a call would. States are taken in the
order of their distance from the greeting; one that was shown already is referred to by its number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from voicebot.dialogue.actions import Ask, TakeMessage
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallerKind, NothingHeard
from voicebot.dialogue.session import Session
from voicebot.dialogue.tree_moves import FREE, Move, from_a_landline, moves, opening_event, opening_moves, understood
from voicebot.dialogue.tree_nodes import Node, happenings, prompts_of
from voicebot.dialogue.turn import Turn
from voicebot.routing.table import SPEAK_TO_ADVISOR, Table

DEEPEST = 12
"""Turns after the greeting. Trees end by themselves well before; a table that does not would fill the screen."""

RINGING = ("transferring", "line_failed")

STANDING = ("closed", "line_failed", "answered", "signpost")

PAGED = ("keys", "district_keys", "follow_up_keys", "reading", "answered")

MENUS = ("keys", "offer_two")
"""Stages whose options are intents, each with a tree of its own."""


def intent_tree(
    table: Table, intent: str, now: datetime, *, caller: CallerKind = "mobile", deepest: int = DEEPEST
) -> Node:
    """The call of somebody who rings at `now` (aware) about `intent`, from the greeting on. `KeyError` where the table
    has no such intent."""
    return _tree(table, now, caller, deepest, intent)


def opening_tree(table: Table, now: datetime, *, caller: CallerKind = "mobile", deepest: int = DEEPEST) -> Node:
    """The greeting, and what becomes of those who say nothing, are not understood, or ask for a person at once."""
    return _tree(table, now, caller, deepest, None)


def first_turn(table: Table, intent: str, now: datetime) -> Turn:
    """What the caller hears first when she was understood at once."""
    started = _play(_fresh(table, "mobile"), opening_event("mobile"), table, now)
    return _play(started.session, understood(table, intent)[0], table, now)


# --- growing -----------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Draft:
    """A node that is still growing."""

    move: Move
    before: Session
    turn: Turn
    depth: int
    then: list[_Draft] = field(default_factory=list)
    same_as: _Draft | None = None
    like: _Draft | None = None
    leads_to: str | None = None
    cut: bool = False
    number: int = 0


def _fresh(table: Table, caller: CallerKind) -> Session:
    return Session("preview", table.hash, "preview", caller)


def _play(session: Session, move: Move, table: Table, now: datetime) -> Turn:
    before = session if move.caller is None else session.with_(caller=move.caller)
    turn = take_turn(before, move.event, table=table, now=now)
    return Turn(turn.session.with_(turn=session.turn + 1, caller=session.caller), turn.actions, turn.decision)


def _tree(table: Table, now: datetime, caller: CallerKind, deepest: int, about: str | None) -> Node:
    """`about` None is the opening's tree, in which an intent is where another tree begins."""
    session, move = _fresh(table, caller), opening_event(caller)
    root = _Draft(move, session, _play(session, move, table, now), 0)
    seen: dict[object, _Draft] = {_standing(root.turn.session, table): root}
    first = opening_moves(table) if about is None else understood(table, about)
    waiting = deque([root])
    while waiting:
        draft = waiting.popleft()
        draft.leads_to = _leads_to(draft, about)
        following = list(first) if draft is root else _following(draft, seen, table)
        draft.cut = bool(following) and draft.depth >= deepest
        if not draft.cut:
            draft.then = _merged(_branches(draft, following, table, now, seen))
            _liken(draft, seen)
            waiting.extend(draft.then)
    for number, draft in enumerate(_in_order(root), 1):
        draft.number = number
    return _frozen(root, table)


def _leads_to(draft: _Draft, about: str | None) -> str | None:
    """The intent that was chosen from a menu of intents, or that a caller has who asks for a person before anything
    else is known; its tree is another."""
    before, after = draft.before, draft.turn.session
    if after.intent in (before.intent, about):
        return None
    menu = about is None or before.stage in MENUS or after.intent == SPEAK_TO_ADVISOR
    return after.intent if menu else None


def _following(draft: _Draft, seen: dict[object, _Draft], table: Table) -> list[Move]:
    """What may follow here; where the same was shown already, only that it happens once more."""
    session, actions = draft.turn.session, draft.turn.actions
    if draft.leads_to is not None or draft.like is not None or session.stage == "ended":
        return []
    again = [draft.move.again()] if _goes_on(draft) else []
    first = seen.setdefault(_standing(session, table), draft)
    if first is not draft:
        draft.same_as = first
        return again
    offered = moves(session, actions)
    return [*(each for each in offered if not (again and each.event == again[0].event)), *again]


def _goes_on(draft: _Draft) -> bool:
    """Whether the same once more may lead somewhere else: not where nothing has changed, nor where another question is
    asked by now, which stands however often it is not answered. Silence alone ends every call."""
    before, after = draft.before, draft.turn.session
    asked = isinstance(draft.turn.actions[-1], Ask | TakeMessage)
    stands = after.stage in STANDING and not isinstance(draft.move.event, NothingHeard)
    elsewhere = stands or (after.stage in FREE and before.stage not in FREE)
    return draft.move.ladder and asked and not elsewhere and after != before.with_(turn=after.turn)


def _standing(session: Session, table: Table) -> object:
    """All that decides what may follow, but for how often she was not understood."""
    if session.stage in FREE:
        asked = session.asked.text if session.asked and session.stage == "request" else ""
        return session.stage, asked
    expecting = session.asked.expecting if isinstance(session.asked, Ask) else session.asked
    rung = frozenset(session.lines) & _may_follow(session, table) if session.stage in RINGING else None
    page = session.page if session.stage in PAGED else 0
    about = (session.intent, session.option, session.texted, session.told, session.language, session.restricted)
    return session.stage, expecting, session.queue, page, rung, about


def _may_follow(session: Session, table: Table) -> set[str]:
    """The lines that may yet be rung one after the other; of no other line it matters that it was rung before."""
    route = table.intents.get(session.intent or "")
    council = table.council
    waiting = [session.queue, route.when_closed if route else None, council.default_queue, council.danger_queue]
    found: set[str] = set()
    while waiting:
        queue = waiting.pop()
        if queue is not None and queue not in found:
            found.add(queue)
            waiting.append(table.queues[queue].overflow)
    return found


def _branches(
    draft: _Draft, following: list[Move], table: Table, now: datetime, seen: dict[object, _Draft]
) -> Iterator[_Draft]:
    session = draft.turn.session
    for move in following:
        turn = _play(session, move, table, now)
        yield _Draft(move, session, turn, draft.depth + 1)
        other = from_a_landline(move, turn.actions)
        if other is not None and "landline" not in seen:
            seen["landline"] = draft  # once is enough: the question for a number is the same everywhere
            yield _Draft(other, session, _play(session, other, table, now), draft.depth + 1)


def _merged(drafts: Iterator[_Draft]) -> list[_Draft]:
    """Two things that come to the very same are one: a line that is busy, and one that nobody answers."""
    kept: list[_Draft] = []
    for draft in drafts:
        same = next((each for each in kept if _alike(each, draft)), None)
        if same is None:
            kept.append(draft)
        else:
            both = f"{same.move.does}, or {draft.move.does}"
            same.move = Move(both, same.move.event, same.move.ladder, same.move.caller)
    return kept


def _alike(one: _Draft, other: _Draft) -> bool:
    same = one.turn.actions == other.turn.actions and one.turn.session == other.turn.session
    return same and one.move.ladder == other.move.ladder


def _liken(draft: _Draft, seen: dict[object, _Draft]) -> None:
    """Districts differ in name and line alone, so the first one stands for those at which the call goes on the same
    way."""
    if draft.turn.session.stage not in ("district", "district_keys"):
        return
    for each in draft.then:
        decision, after = each.turn.decision, each.turn.session
        if after.district is not None:
            first = seen.setdefault(("district", after.stage, decision.action, decision.open), each)
            each.like = first if first.turn.session.district != after.district else None


def _in_order(draft: _Draft) -> Iterator[_Draft]:
    yield draft
    for each in draft.then:
        yield from _in_order(each)


def _frozen(draft: _Draft, table: Table) -> Node:
    turn = draft.turn
    return Node(
        number=draft.number,
        does=draft.move.does,
        prompts=prompts_of(turn.actions),
        happens=tuple(each for action in turn.actions for each in happenings(table, action)),
        decision=turn.decision,
        owner=table.owners.get(turn.decision.at.rsplit(":", 1)[0]),
        then=tuple(_frozen(each, table) for each in draft.then),
        same_as=draft.same_as.number if draft.same_as else None,
        like=draft.like.number if draft.like else None,
        leads_to=draft.leads_to,
        any_request=turn.session.stage in FREE and draft.depth > 0,
        cut=draft.cut,
    )
