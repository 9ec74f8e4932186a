"""Names that stand for something else in the file, or in intents/: each must exist."""

from __future__ import annotations

from collections.abc import Iterator, Set

from voicebot.routing.draft import Draft, Path
from voicebot.routing.issues import Issue, choose, issue
from voicebot.routing.rules.texts import routes
from voicebot.routing.table import OUT_OF_SCOPE, TO_DISTRICT

MAX_KEY_TOPICS = 12
"""Three at a time, four times over: nobody listens to more."""

MANY = 3
"""So many of a kind are told one by one."""

_YES_AND_NO = frozenset({"yes", "no", "on", "off", "true", "false", "y", "n", "null", "none", "~"})
_WITH_NAMES = ("hours", "queues", "notices", "intents")

ANSWERS = frozenset(
    {"yes", "no", "more", "neither", "dont_know", "repeat", "slower", "help", "start_again", "goodbye", "advisor"}
)
"""What the dialogue offers or understands beside intents and districts, under names of its own."""


def queue_references(draft: Draft) -> Iterator[tuple[Path, str]]:
    """Every place that names a queue, and the name."""
    if draft.council is not None:
        yield ("council", "default_queue"), draft.council.default_queue
        yield ("council", "danger_queue"), draft.council.danger_queue
    for name, queue in draft.queues.items():
        if queue.overflow is not None:
            yield ("queues", name, "overflow"), queue.overflow
    for path, _, route in routes(draft):
        if route.to != TO_DISTRICT and (*path, "to") in draft.places.keys:
            yield (*path, "to"), route.to
        if route.when_closed is not None and (*path, "when_closed") in draft.places.keys:
            yield (*path, "when_closed"), route.when_closed
    for district in draft.districts:
        yield ("districts", district.queue), district.queue
    for notice in draft.notices:
        for number, name in enumerate(notice.queues):
            yield ("notices", notice.name, "queues", str(number)), name
    for code, language in draft.languages.items():
        if language.to is not None:
            yield ("languages", code, "to"), language.to


def unknown_queues(draft: Draft) -> Iterator[Issue]:
    known = draft.names("queues")
    if known is None:
        return
    for path, name in queue_references(draft):
        if name not in known:
            fix = choose(name, known, "name one of the queues, or add it under queues")
            if name.lower() in _YES_AND_NO and path[-1] in ("overflow", "when_closed"):
                fix = "delete the line: there is none unless one is named"
            yield issue("E201", draft.places.value(*path), f"there is no queue {name}", fix)


def unknown_hours(draft: Draft) -> Iterator[Issue]:
    known = draft.names("hours")
    if known is None:
        return
    for name, queue in draft.queues.items():
        if queue.hours not in known:
            fix = choose(queue.hours, known, "name one of the hours, or add them under hours")
            yield issue("E202", draft.places.value("queues", name, "hours"), f"there are no hours {queue.hours}", fix)


def intents_without_phrases(draft: Draft, trained: Set[str]) -> Iterator[Issue]:
    """Destinations that no caller can reach by speaking, because intents/ has no file for them."""
    for name in sorted(draft.declared.get("intents", frozenset()) - trained - {OUT_OF_SCOPE}):
        fix = choose(name, trained, f"add intents/{name}.yaml, or delete the intent here")
        yield issue("E203", draft.places.key("intents", name), f"intents/ has no file {name}.yaml", fix)


def intents_without_destination(draft: Draft, trained: Set[str]) -> Iterator[Issue]:
    """Not looked for where the whole section is missing; many are told at once, since half a file is one mistake."""
    known = draft.names("intents")
    if known is None:
        return
    missing = sorted(trained - known - {OUT_OF_SCOPE})
    mark = draft.places.key("intents")
    if len(missing) > MANY:
        message = f"{len(missing)} intents have no destination: {', '.join(missing[:MANY])} and others"
        fix = "is a part of the file lost? Else add them under intents, with kind, to and about"
        yield issue("E204", mark, message, fix)
        return
    for name in missing:
        message = f"intents/{name}.yaml has no destination"
        yield issue("E204", mark, message, f"add {name}: under intents, with kind, to and about")


def reserved_names(draft: Draft) -> Iterator[Issue]:
    if OUT_OF_SCOPE in draft.declared.get("intents", ()):
        mark = draft.places.key("intents", OUT_OF_SCOPE)
        yield issue(
            "E205",
            mark,
            f"{OUT_OF_SCOPE} is what the council cannot help with",
            "delete it; word the prompt refuse instead",
        )
    for section in ("intents", "districts"):
        for name in sorted(draft.declared.get(section, frozenset()) & ANSWERS):
            message = f"{name} is what callers may answer to any question"
            yield issue("E205", draft.places.key(section, name), message, "give it a name that says what it is about")
    if TO_DISTRICT in draft.declared.get("queues", ()):
        mark = draft.places.key("queues", TO_DISTRICT)
        yield issue(
            "E208",
            mark,
            f"no queue can be called {TO_DISTRICT}",
            "rename it: `to: district` asks where the caller lives",
        )


def key_topics(draft: Draft) -> Iterator[Issue]:
    known = draft.names("intents")
    for number, name in enumerate(draft.key_topics):
        mark = draft.places.value("key_topics", str(number))
        if known is not None and name not in known:
            yield issue("E206", mark, f"there is no intent {name}", choose(name, known, "name one of the intents"))
        elif name in draft.key_topics[:number]:
            yield issue("E206", mark, f"{name} is named twice", "delete one of the two")
    if len(draft.key_topics) > MAX_KEY_TOPICS:
        message = f"{len(draft.key_topics)} key_topics are more than callers listen to"
        yield issue("E207", draft.places.key("key_topics"), message, f"keep the {MAX_KEY_TOPICS} most asked for")


def unknown_intents(draft: Draft) -> Iterator[Issue]:
    known = draft.names("intents")
    if known is None:
        return
    for path, name in _intent_references(draft):
        if name not in known:
            fix = choose(name, known, "name one of the intents, or add it under intents")
            yield issue("E209", draft.places.value(*path), f"there is no intent {name}", fix)


def _intent_references(draft: Draft) -> Iterator[tuple[Path, str]]:
    for notice in draft.notices:
        for number, name in enumerate(notice.intents):
            yield ("notices", notice.name, "intents", str(number)), name
    for name, route in draft.intents.items():
        for option, choice in route.ask.options.items() if route.ask is not None else ():
            if choice.intent is not None:
                yield ("intents", name, "ask", "options", option, "intent"), choice.intent


def names_alike(draft: Draft) -> Iterator[Issue]:
    """Two entries that differ by a hyphen: one of them is a slip, and calls go to whichever was typed."""
    for section in _WITH_NAMES:
        first: dict[str, str] = {}
        names = sorted(draft.declared.get(section, ()), key=lambda each: draft.places.key(section, each))
        for name in names:
            other = first.setdefault(name.lower().replace("_", "-"), name)
            if other != name:
                mark = draft.places.key(section, name)
                message = f"{name} and {other} differ only by - and _ or capitals"
                yield issue("N213", mark, message, f"did you mean {other}? Else call them by different words")


def names_that_mean_yes_or_no(draft: Draft) -> Iterator[Issue]:
    """Read here as they are typed; an editor or another tool that knows YAML makes true or false of them."""
    for section in _WITH_NAMES:
        for name in draft.declared.get(section, ()):
            if name.lower() in _YES_AND_NO:
                mark = draft.places.key(section, name)
                message = f"{name} is a name here, but YAML's word for yes, no or nothing to other programs"
                yield issue("N214", mark, message, "call it by another word")
