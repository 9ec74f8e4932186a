"""From calls that went badly to training phrases: what to look at first, and where its label takes it.

The language model's libraries take seconds to import, so they are imported where utterances are grouped.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine

from voicebot.config import Settings
from voicebot.errors import ContentError, StorageError
from voicebot.nlu.clean import clean
from voicebot.nlu.phrases.book import Change, PhraseBook, unfit
from voicebot.publishing import account
from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.storage.redaction import redact
from voicebot.storage.review_queries import (
    Place,
    Reviewable,
    mark,
    marked,
    reviewed_words,
    still_stored,
    to_review,
    unmark,
)

Progress = Callable[[str], None]

SKIP = "skip"
"""The label of what is no use as a phrase: noise, half a sentence, another language."""

MOST = 300
"""Utterances that are grouped, or as many as are asked for: nobody labels more in a day, and each takes 10 to 100 ms to
be read for its meaning, depending on its length and on what else the machine does."""

CALM = 10
"""One in so many of what is shown was accepted and shows no sign of trouble: that is how errors surface that nobody
complains of."""

SUGGESTED = 3

_NAMES = ("Alex", "Chris", "Jo", "Kim", "Robin", "Sam")
_STAND_INS = {
    "telephone": "that number",
    "number": "that number",
    "card": "that number",
    "ni number": "that number",
    "email": "that email",
    "postcode": "that postcode",
    "address": "that address",
    "date of birth": "that date",
}
_TAG = re.compile(rf"\[({'|'.join(['name', *_STAND_INS])})\]")


@dataclass(frozen=True, slots=True)
class Case:
    """An utterance to be looked at. `times`: how often it was heard, of which the worst is shown. `cost`: what it cost
    callers, all times together, in the units of `voicebot.nlu.thresholds`. `suggested`: labels, the likeliest first."""

    seen: Reviewable
    times: int
    cost: float
    suggested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Utterances that are alike. `suggested`: labels for all of them, the likeliest first."""

    cases: tuple[Case, ...]
    suggested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a person made of an utterance: `label` is an intent or `skip`. `mark` is where she wrote it."""

    words: str
    label: str
    place: Place | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of labels. With `issues`, nothing was written. `there` stood in their file already; `skipped` are no
    phrases; `marked` do not come again."""

    changes: tuple[Change, ...] = ()
    there: int = 0
    skipped: int = 0
    marked: int = 0
    issues: tuple[Issue, ...] = ()

    @property
    def added(self) -> int:
        return sum(len(each.added) for each in self.changes)


class Desk:
    """Where calls are looked at and labelled. Every method raises `StorageError` or `ContentError`; `groups` also
    `WeightsError` and `ModelError`."""

    def __init__(self, settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._engine = engine
        self._clock = clock

    @cached_property
    def book(self) -> PhraseBook:
        return PhraseBook(self._settings.intents)

    def groups(self, since: datetime, limit: int, tell: Progress) -> list[Group]:
        """At most `limit` utterances, those first that cost callers most: misrouted, refused, uncertain, then calm."""
        done = frozenset(map(clean, reviewed_words(self._engine)))
        known = frozenset(self.book.intents)
        seen = to_review(self._engine, since, tell)
        cases = [each for each in _cases(seen, known) if clean(each.seen.heard) not in done]
        worst = sorted((each for each in cases if each.seen.kind != "accepted"), key=lambda each: -each.cost)
        some = min(max(1, limit // CALM), limit - bool(worst))
        calm = sorted((each for each in cases if each.seen.kind == "accepted"), key=_by_lot)[:some]
        chosen = [*worst[: max(MOST, limit)], *calm]
        if not chosen:
            return []
        from voicebot.nlu.review import group, review_encoder

        encoder = review_encoder(self._settings.models, self._settings.weights)
        found = group([each.seen.heard for each in chosen], [each.cost for each in chosen], encoder, tell)
        return _first([[chosen[at] for at in members] for members in found], known, limit, len(calm))

    def still_open(self, cases: Sequence[Case]) -> list[Case]:
        """Those that nobody has reviewed meanwhile, and whose words have not been erased."""
        places = [each.seen.place for each in cases]
        left = still_stored(self._engine, places) - marked(self._engine, places)
        return [each for each in cases if each.seen.place in left]

    def enter(self, labels: Sequence[Labelled], dry_run: bool = False) -> Entered:
        """Add what was labelled to intents/, redacted again, and remember that it was reviewed. All or nothing: with
        any mistake, or with `dry_run`, nothing is written. Words that are stored no more are a mistake: what was erased
        here must not live on in git."""
        with self.book.held():
            phrases = [replace(each, words=as_phrase(each.words)) for each in labels]
            issues = [*self._mistakes(phrases), *_contradictions(phrases)]
            if issues:
                return Entered(issues=tuple(sorted(issues)))
            new: defaultdict[str, list[str]] = defaultdict(list)
            for each in phrases:
                if each.label != SKIP:
                    new[each.label].append(each.words)
            changes = tuple(self.book.changes(new))
            if not dry_run:
                self.book.write(changes)
        wanted = sum(map(len, new.values()))
        entered = Entered(changes, wanted - sum(len(each.added) for each in changes), len(phrases) - wanted)
        if dry_run:
            return entered
        places = {each.place: each.label for each in phrases if each.place is not None}
        try:
            new_marks = mark(self._engine, places.items(), account(self._settings), self._clock())
        except StorageError as error:
            if not entered.added:
                raise
            what = "the last phrases are in intents/, but not marked as reviewed, and may come again"
            raise StorageError(f"{error.message} ({what})") from error
        return replace(entered, marked=new_marks)

    def take_back(self, entered: Entered, labels: Sequence[Labelled]) -> None:
        """Undo what `enter` made of `labels`, the last first. Raises `ContentError` where somebody has changed a file
        since; then nothing is undone."""
        with self.book.held():
            for each in entered.changes:
                if not self.book.is_as(each.file, each.after):
                    words = ", ".join(map(shown, each.added))
                    raise ContentError(f"{each.file}: changed since; take out by hand what was added: {words}.")
            self.book.write(replace(each, before=each.after, after=each.before) for each in entered.changes)
        places = ((each.place, each.label) for each in labels if each.place is not None)
        unmark(self._engine, places, account(self._settings))

    def _mistakes(self, labels: Sequence[Labelled]) -> Iterable[Issue]:
        stored = still_stored(self._engine, (each.place for each in labels if each.place is not None))
        for each in labels:
            if each.label == SKIP:
                continue
            if each.label not in self.book.intents:  # its file has gone since the label was given
                fix = choose(each.label, (*self.book.intents, SKIP), "take another, or skip")
                yield issue("E801", each.mark, f"{shown(each.label)} is no label", fix)
            if each.place is not None and each.place not in stored:
                message = "the words of this call have been erased, or their time is over"
                yield issue("E808", each.mark, message, "empty the label")
            for message, fix in unfit(each.words):
                yield issue("E804", each.mark, f"{shown(each.words)} is no phrase: {message}", fix)
            found = self.book.find(each.words)
            if found is not None and found.intent != each.label:
                message = f"{shown(each.words)} stands under {found.intent} already ({found.file}:{found.line})"
                fix = f"label it {found.intent} or skip, or take it out there first"
                yield issue("E805", each.mark, message, fix)


def as_phrase(words: str) -> str:
    """`words` on one line, redacted, with words in place of the tags: "this is [name]" becomes "this is Kim". Callers
    say names and numbers, never tags, so tags would teach the model what it never hears."""
    text = redact(" ".join(words.split()))
    number = hashlib.sha256(text.encode()).digest()[0]  # another name for another caller, the same in every run
    return _TAG.sub(lambda tag: _STAND_INS.get(tag[1], _NAMES[number % len(_NAMES)]), text)


def _contradictions(labels: Iterable[Labelled]) -> Iterable[Issue]:
    """The same words labelled in two ways."""
    first: dict[str, Labelled] = {}
    for each in labels:
        if each.label == SKIP:
            continue
        seen = first.setdefault(clean(each.words), each)
        if seen.label != each.label:
            message = f"{shown(each.words)} is labelled {each.label} here and {seen.label} in row {seen.mark.line}"
            yield issue("E806", each.mark, message, "choose one of the two, or skip")


def _cases(found: Iterable[Reviewable], known: Collection[str]) -> list[Case]:
    """The same words, heard again and again, are one case. `known`: intents that may be suggested."""
    heard: defaultdict[str, list[Reviewable]] = defaultdict(list)
    for each in found:
        if text := clean(each.heard):
            heard[text].append(each)
    return [_case(sorted(each, key=lambda seen: -_cost(seen)), known) for each in heard.values()]


def _case(times: Sequence[Reviewable], known: Collection[str]) -> Case:
    return Case(times[0], len(times), sum(map(_cost, times)), _likeliest(times, known))


def _cost(seen: Reviewable) -> float:
    from voicebot.nlu import thresholds

    if seen.kind == "misrouted":
        return thresholds.MISROUTE
    if seen.kind == "refused":
        return thresholds.REFUSED
    if seen.kind == "accepted":
        return 0.0
    return {"confirm": thresholds.CONFIRM, "offer_two": thresholds.QUESTION}.get(seen.decision, 1.5)


def _likeliest(seen: Iterable[Reviewable], known: Collection[str]) -> tuple[str, ...]:
    """What the calls came to counts as much as full confidence; what a caller has turned down does not count. Calls may
    be older than intents/: what is no intent any more is left out."""
    weights: defaultdict[str, float] = defaultdict(float)
    for each in seen:
        for intent, confidence in each.ranked:
            weights[intent] += 0.0 if intent in each.turned_down else confidence
        if each.came_to:
            weights[each.came_to] += 1.0
    return tuple(sorted(weights.keys() & known, key=lambda intent: (-weights[intent], intent))[:SUGGESTED])


def _by_lot(case: Case) -> bytes:
    """At random, but the same ones until somebody has looked at them."""
    return hashlib.sha256(f"{case.seen.call_id}:{case.seen.turn}".encode()).digest()


def _first(groups: Iterable[Sequence[Case]], known: Collection[str], limit: int, calm: int) -> list[Group]:
    """As many as `limit` allows, of which `calm` places, at the end, are kept for the calm ones."""
    found: list[Group] = []
    left = {True: limit - calm, False: calm}
    for cases in groups:
        worst = any(each.seen.kind != "accepted" for each in cases)
        shown_cases = tuple(cases[: left[worst]])
        left[worst] -= len(shown_cases)
        if shown_cases:
            found.append(Group(shown_cases, _likeliest((each.seen for each in shown_cases), known)))
    return found
