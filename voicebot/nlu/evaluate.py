"""How well a model does: on phrases held out of training by cross-validation, and on the held-out utterances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from voicebot.errors import ContentError
from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import KINDS, Utterance, read_held_out
from voicebot.nlu.thresholds import Chosen, Seen, decide
from voicebot.routing.table import OUT_OF_SCOPE

Report = dict[str, Any]

Destination = Callable[[str], object]
"""Where an intent leads: two intents lead to the same place where this gives equal values."""

BINS = 15
"""Of equal width, as in Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2 and table 1."""

OUTCOMES = {
    "at_once": "right at once",
    "one_question": "right after one question",
    "asked": "asked without gain",
    "misrouted": "misrouted",
    "refused": "refused, but a request",
    "urgent_missed": "urgent, but missed",
    "false_urgent": "harmless, but taken for urgent",
}
"""What an utterance may come to. The last four are what goes wrong."""

WENT_WRONG = ("misrouted", "refused", "urgent_missed", "false_urgent")


class Judge(Protocol):
    """A model that can be asked about many texts at once (`registry.Model`)."""

    def seen(self, texts: Sequence[str], right: Sequence[Sequence[str]]) -> Seen: ...

    @property
    def chosen(self) -> Chosen: ...


@dataclass(frozen=True, slots=True)
class Lived:
    """What a caller would live through. Any of `acceptable` is right, the first is her own. `ranked`: the likeliest
    intents with their probabilities, best first; empty where no word was heard. `about`: what the decision is about,
    two intents where it is offer_two, none where it is ask_again."""

    acceptable: tuple[str, ...]
    ranked: tuple[tuple[str, float], ...]
    decision: str
    about: tuple[str, ...]

    @property
    def best(self) -> str:
        return self.ranked[0][0] if self.ranked else ""

    @property
    def confidence(self) -> float:
        return self.ranked[0][1] if self.ranked else 0.0

    @property
    def is_right(self) -> bool:
        """Whether the likeliest intent is acceptable."""
        return self.best in self.acceptable

    @property
    def is_out(self) -> bool:
        return OUT_OF_SCOPE in self.acceptable


def evaluate_held_out(model: Judge, folder: Path, trained_on: Iterable[str] = ()) -> Report:
    """Every held-out utterance of `folder` against all intents, at the model's thresholds. Raises `ContentError`.

    Two people may well say "I've lost my bus pass": utterances that are word for word among the phrases `trained_on`
    are left out, so that nothing is counted which was learnt by heart. Returns counts and shares as `evaluate_seen`,
    `left_out` and `wrong`: what was not understood, with file and line.
    """
    everything = read_held_out(folder)
    utterances = unlearnt(everything, trained_on)
    seen = model.seen([each.words for each in utterances], [each.acceptable for each in utterances])
    report = evaluate_seen(seen, model.chosen, [each.kind for each in utterances])
    report["left_out"] = len(everything) - len(utterances)
    report["wrong"] = [
        {
            "at": f"{each.file}:{each.line}",
            "kind": each.kind,
            "words": each.words,
            "expected": list(each.acceptable),
            "best": lived.best,
            "confidence": round(lived.confidence, 3),
            "decision": lived.decision,
            "about": "|".join(lived.about),
        }
        for each, lived in zip(utterances, live(seen, model.chosen), strict=True)
        if not lived.is_right
    ]
    return report


def unlearnt(utterances: Iterable[Utterance], trained_on: Iterable[str]) -> list[Utterance]:
    """Those of the held-out `utterances` that are not `trained_on` word for word. Raises `ContentError` where none is
    left: of nothing there are no figures."""
    learnt = {clean(words) for words in trained_on}
    left = [each for each in utterances if clean(each.words) not in learnt]
    if not left:
        raise ContentError(
            "Every held-out utterance is a training phrase word for word: there is nothing to try. Name a folder of "
            "others with --utterances (for `voicebot train`: --held-out), or add some."
        )
    return left


def evaluate_seen(seen: Seen, chosen: Chosen, kinds: Sequence[str] = ()) -> Report:
    """`figures` of what was seen, at the thresholds `chosen`."""
    return figures(live(seen, chosen), seen.labels, seen.urgent, kinds)


def live(seen: Seen, chosen: Chosen) -> list[Lived]:
    """What each caller would live through at the thresholds `chosen`."""
    rows = zip(*decide(seen, chosen), strict=True)
    return lives(seen, [(name, () if name == "ask_again" else tuple(about.split("|"))) for name, about in rows])


def lives(seen: Seen, decided: Iterable[tuple[str, tuple[str, ...]]]) -> list[Lived]:
    """`decided`: for each utterance the decision and what it is about."""
    order = np.argsort(-seen.probabilities, axis=1, kind="stable")[:, :2]
    return [
        Lived(tuple(right), tuple((seen.labels[at], float(row[at])) for at in top), *each)
        for right, top, row, each in zip(seen.right, order, seen.probabilities, decided, strict=True)
    ]


def best_intents(seen: Seen) -> list[str]:
    return [seen.labels[column] for column in seen.probabilities.argmax(axis=1)]


def figures(
    found: Sequence[Lived],
    labels: Sequence[str],
    urgent: Iterable[str],
    kinds: Sequence[str] = (),
    destination: Destination | None = None,
) -> Report:
    """Shares are `[share, low, high, of how many]`, low and high being Wilson's 95 % interval; None where there is
    nothing to share. Real requests are those that are neither urgent nor out of scope. With `destination`, what leads
    to the right place counts as right in the figures that are named after it, and in the outcomes."""
    alarming = frozenset(urgent)
    right = [each.is_right for each in found]
    is_urgent = [each.acceptable[0] in alarming for each in found]
    out = [each.is_out for each in found]
    real = [not a and not b for a, b in zip(is_urgent, out, strict=True)]
    harmless = [not alarming & set(each.acceptable) for each in found]
    named = {name: [each.decision == name for each in found] for name in _DECISIONS}
    asked = [a or b for a, b in zip(named["confirm"], named["offer_two"], strict=True)]
    came_to = [outcome(each, alarming, destination) for each in found]
    report: Report = {
        "utterances": len(found),
        "top_1": share(right),
        "by_kind": {kind: share(_where(right, [each == kind for each in kinds])) for kind in KINDS if kind in kinds},
        "top_2": share([bool({name for name, _ in each.ranked} & set(each.acceptable)) for each in found]),
        "urgent_found": share(_where(named["urgent"], is_urgent)),
        "false_urgent": share(_where(named["urgent"], harmless)),
        "accepted_right": share(
            _where([bool(set(each.about) & set(each.acceptable)) for each in found], named["accept"])
        ),
        "real_accepted": share(_where(named["accept"], real)),
        "real_confirmed_or_offered": share(_where(asked, real)),
        "real_confirmed": share(_where(named["confirm"], real)),
        "real_offered": share(_where(named["offer_two"], real)),
        "real_asked_again": share(_where(named["ask_again"], real)),
        "real_refused": share(_where(named["refuse"], real)),
        "out_of_scope_refused": share(_where(named["refuse"], out)),
        "out_of_scope_not_accepted": share(
            _where([not a and not b for a, b in zip(named["accept"], named["urgent"], strict=True)], out)
        ),
        "outcomes": {name: share([each == name for each in came_to]) for name in OUTCOMES},
    }
    if destination is not None:
        arrives = [leads_there(each.best, each, destination) for each in found]
        report["top_1_destination"] = share(arrives)
        gone = [leads_there(each.about[0] if each.about else "", each, destination) for each in found]
        report["accepted_right_destination"] = share(_where(gone, named["accept"]))
    report["calibration"] = calibration(found)
    report["calibration_error"] = round(calibration_error(report["calibration"]), 4)
    report["by_intent"] = _by_intent(found, labels, came_to)
    report["confused"] = [
        {"expected": pair[0], "best": pair[1], "times": times}
        for pair, times in Counter((each.acceptable[0], each.best) for each in found if not each.is_right).most_common(
            25
        )
    ]
    return report


_DECISIONS = ("accept", "confirm", "offer_two", "ask_again", "refuse", "urgent")


def outcome(lived: Lived, urgent: frozenset[str], destination: Destination | None = None) -> str:
    """One of `OUTCOMES`. An urgent call counts as missed whatever else became of it: it has to wait."""
    reached = any(leads_there(each, lived, destination) for each in lived.about)
    if lived.decision == "urgent":
        return "at_once" if urgent & set(lived.acceptable) else "false_urgent"
    if lived.acceptable[0] in urgent:
        return "urgent_missed"
    if lived.decision == "refuse":
        return "at_once" if lived.is_out else "refused"
    if lived.decision == "accept":
        return "at_once" if reached else "misrouted"
    return "one_question" if reached else "asked"


def leads_there(intent: str, lived: Lived, destination: Destination | None = None) -> bool:
    """Whether `intent` is acceptable, or leads where an acceptable intent leads."""
    if intent in lived.acceptable or destination is None or not intent:
        return intent in lived.acceptable
    return destination(intent) in [destination(each) for each in lived.acceptable]


def calibration(found: Sequence[Lived]) -> list[dict[str, float | int]]:
    """The bins that hold anything, in order: from where to where, how many, mean confidence, share that is right."""
    bins: dict[int, list[Lived]] = {}
    for each in found:
        bins.setdefault(min(int(each.confidence * BINS), BINS - 1), []).append(each)
    return [
        {
            "from": round(at / BINS, 4),
            "to": round((at + 1) / BINS, 4),
            "count": len(held),
            "confidence": round(sum(each.confidence for each in held) / len(held), 4),
            "right": round(sum(each.is_right for each in held) / len(held), 4),
        }
        for at, held in sorted(bins.items())
    ]


def calibration_error(bins: Sequence[Mapping[str, float | int]]) -> float:
    """Expected calibration error (Guo et al. 2017, equation 3; Naeini et al. 2015): the mean gap between confidence and
    truth, 0 to 1."""
    count = sum(each["count"] for each in bins)
    return sum(each["count"] * abs(each["right"] - each["confidence"]) for each in bins) / count if count else 0.0


def share(given: Sequence[bool]) -> list[float | int] | None:
    """[share, low, high, count] with Wilson's score interval at 95 %; None of nothing."""
    count = len(given)
    if not count:
        return None
    z = 1.96
    part = sum(given) / count
    middle = (part + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(part * (1 - part) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return [round(part, 4), round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4), count]


def _where(given: Sequence[bool], mask: Iterable[bool]) -> list[bool]:
    return [bool(each) for each, kept in zip(given, mask, strict=True) if kept]


def _by_intent(found: Sequence[Lived], labels: Sequence[str], came_to: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of each intent: recall and precision of the likeliest intent, their harmonic mean (None where either is missing),
    how many utterances it has, and what callers who ask for it live through. Intents that have utterances and that the
    model does not know stand last."""
    own: dict[str, list[bool]] = {label: [] for label in labels}
    named: dict[str, list[bool]] = {label: [] for label in labels}
    ends: dict[str, list[str]] = {label: [] for label in labels}
    for each, end in zip(found, came_to, strict=True):
        own.setdefault(each.acceptable[0], []).append(each.is_right)
        if each.best in named:
            named[each.best].append(each.is_right)
        ends.setdefault(each.acceptable[0], []).append(end)
    return {
        label: {
            "recall": share(own[label]),
            "precision": share(named.get(label, [])),
            "f1": _f1(share(own[label]), share(named.get(label, []))),
            "support": len(own[label]),
            "at_once": share([end == "at_once" for end in ends[label]]),
            "one_question": share([end == "one_question" for end in ends[label]]),
            "went_wrong": share([end in WENT_WRONG for end in ends[label]]),
        }
        for label in own
    }


def _f1(recall: Sequence[float] | None, precision: Sequence[float] | None) -> float | None:
    if recall is None or precision is None:
        return None
    return round(2 * recall[0] * precision[0] / (recall[0] + precision[0]), 4) if recall[0] + precision[0] else 0.0
