"""The most live calls at once, each speaking 5 s every 15 s, over real sockets from another process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from voicebot.regression.bench_bot import BenchBot, Measured
from voicebot.regression.bench_knee import SHED_SHARE, knee, next_calls, past
from voicebot.regression.bench_live_endpoint import TUESDAY
from voicebot.regression.bench_live_sets import speech
from voicebot.regression.bench_parts import JITTER, Bench
from voicebot.regression.load_report import Timings
from voicebot.regression.stream_messages import mulaw
from voicebot.regression.telephone_wav import encode
from voicebot.routing.loader import load_table
from voicebot.speech.telephone import RATE
from voicebot.speech.voice.ahead import ahead
from voicebot.speech.voice.cache import Cache, Piece

MODELS = {"base": 12, "tiny.en": 25}
"""Calls at once that are wanted of each."""
TARGET_SECONDS = 1.5
SAID = ("bins", "hedge", "missed-carer")
"""Requests of 4.5 to 5.1 s, to their last sound."""
LOAD = "voicebot.regression.bench_live_load"
PERIOD = 15.0
SENTENCE_SECONDS = 1.5
"""Of each sentence of the bot's, a tone: a call is then about as long as its period, so that as many are live as are
said to be."""
LIVE_CALLS = 200
"""The cap on live calls is lifted: what is looked for is where recognition gives way."""
_ENDPOINT = re.compile(r'^voicebot_part_seconds_(sum|count)\{part="endpoint"\} (\S+)$', re.M)


@dataclass(frozen=True, slots=True)
class LiveStep:
    """So many `calls` at once. `p50`, `p95`: seconds of the gap beyond the endpoint's silence; `gap_p50`, `gap_p95` the
    whole gap. `shed` utterances got keys, `smaller` were heard by the smaller model, `recorded` not heard live at all;
    `frames` lost; `broken` streams; `lost` calls."""

    calls: int
    utterances: int
    p50: float
    p95: float
    gap_p50: float
    gap_p95: float
    shed: int
    smaller: int
    recorded: int
    unanswered: int
    frames: int
    broken: int
    lost: int

    @property
    def holds(self) -> bool:
        """Whether this many calls are served as they should be."""
        in_time = self.utterances > 0 and self.p95 <= TARGET_SECONDS
        whole = not (self.frames or self.broken or self.lost or self.unanswered or self.recorded)
        return in_time and whole and self.shed <= SHED_SHARE * self.utterances


def most_live(bench: Bench) -> dict[str, Any]:
    """The knee of each model, and what happens past it."""
    files = _recordings(bench)
    prompts = bench.folder / "prompts"
    _give_voice(bench, prompts)
    models = {model: _knee(bench, model, files, prompts) for model in MODELS}
    target = {"target_p95": TARGET_SECONDS, "shed_allowed": SHED_SHARE}
    return {**target, "engine": bench.settings.engine, "period": PERIOD, "models": models}


def _knee(bench: Bench, model: str, files: list[str], prompts: Path) -> dict[str, Any]:
    before = bench.moment()
    more = {
        "VOICEBOT_LISTEN": "stream",
        "VOICEBOT_LIVE_CALLS": str(LIVE_CALLS),
        "VOICEBOT_THREADS": str(2 * LIVE_CALLS + 20),
        "VOICEBOT_PROMPTS": str(prompts),
        "VOICEBOT_ENGINE": bench.settings.engine,
        "VOICEBOT_WHISPER_MODEL": model,
        "VOICEBOT_RECOGNITIONS": str(bench.settings.recognitions),
    }
    steps: list[LiveStep] = []
    rows: list[dict[str, Any]] = []
    with bench.bot(recognisers=True, **more) as bot:
        bot.under(files, LOAD, calls=2, period=1, seconds=1)  # connections, and what is loaded late
        silences = _silences(bot, files)
        for calls in _rising(steps, bench.quick):
            bench.say(f"{model}, {calls} live calls at once")
            shape = {"calls": calls, "period": PERIOD, "jitter": JITTER}
            measured = bot.under(files, LOAD, **shape, seconds=PERIOD if bench.quick else 90)
            smaller = bench.settings.fallback_model if bench.settings.fallback_model != model else ""
            steps.append(step(calls, measured, silences, smaller))
            logged = measured.logged
            heard = {"transcribed": dict(logged.transcribed), "failed": dict(logged.failed)}
            ended = {"streams": dict(logged.streams), "frames": dict(logged.frames)}
            rows.append(measured.summary() | heard | ended)
    found = [asdict(each) | {"holds": each.holds, "load": row} for each, row in zip(steps, rows, strict=True)]
    wanted = {"wanted": MODELS[model], "admitted": bench.settings.recognitions, "silences": silences}
    return {**before, "knee": knee(steps), **wanted, "steps": found}


def step(calls: int, measured: Measured, silences: Mapping[str, float], smaller: str) -> LiveStep:
    """What one load came to. `silences` are those that end each recording, in seconds, by name."""
    report, logged = measured.report, measured.logged
    gaps = [gap for each in report["gaps"].values() for gap in each]
    beyond = [max(0.0, gap - silences[name]) for name, each in report["gaps"].items() for gap in each]
    whole, rest = Timings.of(gaps), Timings.of(beyond)
    return LiveStep(
        calls,
        len(gaps) + report["recorded"] + report["unanswered"],
        rest.p50,
        rest.p95,
        whole.p50,
        whole.p95,
        shed=logged.decisions.get("offer_keys", 0),
        smaller=logged.transcribed.get(smaller, 0),
        recorded=report["recorded"],
        unanswered=report["unanswered"],
        frames=logged.frames.get("missing", 0) + logged.frames.get("dropped", 0),
        broken=logged.streams.get("lost", 0) + logged.streams.get("refused", 0),
        lost=report["lost"],
    )


def _silences(bot: BenchBot, files: list[str]) -> dict[str, float]:
    """The silence that ends each recording where it is the only call: what a bot with nothing else to do waits for."""
    found = {}
    for file in files:
        total, count = _endpoints(bot)
        bot.under([file], LOAD, calls=1, period=1, seconds=1)
        after, many = _endpoints(bot)
        found[Path(file).name] = (after - total) / max(1, many - count)
    return found


def _endpoints(bot: BenchBot) -> tuple[float, float]:
    """The sum of all silences that ended an utterance so far, and how many there were."""
    text = httpx.get(f"{bot.url}/metrics", timeout=10.0, trust_env=False).text
    found = {name: float(value) for name, value in _ENDPOINT.findall(text)}
    return found.get("sum", 0.0), found.get("count", 0.0)


def _rising(steps: list[LiveStep], quick: bool) -> Iterator[int]:
    """The numbers of calls to try, decided upon `steps` as they come in."""
    if quick:
        yield from (2, 6)
        return
    while (calls := next_calls(steps)) is not None:
        yield calls
    if (beyond := past(steps)) is not None:
        yield beyond


def _recordings(bench: Bench) -> list[str]:
    """`SAID`, each cut where its speech ends, so that the gap runs from there."""
    files = []
    for name in SAID:
        file = bench.folder / f"{name}.wav"
        file.write_bytes(encode(speech(bench.calls, name).astype(np.float32), RATE))
        files.append(str(file))
    return files


def _give_voice(bench: Bench, folder: Path) -> None:
    """A tone for all that can be said, now and when the calls ring; but for the hold line: a caller who is held is not
    answered yet."""
    times = np.arange(int(SENTENCE_SECONDS * RATE)) / RATE
    sound = mulaw(encode((0.1 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), RATE))
    table, cache = load_table(bench.settings.routing), Cache(folder)
    for words in {*ahead(table, TUESDAY).pieces, *ahead(table, datetime.now(UTC)).pieces}:
        for slow in (False, True):
            cache.write(Piece(words, bench.settings.voice, slow), sound)
