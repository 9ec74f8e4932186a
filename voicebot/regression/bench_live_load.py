"""Live callers at once, from a process of its own whose share of the machine is measured.

    python -m voicebot.regression.bench_live_load bins.wav hedge.wav --server http://127.0.0.1:8000 --calls 12

Each line rings, hears the prompt, says one recording over the stream, hears the answer out and hangs up; it rings
again when its next time has come. The bot's database must be that of this process's settings.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from threading import Lock

import httpx
from sqlalchemy import Engine

from voicebot import bootstrap
from voicebot.config import load_settings
from voicebot.errors import VoicebotError
from voicebot.logs import configure
from voicebot.regression.bench_live_endpoint import TUESDAY
from voicebot.regression.call import place_call
from voicebot.regression.call_events import CallEvent, CallResult, Requested, Spoke, TurnTaken
from voicebot.regression.load import DRAMA, GRACE, Ring, Tally, local_transport, put_on
from voicebot.regression.load_report import LoadReport
from voicebot.regression.provider import Provider, provider_for
from voicebot.regression.provider_store import new_sid
from voicebot.regression.script import HangUp, Step, read_script
from voicebot.storage.queries import prompts_of


@dataclass(frozen=True, slots=True)
class Plan:
    """`calls` lines at once, each speaking every `period` seconds (strayed by `jitter`, 0 to 1) for `seconds`."""

    calls: int
    seconds: float
    period: float
    jitter: float
    steps: tuple[Step, ...]


@dataclass(slots=True)
class Gaps:
    """Of each recording, by name: seconds from its end to the first sound of the reply. `recorded`: utterances that
    were recorded instead of heard over a stream; `unanswered`: those that no reply came to."""

    found: dict[str, list[float]] = field(default_factory=dict)
    recorded: int = 0
    unanswered: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def note(self, result: CallResult) -> None:
        """Each time she spoke, and the first turn after it."""
        events = result.events
        with self._lock:
            for number, event in enumerate(events):
                if not isinstance(event, Spoke):
                    continue
                turn = next((each for each in events[number:] if _answers_speech(each)), None)
                if event.recording_sid:
                    self.recorded += 1
                elif not isinstance(turn, TurnTaken):
                    self.unanswered += 1
                else:
                    self.found.setdefault(event.name, []).append(turn.seconds)


def _answers_speech(event: CallEvent) -> bool:
    return isinstance(event, TurnTaken) and event.kind == "speech"


class SaidSoFar:
    """What the bot has said in a call by its own record. The record is only read where it may have grown: reading it
    with every frame would be a load of another kind."""

    def __init__(self, engine: Engine, call_id: str, on_event: Callable[[CallEvent], None]) -> None:
        self._read = partial(prompts_of, engine, call_id)
        self._tell = on_event
        self._known: Sequence[str] | None = None
        self._waits = False

    def event(self, event: CallEvent) -> None:
        self._waits = isinstance(event, Spoke) or (self._waits and not isinstance(event, TurnTaken))
        if isinstance(event, Requested):
            self._known = None
        self._tell(event)

    def __call__(self) -> Sequence[str]:
        if self._waits or self._known is None:
            self._known = self._read()
        return self._known


def line(plan: Plan, number: int, began: float, place: Callable[[Step, int, Tally], None]) -> Ring:
    """One line of callers; a line that is late does not hurry to catch up."""

    def ring(tally: Tally) -> None:
        chance = random.Random(number)
        due, until = began + plan.period * chance.random(), began + plan.seconds
        taken = number  # lines begin at different recordings
        while due < until:
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                place(plan.steps[taken % len(plan.steps)], number, tally)
            except Exception as error:  # a line that breaks is a finding of the load, not the end of it
                tally.line_broke(error)
                return
            taken += 1
            due = max(time.monotonic(), due + plan.period * chance.uniform(1 - plan.jitter, 1 + plan.jitter))

    return ring


def run(plan: Plan, server: str, public_url: str, provider: Provider, engine: Engine) -> tuple[LoadReport, Gaps]:
    """Put the load on."""
    gaps, clocks = Gaps(), bootstrap.call_clocks(engine)
    with httpx.Client(base_url=server, transport=local_transport(), trust_env=False) as client:

        def place(step: Step, number: int, tally: Tally) -> None:
            sid = new_sid("CA")
            clocks.ring_at(sid, TUESDAY)
            said = SaidSoFar(engine, sid, tally.event)
            result = place_call(
                client,
                public_url,
                provider.token,
                provider.account_sid,
                [step, HangUp()],
                provider,
                from_=DRAMA.format(number % 1000),
                on_event=said.event,
                call_sid=sid,
                prompts=said,
            )
            tally.call(result)
            gaps.note(result)

        began = time.monotonic()
        rings = [line(plan, number, began, place) for number in range(plan.calls)]
        report = put_on(rings, plan.seconds, GRACE, lambda told: None)
    return report, gaps


def main(given: Sequence[str] | None = None) -> int:
    """Read settings and arguments, put the load on, print the report as JSON. 0: nothing lost, nothing doubled."""
    arguments = _arguments(given)
    configure("text", "error")
    try:
        settings = load_settings()
        shape = arguments.calls, arguments.seconds, arguments.period, arguments.jitter
        plan = Plan(*shape, read_script(arguments.steps))
        engine = bootstrap.open_storage(settings)
        with provider_for(settings) as provider:
            report, gaps = run(plan, arguments.server, settings.public_url, provider, engine)
    except VoicebotError as error:
        print(error.message, file=sys.stderr)
        return 2
    more = {"gaps": gaps.found, "recorded": gaps.recorded, "unanswered": gaps.unanswered}
    print(json.dumps({**asdict(report), **more}, indent=2))
    return 1 if report.lost or report.doubled else 0


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m voicebot.regression.bench_live_load", description="Put many live callers on a bot."
    )
    parser.add_argument("steps", nargs="+", help="WAV files, each said in a call of its own")
    parser.add_argument("--server", required=True, help="where the bot listens")
    parser.add_argument("--calls", type=int, default=12, help="calls at once (12)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--period", type=float, default=15.0, help="seconds between two calls of a line (15)")
    parser.add_argument("--jitter", type=float, default=0.5, help="share of a period that calls stray by, 0 to 1 (0.5)")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
