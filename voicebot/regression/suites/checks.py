"""Whether a suite fits the routing table: names that are not there, what can never happen; and what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from voicebot.regression.suites.model import Expected, Sound, SuiteCall
from voicebot.regression.suites.sounds import Described, Library
from voicebot.routing.issues import Issue, Mark, choose, issue
from voicebot.routing.table import OUT_OF_SCOPE, TO_DISTRICT, Route, Table
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, Text
from voicebot.storage.redaction import find


def check_call(call: SuiteCall, entry: Entry, table: Table | None) -> tuple[Issue, ...]:
    """What is wrong with a call that can be read; `entry` is where it stands. Without a table nothing is looked up in
    it."""
    issues = [*_personal(call.about, _mark(entry, "for"), f"what the call {call.name} is for")]
    if call.expect == Expected() and not any(step.decision for step in call.steps):
        fix = "add expect, such as expect: {intent: pothole, outcome: answered}"
        issues.append(issue("N906", call.mark, f"the call {call.name} expects nothing, so it always passes", fix))
    if table is not None:
        issues += check_names(entry, table) or _impossible(call, entry, table)
    return tuple(issues)


def check_names(entry: Entry, table: Table) -> tuple[Issue, ...]:
    """Intents and queues that a call expects and the table does not have, also where the call cannot be read."""
    intents = [*table.intents, OUT_OF_SCOPE]
    return (
        *_unknown(entry, "S301", "intent", intents),
        *_unknown(entry, "S301", "intent", intents, key="also"),
        *_unknown(entry, "S302", "queue", list(table.queues)),
    )


def check_recordings(library: Library, described: Mapping[str, Described], played: Iterable[Sound]) -> Iterator[Issue]:
    """What is to be said of the recordings that calls play, and of those that the suite describes."""
    used = {sound.name: sound for sound in played}
    for name, about in described.items():
        yield from _personal(about.words or "", about.mark, f"the words of {name}")
        if name not in library.there:
            yield from library.find(name, about.mark)[1]
    for name, sound in used.items():
        if sound.words is None:
            fix = 'write its words: where it is described, or as {play: file, words: "…"}'
            message = f"it is not written down what is said in {name}, so nobody can tell how well it is heard"
            yield issue("N902", sound.mark, message, fix)


def unplayed(library: Library, described: Mapping[str, Described], file: str) -> Iterator[Issue]:
    """Recordings of the folder that no call plays, at the place that describes them or else at the beginning of `file`.
    Not looked for while there are mistakes: they may be in the very call that plays it."""
    for name in library.there:
        if name not in library.asked:
            mark = described[name].mark if name in described else Mark(file, 1, 1)
            yield issue("N901", mark, f"no call plays {name}", "play it in a call, or move it away")


def _personal(words: str, mark: Mark, what: str) -> Iterator[Issue]:
    tags = list(dict.fromkeys(each.tag for each in find(words)))
    if tags:
        fix = "write something invented, or its tag in its place, such as [name]"
        yield issue("N903", mark, f"there may be personal data in {what} ({', '.join(tags)})", fix)


def _mark(entry: Entry, *path: str, text: str | None = None) -> Mark:
    """Where the value at `path` stands, the item `text` where it is a list; of what is not there, the entry."""
    for key in path:
        found = [each for each in entry.value.entries if each.key == key] if isinstance(entry.value, Fields) else []
        if not found:
            return entry.mark
        entry = found[0]
    if isinstance(entry.value, Items):
        items = (each.mark for each in entry.value.items if isinstance(each, Text) and each.text.strip() == text)
        return next(items, entry.value.mark)
    return entry.value.mark if path else entry.mark


# --- the routing table -------------------------------------------------------------------------------------------


def _unknown(entry: Entry, code: str, what: str, known: list[str], key: str = "") -> Iterator[Issue]:
    value = _part(_part(entry.value, "expect"), key or what)
    for each in value.items if isinstance(value, Items) else (value,):
        if isinstance(each, Text) and (name := each.text.strip()) and name not in known:
            fix = choose(name, known, f"name one of its {what}s")
            yield issue(code, each.mark, f"routing.yaml has no {what} {name}", fix)


def _part(node: Node | None, key: str) -> Node | None:
    found = [each.value for each in node.entries if each.key == key] if isinstance(node, Fields) else []
    return found[0] if found else None


def _impossible(call: SuiteCall, entry: Entry, table: Table) -> Iterator[Issue]:
    """What cannot come of the intents that are expected, whatever the hours and whatever else she says."""
    routes = {name: tuple(_routes(table, name, frozenset())) for name in call.expect.intent if name != OUT_OF_SCOPE}
    if not routes or len(routes) < len(call.expect.intent):
        return
    all_routes = [route for each in routes.values() for route in each]
    queues = {queue for route in all_routes for queue in _queues(table, route)}
    named = " or ".join(routes)
    for queue in call.expect.queue:
        if queue not in queues:
            fix = f"expect one of {', '.join(sorted(queues))}, or change {table.where(f'intents.{next(iter(routes))}')}"
            yield issue("S303", _mark(entry, "expect", "queue", text=queue), f"{named} never leads to {queue}", fix)
    outside = any(table.queues[queue].external for queue in queues)
    if call.expect.outcome == ("signposted",) and not outside:
        fix = "expect connected or answered, or change routing.yaml"
        message = f"{named} leads to no line outside the council, so the outcome is never signposted"
        yield issue("S303", _mark(entry, "expect", "outcome"), message, fix)
    if call.expect.text and not any(route.message for route in all_routes):
        fix = "expect text: none, or give the intent a text in routing.yaml"
        yield issue("S303", _mark(entry, "expect", "text"), f"{named} has no text message", fix)


def _routes(table: Table, intent: str, seen: frozenset[str]) -> Iterator[Route]:
    """The route of an intent, and those of all that its follow-up question leads to."""
    route = table.intents.get(intent)
    if route is None or intent in seen:
        return
    yield route
    for option in route.ask.options.values() if route.ask is not None else ():
        if option.route is not None:
            yield option.route
        if option.intent is not None:
            yield from _routes(table, option.intent, seen | {intent})


def _queues(table: Table, route: Route) -> set[str]:
    """Where a route may take a call: its own lines and those behind them, and those that a person is found on."""
    districts = [each.queue for each in table.districts] if route.to == TO_DISTRICT else []
    first = [route.to, route.when_closed, table.council.default_queue, table.council.danger_queue, *districts]
    found: set[str] = set()
    waiting = [name for name in first if name in table.queues]
    while waiting:
        name = waiting.pop()
        if name is not None and name not in found:
            found.add(name)
            waiting.append(table.queues[name].overflow or name)
    return found
