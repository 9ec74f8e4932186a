"""The same figures for one sort of utterance at a time: by length, kind, urgency, and what Whisper made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import jiwer
import numpy as np

from voicebot.nlu.clean import clean
from voicebot.nlu.comparison import bootstrap
from voicebot.nlu.corpus import KINDS, Utterance
from voicebot.nlu.evaluate import WENT_WRONG, Destination, Lived, Report, leads_there, outcome, share

NOTHING = "[nothing]"
"""What stands in `heard` where Whisper wrote no word."""

LENGTHS = ((1, 4), (5, 9), (10, 14), (15, 29), (30, None))
"""Words, from and to; callers' stories begin at about fifteen."""

ERRORS = ((0.0, "none"), (0.1, "up to 0.1"), (0.3, "over 0.1, up to 0.3"), (float("inf"), "over 0.3"))
"""Word error rate up to which an utterance belongs to each slice."""


@dataclass(frozen=True, slots=True)
class Told:
    """A held-out utterance and what its caller would live through."""

    utterance: Utterance
    lived: Lived


@dataclass(frozen=True, slots=True)
class Sight:
    """What an outcome is judged by: the intents that are urgent, and where intents lead."""

    urgent: frozenset[str]
    destination: Destination | None = None

    def outcome(self, lived: Lived) -> str:
        return outcome(lived, self.urgent, self.destination)


def slices(told: Sequence[Told], sight: Sight) -> list[Report]:
    """Every slice that holds anything, each with `by`, `slice` and the figures of `sliced`."""
    sorts: tuple[tuple[str, Sequence[str], Callable[[Told], str]], ...] = (
        ("length", [_length(*each) for each in LENGTHS], _length_of),
        ("kind", KINDS, lambda each: each.utterance.kind),
        ("urgency", _URGENCIES, lambda each: _urgency_of(each, sight.urgent)),
    )
    return [found for by, names, name_of in sorts for found in _cut(by, names, name_of, told, sight)]


def _cut(
    by: str, names: Sequence[str], name_of: Callable[[Told], str], told: Sequence[Told], sight: Sight
) -> Iterator[Report]:
    for name in names:
        held = [each.lived for each in told if name_of(each) == name]
        if held:
            yield {"by": by, "slice": name, **sliced(held, sight)}


def sliced(found: Sequence[Lived], sight: Sight) -> Report:
    """Shares as in `evaluate.figures`, the outcomes of all utterances of the slice among them."""
    ends = [sight.outcome(each) for each in found]
    accepted = [each for each in found if each.decision == "accept"]
    return {
        "utterances": len(found),
        "top_1": share([each.is_right for each in found]),
        "top_1_destination": share([leads_there(each.best, each, sight.destination) for each in found]),
        "accepted_right": share([bool(set(each.about) & set(each.acceptable)) for each in accepted]),
        "at_once": share([end == "at_once" for end in ends]),
        "one_question": share([end == "one_question" for end in ends]),
        "asked": share([end == "asked" for end in ends]),
        "went_wrong": share([end in WENT_WRONG for end in ends]),
    }


_URGENCIES = ("urgent", "request", "out of scope")


def _urgency_of(told: Told, urgent: frozenset[str]) -> str:
    if told.lived.acceptable[0] in urgent:
        return "urgent"
    return "out of scope" if told.lived.is_out else "request"


def _length(low: int, high: int | None) -> str:
    return f"{low} words and more" if high is None else f"{low} to {high} words"


def _length_of(told: Told) -> str:
    count = max(1, len(told.utterance.words.split()))
    return next(_length(low, high) for low, high in LENGTHS if high is None or count <= high)


# --- what Whisper makes of it ------------------------------------------------------------------------------------


def was_heard(utterance: Utterance) -> bool:
    """Whether Whisper wrote any word that can be understood."""
    return utterance.heard not in (None, NOTHING) and bool(clean(utterance.heard or ""))


def unheard(utterance: Utterance) -> Lived:
    """What a caller lives through of whom no word was heard: she is asked again."""
    return Lived(utterance.acceptable, (), "ask_again", ())


def word_error_rate(utterance: Utterance) -> float:
    """Wrong, missing and added words for each word said (Morris et al. 2004), 0 or more; 1 where nothing was heard.

    Both are cleaned first, as they are before they are understood: capitals, commas and "um" are no errors here."""
    if not was_heard(utterance):
        return 1.0
    said, heard = clean(utterance.words), clean(utterance.heard or "")
    if not said:
        return 1.0
    return float(jiwer.wer(said, heard))


def heard_slices(told: Sequence[Told], heard: Sequence[Told], sight: Sight) -> Report:
    """The same utterances as they were said (`told`) and as Whisper heard them (`heard`).

    `word_error_rate` is that of all words together. `drop` tells for each measure what is lost from said to heard: a
    difference of shares (below 0 is worse) with its 95 % interval, None where there is nothing to measure; `lost` lists
    the utterances that are understood as said and not as heard."""
    rates = {each.utterance: word_error_rate(each.utterance) for each in heard}
    counts = {each: len(clean(each.words).split()) for each in rates}
    errors, words = sum(rate * counts[each] for each, rate in rates.items()), sum(counts.values())
    names = [name for _, name in ERRORS]
    pairs = list(zip(told, heard, strict=True))
    return {
        "utterances": len(heard),
        "word_error_rate": round(errors / words, 4) if words else None,
        "nothing_heard": sum(not was_heard(each.utterance) for each in heard),
        "said": sliced([each.lived for each in told], sight),
        "heard": sliced([each.lived for each in heard], sight),
        "drop": {
            "top_1": _drop(pairs, lambda each: each.lived.is_right),
            "at_once": _drop(pairs, lambda each: sight.outcome(each.lived) == "at_once"),
            "urgent_found": _drop(
                [each for each in pairs if each[0].lived.acceptable[0] in sight.urgent],
                lambda each: each.lived.decision == "urgent",
            ),
        },
        "slices": list(_cut("recogniser error", names, lambda each: _error_slice(rates[each.utterance]), heard, sight)),
        "lost": [
            {
                "at": f"{said.utterance.file}:{said.utterance.line}",
                "words": said.utterance.words,
                "heard": said.utterance.heard,
                "word_error_rate": round(rates[then.utterance], 3),
                "expected": list(said.lived.acceptable),
                "best": then.lived.best,
                "decision": then.lived.decision,
            }
            for said, then in pairs
            if said.lived.is_right and not then.lived.is_right
        ],
    }


def _error_slice(rate: float) -> str:
    return next(name for limit, name in ERRORS if rate <= limit)


def _drop(pairs: Sequence[tuple[Told, Told]], is_good: Callable[[Told], bool]) -> list[float] | None:
    said, heard = (np.fromiter((is_good(pair[at]) for pair in pairs), dtype=bool) for at in (0, 1))
    found = bootstrap(said, heard)
    return None if found is None else [round(each, 4) for each in found]
