"""All that `voicebot evaluate` finds out about a model, as one value that JSON can hold: `report_html` shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import count
from typing import Any, Protocol

import numpy as np

from voicebot.nlu.aims import held_against
from voicebot.nlu.at_work import destinations, differing, live_by
from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import Utterance
from voicebot.nlu.costs import cost_curves
from voicebot.nlu.evaluate import WENT_WRONG, Judge, Lived, Report, figures, leads_there, live, unlearnt
from voicebot.nlu.manifest import ModelInfo
from voicebot.nlu.slices import Sight, Told, heard_slices, slices, unheard, was_heard
from voicebot.nlu.thresholds import Seen
from voicebot.routing.table import Table

Progress = Callable[[str], None]

BATCH = 100
"""Utterances between two lines of progress; about two seconds' work."""

WORST = 15
"""Intents in the map of confusions: as many as can still be read."""


class Known(Judge, Protocol):
    """A judge that can tell what it is (`registry.Model`)."""

    @property
    def info(self) -> ModelInfo: ...


def scorecard(
    model: Known,
    everything: Sequence[Utterance],
    table: Table,
    *,
    trained_on: Iterable[str] = (),
    cross_validation: Mapping[str, Any] | None = None,
    progress: Progress = lambda line: None,
) -> Report:
    """`everything`: the held-out utterances; those that are `trained_on` word for word are left out.
    `cross_validation`: that part of the model's own report.

    Returns `model`, `aims` (see `aims.held_against`), `held_out` (as `evaluate.figures` at the model's thresholds, with
    `left_out`, `slices`, `confused`, `confusion`, `wrong`, `cost_curves`), `routing` (the figures at the table's
    thresholds, and in which these differ; None where in none), `heard` (see `slices.heard_slices`; without those whose
    hearing is `trained_on`; None where no utterance has been heard) and `cross_validation`. Raises `ContentError` where
    no utterance is left to try.
    """
    trained_on = list(trained_on)
    utterances = unlearnt(everything, trained_on)
    sight = Sight(frozenset(model.info.urgent), destinations(table))
    seen = _ask(model, [(each.words, each.acceptable) for each in utterances], "utterances", progress)
    found = live(seen, model.chosen)
    told = [Told(each, lived) for each, lived in zip(utterances, found, strict=True)]
    kinds = [each.kind for each in utterances]
    held_out = figures(found, seen.labels, seen.urgent, kinds, sight.destination)
    wrong = [_told_wrong(each, sight) for each in told]
    card: Report = {
        "model": asdict(model.info) | {"thresholds": asdict(model.chosen)},
        "held_out": {
            **held_out,
            "left_out": len(everything) - len(utterances),
            "slices": slices(told, sight),
            "confused": _confused(told),
            "confusion": confusion(found),
            "wrong": [each for each in wrong if each is not None],
            "cost_curves": cost_curves(seen, model.chosen),
        },
        "routing": _routing(table, seen, model, kinds, sight),
        "heard": _heard(model, told, sight, {clean(words) for words in trained_on}, progress),
        "cross_validation": dict(cross_validation or {}),
    }
    return {**card, "aims": held_against(card)}


def _ask(model: Judge, asked: Sequence[tuple[str, tuple[str, ...]]], what: str, progress: Progress) -> Seen:
    """In batches, so that somebody who waits sees it move."""
    parts: list[Seen] = []
    for start in range(0, len(asked), BATCH):
        progress(f"Trying {what}: {start} of {len(asked)}")
        batch = asked[start : start + BATCH]
        parts.append(model.seen([words for words, _ in batch], [right for _, right in batch]))
    return Seen(
        parts[0].labels,
        parts[0].urgent,
        np.concatenate([each.probabilities for each in parts]),
        np.concatenate([each.alarms for each in parts]),
        [right for _, right in asked],
    )


def _routing(table: Table, seen: Seen, model: Known, kinds: Sequence[str], sight: Sight) -> Report | None:
    differences = differing(table, model.chosen)
    if not differences:
        return None
    found = live_by(table, seen, model.chosen)
    return {"differing": differences, **figures(found, seen.labels, seen.urgent, kinds, sight.destination)}


def _heard(
    model: Known, told: Sequence[Told], sight: Sight, learnt: Container[str], progress: Progress
) -> Report | None:
    """Not of those whose hearing was `learnt` by heart: another phrase may have been heard alike."""
    tried = [
        each
        for each in told
        if each.utterance.heard is not None
        and not (was_heard(each.utterance) and clean(each.utterance.heard) in learnt)
    ]
    if not tried:
        return None
    words = [each.utterance for each in tried if was_heard(each.utterance)]
    lived: dict[Utterance, Lived] = {}
    if words:
        seen = _ask(model, [(each.heard or "", each.acceptable) for each in words], "them as heard", progress)
        lived = dict(zip(words, live(seen, model.chosen), strict=True))
    heard = [Told(each.utterance, lived.get(each.utterance) or unheard(each.utterance)) for each in tried]
    return heard_slices(tried, heard, sight)


def _told_wrong(told: Told, sight: Sight) -> Report | None:
    """The utterance as the list of mistakes has it; None where it is no mistake."""
    each, lived = told.utterance, told.lived
    came_to = sight.outcome(lived)
    if lived.is_right and came_to not in WENT_WRONG:
        return None
    return {
        "at": f"{each.file}:{each.line}",
        "kind": each.kind,
        "words": each.words,
        "heard": each.heard,
        "expected": list(each.acceptable),
        "best": lived.best,
        "confidence": round(lived.confidence, 3),
        "decision": lived.decision,
        "about": list(lived.about),
        "outcome": came_to,
        "leads_there": leads_there(lived.best, lived, sight.destination),
    }


def _confused(told: Sequence[Told]) -> list[Report]:
    """Each pair of intents that was mistaken, the commonest first, with the words."""
    pairs: dict[tuple[str, str], list[Report]] = {}
    for each in told:
        if not each.lived.is_right:
            where = f"{each.utterance.file}:{each.utterance.line}"
            said = {"at": where, "words": each.utterance.words, "confidence": round(each.lived.confidence, 3)}
            pairs.setdefault((each.lived.acceptable[0], each.lived.best), []).append(said)
    order = sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {"expected": expected, "best": best, "times": len(said), "utterances": said} for (expected, best), said in order
    ]


def confusion(found: Sequence[Lived], worst: int = WORST) -> Report:
    """The `intents` that most mistakes are about, and for each of them (`rows`) how often each of them, and, last, any
    other, was the likeliest. An acceptable intent counts as the expected one."""
    mistakes = Counter(name for each in found if not each.is_right for name in (each.acceptable[0], each.best) if name)
    intents = [name for name, _ in sorted(mistakes.items(), key=lambda item: (-item[1], item[0]))[:worst]]
    at = dict(zip(intents, count()))
    rows = [[0] * (len(intents) + 1) for _ in intents]
    for each in found:
        expected = each.acceptable[0]
        if expected in at:
            rows[at[expected]][at.get(expected if each.is_right else each.best, len(intents))] += 1
    return {"intents": intents, "rows": rows}
