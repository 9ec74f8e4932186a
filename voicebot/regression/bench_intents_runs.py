"""One public set, all that are compared on it, each with as many seeds as make a difference: plain JSON comes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from voicebot.errors import ContentError
from voicebot.regression.bench_intents_rivals import QUICK, Fitted, Rival, recipe_for, rivals
from voicebot.regression.bench_intents_scores import Said, operating_point
from voicebot.regression.bench_intents_sets import SETS, PublicSet
from voicebot.regression.bench_machine import moment

SETTLE_SECONDS = 60.0
ONE_BY_ONE = 200
"""Utterances that are understood one at a time, to see how long each takes."""

QUICK_INTENTS, QUICK_UTTERANCES = 4, 12


@dataclass(frozen=True, slots=True)
class Runs:
    """`seeds`: how many trainings the figures of a 10-shot set are the mean of. `validation`: utterances of the
    validation part instead, to choose a recipe by. `tuning`: what is changed in the recipes. `say` tells of progress.
    """

    data: Path
    weights: Path
    seeds: int = 3
    quick: bool = False
    validation: bool = False
    tuning: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[str], None] = lambda line: None

    @property
    def is_trial(self) -> bool:
        """Whether what comes of it is for trying things, and for no page."""
        return self.quick or self.validation or bool(self.tuning)

    def measure(self, name: str) -> dict[str, Any]:
        """Raises `ContentError`, `WeightsError`; `ValueError` as `recipe_for` does."""
        recipe = QUICK if self.quick else recipe_for(name, self.tuning)
        given = self.given(name)
        before = moment(0.0 if self.quick else SETTLE_SECONDS)
        found = [self._try(rival, given, name) for rival in rivals(name, self.weights, recipe)]
        sizes = {
            "intents": len(given.intents),
            "phrases": len(given.phrases),
            "utterances": len(given.utterances),
            "refusing": given.refusing,
            "recipe": asdict(recipe),
        }
        return {**before, **sizes, "rivals": found}

    def given(self, name: str) -> PublicSet:
        """What is measured on. Raises `ContentError`, which names the set or the file."""
        given = SETS[name](self.data)
        if self.validation:
            try:
                given = given.for_choosing()
            except ContentError as error:
                raise ContentError(f"{name}: {error.message}") from error
        return given.few(QUICK_INTENTS, QUICK_UTTERANCES) if self.quick else given

    def _try(self, rival: Rival, given: PublicSet, name: str) -> dict[str, Any]:
        several = self.seeds if rival.seeded and name.endswith("-10") and not self.quick else 1
        runs = []
        for seed in range(several):
            self.say(f"{name}: {rival.name}" + (f", {seed + 1} of {several}" if several > 1 else ""))
            runs.append(_figures(rival.fit(given, seed, self.say), given))
        return {"name": rival.name, "runs": runs}


def _figures(fitted: Fitted, given: PublicSet) -> dict[str, Any]:
    texts, truth = zip(*given.utterances, strict=True)
    start = time.perf_counter()
    said = Said.of(fitted.scores(texts), fitted.labels, truth)
    together = time.perf_counter() - start
    figures = {
        "top_1": said.top_1(),
        "fit_seconds": round(fitted.seconds, 3),
        "one_ms": round(1000 * median(_seconds_each(fitted, texts[:: max(1, len(texts) // ONE_BY_ONE)])), 3),
        "all_seconds": round(together, 3),
        "left_out": fitted.left_out,
    }
    if not given.refusing:
        return figures
    texts, truth = zip(*given.validation, strict=True)
    limit = operating_point(Said.of(fitted.scores(texts), fitted.labels, truth))
    return {
        **figures,
        "limit": limit,
        "in_scope": said.in_scope(limit),
        "out_of_scope": said.out_of_scope(limit),
    }


def _seconds_each(fitted: Fitted, texts: tuple[str, ...]) -> list[float]:
    fitted.one(texts[0])  # the first one opens what is loaded late
    found = []
    for text in texts:
        start = time.perf_counter()
        fitted.one(text)
        found.append(time.perf_counter() - start)
    return found
