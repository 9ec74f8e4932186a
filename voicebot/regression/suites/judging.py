"""What a call came to against what the suite says that it must come to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.regression.call_events import CallResult
from voicebot.regression.suites.callers import Act
from voicebot.regression.suites.model import Expected, Step, SuiteCall
from voicebot.regression.suites.results import Miss
from voicebot.routing.table import OUT_OF_SCOPE, TO_DISTRICT, Queue, Route, Table

NO_ACT = ("CallStarted", "TransferEnded", "CallerHungUp")
"""Events of turns in which the caller did nothing."""

CUT = 160
"""Characters of what was said that a miss quotes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A call as it went: `result` as the telephone network saw it, `stored` as the bot keeps it (see `show_call`),
    `texts` that it was to send, `acts` of the caller."""

    result: CallResult
    stored: dict[str, Any]
    texts: tuple[str, ...]
    acts: tuple[Act, ...]

    @property
    def turns(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.stored.get("turns", [])
        return found

    @property
    def acted(self) -> list[tuple[dict[str, Any], Act]]:
        """The turns in which she did something, each with what that was."""
        return list(zip((each for each in self.turns if each["event"] not in NO_ACT), self.acts, strict=False))

    @property
    def intent(self) -> str | None:
        """What the call was about; `out_of_scope` where that was nothing, because it was refused."""
        refused = any(each["decision"] == "refuse" for each in self.turns)
        return self.stored.get("intent") or (OUT_OF_SCOPE if refused else None)

    @property
    def broken(self) -> bool:
        """Whether a part of the bot failed, or the bot as a whole."""
        failed = any(each["event"] == "PartFailed" for each in self.turns)
        return failed or not self.turns or "failed" in (self.result.outcome, self.stored.get("outcome"))


def misses(call: SuiteCall, taken: Taken, table: Table) -> tuple[Miss, ...]:
    """Every expectation that was not met, and what must never happen in any call."""
    return (*_expectations(call.expect, taken, table), *_decisions(call.steps, taken), *_always(taken))


def _expectations(expect: Expected, taken: Taken, table: Table) -> Iterator[Miss]:
    intent, outcome, queue = taken.intent, taken.stored.get("outcome"), reached(taken, table)
    for what, wanted, got in (
        ("intent", expect.intent, intent),
        ("outcome", tuple(expect.outcome), outcome),
        ("queue", expect.queue, queue),
    ):
        if wanted and got not in wanted:
            yield Miss(what, _or(wanted), got or "none")
    said = " ".join(taken.result.said)
    for words in expect.says:
        if _plain(words) not in _plain(said):
            yield Miss("says", words, said if len(said) <= CUT else f"…{said[-CUT:]}")
    if expect.text is not None:
        yield from _text(expect.text, taken.texts)
    count = len(taken.acted)
    if expect.turns is not None and count > expect.turns:
        yield Miss("turns", f"at most {expect.turns}", str(count))


def _text(wanted: str, texts: Sequence[str]) -> Iterator[Miss]:
    got = " / ".join(texts) or "no text message"
    if not wanted and texts:
        yield Miss("text", "no text message", got)
    elif wanted and not any(_plain(wanted) in _plain(each) for each in texts):
        yield Miss("text", wanted, got)


def _decisions(steps: Sequence[Step], taken: Taken) -> Iterator[Miss]:
    """The decision upon a step that takes several prompts is the one upon the last of them."""
    came = {id(act.step): turn["decision"] for turn, act in taken.acted if act.step is not None}
    for number, step in enumerate(steps, 1):
        if step.decision and came.get(id(step)) not in step.decision:
            got = came.get(id(step)) or "the call ended before"
            yield Miss(f"decision at step {number}", _or(step.decision), got)


def _always(taken: Taken) -> Iterator[Miss]:
    """Design rules 1 and 7: a call never breaks off, and a person is offered in every one of them."""
    for trouble in dict.fromkeys(taken.result.troubles):
        yield Miss("trouble", "none", trouble)
    if taken.result.outcome == "failed" and not taken.result.troubles:
        yield Miss("trouble", "none", "the call failed")


def reached(taken: Taken, table: Table) -> str | None:
    """The queue that she was put through to; where she was not, the one that the call is about. Two queues may share a
    line: then the one that the bot meant."""
    meant: str | None = taken.stored.get("queue")
    line = taken.result.connected_to
    if line is None or (meant is not None and meant in table.queues and _rings(table.queues[meant], line)):
        return meant
    return next((name for name, queue in table.queues.items() if _rings(queue, line)), line)


def _rings(queue: Queue, line: str) -> bool:
    return queue.target in line


# --- misrouted on the way ----------------------------------------------------------------------------------------


def misrouted(call: SuiteCall, taken: Taken, table: Table) -> bool:
    """Whether she was put through to a line, or read an answer, that was not hers, wherever she ended. The default
    queue is never wrong in this sense: it is where a person is. Nothing is said where the suite expects neither an
    intent nor a queue, and yet that she is served."""
    expect = call.expect
    if not (expect.intent or expect.queue) and set(expect.outcome) & {"connected", "answered", "signposted"}:
        return False
    if not (expect.intent or expect.queue or expect.outcome):
        return False
    hers = {table.council.default_queue, *expect.queue, *_lines_of(expect, table)}
    lines = [table.queues[name] for name in _with_overflow(hers, table)]
    rung = [each.target for each in taken.result.dialled if each.status != "canceled"]
    if any(not any(_rings(queue, target) for queue in lines) for target in rung):
        return True
    return any(_reads_another(turn, expect, table) for turn in taken.turns)


def _lines_of(expect: Expected, table: Table) -> Iterator[str]:
    """All queues that the table knows for what she rang about."""
    for intent in (*expect.intent, *expect.also):
        route = table.intents.get(intent)
        for each in () if route is None else _routes(route):
            if each.when_closed:
                yield each.when_closed
            if each.to != TO_DISTRICT:
                yield each.to
            elif not expect.queue:
                yield from (district.queue for district in table.districts)


def _routes(route: Route) -> Iterator[Route]:
    yield route
    for choice in route.ask.options.values() if route.ask is not None else ():
        if choice.route is not None:
            yield choice.route


def _with_overflow(names: set[str], table: Table) -> set[str]:
    found: set[str] = set()
    waiting = [name for name in names if name in table.queues]
    while waiting:
        name = waiting.pop()
        overflow = table.queues[name].overflow
        if overflow is not None and overflow not in found:
            waiting.append(overflow)
        found.add(name)
    return found


def _reads_another(turn: dict[str, Any], expect: Expected, table: Table) -> bool:
    """Whether this turn reads the answer of an intent that was not hers, in words that are not hers too."""
    intent, hers = turn["intent"], (*expect.intent, *expect.also)
    if turn["decision"] != "accept" or intent in hers or intent not in table.intents:
        return False
    own = {_plain(part) for each in hers if each in table.intents for part in _answers(table.intents[each])}
    read = {_plain(part) for part in _answers(table.intents[intent])} - own
    if not expect.intent and table.intents[intent].to in expect.queue:
        return False
    return any(part in _plain(turn["prompt"]) for part in read)


def _answers(route: Route) -> Iterator[str]:
    for each in _routes(route):
        yield from each.answer[:1]


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)


def _plain(words: str) -> str:
    """Case and spaces do not count."""
    return " ".join(words.casefold().split())
