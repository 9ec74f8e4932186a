"""`voicebot review --label`: groups of utterances in the terminal, one after the other.

Each label is kept as soon as it is given, so that nothing is lost by Ctrl-C or a closed window.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

from voicebot.commands.review_sheet import as_label
from voicebot.reviewing import SKIP, Case, Desk, Entered, Group, Labelled
from voicebot.routing.issues import Mark, choose, shown

LATER, ONE_BY_ONE, QUIT = "", "o", "q"


@dataclass(slots=True)
class Tally:
    """What was done so far. `added`: intent's file → new phrases."""

    added: Counter[str] = field(default_factory=Counter)
    there: int = 0
    skipped: int = 0

    def count(self, entered: Entered) -> None:
        for change in entered.changes:
            self.added[str(change.file)] += len(change.added)
        self.there += entered.there
        self.skipped += entered.skipped


class _Enough(Exception):
    """She wants to stop."""


def label_groups(desk: Desk, groups: Sequence[Group], show: Sequence[str], tally: Tally) -> None:
    """Ask for each group until there are no more or she has had enough. `show` is how each group is printed. `tally`
    is right whenever this ends, also where a `VoicebotError` ends it."""
    with _completing((*desk.book.intents, SKIP)):
        try:
            for group, text in zip(groups, show, strict=True):
                cases = desk.still_open(group.cases)
                if not cases:
                    continue  # another reviewer was quicker, or the calls have been erased
                click.echo(text)
                if len(cases) < len(group.cases):
                    fewer = len(group.cases) - len(cases)
                    click.echo(f"({fewer} of them somebody has labelled or erased meanwhile.)")
                _label(desk, cases, group.suggested, tally)
        except (_Enough, click.Abort, KeyboardInterrupt):
            click.echo()


def _label(desk: Desk, cases: Sequence[Case], suggested: Sequence[str], tally: Tally) -> None:
    """Ask until there is an answer that can be carried out."""
    while True:
        given = _ask(len(cases), suggested)
        if given == LATER:
            return
        if given == QUIT:
            raise _Enough
        if given == ONE_BY_ONE and len(cases) > 1:
            for case in cases:
                click.echo(f"\n  “{printable(case.seen.heard)}”")
                _label(desk, [case], case.suggested, tally)
            return
        label = _meant(given, suggested, desk.book.intents)
        if label is None:
            fix = choose(as_label(given), (*desk.book.intents, SKIP), "Tab lists the labels")
            click.echo(f"There is no label {shown(given)}: {fix}")
            continue
        mark = Mark("terminal", 1, 1)
        entered = desk.enter([Labelled(case.seen.heard, label, case.seen.place, mark) for case in cases])
        if not entered.issues:
            tally.count(entered)
            click.echo(f"→ {label}: {_outcome(entered)}")
            return
        for each in entered.issues:
            click.echo(f"Nothing kept: {each.message}: {each.fix}")


def _ask(number: int, suggested: Sequence[str]) -> str:
    keys = "  ".join(f"{key} {label}" for key, label in enumerate(suggested, 1))
    each = f"  {ONE_BY_ONE} one by one" if number > 1 else ""
    click.echo(f"  {keys}  s skip{each}  Enter later  {QUIT} quit")
    what = "all of them" if number > 1 else "it"
    given: str = click.prompt(f"Label for {what}, a key or a name", default=LATER, show_default=False)
    return given.strip()


def _meant(given: str, suggested: Sequence[str], intents: Sequence[str]) -> str | None:
    if given.isdecimal():
        return suggested[int(given) - 1] if 1 <= int(given) <= len(suggested) else None
    label = as_label(given)
    if label in ("s", SKIP):
        return SKIP
    return label if label in intents else None


def _outcome(entered: Entered) -> str:
    parts = [(entered.added, "added"), (entered.there, "there already"), (entered.skipped, "skipped")]
    return ", ".join(f"{number} {what}" for number, what in parts if number)


def printable(words: str) -> str:
    """Without what could steer a terminal."""
    return "".join(each if each.isprintable() else " " for each in words)


@contextmanager
def _completing(names: Sequence[str]) -> Iterator[None]:
    """Tab completes the names of labels, where somebody sits at a terminal."""
    if not sys.stdin.isatty():
        yield
        return
    try:
        import readline
    except ImportError:  # a Python without it
        yield
        return
    before = readline.get_completer()
    readline.set_completer(lambda text, at: [*(n for n in names if n.startswith(text.lower())), None][at])
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        readline.set_completer(before)
