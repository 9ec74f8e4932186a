"""Whether callers get somewhere: loops, lines that never open, and urgent calls that could meet a closed line."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.routing.draft import Draft
from voicebot.routing.hours import always_open, never_open
from voicebot.routing.issues import Issue, issue
from voicebot.routing.rules.names import queue_references, unknown_queues
from voicebot.routing.table import TO_DISTRICT

_NIGHT = "name a queue whose hours cover every day and night, bank holidays included"


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
    reached = {name for path, name in queue_references(draft) if path[0] != "queues"}
    for name in tuple(reached):
        reached.update(overflow_chain(draft, name))
    if draft.declared.keys() >= {"council", "intents"}:
        for name in draft.queues:
            if name not in reached:
                fix = "name it as the `to` of an intent, or delete it"
                yield issue("N302", draft.places.key("queues", name), f"no call ever reaches the queue {name}", fix)


def urgent_lines(draft: Draft) -> Iterator[Issue]:
    """Every urgent call must be answerable at any hour: by its own line, or by the one that stands in for it."""
    if "queues" not in draft.declared or "hours" not in draft.declared:
        return
    for name, route in draft.intents.items():
        if route.kind != "urgent":
            continue
        if route.to == TO_DISTRICT:
            mark = draft.places.value("intents", name, "to")
            yield issue(
                "E303", mark, f"the urgent intent {name} would ask where the caller lives", "name a queue instead"
            )
        elif not _could_be_always(draft, route.to) and not _could_be_always(draft, route.when_closed):
            path = "to" if route.when_closed is None else "when_closed"
            message = f"a call for the urgent intent {name} can meet a closed line"
            yield issue("E303", draft.places.value("intents", name, path), message, f"as when_closed, {_NIGHT}")


def danger_line(draft: Draft) -> Iterator[Issue]:
    if draft.council is None or "queues" not in draft.declared or "hours" not in draft.declared:
        return
    if not _could_be_always(draft, draft.council.danger_queue):
        mark = draft.places.value("council", "danger_queue")
        yield issue("E304", mark, f"the danger_queue {draft.council.danger_queue} is not open at every hour", _NIGHT)


def _could_be_always(draft: Draft, name: str | None) -> bool:
    """False only where it is certain: a queue or hours that could not be read have an issue of their own."""
    if name is None:
        return False
    queue = draft.queues.get(name)
    hours = draft.hours.get(queue.hours) if queue is not None else None
    return hours is None or always_open(hours)


def hours_that_never_open(draft: Draft) -> Iterator[Issue]:
    for name, hours in draft.hours.items():
        if never_open(hours):
            fix = "write a day such as mon-fri: 09:00-17:00; to close a line for good, delete its queue"
            yield issue("E305", draft.places.key("hours", name), f"the hours {name} never open", fix)
