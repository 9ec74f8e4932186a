"""`voicebot review --label`: groups of utterances in the terminal, one after the other.

Each label is kept as soon as it is given, so that nothing is lost by Ctrl-C or a closed window.
"""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import click

from voicebot.commands.review_sheet import as_label
from voicebot.errors import ContentError
from voicebot.reviewing import SKIP, Case, Desk, Entered, Group, Labelled
from voicebot.routing.issues import Mark, choose, shown

LATER, ONE_BY_ONE, UNDO, QUIT = "", "o", "u", "q"


@dataclass(slots=True)
class Tally:
    """What was done so far. `added`: intent's file → new phrases."""

    added: Counter[str] = field(default_factory=Counter)
    there: int = 0
    skipped: int = 0

    def count(self, entered: Entered, sign: int = 1) -> None:
        """`sign` -1 where it was taken back."""
        for change in entered.changes:
            self.added[str(change.file)] += sign * len(change.added)
        self.added = +self.added
        self.there += sign * entered.there
        self.skipped += sign * entered.skipped


@dataclass(frozen=True, slots=True)
class _Step:
    """What is asked about at once: a group, or one utterance of it. `text` is how it is printed."""

    cases: tuple[Case, ...]
    suggested: tuple[str, ...]
    text: str


@dataclass(slots=True)
class _Round:
    """`ahead`: what is still to be asked; `done`: what was labelled, with what came of it, the last at the end."""

    desk: Desk
    tally: Tally
    ahead: deque[_Step]
    done: list[tuple[_Step, Entered, tuple[Labelled, ...]]] = field(default_factory=list)


class _Enough(Exception):
    """She wants to stop."""


def label_groups(desk: Desk, groups: Sequence[Group], show: Sequence[str], tally: Tally) -> None:
    """Ask for each group until there are no more or she has had enough. `show` is how each group is printed. `tally`
    is right whenever this ends, also where a `VoicebotError` ends it."""
    steps = (_Step(each.cases, each.suggested, text) for each, text in zip(groups, show, strict=True))
    work = _Round(desk, tally, deque(steps))
    with _completing((*desk.book.intents, SKIP)):
        try:
            while work.ahead:
                step = work.ahead.popleft()
                cases = tuple(desk.still_open(step.cases))
                if not cases:
                    continue  # another reviewer was quicker, or the calls have been erased
                click.echo(step.text)
                if len(cases) < len(step.cases):
                    fewer = len(step.cases) - len(cases)
                    click.echo(f"({fewer} of them somebody has labelled or erased meanwhile.)")
                _label(work, replace(step, cases=cases))
        except (_Enough, click.Abort, KeyboardInterrupt):
            click.echo()


def _label(work: _Round, step: _Step) -> None:
    """Ask until there is an answer that can be carried out."""
    while True:
        given = _ask(step, can_undo=bool(work.done))
        if given == LATER:
            return
        if given == QUIT:
            raise _Enough
        if given == ONE_BY_ONE and len(step.cases) > 1:
            one = [_Step((each,), each.suggested, f"\n  “{printable(each.seen.heard)}”") for each in step.cases]
            work.ahead.extendleft(reversed(one))
            return
        if given == UNDO and work.done:
            if _undo(work):
                work.ahead.insert(1, step)
                return
            continue
        intents = work.desk.book.intents
        label = _meant(given, step.suggested, intents)
        if label is None:
            fix = choose(as_label(given), (*intents, SKIP), "Tab lists the labels")
            click.echo(f"There is no label {shown(given)}: {fix}")
        elif _enter(work, step, label):
            return


def _enter(work: _Round, step: _Step, label: str) -> bool:
    """Whether the label was kept."""
    mark = Mark("terminal", 1, 1)
    labels = tuple(Labelled(case.seen.heard, label, case.seen.place, mark) for case in step.cases)
    entered = work.desk.enter(labels)
    if entered.issues:
        for each in entered.issues:
            click.echo(f"Nothing kept: {each.message}: {each.fix}")
        return False
    work.tally.count(entered)
    work.done.append((step, entered, labels))
    click.echo(f"→ {label}: {_outcome(entered)}")
    return True


def _undo(work: _Round) -> bool:
    """Take the last label back, and ask for it next. Whether that could be done."""
    step, entered, labels = work.done.pop()
    try:
        work.desk.take_back(entered, labels)
    except ContentError as error:
        click.echo(f"Nothing undone: {error.message}")
        return False
    work.tally.count(entered, -1)
    work.ahead.appendleft(step)
    click.echo(f"Taken back: {labels[0].label}")
    return True


def _ask(step: _Step, *, can_undo: bool) -> str:
    keys = "  ".join(f"{key} {label}" for key, label in enumerate(step.suggested, 1))
    is_group = len(step.cases) > 1
    each = f"  {ONE_BY_ONE} split: one by one" if is_group else ""
    undo = f"  {UNDO} undo the last" if can_undo else ""
    click.echo(f"  {keys}  s skip{each}{undo}  Enter later  {QUIT} quit")
    what = "all of them" if is_group else "it"
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
