"""The whole bot in this process, listening to live streams behind a real server. What it hears, and how sure it is of
it, is told by the test, so that no model need be loaded."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import numpy as np

from voicebot import bootstrap
from voicebot.app import create_app
from voicebot.config import Settings
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard, Ranked
from voicebot.errors import RecogniserLateError
from voicebot.nlu.answers import match_answer
from voicebot.ports import Transcript
from voicebot.regression.call import place_call
from voicebot.regression.call_events import CallResult
from voicebot.regression.caller import Caller
from voicebot.regression.local_server import serving
from voicebot.regression.provider import Provider
from voicebot.regression.provider_store import new_sid
from voicebot.regression.script import Speak, Step
from voicebot.regression.stream_messages import mulaw
from voicebot.regression.telephone_wav import encode, seconds_of, telephone_wav
from voicebot.speech.voice.ahead import ahead
from voicebot.speech.voice.cache import Cache, Piece
from voicebot.storage.queries import prompts_of, show_call

ROOT = Path(__file__).parents[2]
PUBLIC = "https://bot.council.example"
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/London"))
BADGE = "I want to know how my Blue Badge application is getting on"


def speak(name: str = "blue-badge-chase", **more: Any) -> Speak:
    return Speak(telephone_wav(ROOT / "tests/calls" / f"{name}.wav"), name, **more)


@dataclass
class Ear:
    """Hears what it is told to, after it has been let go on."""

    words: str = BADGE
    failure: Exception | None = None
    heard: list[float] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.go_on.set()

    def transcribe(self, wav: bytes, *, deadline: float, hints: Sequence[str] = ()) -> Transcript:
        seconds = seconds_of(wav)
        self.heard.append(seconds)
        if not self.go_on.wait(deadline):
            raise RecogniserLateError("late")
        if self.failure:
            raise self.failure
        return Transcript(self.words, -0.2, 0.01, "en", 0.99, 1.2, seconds, seconds, 0.0, "told")


@dataclass
class Mind:
    """Sure of one intent, whatever is said; answers it knows as the real one does."""

    intent: str = "blue_badge_progress"
    version: str = "told"

    def understand(self, words: str, expecting: Expecting, *, language: str = "en") -> Heard:
        answer = match_answer(words, expecting)
        if answer.choice is not None and not answer.rest:
            return Heard(words, (), answer.choice, answer.confidence, language)
        return Heard(words, (Ranked(self.intent, 0.97), Ranked("out_of_scope", 0.03)), None, 0.97, language)


@dataclass
class LiveBot:
    bot: bootstrap.Bot
    provider: Provider
    ear: Ear
    mind: Mind
    url: str = ""

    def call(self, *steps: Step | Caller, at: datetime = TUESDAY, **more: Any) -> tuple[CallResult, Any]:
        """Place a call; what Twilio saw of it, and what the bot has stored."""
        sid, engine = new_sid("CA"), self.bot.engine
        bootstrap.call_clocks(engine).ring_at(sid, at)
        caller: Iterable[Step] | Caller = steps[0] if steps and isinstance(steps[0], Caller) else steps  # type: ignore[assignment]
        with httpx.Client(base_url=self.url, timeout=20, trust_env=False) as client:
            result = place_call(
                client,
                PUBLIC,
                self.provider.token,
                self.provider.account_sid,
                caller,
                self.provider,
                call_sid=sid,
                prompts=lambda: prompts_of(engine, sid),
                **more,
            )
        return result, show_call(engine, sid)


@contextmanager
def live_bot(folder: Path, provider: Provider, **more: Any) -> Iterator[LiveBot]:
    settings = Settings(
        _env_file=None,
        account_sid=provider.account_sid,
        auth_token=provider.token,
        api_base=provider.url,
        public_url=PUBLIC,
        secret_key="a secret for tests alone, never used elsewhere",
        routing=ROOT / "routing.yaml",
        intents=ROOT / "intents",
        models=folder / "models",
        prompts=folder / "prompts",
        own_prompts=folder / "own",
        database_url=f"sqlite:///{folder}/bot.db",
        **{"listen": "stream", "voice": "none", "threads": 64, **more},
    )
    bootstrap.promotions(bootstrap.open_storage(settings)).start_with("told", "test")
    ear, mind = Ear(), Mind()
    bot = bootstrap.build(settings, heard_by=ear, understood_by=mind)
    try:
        with serving(create_app(bot)) as url:
            yield LiveBot(bot, provider, ear, mind, url)
            bot.lines.room.leave()
    finally:
        bot.conversation.close()
        bot.engine.dispose()


def give_voice(bot: LiveBot) -> None:
    """A short tone for everything that can be said, so that the stream speaks and no call takes long."""
    settings = bot.bot.settings
    cache = Cache(settings.prompts)
    tone = np.sin(np.arange(1_200) * 2 * np.pi * 440 / 8_000).astype(np.float32) * 0.2
    sound = mulaw(encode(tone, 8_000)) + b"\xff" * 400
    for words in ahead(bootstrap.tables(bot.bot.published).current(), TUESDAY).pieces:
        for slow in (False, True):
            cache.write(Piece(words, settings.voice, slow), sound)
