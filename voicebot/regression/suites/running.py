"""Runs a suite: places its calls side by side, judges each, and says of each that could not be judged why."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from voicebot.errors import VoicebotError
from voicebot.logs import described
from voicebot.regression.suites.bots import Reached
from voicebot.regression.suites.judging import Taken, misses
from voicebot.regression.suites.model import Manner, Suite, SuiteCall
from voicebot.regression.suites.placing import place
from voicebot.regression.suites.reporting import Attempt, broken_report, report
from voicebot.regression.suites.results import CallReport, Cause, Miss, Run
from voicebot.regression.suites.telephone import CLEAN, Telephone

log = structlog.get_logger(__name__)

STOPPED = "the run was stopped before this call"
TELL_EVERY = 0.2
"""Seconds between two looks at how far the calls are."""

Explain = Callable[[SuiteCall, Taken, tuple[Miss, ...]], tuple[Cause, str]]
"""Why a call failed, and what the proof of it was."""

Tell = Callable[[str, int, int], None]
"""Told of progress: what is being done, how much of it is done, of how much."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a suite is run. `repeat`: how often each call is placed under each of `profiles`. `at` (aware): all calls
    ring then. `settings` goes into the run as it is."""

    settings: Mapping[str, str]
    profiles: tuple[str, ...] = (CLEAN,)
    repeat: int = 1
    workers: int = 2
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    call: SuiteCall
    profile: str


def run_suite(
    suite: Suite,
    calls: Sequence[SuiteCall],
    bot: Reached,
    plan: Plan,
    telephone: Telephone,
    explain: Explain,
    tell: Tell = lambda what, done, of: None,
) -> Run:
    """Place `calls`, which are some or all of the suite's, and judge them. `explain` is asked of each that failed, one
    by one. Ctrl-C ends the run early: what was judged by then is in it, the rest is `not_run`."""
    began, clock = datetime.now(UTC), time.monotonic()
    rung = [call if plan.at is None else replace(call, at=plan.at) for call in calls]
    jobs = [_Job(call, profile) for profile in plan.profiles for call in rung for _ in range(plan.repeat)]
    attempts = _Runner(bot, telephone, suite.manner).all(jobs, plan.workers, tell)
    groups: dict[tuple[str, str], list[Attempt]] = {}
    for number, job in enumerate(jobs):
        groups.setdefault((job.profile, job.call.name), []).append(attempts[number])
    reports = [*_reports(groups, bot, explain, tell), *map(broken_report, suite.broken)]
    settings = {**plan.settings, "table": bot.table.hash[:12], "profiles": ", ".join(plan.profiles)}
    return _whole(suite, reports, settings, began, time.monotonic() - clock)


def nothing_to_run(suite: Suite) -> Run:
    """The run of a suite of which every entry that was wanted has mistakes."""
    return _whole(suite, list(map(broken_report, suite.broken)), {}, datetime.now(UTC), 0.0)


def _whole(
    suite: Suite, reports: Sequence[CallReport], settings: dict[str, str], began: datetime, seconds: float
) -> Run:
    return Run(
        suite=suite.name,
        began=began.isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        settings=settings,
        calls=tuple(replace(each, file=str(suite.folder / each.file)) for each in reports),
    )


def _reports(
    groups: Mapping[tuple[str, str], Sequence[Attempt]], bot: Reached, explain: Explain, tell: Tell
) -> Iterable[CallReport]:
    """One for each call and profile, with the attempt that tells most: the first that failed, else the first."""
    failed = sum(any(each.misses for each in group) for group in groups.values())
    done = 0
    for (profile, _), group in groups.items():
        order = {"failed": 0, "not_run": 1, "passed": 2}
        shown = min(group, key=lambda each: order[each.status])
        cause, why = None, shown.why
        if shown.taken is not None and shown.misses:
            tell("Finding out why", done, failed)
            cause, why = _explained(explain, shown.call, shown.taken, shown.misses)
            done += 1
        yield report(shown, profile, tuple(each.status for each in group), bot.table, cause, why)
    tell("Finding out why", done, failed)


def _explained(explain: Explain, call: SuiteCall, taken: Taken, missed: tuple[Miss, ...]) -> tuple[Cause | None, str]:
    try:
        return explain(call, taken, missed)
    except Exception as error:  # that a cause cannot be found takes nothing from what was judged
        log.error("call_not_explained", call=call.name, **described(error))
        return None, f"why it failed could not be found out ({type(error).__name__})"


class _Runner:
    """Places calls from several threads. Once the bot can no longer be judged by, the rest is not placed."""

    def __init__(self, bot: Reached, telephone: Telephone, manner: Manner) -> None:
        self._bot = bot
        self._telephone = telephone
        self._manner = manner
        self._stopped = ""
        self._lives = 0
        self._reviving = threading.Lock()

    def all(self, jobs: Sequence[_Job], workers: int, tell: Tell) -> dict[int, Attempt]:
        """What came of each, by its place in `jobs`."""
        found: dict[int, Attempt] = {}
        with ThreadPoolExecutor(workers, thread_name_prefix="caller") as pool:
            under_way = {pool.submit(self._one, job): number for number, job in enumerate(jobs)}
            try:
                while under_way:
                    ready, _ = wait(under_way, TELL_EVERY, FIRST_COMPLETED)
                    for future in ready:
                        found[under_way.pop(future)] = future.result()
                    tell("Placing calls", len(found), len(jobs))
            except KeyboardInterrupt:
                self._stopped = STOPPED
                found |= {number: future.result() for future, number in under_way.items()}
        return found

    def _one(self, job: _Job) -> Attempt:
        if self._stopped:
            return Attempt(job.call, None, (), self._stopped)
        try:
            return self._judged(job)
        except VoicebotError as error:
            return Attempt(job.call, None, (), error.message)
        except Exception as error:  # a bug of ours must not cost the other calls their run
            log.error("call_not_placed", call=job.call.name, **described(error))
            return Attempt(job.call, None, (), f"a bug of the runner ({type(error).__name__})")

    def _judged(self, job: _Job) -> Attempt:
        for _ in range(2):
            lives = self._lives
            taken = place(job.call, self._bot, self._telephone, self._manner, profile=job.profile)
            dead = self._bot.why_dead() if taken.broken or taken.result.troubles else ""
            if not dead and lives == self._lives:
                return Attempt(job.call, taken, misses(job.call, taken, self._bot.table))
            if dead and not self._revived(lives):
                self._stopped = self._stopped or f"{dead}, so this call was not judged"
                break
        return Attempt(job.call, None, (), self._stopped or "the bot died while this call was placed, twice")

    def _revived(self, lives: int) -> bool:
        """Whether the bot is there again; the first of the callers that were cut off sees to that."""
        with self._reviving:
            if self._lives == lives and self._bot.restart():
                self._lives += 1
            return self._lives > lives
