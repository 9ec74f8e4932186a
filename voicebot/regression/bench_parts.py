"""The four measurements. Each starts a bot of its own, puts a load on it, and returns what came of it as plain JSON."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voicebot.config import Settings
from voicebot.regression.bench_bot import BenchBot, bench_bot
from voicebot.regression.bench_knee import SHED_SHARE, TARGET_SECONDS, Step, knee, next_calls, past
from voicebot.regression.bench_machine import moment
from voicebot.regression.bench_stock import compare
from voicebot.regression.load_report import Timings
from voicebot.regression.local_server import free_port
from voicebot.regression.telephone_wav import decode, encode, telephone_wav

ENGINES = ("openai-whisper", "faster-whisper")
NONE = asdict(Timings.of([]))

NOT_ASKED = frozenset({"silence", "hold-music", "message"})
"""Recorded calls that are no utterance: Whisper is never asked about the first two, the third is a message left."""

FIVE_SECONDS = ("bins", "beside-the-road", "vague")
"""Utterances of 5.3 to 5.5 s with 0.8 s of line at the end: cut to 5 s, no word is lost."""

JITTER = 0.5
"""Turns come up to half a period earlier or later, as callers do; what comes evenly would never queue."""

WAIT_SECONDS = 1.0
SETTLE_SECONDS = 60.0
"""A load average of 2 falls below 0.5 within 90 s."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What all measurements need. `say` tells of progress; `quick` is a smoke run whose figures mean nothing."""

    folder: Path
    settings: Settings
    calls: Path
    database: str = ""
    quick: bool = False
    say: Callable[[str], None] = lambda line: None

    @contextmanager
    def bot(self, *, recognisers: bool = True, **more: str) -> Iterator[BenchBot]:
        given = self.folder, self.settings
        with bench_bot(*given, database=self.database, more=more, recognisers=recognisers) as bot:
            yield bot

    def moment(self) -> dict[str, Any]:
        """The load average before a measurement, once that of the one before has gone."""
        return moment(0.0 if self.quick else SETTLE_SECONDS)

    def utterances(self) -> list[Path]:
        """Forty of the recordings, evenly spread over their names; four where it is to be quick."""
        found = [file for file in sorted(self.calls.glob("*.wav")) if file.stem not in NOT_ASKED]
        return found[:: max(1, len(found) // (4 if self.quick else 40))]

    def five_seconds(self) -> list[str]:
        return [str(_cut(self.calls / f"{name}.wav", self.folder, 5.0)) for name in FIVE_SECONDS]


def turns(bench: Bench) -> dict[str, Any]:
    """Turns without speech: a key that was not offered, silence, transfers and redirects, 50 calls every 5 s."""
    steps, shape = ["keys:9", "silence"], {"calls": 50, "period": 5, "jitter": JITTER}
    before = bench.moment()
    with bench.bot() as bot:
        _warm(bot, steps)
        bench.say("turns without speech, 50 calls")
        measured = bot.under(steps, **shape, seconds=10 if bench.quick else 60)
    kinds = measured.report["turns"]
    return {**before, **shape, **measured.summary(), "target_p95": 0.025, "kinds": kinds}


def answer(bench: Bench) -> dict[str, Any]:
    """One call at a time: from the recording being there to the answer, for each engine; and Whisper as shipped."""
    files = bench.utterances()
    rounds = 1
    engines = {}
    for engine in ENGINES:
        before = bench.moment()
        with bench.bot(VOICEBOT_ENGINE=engine) as bot:
            _warm(bot, [str(file) for file in files[:2]], rounds=1)
            bench.say(f"one call at a time, {len(files)} utterances, {rounds} times, {engine}")
            steps = [str(file) for file in files]
            measured = bot.under(steps, calls=1, period=0.2, turns=1, rounds=rounds, seconds=3600)
        parts = {name: asdict(each) for name, each in measured.logged.parts.items()}
        heard = {"transcribed": dict(measured.logged.transcribed), "failed": dict(measured.logged.failed)}
        answered = measured.report["turns"].get("speech", NONE)
        engines[engine] = {**before, **measured.summary(), **heard, "answer": answered, "parts": parts}
    before = bench.moment()
    stock = compare(files, bench.calls, bench.settings.weights.resolve(), rounds, bench.say)
    return {"utterances": len(files), "rounds": rounds, "target_p50": 1.5, "engines": engines, "stock": before | stock}


def most_at_once(bench: Bench) -> dict[str, Any]:
    """The knee of each engine: calls that each say 5 s every 15 s, more and more of them."""
    return {
        "target_p95": TARGET_SECONDS,
        "shed_allowed": SHED_SHARE,
        "admitted": bench.settings.recognitions,
        "engines": {engine: _knee(bench, engine) for engine in ENGINES},
    }


def _knee(bench: Bench, engine: str) -> dict[str, Any]:
    before = bench.moment()
    steps: list[Step] = []
    loads: list[dict[str, Any]] = []
    files = bench.five_seconds()
    with bench.bot(VOICEBOT_ENGINE=engine, VOICEBOT_RECOGNITIONS=str(bench.settings.recognitions)) as bot:
        _warm(bot, files, rounds=1)
        for calls in _rising(steps, bench.quick):
            bench.say(f"real Whisper, {engine}, {calls} calls at once")
            shape = {"calls": calls, "period": 15, "turns": 1, "jitter": JITTER}
            measured = bot.under(files, **shape, seconds=30 if bench.quick else 60)
            answered, logged = measured.report["turns"].get("speech", NONE), measured.logged
            smaller = logged.transcribed.get(bench.settings.fallback_model, 0)
            lost, doubled = measured.report["lost"], measured.report["doubled"]
            times = answered["p50"], answered["p95"]
            steps.append(Step(calls, answered["count"], *times, logged.shed, smaller, lost, doubled))
            loads.append(measured.summary() | {"failed": dict(logged.failed), "turns": measured.report["turns"]})
    rows = [asdict(step) | {"holds": step.holds, **load} for step, load in zip(steps, loads, strict=True)]
    return {**before, "knee": knee(steps), "steps": rows}


def _rising(steps: list[Step], quick: bool) -> Iterator[int]:
    """The numbers of calls to try, decided upon `steps` as they come in."""
    if quick:
        yield from (4, 48)
        return
    while (calls := next_calls(steps)) is not None:
        yield calls
    if (beyond := past(steps)) is not None:
        yield beyond


def held(bench: Bench) -> dict[str, Any]:
    """200 calls at once, a twentieth of all requests sent twice, recognition replaced by a wait of one second."""
    port = free_port()
    waiting = [sys.executable, "-m", "voicebot.regression.bench_waiting", "--port", str(port)]
    before = bench.moment()
    stand_in = subprocess.Popen([*waiting, "--seconds", f"{WAIT_SECONDS:g}"])
    url = f"http://127.0.0.1:{port}"
    # the cap is lifted: what is measured is how many calls the web tier holds, not what a recogniser can do
    more = {"VOICEBOT_RECOGNISER_URL": url, "VOICEBOT_FALLBACK_URL": url, "VOICEBOT_RECOGNITIONS": "1000"}
    shape = {"calls": 20 if bench.quick else 200, "period": 15, "repeat": 0.05, "jitter": JITTER}
    files = bench.five_seconds()
    try:
        with bench.bot(recognisers=False, **more) as bot:
            _warm(bot, files, rounds=1)
            bench.say(f"{shape['calls']:.0f} calls at once, recognition replaced by a wait of {WAIT_SECONDS:g} s")
            measured = bot.under(files, **shape, seconds=20 if bench.quick else 180)
    finally:
        stand_in.terminate()
        stand_in.wait()
    kinds = measured.report["turns"]
    longest = max((each["longest"] for each in kinds.values()), default=0.0)
    held_turns = {"held_turns": measured.report["held"], "longest": longest, "limit": 15.0, "kinds": kinds}
    return {**before, **shape, **measured.summary(), "recognition": f"a wait of {WAIT_SECONDS:g} s", **held_turns}


MEASUREMENTS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "turns": turns,
    "answer": answer,
    "knee": most_at_once,
    "held": held,
}


def _warm(bot: BenchBot, steps: Sequence[str], **shape: float) -> None:
    """The first requests open connections and load what is loaded late; they are no part of the figures."""
    bot.under(steps, calls=4, period=1, turns=2, seconds=shape.pop("seconds", 5 if not shape else 60), **shape)


def _cut(file: Path, folder: Path, seconds: float) -> Path:
    samples, rate = decode(telephone_wav(file))
    made = folder / f"{file.stem}-5s.wav"
    made.write_bytes(encode(samples[: int(seconds * rate)], rate))
    return made
