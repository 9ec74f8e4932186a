"""Names that stand for something else in the file, or in intents/: each must exist."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.routing.draft import Draft, Path
from voicebot.routing.issues import Issue, choose, issue
from voicebot.routing.table import OUT_OF_SCOPE, TO_DISTRICT

MAX_KEY_TOPICS = 12
"""Three at a time, four times over: nobody listens to more."""


def queue_references(draft: Draft) -> Iterator[tuple[Path, str]]:
    """Every place that names a queue, and the name."""
    if draft.council is not None:
        yield ("council", "default_queue"), draft.council.default_queue
        yield ("council", "danger_queue"), draft.council.danger_queue
    for name, queue in draft.queues.items():
        if queue.overflow is not None:
            yield ("queues", name, "overflow"), queue.overflow
    for name, route in draft.intents.items():
        if route.to != TO_DISTRICT:
            yield ("intents", name, "to"), route.to
        if route.when_closed is not None:
            yield ("intents", name, "when_closed"), route.when_closed
    for district in draft.districts:
        yield ("districts", district.queue), district.queue


def unknown_queues(draft: Draft) -> Iterator[Issue]:
    known = draft.declared.get("queues")
    if known is None:
        return
    for path, name in queue_references(draft):
        if name not in known:
            fix = choose(name, known, "name one of the queues, or add it under queues")
            yield issue("E201", draft.places.value(*path), f"there is no queue {name}", fix)


def unknown_hours(draft: Draft) -> Iterator[Issue]:
    known = draft.declared.get("hours")
    if known is None:
        return
    for name, queue in draft.queues.items():
        if queue.hours not in known:
            fix = choose(queue.hours, known, "name one of the hours, or add them under hours")
            yield issue("E202", draft.places.value("queues", name, "hours"), f"there are no hours {queue.hours}", fix)


def intents_without_phrases(draft: Draft, trained: frozenset[str]) -> Iterator[Issue]:
    """Destinations that no caller can reach by speaking, because intents/ has no file for them."""
    for name in sorted(draft.declared.get("intents", frozenset()) - trained - {OUT_OF_SCOPE}):
        fix = choose(name, trained, f"add intents/{name}.yaml, or delete the intent here")
        yield issue("E203", draft.places.key("intents", name), f"intents/ has no file {name}.yaml", fix)


def intents_without_destination(draft: Draft, trained: frozenset[str]) -> Iterator[Issue]:
    for name in sorted(trained - draft.declared.get("intents", frozenset()) - {OUT_OF_SCOPE}):
        message = f"intents/{name}.yaml has no destination"
        yield issue("E204", draft.places.key("intents"), message, f"add {name}: under intents, with kind, to and about")


def reserved_names(draft: Draft) -> Iterator[Issue]:
    if OUT_OF_SCOPE in draft.declared.get("intents", ()):
        mark = draft.places.key("intents", OUT_OF_SCOPE)
        yield issue(
            "E205",
            mark,
            f"{OUT_OF_SCOPE} is what the council cannot help with",
            "delete it; word the prompt refuse instead",
        )
    if TO_DISTRICT in draft.declared.get("queues", ()):
        mark = draft.places.key("queues", TO_DISTRICT)
        yield issue(
            "E208",
            mark,
            f"no queue can be called {TO_DISTRICT}",
            "rename it: `to: district` asks where the caller lives",
        )


def key_topics(draft: Draft) -> Iterator[Issue]:
    known = draft.declared.get("intents")
    for number, name in enumerate(draft.key_topics):
        mark = draft.places.value("key_topics", str(number))
        if known is not None and name not in known:
            yield issue("E206", mark, f"there is no intent {name}", choose(name, known, "name one of the intents"))
        elif name in draft.key_topics[:number]:
            yield issue("E206", mark, f"{name} is named twice", "delete one of the two")
    if len(draft.key_topics) > MAX_KEY_TOPICS:
        message = f"{len(draft.key_topics)} key_topics are more than callers listen to"
        yield issue("E207", draft.places.key("key_topics"), message, f"keep the {MAX_KEY_TOPICS} most asked for")
