"""Whether every intent has enough phrases, of all lengths, and contrast phrases to those it is mistaken for. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from voicebot.nlu.corpus import Intent, Utterance
from voicebot.nlu.phrases.findings import Finding, finding
from voicebot.routing.issues import Mark, choose, shown
from voicebot.routing.table import OUT_OF_SCOPE

LEAST, LEAST_URGENT, LEAST_OUT_OF_SCOPE = 60, 120, 400
"""Phrases of an intent: the floors that the service set for its training data. What is out of scope has no bounds, and
so needs the most."""

LEAST_HELD_OUT, LEAST_HELD_OUT_URGENT, LEAST_HELD_OUT_OF_SCOPE = 10, 20, 60
"""Held-out utterances of an intent (tests/utterances/README.md)."""

LONG_WORDS = 15
"""From here on a phrase counts as long: callers who tell a story take 15 to 60 words before the point comes."""

LEAST_LONG = 0.2
"""Share of long phrases: with fewer, the model was least sure of the calls that are hardest (docs/understanding.md)."""

MUCH_MORE = 3.0
"""Times the usual number, from which an intent draws its neighbours' callers."""

LEAST_CONTRAST = 3
"""Phrases of an intent whose likest phrase elsewhere is its neighbour's. An intent that has fewer says nothing that the
neighbour's callers might say too, so nothing teaches the model where the border runs."""


def least(intent: Intent) -> int:
    if intent.name == OUT_OF_SCOPE:
        return LEAST_OUT_OF_SCOPE
    return LEAST_URGENT if intent.urgent else LEAST


def long_share(words: Sequence[str]) -> float:
    """Share of those that have LONG_WORDS words or more, 0 to 1."""
    return sum(len(each.split()) >= LONG_WORDS for each in words) / max(1, len(words))


def numbers(intents: Sequence[Intent]) -> Iterator[Finding]:
    """Too few phrases, too few long ones, or far more than the others have. Intents that could not be read are left
    out: their mistakes come first."""
    readable = [intent for intent in intents if intent.phrases]
    usual = median(len(each.phrases) / least(each) for each in readable) if readable else 1.0
    for intent in readable:
        mark = intent.marks.get("phrases", Mark(intent.phrases[0].file, 1, 1))
        count, share = len(intent.phrases), long_share([phrase.words for phrase in intent.phrases])
        if count < least(intent):
            fix = f"write {least(intent) - count} more, each as somebody would say it"
            message = f"{intent.name} has {count} phrases, and {least(intent)} are the least"
            yield finding("balance", 1 - count / least(intent), "N750", mark, message, fix)
        if share < LEAST_LONG:
            missing = int((LEAST_LONG - share) * count) + 1
            message = f"{share:.0%} of the phrases of {intent.name} have {LONG_WORDS} words or more"
            fix = f"write {missing} longer ones: stories in which the point comes late"
            yield finding("balance", LEAST_LONG - share, "N751", mark, message, fix)
        if count > max(MUCH_MORE * usual, 1.0) * least(intent):
            message = f"{intent.name} has {count} phrases, and its like have {usual * least(intent):.0f}"
            fix = "delete those that say the same, or write more for the others"
            yield finding("balance", 0.3, "N752", mark, message, fix)


def neighbours(intents: Sequence[Intent], elsewhere: Mapping[str, Counter[str]]) -> Iterator[Finding]:
    """Near intents named on one side alone, or without contrast phrases. `elsewhere`: for each intent, how many of its
    phrases are likest to a phrase of which other intent."""
    known = {intent.name: intent for intent in intents}
    for intent in intents:
        for name in intent.near:
            other = known.get(name)
            if other is None or name == intent.name or not intent.phrases or not other.phrases:
                continue
            mark = intent.marks[f"near {name}"]
            if intent.name not in other.near:
                message = f"{intent.name} names {name} as near, but {name} does not name {intent.name}"
                fix = f"add {intent.name} to near in {name}.yaml, or delete it here"
                yield finding("balance", 0.1, "N753", mark, message, fix)
            contrast = elsewhere[intent.name][name]
            if contrast < LEAST_CONTRAST:
                message = f"hardly a phrase of {intent.name} ({contrast}) is like one of {name}, which is near"
                fix = f"write phrases that name what {name} is about and still belong here"
                yield finding("balance", 0.15, "N754", mark, message, fix)


def held_out(intents: Sequence[Intent], utterances: Sequence[Utterance], folder: str) -> Iterator[Finding]:
    """Held-out files that are missing, thin, or speak of intents that nobody knows."""
    known = {intent.name: intent for intent in intents}
    for utterance in utterances:
        for name in utterance.acceptable:
            if name not in known:
                message = f"{shown(name)} is no intent"
                fix = choose(name, known, "name the file, or what stands in `also`, after an intent")
                yield finding("mistake", 1, "E721", Mark(utterance.file, utterance.line, 1), message, fix)
    there = Counter(utterance.acceptable[0] for utterance in utterances)
    for intent in intents:
        wanted = LEAST_HELD_OUT_URGENT if intent.urgent else LEAST_HELD_OUT
        wanted = LEAST_HELD_OUT_OF_SCOPE if intent.name == OUT_OF_SCOPE else wanted
        if there[intent.name] < wanted:
            mark = Mark(f"{folder}/{intent.name}.yaml", 1, 1)
            message = f"{intent.name} has {there[intent.name]} held-out utterances, and {wanted} are the least"
            fix = "have somebody write more who has not read the training phrases"
            yield finding("balance", 0.2, "N755", mark, message, fix)
