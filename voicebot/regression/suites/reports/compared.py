"""Two runs beside each other, for the terminal and for a pull request: what is newly broken first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from voicebot.regression.suites.comparing import Change, Comparison, Pair
from voicebot.regression.suites.reports.figures import Share, judged, right_first_time
from voicebot.regression.suites.reports.wording import attempts_words, cause_words, percent, place, told
from voicebot.regression.suites.results import CallReport, Run

TITLES: dict[Change, tuple[str, str]] = {
    "newly_broken": ("Newly broken", "right before, wrong now"),
    "flaky": ("Flaky", "right in one and wrong in the other, but not the same each time: not counted as newly broken"),
    "newly_not_run": ("No longer run", "judged before, and not run now"),
    "newly_fixed": ("Newly fixed", "wrong before, right now"),
    "changed": ("Changed but still right", "the right end by another way"),
    "still_broken": ("Still broken", "wrong in both"),
    "not_judged": ("Not run before", "there is nothing to compare them with"),
    "only_before": ("Only in the baseline", "no longer in the suite, or not chosen"),
    "only_after": ("Only in the current run", "new in the suite, or not chosen before"),
    "same": ("The same", "right in both, by the same way"),
}
"""What each change is called, in the order in which they are told."""

_STYLES: dict[Change, str] = {"newly_broken": "bold red", "newly_fixed": "bold green"}
SHOWN = 25
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~])")


def shown_pair(pair: Pair) -> str:
    return pair.name if pair.profile in ("", "clean") else f"{pair.name} [{pair.profile}]"


def summary(found: Comparison) -> str:
    """One sentence, such as "247 calls judged in both runs. All told: 2 newly broken, 5 newly fixed, 240 the same."."""
    if not found.judged:
        return "No call was judged in both runs."
    counts = [f"{len(found.of(change)):,} {title.lower()}" for change, (title, _) in TITLES.items() if found.of(change)]
    calls = "1 call" if found.judged == 1 else f"{found.judged:,} calls"
    return f"{calls} judged in both runs. All told: {', '.join(counts)}."


def chance(found: Comparison) -> str:
    """McNemar's p in words."""
    beyond = "more than chance would do" if found.p < 0.05 else "no more than chance might do"
    return f"McNemar’s test: p = {found.p:.3f}, {beyond}."


def share(run: Run) -> str:
    right = Share.of_all(right_first_time(call) for call in judged(run))
    return f"{right.count:,} of {right.of:,}, {percent(right.part)}"


def lines(pair: Pair) -> Iterator[str]:
    """What there is to say of a call, in plain lines."""
    match pair.change:
        case "newly_broken" | "still_broken":
            assert pair.after is not None
            if pair.after.status == "failed":
                title, who = cause_words(pair.after.cause)
                yield f"{title} ({who})"
            yield from told(pair.after)
        case "flaky":
            yield from _flaky(pair)
        case "newly_not_run" | "not_judged":
            reason = (pair.after.why if pair.after else "") or (pair.before.why if pair.before else "")
            yield reason or "it was not run"
        case "changed":
            yield "; ".join(pair.how)


def _flaky(pair: Pair) -> Iterator[str]:
    for says, call in (("before", pair.before), ("now", pair.after)):
        if call is not None:
            verdict = "right" if right_first_time(call) else "wrong"
            yield f"{says} {attempts_words(call) if call.flaky else verdict}"


# --- terminal ----------------------------------------------------------------------------------------------------


def terminal(found: Comparison) -> RenderableType:
    return Group(*_head(found), *_groups(found))


def _head(found: Comparison) -> Iterator[RenderableType]:
    yield Text(summary(found), style="bold")
    yield Text(f"Right first time: before {share(found.before)}; now {share(found.after)}. {chance(found)}")
    for name, was, now in found.settings:
        yield Text(f"{name}: {was or 'none'}, now {now or 'none'}", style="dim")


def _groups(found: Comparison) -> Iterator[RenderableType]:
    for change, (title, means) in TITLES.items():
        pairs = found.of(change)
        if not pairs or change == "same":
            continue
        yield Text.assemble("\n", (f"{title}: {len(pairs):,}", _STYLES.get(change, "bold")), f" ({means})")
        for pair in pairs[:SHOWN]:
            yield Text.assemble("  ", (shown_pair(pair), "bold"), f"  {place(pair.shown)}")
            yield from (Padding(Text(line), (0, 0, 0, 6), expand=False) for line in lines(pair))
        if len(pairs) > SHOWN:
            yield Text(f"  … and {len(pairs) - SHOWN:,} more; --html and --json have all of them.")


# --- markdown ----------------------------------------------------------------------------------------------------


def markdown(found: Comparison) -> str:
    """For a comment on a pull request: a table, then the calls, those that went right folded away."""
    parts = [f"### Recorded calls: {_escaped(found.after.suite)}", "", _escaped(summary(found)), ""]
    parts += ["| | baseline | current |", "| --- | ---: | ---: |"]
    parts += [f"| right first time | {share(found.before)} | {share(found.after)} |"]
    parts += [f"| {_escaped(name)} | {_escaped(was)} | {_escaped(now)} |" for name, was, now in found.settings]
    parts += ["", chance(found)]
    for change, (title, means) in TITLES.items():
        pairs = found.of(change)
        if pairs and change != "same":
            parts += ["", *_folded(change, f"{title}: {len(pairs):,} ({means})", pairs)]
    return "\n".join(parts) + "\n"


def _folded(change: Change, title: str, pairs: list[Pair]) -> Iterator[str]:
    is_open = " open" if change == "newly_broken" else ""
    yield f"<details{is_open}><summary>{title}</summary>"
    yield ""
    for pair in pairs[:SHOWN]:
        at = place(pair.shown)
        yield f"- **{_escaped(shown_pair(pair))}**{f' ({_escaped(at)})' if at else ''}"
        yield from (f"  - {_escaped(line)}" for line in lines(pair))
    if len(pairs) > SHOWN:
        yield f"- … and {len(pairs) - SHOWN:,} more"
    yield ""
    yield "</details>"


def _escaped(text: str) -> str:
    """What callers said is text, and neither markup nor a mention of anybody."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split())).replace("@", "@\u200b")


# --- for programs ------------------------------------------------------------------------------------------------


def as_json(found: Comparison) -> dict[str, object]:
    """As `voicebot regress compare --json` prints it."""
    return {
        "suite": found.after.suite,
        "summary": summary(found),
        "judged": found.judged,
        "counts": {change: len(found.of(change)) for change in TITLES},
        "right_first_time": {"before": _told_share(found.before), "after": _told_share(found.after)},
        "mcnemar_p": found.p,
        "settings": [{"name": name, "before": was, "after": now} for name, was, now in found.settings],
        "calls": [_told_pair(pair) for pair in found.pairs],
    }


def _told_share(run: Run) -> dict[str, float | int | None]:
    right = Share.of_all(right_first_time(call) for call in judged(run))
    return {"count": right.count, "of": right.of, "low": right.low, "high": right.high}


def _told_pair(pair: Pair) -> dict[str, object]:
    return {
        "name": pair.name,
        "profile": pair.profile,
        "change": pair.change,
        "at": place(pair.shown),
        "before": _told_call(pair.before),
        "after": _told_call(pair.after),
        "lines": [*lines(pair)],
    }


def _told_call(call: CallReport | None) -> dict[str, object] | None:
    if call is None:
        return None
    return {
        "status": call.status,
        "cause": call.cause,
        "misrouted": call.misrouted,
        "flaky": call.flaky,
        "intent": call.intent,
        "outcome": call.outcome,
        "queue": call.queue,
    }
