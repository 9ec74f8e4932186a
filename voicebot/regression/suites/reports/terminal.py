"""A run as a tester reads it in the terminal: the figure first, then what failed by who should look, then slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from voicebot.regression.suites.reports.figures import Figures, Slice, figures
from voicebot.regression.suites.reports.wording import (
    CAUSES,
    attempts_words,
    cause_words,
    percent,
    place,
    settings_words,
    shown_name,
    told,
)
from voicebot.regression.suites.results import CallReport, Cause, Run

SHOWN = 25
"""Calls of one cause that are told in full; the rest is counted, and stands in the other reports."""


def terminal(run: Run) -> RenderableType:
    """What rich prints. It says nothing of colours that it does not also say in words."""
    found = figures(run)
    return Group(
        *_head(run, found), *_failures(run.calls), *_misrouted(run.calls), *_others(run.calls), *_slices(found)
    )


def _head(run: Run, found: Figures) -> Iterator[RenderableType]:
    calls = f"{len(run.calls):,} call{'' if len(run.calls) == 1 else 's'}"
    yield Text(f"{run.suite}: {calls} in {run.seconds:.1f} s", style="bold")
    if run.settings:
        yield Text(settings_words(run), style="dim")
    right = found.whole.right
    shown = Text("\nRight first time: ")
    if right.of:
        perfect = right.count == right.of
        shown.append(
            f"{right.count:,} of {right.of:,}, {percent(right.part)}", style="bold green" if perfect else "bold"
        )
        shown.append(f" (95 % interval {percent(right.low)} to {percent(right.high)})")
    else:
        shown.append("no call was run", style="bold red")
    yield shown
    facts = [f"failed {found.failed:,}", f"misrouted on the way {found.whole.misrouted:,}"]
    facts += [f"flaky {found.flaky:,}", f"not run {found.not_run:,}"]
    if found.whole.word_error_rate is not None:
        facts.append(f"word error rate {percent(found.whole.word_error_rate)} of {found.whole.word_count:,} words")
    yield Text(" · ".join(facts))


def _failures(calls: Sequence[CallReport]) -> Iterator[RenderableType]:
    causes: list[Cause | None] = [*CAUSES, None]
    for cause in causes:
        failed = [call for call in calls if call.status == "failed" and call.cause == cause]
        title, who = cause_words(cause)
        yield from _group(title, who, "bold red", failed)


def _misrouted(calls: Sequence[CallReport]) -> Iterator[RenderableType]:
    late = [call for call in calls if call.status == "passed" and call.misrouted]
    yield from _group("Right in the end, and sent elsewhere first", "not right first time", "bold yellow", late)


def _group(title: str, who: str, style: str, calls: Sequence[CallReport]) -> Iterator[RenderableType]:
    if not calls:
        return
    yield Text.assemble("\n", (f"{title}: {len(calls):,}", style), f" ({who})")
    for call in calls[:SHOWN]:
        yield from _call(call)
    if len(calls) > SHOWN:
        yield Text(f"  … and {len(calls) - SHOWN:,} more; --html and --json have all of them.")


def _call(call: CallReport) -> Iterator[RenderableType]:
    yield Text.assemble("  ", (shown_name(call), "bold"), f"  {place(call)}")
    for line in told(call):
        yield Padding(Text(line), (0, 0, 0, 6), expand=False)


def _others(calls: Sequence[CallReport]) -> Iterator[RenderableType]:
    flaky = [call for call in calls if call.flaky]
    if flaky:
        yield Text.assemble("\n", (f"Flaky: {len(flaky):,}", "bold yellow"), " (not the same each time)")
        for call in flaky:
            yield Text(f"  {shown_name(call)}: {attempts_words(call).removeprefix('flaky: ')}")
    left = [call for call in calls if call.status == "not_run"]
    if left:
        yield Text.assemble(
            "\n", (f"Not run: {len(left):,}", "bold yellow"), " (they count neither as right nor as wrong)"
        )
        for call in left:
            yield Padding(Text(f"{shown_name(call)}  {place(call)}  {call.why}"), (0, 0, 0, 2), expand=False)


def _slices(found: Figures) -> Iterator[RenderableType]:
    if not found.slices:
        return
    shown = Table(box=None, pad_edge=False, title="\nBy slice", title_justify="left", title_style="bold")
    shown.add_column("slice", no_wrap=True)
    shown.add_column("", overflow="fold")  # on 80 columns a name that is cut short cannot be told from another
    for name in ("calls", "right first\ntime", "95 %\ninterval", "misrouted", "word error\nrate"):
        shown.add_column(name, justify="right", no_wrap=True)
    before = ""
    for each in found.slices:
        shown.add_row(*map(Text, _row(each, before)))
        before = each.by
    yield shown


def _row(each: Slice, before: str) -> tuple[str, ...]:
    return (
        each.by if each.by != before else "",
        each.value,
        f"{each.right.of:,}",
        percent(each.right.part),
        f"{100 * each.right.low:.0f} to {100 * each.right.high:.0f} %",
        f"{each.misrouted:,}",
        percent(each.word_error_rate),
    )
