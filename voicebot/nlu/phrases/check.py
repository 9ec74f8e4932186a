"""Everything that is wrong, or worth a look, in `intents/` and the held-out utterances. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicebot.nlu.clean import clean
from voicebot.nlu.corpus import Corpus, Utterance, inspect_corpus, inspect_held_out
from voicebot.nlu.encoder import Vectors
from voicebot.nlu.phrases import balance
from voicebot.nlu.phrases.alike import Placed, Twins, alike, find_twins
from voicebot.nlu.phrases.findings import Finding, Tell
from voicebot.nlu.phrases.language import foreign
from voicebot.nlu.phrases.misplaced import misplaced
from voicebot.nlu.phrases.personal import Find, personal
from voicebot.nlu.phrases.vectors import phrase_vectors
from voicebot.nlu.phrases.written import small_words, written
from voicebot.routing.issues import Issue, Mark


@dataclass(frozen=True, slots=True)
class Checked:
    """`findings` in order of file and line; `phrases` is how many could be read."""

    findings: tuple[Finding, ...]
    intents: int
    phrases: int


def check_phrases(
    folder: Path, held_out: Path | None, find: Find, weights: Path | None, tell: Tell, seed: int = 0
) -> Checked:
    """Check the folder `folder` of intents, and `held_out` where it is given.

    `find` finds personal data. `weights` holds `minilm`; where it is None the sentence encoder is not asked, so that
    nothing is compared by meaning and no phrase is said to belong elsewhere: seconds instead of minutes. Raises
    `ContentError` where a folder has no files at all, and `WeightsError`.
    """
    tell(f"Reading {folder}", 0.0)
    corpus, issues = inspect_corpus(folder)
    utterances: Sequence[Utterance] = ()
    if held_out is not None:
        utterances, more = inspect_held_out(held_out)
        issues += more
    found = [Finding(each, "mistake", _weight(each)) for each in issues]
    found += balance.numbers(corpus.intents)
    if held_out is not None:
        found += balance.held_out(corpus.intents, utterances, str(held_out))
    found += _one_by_one(corpus, find, tell)
    found += _together(corpus, utterances, weights, seed, tell)
    by_place = sorted(found, key=lambda each: each.issue)
    return Checked(tuple(by_place), len(corpus.intents), len(corpus.pairs()))


def _weight(issue: Issue) -> float:
    return 1.0 if issue.severity == "error" else 0.05


def _one_by_one(corpus: Corpus, find: Find, tell: Tell) -> Iterator[Finding]:
    """What is seen by looking at one phrase alone."""
    phrases = [phrase for intent in corpus.intents for phrase in intent.phrases]
    tell(f"Looking at {len(phrases):,} phrases one by one", 0.0)
    yield from personal(phrases, find)
    yield from written(phrases, small_words(phrases))
    yield from foreign(phrases)


def _together(
    corpus: Corpus, utterances: Sequence[Utterance], weights: Path | None, seed: int, tell: Tell
) -> Iterator[Finding]:
    """What is seen by comparing phrases with each other."""
    phrases = [
        Placed(phrase.words, clean(phrase.words), (intent.name,), phrase.mark)
        for intent in corpus.intents
        for phrase in intent.phrases
    ]
    if not phrases:
        return
    tried = [
        Placed(each.words, clean(each.words), each.acceptable, Mark(each.file, each.line, 1)) for each in utterances
    ]
    vectors = None if weights is None else _vectors(phrases, tried, weights, tell)
    twins = find_twins(phrases, tried, vectors, tell)
    yield from alike(phrases, tried, twins)
    yield from balance.neighbours(corpus.intents, _likest_elsewhere(phrases, twins))
    if vectors is not None:
        yield from misplaced(phrases, vectors[0], seed, tell)


def _vectors(phrases: Iterable[Placed], tried: Iterable[Placed], weights: Path, tell: Tell) -> tuple[Vectors, Vectors]:
    texts, others = [each.text for each in phrases], [each.text for each in tried]
    found = phrase_vectors([*texts, *others], weights, tell)
    first, second = np.split(found, [len(texts)])
    return first, second


def _likest_elsewhere(phrases: Sequence[Placed], twins: Twins) -> dict[str, Counter[str]]:
    """For each intent, how many of its phrases are likest to a phrase of which other intent."""
    counts: dict[str, Counter[str]] = {phrase.intents[0]: Counter() for phrase in phrases}
    for phrase, other in zip(phrases, twins.elsewhere.tolist(), strict=True):
        counts[phrase.intents[0]][phrases[other].intents[0]] += 1
    return counts
