"""How well a model does: on phrases held out of training by cross-validation, and on the held-out utterances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import KINDS, read_held_out
from voicebot.nlu.thresholds import Chosen, Seen, decide, urgency
from voicebot.routing.table import OUT_OF_SCOPE

Report = dict[str, Any]
BINS = 10


class Judge(Protocol):
    """A model that can be asked about many texts at once (`registry.Model`)."""

    def seen(self, texts: Sequence[str], right: Sequence[Sequence[str]]) -> Seen: ...

    @property
    def chosen(self) -> Chosen: ...


def evaluate_held_out(model: Judge, folder: Path, trained_on: Iterable[str] = ()) -> Report:
    """Every held-out utterance of `folder` against all intents, at the model's thresholds. Raises `ContentError`.

    Two people may well say "I've lost my bus pass": utterances that are word for word among the phrases `trained_on`
    are left out, so that nothing is counted which was learnt by heart. Returns counts and shares as `evaluate_seen`,
    `left_out` and `wrong`: what was not understood, with file and line.
    """
    learnt = {clean(words) for words in trained_on}
    everything = read_held_out(folder)
    utterances = [each for each in everything if clean(each.words) not in learnt]
    seen = model.seen([each.words for each in utterances], [each.acceptable for each in utterances])
    report = evaluate_seen(seen, model.chosen, [each.kind for each in utterances])
    decided, about = decide(seen, model.chosen)
    best = best_intents(seen)
    report["left_out"] = len(everything) - len(utterances)
    report["wrong"] = [
        {
            "at": f"{each.file}:{each.line}",
            "kind": each.kind,
            "words": each.words,
            "expected": list(each.acceptable),
            "best": best[row],
            "confidence": round(float(seen.probabilities[row].max()), 3),
            "decision": decided[row],
            "about": about[row],
        }
        for row, each in enumerate(utterances)
        if best[row] not in each.acceptable
    ]
    return report


def evaluate_seen(seen: Seen, chosen: Chosen, kinds: Sequence[str] = ()) -> Report:
    """Shares are `[share, low, high, of how many]`, low and high being Wilson's 95 % interval."""
    best = best_intents(seen)
    right = [name in each for name, each in zip(best, seen.right, strict=True)]
    decided, about = decide(seen, chosen)
    is_urgent = urgency(seen)[1].tolist()
    out = [OUT_OF_SCOPE in each for each in seen.right]
    ordinary = [not urgent and not other for urgent, other in zip(is_urgent, out, strict=True)]
    found = [name == "urgent" for name in decided]
    harmless = [
        not urgent and not set(each) & set(seen.urgent) for urgent, each in zip(is_urgent, seen.right, strict=True)
    ]
    accepted = [name == "accept" for name in decided]
    report: Report = {
        "utterances": len(right),
        "top_1": share(right),
        "by_kind": {kind: share(_where(right, [each == kind for each in kinds])) for kind in KINDS if kind in kinds},
        "top_2": share(_top(seen, 2)),
        "urgent_found": share(_where(found, is_urgent)),
        "false_urgent": share(_where(found, harmless)),
        "accepted_right": share(_where([name in each for name, each in zip(about, seen.right, strict=True)], accepted)),
        "real_accepted": share(_where(accepted, ordinary)),
        "real_confirmed_or_offered": share(_where([name in ("confirm", "offer_two") for name in decided], ordinary)),
        "real_asked_again": share(_where([name == "ask_again" for name in decided], ordinary)),
        "real_refused": share(_where([name == "refuse" for name in decided], ordinary)),
        "out_of_scope_refused": share(_where([name == "refuse" for name in decided], out)),
        "out_of_scope_not_accepted": share(_where([name not in ("accept", "urgent") for name in decided], out)),
        "calibration_error": round(calibration_error(seen), 4),
    }
    report["by_intent"] = _by_intent(seen, best)
    report["confused"] = [
        {"expected": pair[0], "best": pair[1], "times": times}
        for pair, times in Counter(
            (each[0], name) for name, each in zip(best, seen.right, strict=True) if name not in each
        ).most_common(25)
    ]
    return report


def best_intents(seen: Seen) -> list[str]:
    return [seen.labels[column] for column in seen.probabilities.argmax(axis=1)]


def calibration_error(seen: Seen) -> float:
    """Expected calibration error in ten bins of equal width (Naeini et al. 2015): mean gap between confidence and
    truth."""
    confidence = seen.probabilities.max(axis=1)
    right = np.array([name in each for name, each in zip(best_intents(seen), seen.right, strict=True)], dtype=float)
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[bins == each].mean() - confidence[bins == each].mean()) * (bins == each).mean()
        for each in set(bins.tolist())
    ]
    return float(sum(gaps))


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


def _top(seen: Seen, count: int) -> list[bool]:
    order = np.argsort(-seen.probabilities, axis=1)[:, :count]
    return [bool({seen.labels[at] for at in row} & set(right)) for row, right in zip(order, seen.right, strict=True)]


def _by_intent(seen: Seen, best: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for label in seen.labels:
        own = [name in each for name, each in zip(best, seen.right, strict=True) if each[0] == label]
        named = [label in each for name, each in zip(best, seen.right, strict=True) if name == label]
        found[label] = {"recall": share(own), "precision": share(named)}
    return found
