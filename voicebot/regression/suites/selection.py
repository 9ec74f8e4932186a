"""Which calls of a suite are run: by an expression over names and tags, or a part that has something of everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from voicebot.errors import ContentError
from voicebot.regression.suites.model import Broken, SuiteCall

Chosen = Callable[[SuiteCall | Broken], bool]

_TOKEN = re.compile(r"[()]|[^\s()]+")
_SIGNS = frozenset({"and", "or", "not", "(", ")"})


def chosen(expression: str) -> Chosen:
    """`urgent and not (voice=bf_emma or noisy)`: a word holds for a call whose name has it in it, or one of whose tags
    is it, as `name=value` or the value alone. Raises `ContentError` where the expression cannot be read."""
    reader = _Expression(expression, _TOKEN.findall(expression))
    found = reader.either()
    reader.end()
    return found


class _Expression:
    """`not` binds more than `and`, `and` more than `or`."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        self._text = text
        self._tokens = tokens

    def either(self) -> Chosen:
        found = self._both()
        while self._take("or"):
            found = _or(found, self._both())
        return found

    def _both(self) -> Chosen:
        found = self._one()
        while self._take("and"):
            found = _and(found, self._one())
        return found

    def _one(self) -> Chosen:
        if self._take("not"):
            refused = self._one()
            return lambda call: not refused(call)
        if self._take("("):
            found = self.either()
            if not self._take(")"):
                raise self._wrong("a bracket is not closed")
            return found
        if not self._tokens or self._tokens[0] in _SIGNS:
            raise self._wrong("a word is missing")
        return _has(self._tokens.pop(0).lower())

    def end(self) -> None:
        if self._tokens:
            raise self._wrong(f"nothing can follow before {self._tokens[0]!r}; put and, or between two words")

    def _take(self, sign: str) -> bool:
        if self._tokens[:1] != [sign]:
            return False
        self._tokens.pop(0)
        return True

    def _wrong(self, why: str) -> ContentError:
        return ContentError(f"-k {self._text!r}: {why}. Write it like -k 'urgent and not noisy'.")


def _or(one: Chosen, other: Chosen) -> Chosen:
    return lambda call: one(call) or other(call)


def _and(one: Chosen, other: Chosen) -> Chosen:
    return lambda call: one(call) and other(call)


def _has(word: str) -> Chosen:
    def has(call: SuiteCall | Broken) -> bool:
        tags = {part for name, value in _marks(call) for part in (value.lower(), f"{name}={value}".lower())}
        return word in call.name.lower() or word in tags

    return has


def _marks(call: SuiteCall | Broken) -> set[tuple[str, str]]:
    """An entry with mistakes has its name alone."""
    return strata(call) if isinstance(call, SuiteCall) else set()


def strata(call: SuiteCall) -> set[tuple[str, str]]:
    """What a call stands for: the intents and outcomes that it expects, its tags and those of its sounds."""
    sounds = [step.play for step in call.steps if step.play is not None]
    return {
        *(("intent", each) for each in call.expect.intent or ("none",)),
        *(("outcome", each) for each in call.expect.outcome),
        *call.tags.items(),
        *(pair for sound in sounds for pair in sound.tags.items()),
    }


def stratified(calls: Sequence[SuiteCall], count: int) -> list[SuiteCall]:
    """`count` of `calls`, in their order, the same every time: as many different intents, outcomes and tags as so few
    calls can have, each taken for what it adds that is not there yet; the shortest call where two add as much."""
    left = list(calls)
    seen: set[tuple[str, str]] = set()
    taken: set[str] = set()
    while left and len(taken) < count:
        best = max(left, key=lambda call: (len(strata(call) - seen), -len(call.steps)))
        left.remove(best)
        seen |= strata(best)
        taken.add(best.name)
    return [call for call in calls if call.name in taken]
