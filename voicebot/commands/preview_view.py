"""A conversation tree as plain values, for JSON and for the page, and the words that both and the terminal share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from voicebot.commands.moments import LONDON
from voicebot.dialogue.tree import intent_tree, opening_tree
from voicebot.dialogue.tree_nodes import Node
from voicebot.dialogue.tree_overview import Entry, overview
from voicebot.routing.table import Table


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown: the opening's tree (None where one intent was asked for), and entries with their trees; a tree is
    left out (None) where only the list was asked for."""

    council: str
    hash: str
    now: datetime
    opening: Node | None
    intents: tuple[tuple[Entry, Node | None], ...]

    @property
    def nodes(self) -> list[Node]:
        trees = [self.opening, *(tree for _, tree in self.intents)]
        return [node for tree in trees if tree is not None for node in tree.walk()]


def preview_all(table: Table, now: datetime, *, trees: bool) -> Preview:
    entries = tuple((entry, intent_tree(table, entry.intent, now) if trees else None) for entry in overview(table, now))
    return Preview(table.council.name, table.hash, now, opening_tree(table, now), entries)


def preview_one(table: Table, intent: str, now: datetime) -> Preview:
    entry = next(each for each in overview(table, now) if each.intent == intent)
    return Preview(table.council.name, table.hash, now, None, ((entry, intent_tree(table, intent, now)),))


def as_dict(shown: Preview) -> dict[str, Any]:
    return {
        "council": shown.council,
        "table": shown.hash,
        "at": shown.now.isoformat(),
        "opening": node_dict(shown.opening) if shown.opening else None,
        "intents": [_entry_dict(entry, tree) for entry, tree in shown.intents],
    }


def _entry_dict(entry: Entry, tree: Node | None) -> dict[str, Any]:
    rounded = {**asdict(entry), "seconds": round(entry.seconds, 1), "at": entry.at}
    return rounded if tree is None else {**rounded, "tree": node_dict(tree)}


def node_dict(node: Node) -> dict[str, Any]:
    decision = node.decision
    return {
        "number": node.number,
        "does": node.does,
        "hears": [{**asdict(each), "seconds": round(each.seconds, 1)} for each in node.prompts],
        "seconds": round(node.seconds, 1),
        "happens": [asdict(each) for each in node.happens],
        "decision": decision.name,
        "action": decision.action,
        "rule": decision.rule,
        "at": decision.at,
        "owner": node.owner,
        "intent": decision.intent,
        "queue": decision.queue,
        "open": decision.open,
        "same_as": node.same_as,
        "like": node.like,
        "leads_to": node.leads_to,
        "any_request": node.any_request,
        "cut": node.cut,
        "then": [node_dict(each) for each in node.then],
    }


# --- words -------------------------------------------------------------------------------------------------------


def moment_words(now: datetime) -> str:
    """Such as "Friday 25 December 2026 at 14:00"."""
    local = now.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y} at {local:%H:%M}"


def seconds_words(seconds: float) -> str:
    return "under 1 s" if 0 < seconds < 1 else f"{seconds:.0f} s"


def line_state(open_: bool | None) -> str:
    return {True: "open", False: "closed", None: ""}[open_]


def reason_words(node: Node) -> str:
    """The line of the file that this rests on, why it was done, and whose file it is."""
    decision = node.decision
    told = f"{decision.at} ({decision.rule})" if decision.at else decision.rule
    return f"{told}, looked after by {node.owner}" if node.owner else told


def goes_on(node: Node) -> str:
    """Where to read on, in words; empty where it follows below, or nothing does."""
    if node.leads_to is not None:
        return f"goes on as in: voicebot preview {node.leads_to}"
    if node.like is not None:
        return f"goes on like {node.like}, with a line of its own"
    if node.any_request:
        return "may say anything now, as at the beginning of a call"
    if node.same_as is not None:
        return f"otherwise goes on as at {node.same_as}" if node.then else f"goes on as at {node.same_as}"
    return "more may follow; the tree ends here" if node.cut else ""


def by_file(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries in order, by the file that they stand in, with a heading that names its owner."""
    groups = [(file, list(group)) for file, group in groupby(entries, key=lambda each: each.file)]
    return [(_heading(file, group[0].owner), group) for file, group in groups]


def _heading(file: str, owner: str | None) -> str:
    return f"{file}, looked after by {owner}" if owner else file
