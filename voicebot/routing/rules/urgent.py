"""Urgent calls: put through at any hour, and held up by nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voicebot.routing.draft import Draft
from voicebot.routing.hours import always_open
from voicebot.routing.issues import Issue, issue
from voicebot.routing.rules.texts import routes
from voicebot.routing.table import TO_DISTRICT, Notice

_NIGHT = "name a queue whose hours cover every day and night, bank holidays included"


def urgent_lines(draft: Draft) -> Iterator[Issue]:
    """Every urgent call must be answerable at any hour: by its own line, or by the one that stands in for it."""
    if "queues" not in draft.declared or "hours" not in draft.declared:
        return
    for path, name, route in routes(draft):
        if route.kind != "urgent":
            continue
        if route.to == TO_DISTRICT:
            message = f"{name} is urgent, and would ask where the caller lives"
            yield issue("E303", draft.places.value(*path, "to"), message, "name a queue instead")
        elif not _could_be_always(draft, route.to) and not _could_be_always(draft, route.when_closed):
            field = "to" if route.when_closed is None else "when_closed"
            message = f"an urgent call for {name} can meet a closed line"
            yield issue("E303", draft.places.value(*path, field), message, f"as when_closed, {_NIGHT}")


def danger_line(draft: Draft) -> Iterator[Issue]:
    if draft.council is None or "queues" not in draft.declared or "hours" not in draft.declared:
        return
    if not _could_be_always(draft, draft.council.danger_queue):
        mark = draft.places.value("council", "danger_queue")
        yield issue("E304", mark, f"the danger_queue {draft.council.danger_queue} is not open at every hour", _NIGHT)
    queue = draft.queues.get(draft.council.danger_queue)
    if queue is not None and queue.external:
        mark = draft.places.value("council", "danger_queue")
        message = f"the danger_queue {draft.council.danger_queue} is not the council's, and is not told why it rings"
        yield issue("E308", mark, message, "name a queue of your own that is always open")


def _could_be_always(draft: Draft, name: str | None) -> bool:
    """False only where it is certain: a queue or hours that could not be read have an issue of their own."""
    if name is None:
        return False
    queue = draft.queues.get(name)
    hours = draft.hours.get(queue.hours) if queue is not None else None
    return hours is None or always_open(hours)


def urgent_words(draft: Draft) -> Iterator[Issue]:
    """Somebody may be listening, or read the caller's telephone later: an urgent call has one sentence, no text
    message, and no question to answer first."""
    for path, name, route in routes(draft):
        if route.kind == "urgent":
            given = (("answer", route.answer), ("text", route.text), ("link", route.link), ("ask", route.ask))
            for field, value in given:
                if value:
                    mark = draft.places.key(*path, field)
                    message = f"{name} is urgent, and has {field}"
                    yield issue("E306", mark, message, "delete it; say what must be said in first")


def first_of_others(draft: Draft, trained: Mapping[str, bool]) -> Iterator[Issue]:
    """`trained` tells of each intent whether its callers are in danger: then its kind is the mistake, not its first."""
    for path, name, route in routes(draft):
        if route.kind != "urgent" and route.first is not None and (*path, "first") in draft.places.keys:
            mark = draft.places.key(*path, "first")
            message = f"first is said for urgent calls only, and {name} is not urgent"
            urgent = trained.get(path[1], False)
            fix = "write kind: urgent, as intents/ has it" if urgent else "delete it, or move it to answer"
            yield issue("N307", mark, message, fix)


def urgent_in_training_alone(draft: Draft, trained: Mapping[str, bool]) -> Iterator[Issue]:
    """Whether a call is urgent is said twice, here and in intents/ (`trained`): a slip in one of the two must not make
    callers in danger wait in a queue."""
    for name, route in draft.intents.items():
        if name not in trained or trained[name] == (route.kind == "urgent"):
            continue
        mark = draft.places.value("intents", name, "kind")
        if trained[name]:
            message = f"{name} is urgent in intents/{name}.yaml, and here it is kind: {route.kind}"
            fix = f"write kind: urgent; where nobody who says such words is in danger, take urgent out of {name}.yaml"
            yield issue("E313", mark, message, fix)
        else:
            message = f"{name} is urgent here, and not in intents/{name}.yaml"
            yield issue("N314", mark, message, f"write urgent: yes in {name}.yaml, so that too few phrases are noticed")


def notices_on_urgent_calls(draft: Draft) -> Iterator[Issue]:
    for notice in draft.notices:
        for number, name in enumerate(notice.intents):
            route = draft.intents.get(name)
            if route is not None and route.kind == "urgent":
                mark = draft.places.value("notices", notice.name, "intents", str(number))
                message = f"{name} is urgent, and urgent callers are put through without a notice"
                yield issue("E311", mark, message, f"delete {name}; what must be said to them belongs in its first")


def closures_of_urgent_lines(draft: Draft) -> Iterator[Issue]:
    """While a notice closes lines, together with those that hold at the same time, an urgent call needs another one
    that is always open."""
    for notice in draft.notices:
        if not notice.closes:
            continue
        mark = draft.places.key("notices", notice.name, "queues")
        closed = {queue for other in draft.notices if other.closes and _meet(notice, other) for queue in other.queues}
        if draft.council is not None and draft.council.danger_queue in notice.queues:
            message = f"the notice {notice.name} closes {draft.council.danger_queue}, where calls about danger go"
            yield issue("E312", mark, message, "delete it from queues; that line must stay open")
        for _, name, route in routes(draft):
            if route.kind != "urgent":
                continue
            lines = {each for each in (route.to, route.when_closed) if each and _could_be_always(draft, each)}
            if lines and lines <= closed and lines & set(notice.queues):
                message = f"while the notice {notice.name} holds, an urgent call for {name} meets a closed line"
                yield issue("E312", mark, message, "delete its queue from queues, or name another as its when_closed")


def _meet(one: Notice, other: Notice) -> bool:
    def begins_in(notice: Notice, within: Notice) -> bool:
        return notice.start is None or within.until > notice.start

    return begins_in(one, other) and begins_in(other, one)
