"""A conversation tree on the terminal: readable at 100 columns, without colours, and in a pipe."""

from __future__ import annotations

import os

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text
from rich.tree import Tree

from voicebot.commands.preview_view import (
    Preview,
    by_file,
    goes_on,
    line_state,
    moment_words,
    reason_words,
    seconds_words,
)
from voicebot.dialogue.tree_nodes import Node
from voicebot.dialogue.tree_overview import Entry

PIPED_WIDTH = 100
"""Columns where the output is no terminal: wide enough for a tree, narrow enough for an e-mail."""


def print_preview(shown: Preview) -> None:
    console = _console()
    console.print(Text(f"{shown.council}, to somebody who rings on {moment_words(shown.now)}", style="bold"))
    for tree in (shown.opening, *(tree for _, tree in shown.intents)):
        if tree is not None:
            console.print()
            console.print(_tree(tree))
    if shown.opening is not None:
        for heading, entries in by_file([entry for entry, _ in shown.intents]):
            console.print()
            console.print(Text(heading, style="bold"))
            console.print(_list(entries))
        console.print()
        console.print(Text("What follows each of them: voicebot preview INTENT", style="dim"))


def _console() -> Console:
    probe = Console(highlight=False)
    narrow = probe.is_terminal or "COLUMNS" in os.environ
    return probe if narrow else Console(highlight=False, width=PIPED_WIDTH)


def _tree(node: Node, tree: Tree | None = None) -> Tree:
    grown = Tree(_label(node), guide_style="dim") if tree is None else tree.add(_label(node))
    for each in node.then:
        _tree(each, grown)
    return grown


def _label(node: Node) -> Text:
    """As `Text`, for rich would take [brackets] in a prompt for its own markup."""
    label = Text()
    label.append(f"{node.number} ", style="dim")
    label.append(node.does, style="bold")
    for prompt in node.prompts:
        language = f" in {prompt.language}" if prompt.language else ""
        label.append(f"\nhears{language} ({seconds_words(prompt.seconds)}): ", style="dim")
        label.append(f"“{prompt.text}”", style="cyan")
    if len(node.prompts) > 1:
        label.append(f"\n{seconds_words(node.seconds)} altogether", style="dim")
    for happening in node.happens:
        label.append(f"\n→ {happening.says}", style="yellow")
    label.append(f"\n{reason_words(node)}", style="dim")
    if going := goes_on(node):
        label.append(f"\n{going}", style="italic")
    return label


def _list(entries: list[Entry]) -> RichTable:
    """The heading above names the file; `at` is the line in it."""
    table = RichTable(box=None, pad_edge=False)
    for name in ("intent", "kind", "team", "now", "first", "listens", "at"):
        table.add_column(
            name, overflow="fold", no_wrap=name not in ("team", "first"), justify="right" if name == "at" else "left"
        )
    for each in entries:
        team = each.team or "the district council"
        first = "puts through" if each.then == f"rings {each.team}" else each.then
        row = (each.intent, each.kind, team, line_state(each.open), first, seconds_words(each.seconds), str(each.line))
        table.add_row(*map(Text, row))
    return table
