"""Whether callers get somewhere: loops, queues that nobody reaches, lines that never open, ends without a person."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.routing.draft import Draft
from voicebot.routing.hours import never_open
from voicebot.routing.issues import Issue, issue
from voicebot.routing.rules.names import queue_references, unknown_queues


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
    """Not looked for while a name is misspelt: the queue that was meant would be reported as well."""
    if any(unknown_queues(draft)):
        return
    reached = {name for path, name in queue_references(draft) if path[0] not in ("queues", "notices")}
    for name in tuple(reached):
        reached.update(overflow_chain(draft, name))
    if draft.declared.keys() >= {"council", "intents"}:
        for name in draft.queues:
            if name not in reached:
                fix = "name it as the `to` of an intent, or delete it"
                yield issue("N302", draft.places.key("queues", name), f"no call ever reaches the queue {name}", fix)


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
