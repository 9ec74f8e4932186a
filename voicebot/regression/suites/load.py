"""Many callers of a suite at once, as they would ring: they hear prompts out, and speak as long as it takes.

Whatever went wrong under load is rung once more alone afterwards, to tell what the load did from what the bot does
anyway.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import httpx

from voicebot.errors import VoicebotError
from voicebot.regression.caller import Taken as Move
from voicebot.regression.load import Tally, local_transport, put_on
from voicebot.regression.load_report import LoadReport
from voicebot.regression.script import HangUp, Press, Speak
from voicebot.regression.suites.bots import ANSWER_SECONDS, Reached
from voicebot.regression.suites.callers import Play, SuiteCaller
from voicebot.regression.suites.judging import Taken, misrouted, misses
from voicebot.regression.suites.model import Manner, Suite, SuiteCall
from voicebot.regression.suites.placing import place
from voicebot.regression.suites.reports.wording import miss_words
from voicebot.regression.suites.telephone import Telephone
from voicebot.regression.telephone_wav import seconds_of
from voicebot.routing.spoken import spoken_seconds
from voicebot.routing.table import Table

RAMP = 20.0
"""Seconds within which all lines have begun: a switchboard never gets all its callers in one instant."""

KEY_SECONDS = 1.0
"""To find and press a key."""

SILENT_SECONDS = 5.0
"""How long a prompt waits for a caller who says nothing, as `<Gather>` does by default."""

GRACE = 180.0
"""Seconds that calls may still take to end after the load is over: the longest ones of a suite take some two
minutes."""


class UnhurriedCaller(SuiteCaller):
    """A caller of the suite who takes the time that a person takes. `sleep` waits so many seconds."""

    def __init__(
        self,
        call: SuiteCall,
        table: Table,
        play: Play,
        manner: Manner,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(call, table, play, manner)
        self._sleep = sleep

    def hears(self, text: str) -> None:
        self._sleep(spoken_seconds(text))
        super().hears(text)

    def _take(self, step: Move) -> Move:
        if isinstance(step, Speak):
            self._sleep(seconds_of(step.wav))
        elif isinstance(step, Press):
            self._sleep(KEY_SECONDS)
        return super()._take(step)

    def _let_pass(self) -> HangUp | None:
        self._sleep(SILENT_SECONDS)
        return super()._let_pass()


@dataclass(frozen=True, slots=True)
class Suffered:
    """A call that did not go right under load. `times` of `placed` it went wrong; `how` is what was missed the first
    time; `alone` what is missed when it is rung alone, "" where that goes right."""

    name: str
    placed: int
    times: int
    misrouted: int
    how: str
    alone: str

    @property
    def by_load(self) -> bool:
        """Whether it goes right alone."""
        return not self.alone


@dataclass(frozen=True, slots=True)
class SuiteLoad:
    """`load` has the times and what was lost or doubled; `right` calls of `judged` went as the suite expects; `came_to`
    counts the outcomes that the bot stored."""

    load: LoadReport
    judged: int
    right: int
    came_to: Mapping[str, int]
    suffered: tuple[Suffered, ...]

    @property
    def by_load(self) -> list[Suffered]:
        """Calls that go wrong only under load."""
        return [each for each in self.suffered if each.by_load]

    @property
    def held(self) -> bool:
        """Whether the load did no caller any harm."""
        return not (self.load.lost or self.load.doubled or self.by_load)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A call that was placed. `missed` is "" where it went right."""

    call: SuiteCall
    missed: str
    misrouted: bool
    outcome: str


class _Callers:
    """Hands out the calls of the suite in turn, places them, and keeps what they came to; safe in many threads."""

    def __init__(self, suite: Suite, calls: Sequence[SuiteCall], bot: Reached, telephone: Telephone) -> None:
        self._manner = suite.manner
        self._bot = bot
        self._telephone = telephone
        self._next = itertools.cycle(calls)
        self._lock = threading.Lock()
        self.judged: list[_Judged] = []

    def ring(self, tally: Tally, *, begin: float, until: float, sleep: Callable[[float], None]) -> None:
        """One line: from `begin` until `until` (of the monotonic clock) one call after the other."""
        make_caller = partial(UnhurriedCaller, sleep=sleep)
        try:
            sleep(max(0.0, begin - time.monotonic()))
            while time.monotonic() < until:
                with self._lock:
                    call = next(self._next)
                taken = place(call, self._bot, self._telephone, self._manner, make_caller=make_caller)
                for event in taken.result.events:
                    tally.event(event)
                tally.call(taken.result)
                found = self._judge(call, taken)
                with self._lock:
                    self.judged.append(found)
        except Exception as error:  # a line that breaks is a finding of the load, not the end of it
            tally.line_broke(error)

    def alone(self, call: SuiteCall) -> str:
        """What is missed when nobody else rings; prompts take no time now."""
        try:
            found = self._judge(call, place(call, self._bot, self._telephone, self._manner))
        except VoicebotError as error:
            return error.message
        return found.missed

    def _judge(self, call: SuiteCall, taken: Taken) -> _Judged:
        missed = "; ".join(map(miss_words, misses(call, taken, self._bot.table)))
        astray = misrouted(call, taken, self._bot.table)
        outcome = taken.stored.get("outcome") or taken.result.outcome
        return _Judged(call, missed or "misrouted on the way" * astray, astray, outcome)


def load_suite(
    suite: Suite,
    calls: Sequence[SuiteCall],
    bot: Reached,
    telephone: Telephone,
    *,
    lines: int,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    progress: Callable[[str], None] = lambda line: None,
) -> SuiteLoad:
    """Ring `bot`, which is served on this machine, on so many `lines` at once for so many seconds. `calls` are some or
    all of the suite's, at least one. Raises `ValueError` for none."""
    if not calls:
        raise ValueError("there must be a call to place")
    with _unlimited(bot) as reached:
        callers = _Callers(suite, calls, reached, telephone)
        now = time.monotonic()
        step = min(RAMP, seconds / 2) / lines
        rings = [
            partial(callers.ring, begin=now + step * number, until=now + seconds, sleep=sleep)
            for number in range(lines)
        ]
        load = put_on(rings, seconds, GRACE, progress)
        suffered = tuple(_suffered(callers, progress))
    right = sum(not each.missed for each in callers.judged)
    came_to = dict(Counter(each.outcome for each in callers.judged).most_common())
    return SuiteLoad(load, len(callers.judged), right, came_to, suffered)


@contextmanager
def _unlimited(bot: Reached) -> Iterator[Reached]:
    """The same bot by as many connections at once as there are lines; one in this process has none that are counted."""
    base = str(bot.client.base_url)
    if not base:
        yield bot
        return
    with httpx.Client(base_url=base, transport=local_transport(), timeout=ANSWER_SECONDS, trust_env=False) as client:
        yield replace(bot, client=client)


def _suffered(callers: _Callers, progress: Callable[[str], None]) -> list[Suffered]:
    judged = list(callers.judged)
    wrong = list(dict.fromkeys(each.call.name for each in judged if each.missed))
    found = []
    for number, name in enumerate(wrong, 1):
        progress(f"ringing alone what went wrong: {number} of {len(wrong)}")
        mine = [each for each in judged if each.call.name == name]
        bad = [each for each in mine if each.missed]
        alone = callers.alone(bad[0].call)
        astray = sum(each.misrouted for each in bad)
        found.append(Suffered(name, len(mine), len(bad), astray, bad[0].missed, alone))
    return found
