"""Whether callers get somewhere: loops, queues that nobody reaches, lines that never open, ends without a person."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.routing.draft import Draft
from voicebot.routing.hours import always_open, never_open
from voicebot.routing.issues import Issue, issue
from voicebot.routing.rules.names import unknown_queues
from voicebot.routing.rules.texts import routes

_REFERENCES = frozenset(
    {
        *(("council", "default_queue"), ("council", "danger_queue")),
        *(("intents", "to"), ("intents", "when_closed"), ("languages", "to")),
    }
)
"""Section and field of each name of a queue that a call may go to."""


def overflow_loops(draft: Draft) -> Iterator[Issue]:
    """Each loop once, where its first queue in the file names its overflow."""
    reported: set[str] = set()
    for name in draft.queues:
        chain = overflow_chain(draft, name)
        if chain[-1] == name and len(chain) > 1 and not reported & set(chain):
            reported |= set(chain)
            mark = draft.places.value("queues", name, "overflow")
            message = f"overflow goes round in a circle: {' → '.join(chain)}"
            yield issue("E301", mark, message, "delete the overflow of one of them, or send it to another queue")


def overflow_chain(draft: Draft, name: str) -> list[str]:
    """A queue and those behind it, up to the end or the first that comes again."""
    chain = [name]
    while (queue := draft.queues.get(chain[-1])) is not None and queue.overflow is not None:
        chain.append(queue.overflow)
        if queue.overflow in chain[:-1]:
            break
    return chain


def unreached_queues(draft: Draft) -> Iterator[Issue]:
    """Not looked for while a name is misspelt: the queue that was meant would be reported as well. What stands in a
    part that cannot be read counts: the queue is not to be deleted because of a slip beside its name."""
    if not draft.whole or any(unknown_queues(draft)):
        return
    named = {(path[0], path[-1]): set[str]() for path in draft.places.texts}
    for path, text in draft.places.texts.items():
        named[path[0], path[-1]].add(text)
    reached = {name for place, names in named.items() if place in _REFERENCES for name in names}
    reached |= draft.declared.get("districts", frozenset())
    for name in tuple(reached):
        reached.update(overflow_chain(draft, name))
    unread = draft.declared.get("queues", frozenset()) - draft.queues.keys()
    reached |= {draft.places.texts.get(("queues", name, "overflow"), "") for name in unread}
    if draft.declared.keys() >= {"council", "intents"}:
        for name in draft.queues:
            if name not in reached:
                fix = "name it as the `to` of an intent, or delete it"
                yield issue("N302", draft.places.key("queues", name), f"no call ever reaches the queue {name}", fix)


def useless_stand_ins(draft: Draft) -> Iterator[Issue]:
    """A when_closed that is the line itself, or closed whenever that is. Lines that never close may have one for the
    time of a notice that closes them."""
    for path, name, route in routes(draft):
        here = {each for each in ("to", "when_closed") if (*path, each) in draft.places.keys}
        if route.when_closed is None or not here:
            continue
        mark = draft.places.value(*path, "when_closed" if "when_closed" in here else "to")
        if route.when_closed == route.to:
            fix = "name another queue, or delete it: then callers hear when the line opens"
            yield issue("E317", mark, f"when_closed of {name} is the queue that is closed, {route.to}", fix)
            continue
        first, second = draft.queues.get(route.to), draft.queues.get(route.when_closed)
        if first is None or second is None or first.hours != second.hours:
            continue
        hours = draft.hours.get(first.hours)
        closable = any(route.to in notice.queues for notice in draft.notices if notice.closes)
        if hours is not None and not always_open(hours) and not closable:
            message = f"when_closed of {name}, {route.when_closed}, has the same hours as {route.to}: both are closed"
            yield issue("N318", mark, message, "name a queue with longer hours, or delete it")


def hours_that_never_open(draft: Draft) -> Iterator[Issue]:
    for name, hours in draft.hours.items():
        if never_open(hours):
            fix = "write a day such as mon-fri: 09:00-17:00; to close a line for good, delete its queue"
            yield issue("E305", draft.places.key("hours", name), f"the hours {name} never open", fix)


def default_line(draft: Draft) -> Iterator[Issue]:
    """Whoever asks for a person ends there, and leaves a message there at night; outside lines take none."""
    if draft.council is None:
        return
    queue = draft.queues.get(draft.council.default_queue)
    if queue is not None and queue.external:
        mark = draft.places.value("council", "default_queue")
        message = f"the default_queue {draft.council.default_queue} is not the council's, so it takes no messages"
        yield issue("E308", mark, message, "name a queue of your own, such as the switchboard")
