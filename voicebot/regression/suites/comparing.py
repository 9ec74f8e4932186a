"""Two runs of a suite beside each other: which calls go wrong now, and which no longer do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scipy.stats import binomtest

from voicebot.regression.suites.reports.figures import right_first_time
from voicebot.regression.suites.results import CallReport, Run

Change = Literal[
    "newly_broken",
    "flaky",
    "newly_not_run",
    "newly_fixed",
    "changed",
    "still_broken",
    "same",
    "not_judged",
    "only_before",
    "only_after",
]
"""What became of a call, the worst first:

`newly_broken`  right before, wrong now, and the same each time that it was repeated
`flaky`         right in one and wrong in the other, but not the same each time in one of them: no change is shown
`newly_not_run` judged before and not run now
`newly_fixed`   wrong before, right now
`changed`       right in both, by another way: other turns, words, decisions, another queue, or another confidence
`still_broken`  wrong in both
`same`          right in both, by the same way
`not_judged`    not run before
`only_before`, `only_after`  in one of the two alone
"""

Calls = Mapping[tuple[str, str], CallReport]
"""By name and line condition."""

OTHER_CONFIDENCE = 0.1
"""A smaller difference is noise of the machine's arithmetic, or too little to matter to a tester."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One call in both runs; None where it is not in that one. `how` says what differs, where both are right."""

    change: Change
    name: str
    profile: str
    before: CallReport | None
    after: CallReport | None
    how: tuple[str, ...] = ()

    @property
    def shown(self) -> CallReport:
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """`p` is McNemar's exact two-sided p (McNemar 1947) over all calls that both runs judged: how likely so uneven a
    split of what changed is where nothing did. `settings` are those that differ: (name, before, after)."""

    before: Run
    after: Run
    pairs: tuple[Pair, ...]
    p: float
    settings: tuple[tuple[str, str, str], ...]

    def of(self, *changes: Change) -> list[Pair]:
        return [pair for pair in self.pairs if pair.change in changes]

    @property
    def judged(self) -> int:
        """Calls that both runs judged."""
        return sum(_judged(pair.before) and _judged(pair.after) for pair in self.pairs)

    @property
    def worse(self) -> bool:
        return bool(self.of("newly_broken"))


def compare(before: Run, after: Run) -> Comparison:
    """Calls are the same where name and line condition are. The order is that of `after`; what is only in `before`
    comes last. An entry with a mistake has no line condition, and stands for all that the call has in the other run."""
    old = {_key(call): call for call in before.calls}
    new = {_key(call): call for call in after.calls}
    pairs = tuple(_pair(name, profile, old, new) for name, profile in _keys(old, new))
    return Comparison(before, after, pairs, _mcnemar(pairs), tuple(_differing(before.settings, after.settings)))


def _key(call: CallReport) -> tuple[str, str]:
    return call.name, call.profile


def _keys(old: Calls, new: Calls) -> Iterator[tuple[str, str]]:
    known = dict.fromkeys([*new, *old])
    elsewhere = {name for name, profile in known if profile}
    return ((name, profile) for name, profile in known if profile or name not in elsewhere)


def _judged(call: CallReport | None) -> bool:
    return call is not None and call.status != "not_run"


def _pair(name: str, profile: str, old: Calls, new: Calls) -> Pair:
    before, after = (calls.get((name, profile), calls.get((name, ""))) for calls in (old, new))
    if before is None or after is None:
        return Pair("only_after" if before is None else "only_before", name, profile, before, after)
    how = tuple(differences(before, after)) if right_first_time(before) and right_first_time(after) else ()
    return Pair(_change(before, after, how), name, profile, before, after, how)


def _change(before: CallReport, after: CallReport, how: tuple[str, ...]) -> Change:
    if after.status == "not_run":
        return "not_judged" if before.status == "not_run" else "newly_not_run"
    if before.status == "not_run":
        return "not_judged"
    was, now = right_first_time(before), right_first_time(after)
    if was != now and (before.flaky or after.flaky):
        return "flaky"
    if was and not now:
        return "newly_broken"
    if now and not was:
        return "newly_fixed"
    return "still_broken" if not now else "changed" if how else "same"


def differences(before: CallReport, after: CallReport) -> Iterator[str]:
    """What differs between two ways to the right end, in plain words."""
    if len(before.turns) != len(after.turns):
        yield f"turns {len(before.turns)}, now {len(after.turns)}"
    for what, was, now in (
        ("queue", before.queue, after.queue),
        ("intent", before.intent, after.intent),
        ("outcome", before.outcome, after.outcome),
        ("text message", " / ".join(before.texts), " / ".join(after.texts)),
    ):
        if was != now:
            yield f"{what} {was or 'none'}, now {now or 'none'}"
    for old, new in zip(before.turns, after.turns, strict=False):
        if old.decision != new.decision:
            yield f"turn {new.number}: {old.decision or 'no decision'}, now {new.decision or 'no decision'}"
        if old.rule != new.rule and old.decision == new.decision:
            yield f"turn {new.number}: by “{old.rule}”, now by “{new.rule}”"
        if old.heard != new.heard:
            yield f"turn {new.number}: heard “{old.heard}”, now “{new.heard}”"
        if old.said != new.said:
            yield f"turn {new.number}: the bot says other words"
        if abs((old.confidence or 0.0) - (new.confidence or 0.0)) >= OTHER_CONFIDENCE:
            yield f"turn {new.number}: confidence {_sure(old.confidence)}, now {_sure(new.confidence)}"


def _sure(confidence: float | None) -> str:
    return "none" if confidence is None else f"{confidence:.2f}"


def _mcnemar(pairs: Iterable[Pair]) -> float:
    judged = [
        (right_first_time(pair.before), right_first_time(pair.after))
        for pair in pairs
        if pair.before and pair.after and _judged(pair.before) and _judged(pair.after)
    ]
    lost = sum(was and not now for was, now in judged)
    gained = sum(now and not was for was, now in judged)
    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def _differing(before: dict[str, str], after: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys([*before, *after]):
        if before.get(name, "") != after.get(name, ""):
            yield name, before.get(name, ""), after.get(name, "")
