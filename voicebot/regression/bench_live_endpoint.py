"""How soon the bot answers when a caller has finished, and how often it does so while she has not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from voicebot import bootstrap
from voicebot.conversation import Conversation
from voicebot.live import events
from voicebot.live.manner import Manner
from voicebot.live.ports import RATE
from voicebot.ports import Arrival
from voicebot.regression.bench_live_line import AudioTime, LinePlayer, OneSound, Remembered, frames
from voicebot.regression.bench_live_sets import Utterance, utterances
from voicebot.regression.bench_parts import Bench
from voicebot.regression.load_report import Timings
from voicebot.regression.provider_store import new_sid
from voicebot.regression.stream_messages import line_noise

PATIENCE = 1.0
PATIENCES = (0.5, 0.75, 1.0, 1.5, 2.0)
TARGETS = {"gap_p50": 0.9, "cut_off": 0.02, "added_p50": 0.1, "added_p95": 0.3}
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/London"))
"""All calls ring then: in office hours, whenever the bench is run."""
REPLY = line_noise(0.5, seed=2)
"""Every sentence of the bot's: that it begins is measured, not what it says."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one utterance ended. `cut_off`: a turn was taken with it before its speech was over. `gap`: seconds from
    there to the first sound of the reply; None where she was cut off, or no reply came. `silence`: what the endpoint
    waited for; `words`: what was heard in the first turn."""

    name: str
    kind: str
    cut_off: bool
    gap: float | None
    silence: float | None
    decision: str
    words: str


class Rehearsal:
    """Utterances, each the first of a call of its own, heard by the real conversation."""

    def __init__(self, conversation: Conversation, engine: Engine, recognise: float) -> None:
        self.remembered = Remembered(conversation)
        self._conversation = conversation
        self._clocks = bootstrap.call_clocks(engine)
        self._recognise = recognise

    def say(self, said: Utterance, patience: float, pool: Executor) -> Ended:
        arrival = Arrival(new_sid("CA"), "twilio", "mobile", "+447700900123")
        self._clocks.ring_at(arrival.call_id, TUESDAY)
        self._conversation.start(arrival)
        manner = Manner(patience=patience, recognise=self._recognise)
        prompts = OneSound(REPLY, silent=self._conversation.hold())  # who is held has no reply yet
        player = LinePlayer(arrival, self.remembered, prompts, manner=manner, pool=pool)
        player.open(1, speak=False)
        player.hear(_until_answered(player, said))
        return _ended(player, said)


def _until_answered(player: LinePlayer, said: Utterance) -> Iterator[bytes]:
    for frame in frames(said.sound):
        if player.begun and player.begun[-1] >= said.end:
            return
        yield frame


def _ended(player: LinePlayer, said: Utterance) -> Ended:
    turns = [each for each in player.events if isinstance(each, events.TurnTaken)]
    endpoints = [each for each in player.events if isinstance(each, events.EndpointReached)]
    first = turns[0] if turns else None
    cut_off = first is not None and first.at < said.end
    replied = next((at for at in player.begun if at >= said.end), None)
    return Ended(
        said.name,
        said.kind,
        cut_off,
        None if cut_off or replied is None else replied - said.end,
        endpoints[-1].silence if endpoints else None,
        first.decision.name if first and first.decision else "",
        first.words if first else "",
    )


def endpoint(bench: Bench) -> dict[str, Any]:
    """The set in real time with real recognition; then in audio time at other settings of patience."""
    said = utterances(bench.calls)
    said = said[::16] if bench.quick else said
    before = bench.moment()
    with bench.bot(VOICEBOT_ENGINE=bench.settings.engine) as bot:
        made = bootstrap.build(bot.settings)
        try:
            limit = bot.settings.recogniser_seconds + bot.settings.fallback_seconds
            rehearsal = Rehearsal(made.conversation, made.engine, limit)
            engine = f"{bot.settings.engine} {bot.settings.whisper_model}"
            found = _measured(rehearsal, said, bench)
        finally:
            made.conversation.close()
            made.engine.dispose()
    return {**before, "engine": engine, "patience": PATIENCE, "targets": TARGETS, **found}


def _measured(rehearsal: Rehearsal, said: Sequence[Utterance], bench: Bench) -> dict[str, Any]:
    seconds = sum(len(each.sound) for each in said) / RATE
    bench.say(f"{len(said)} utterances in real time, {seconds / 60:.0f} minutes at most")
    with ThreadPoolExecutor(4) as pool:
        rehearsal.say(said[0], PATIENCE, pool)  # connections, and what is loaded late
        real = [rehearsal.say(each, PATIENCE, pool) for each in _told(said, bench)]
    asked = rehearsal.remembered.asked
    bench.say("the same with all words known at once, and at other settings of patience")
    at_once = [rehearsal.say(each, PATIENCE, AudioTime(at_once=True)) for each in said]
    others = {patience: [rehearsal.say(each, patience, AudioTime()) for each in said] for patience in PATIENCES}
    return {
        **_summary(real),
        "added": asdict(Timings.of(added(real, at_once))),
        "kinds": {kind: _summary([each for each in real if each.kind == kind]) for kind in _kinds(real)},
        "trade_off": [{"patience": patience, **_summary(rows)} for patience, rows in others.items()],
        "heard": asked,
        "heard_again": rehearsal.remembered.asked - asked,
        "rows": [asdict(each) for each in real],
    }


def added(real: Sequence[Ended], at_once: Sequence[Ended]) -> list[float]:
    """What recognition, the turn and the machine add to each gap: seconds beyond that of a bot which knows all words at
    once. Utterances without a gap in either have none."""
    pairs = [(one.gap, other.gap) for one, other in zip(real, at_once, strict=True)]
    return [max(0.0, gap - known) for gap, known in pairs if gap is not None and known is not None]


def _summary(rows: Sequence[Ended]) -> dict[str, Any]:
    gaps = [each.gap for each in rows if each.gap is not None]
    cut_off = sum(each.cut_off for each in rows)
    unanswered = sum(each.gap is None and not each.cut_off for each in rows)
    return {"utterances": len(rows), "cut_off": cut_off, "unanswered": unanswered, "gap": asdict(Timings.of(gaps))}


def _kinds(rows: Sequence[Ended]) -> list[str]:
    return list(dict.fromkeys(each.kind for each in rows))


def _told(said: Sequence[Utterance], bench: Bench) -> Iterator[Utterance]:
    for number, each in enumerate(said, 1):
        if number % 10 == 0:
            bench.say(f"{number} of {len(said)}")
        yield each
