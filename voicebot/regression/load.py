"""Many recorded callers at once, from a process of its own whose share of the machine is measured.

    python -m voicebot.regression.load keys:9 silence --calls 50 --seconds 60 --period 5

The server under load must have this process's address as its `TWILIO_API_BASE`; both must be loopback addresses.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from urllib.parse import urlsplit

import httpx

from voicebot.config import load_settings
from voicebot.errors import SettingError, VoicebotError
from voicebot.regression.call import place_call
from voicebot.regression.call_events import CallEvent, CallOutcome, CallResult, Requested, TurnTaken
from voicebot.regression.caller import Caller
from voicebot.regression.load_report import LoadReport, Timings, jumps
from voicebot.regression.provider import Provider, is_loopback, provider_for
from voicebot.regression.repeating import RepeatingTransport
from voicebot.regression.script import HangUp, Step, read_script

DRAMA = "+447700900{:03d}"
"""The thousand mobile numbers that Ofcom keeps for drama."""

GRACE = 60.0
"""Seconds that calls may still take to end after the load is over."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`calls` lines at once, each taking a turn every `period` seconds for `seconds`. A line whose call ends rings
    again; after `turns` turns (0: never) the caller hangs up and rings again. `steps` are taken over and over, or
    `rounds` times by each line (0: until the time is up). `repeat` is the share of requests sent twice at once.
    `jitter` (0 to 1) is the share of a period by which turns come earlier or later: callers do not keep time with each
    other, and what comes evenly never queues."""

    calls: int
    seconds: float
    period: float
    steps: tuple[Step, ...]
    turns: int = 0
    repeat: float = 0.0
    rounds: int = 0
    jitter: float = 0.0


Ring = Callable[["Tally"], None]
"""One line of callers: rings and rings again until its time is up."""


class Tally:
    """What all lines have seen, kept safe from their threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests: list[Requested] = []
        self.turns: list[TurnTaken] = []
        self.outcomes: list[CallOutcome] = []
        self.troubles: list[str] = []
        self.jumped = 0
        self.broken = 0

    def event(self, event: CallEvent) -> None:
        with self._lock:
            if isinstance(event, Requested):
                self.requests.append(event)
            elif isinstance(event, TurnTaken):
                self.turns.append(event)

    def call(self, result: CallResult) -> None:
        paths = [event.path for event in result.events if isinstance(event, Requested)]
        with self._lock:
            self.outcomes.append(result.outcome)
            self.troubles += result.troubles
            self.jumped += jumps(paths)

    def line_broke(self, error: BaseException) -> None:
        with self._lock:
            self.broken += 1
            self.troubles.append(f"{type(error).__name__}: {error}")


class _Line:
    """One line: rings, and rings again, until the time is up."""

    def __init__(self, plan: Plan, number: int, began: float) -> None:
        self._plan = plan
        self._random = random.Random(number)
        self._slot = began + plan.period * (self._random.random() if plan.jitter else number / plan.calls)
        self._until = began + plan.seconds
        self._from = DRAMA.format(number % 1000)
        self._first = number  # lines begin at different steps, so that they do not all say the same at once
        self._taken = 0
        self._leaving = False

    def ring(self, client: httpx.Client, public_url: str, provider: Provider, tally: Tally) -> None:
        token, account_sid = provider.token, provider.account_sid
        try:
            self._pace()
            while not self._is_over():
                self._leaving = False
                caller = Caller(self._steps(), pace=self._pace)
                result = place_call(
                    client, public_url, token, account_sid, caller, provider, from_=self._from, on_event=tally.event
                )
                tally.call(result)
        except Exception as error:  # a line that breaks is a finding of the load, not the end of it
            tally.line_broke(error)

    def _is_over(self) -> bool:
        rounds = self._plan.rounds
        return time.monotonic() >= self._until or 0 < rounds * len(self._plan.steps) <= self._taken

    def _steps(self) -> Iterator[Step]:
        before = self._taken
        while not self._is_over() and not (self._plan.turns and self._taken - before == self._plan.turns):
            self._taken += 1  # before the step is given: a call may end with it, and nobody asks for the next one
            yield self._plan.steps[(self._first + self._taken - 1) % len(self._plan.steps)]
        self._leaving = True
        yield HangUp()

    def _pace(self) -> None:
        """Wait for this line's next turn; a line that is late does not hurry to catch up, and one that hangs up does
        not
        wait for it. A turn that falls behind the end is still taken in its own time: ending all lines at once would be
        a load of another kind."""
        if self._leaving:
            return
        now = time.monotonic()
        time.sleep(max(0.0, self._slot - now))
        jitter = self._plan.jitter
        self._slot = max(self._slot, now) + self._plan.period * self._random.uniform(1 - jitter, 1 + jitter)


def run_load(
    plan: Plan,
    server: str,
    public_url: str,
    provider: Provider,
    *,
    progress: Callable[[str], None] = lambda line: None,
) -> LoadReport:
    """Put the load on `server` (http, loopback) and say what came of it. Raises `SettingError` for other addresses."""
    if not is_local(server):
        raise SettingError(f"{server}: load is put only on a server of this machine, such as http://127.0.0.1:8000.")
    transport = RepeatingTransport(local_transport(), plan.repeat)
    with httpx.Client(base_url=server, transport=transport, trust_env=False) as client:
        began = time.monotonic()
        lines = [_Line(plan, number, began) for number in range(plan.calls)]
        rings = [partial(line.ring, client, public_url, provider) for line in lines]
        grace = plan.period * (1 + plan.jitter) + GRACE
        report = put_on(rings, plan.seconds, grace, progress)
    return replace(report, repeated=transport.repeated, doubled=transport.doubled + report.doubled)


def is_local(server: str) -> bool:
    """Whether this is a plain http address of this machine."""
    parts = urlsplit(server)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


def local_transport() -> httpx.HTTPTransport:
    """To a server of this machine, as many requests at once as there are lines."""
    # plain http: no certificates to be read, no proxy to be asked
    return httpx.HTTPTransport(
        verify=False, trust_env=False, limits=httpx.Limits(max_connections=None, max_keepalive_connections=None)
    )


def put_on(lines: Sequence[Ring], seconds: float, grace: float, progress: Callable[[str], None]) -> LoadReport:
    """Have all `lines` ring at once for `seconds`; calls may take `grace` seconds more to end. Which requests were
    repeated, and answered otherwise, their transport knows."""
    tally = Tally()
    began, cpu_before = time.monotonic(), _cpu_seconds()
    threads = [threading.Thread(target=line, args=(tally,), daemon=True) for line in lines]
    for thread in threads:
        thread.start()
    _wait(threads, began, seconds, grace, progress)
    unfinished = sum(thread.is_alive() for thread in threads)
    taken, cpu = time.monotonic() - began, _cpu_seconds() - cpu_before
    return LoadReport(
        calls=len(lines),
        seconds=taken,
        placed=len(tally.outcomes),
        requests=Timings.of([each.seconds for each in tally.requests if each.status is not None]),
        turns={kind: Timings.of(times) for kind, times in _by_kind(tally.turns).items()},
        held=sum(turn.held for turn in tally.turns),
        errors=sum(each.status is None or each.status >= 400 for each in tally.requests),
        lost=tally.outcomes.count("failed") + tally.broken + unfinished,
        repeated=0,
        doubled=tally.jumped,
        outcomes={name: tally.outcomes.count(name) for name in sorted(set(tally.outcomes))},
        cpu_share=cpu / taken / (os.cpu_count() or 1),
        troubles=tuple(dict.fromkeys(tally.troubles))[:20],
    )


def _wait(
    threads: Sequence[threading.Thread],
    began: float,
    seconds: float,
    grace: float,
    progress: Callable[[str], None],
) -> None:
    until = began + seconds + grace
    while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
        progress(f"{min(time.monotonic() - began, seconds):.0f} of {seconds:.0f} s")
        for thread in threads:
            thread.join(max(0.0, min(1.0, until - time.monotonic())))
            if thread.is_alive():
                break


def _by_kind(turns: Sequence[TurnTaken]) -> dict[str, list[float]]:
    kinds: dict[str, list[float]] = {}
    for turn in turns:
        kinds.setdefault(turn.kind, []).append(turn.seconds)
    return dict(sorted(kinds.items()))


def _cpu_seconds() -> float:
    """Of this process, all threads, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(given: Sequence[str] | None = None) -> int:
    """Read settings and arguments, put the load on, print the report as JSON. 0: nothing lost, nothing doubled."""
    arguments = _arguments(given)
    try:
        settings = load_settings()
        steps = read_script(arguments.steps or ["keys:9", "silence"])
        plan = Plan(
            arguments.calls,
            arguments.seconds,
            arguments.period,
            steps,
            turns=arguments.turns,
            repeat=arguments.repeat,
            rounds=arguments.rounds,
            jitter=arguments.jitter,
        )
        server = arguments.server or f"http://127.0.0.1:{settings.port}"
        with provider_for(settings) as provider:
            report = run_load(plan, server, settings.public_url, provider, progress=_show)
    except VoicebotError as error:
        print(error.message, file=sys.stderr)
        return 2
    print(json.dumps(asdict(report), indent=2))
    return 1 if report.lost or report.doubled else 0


def _show(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{line} ", end="", file=sys.stderr, flush=True)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m voicebot.regression.load", description="Put many callers on a bot."
    )
    parser.add_argument("steps", nargs="*", help="taken over and over: a WAV file, silence or keys:9 (keys:9 silence)")
    parser.add_argument("--server", default="", help="where the bot listens (default: this machine, VOICEBOT_PORT)")
    parser.add_argument("--calls", type=int, default=50, help="calls at once (50)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--period", type=float, default=5.0, help="seconds between two turns of a call (5)")
    parser.add_argument("--turns", type=int, default=0, help="turns until she hangs up and rings again (0: never)")
    parser.add_argument("--repeat", type=float, default=0.0, help="share of requests sent twice at once, 0 to 1 (0)")
    parser.add_argument("--rounds", type=int, default=0, help="how often each line takes the steps (0: no end)")
    parser.add_argument("--jitter", type=float, default=0.0, help="share of a period that turns stray by, 0 to 1 (0)")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
