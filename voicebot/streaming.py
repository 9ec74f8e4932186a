"""Live audio put together: what leads a live call, for whichever channel brings it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from voicebot.config import Settings
from voicebot.conversation import Conversation
from voicebot.errors import SettingError
from voicebot.live.events import LiveEvent
from voicebot.live.line import Line
from voicebot.live.manner import Manner
from voicebot.live.ports import AudioOut, CallControl, Prompts
from voicebot.live.room import Room
from voicebot.ports import Arrival
from voicebot.speaking import prompts
from voicebot.speech.vad import SileroActivity
from voicebot.storage.streams import SqlStreams
from voicebot.telephony.browser.phone_socket import Phone
from voicebot.telephony.browser.speaking import SpokenByThePage
from voicebot.telephony.twilio.listening import LiveCalls

THREADS_BESIDE = 20
"""Web threads that stay for webhooks, however many calls are live. Each of those holds one, and one more is kept for
it: a socket ends with a webhook while others begin."""


def check_threads(settings: Settings) -> None:
    """Every live call holds a thread of the web tier. Raises `SettingError` where there are too few."""
    needed = 2 * settings.live_calls + THREADS_BESIDE
    if settings.listen == "stream" and settings.threads < needed:
        raise SettingError(
            f"VOICEBOT_THREADS: {settings.threads} are too few for VOICEBOT_LIVE_CALLS={settings.live_calls}; "
            f"set {needed} or more (2 for each live call, and {THREADS_BESIDE})."
        )


@dataclass(frozen=True, slots=True)
class Lines:
    """Makes the lines of live calls, for those who have entered the `room`. `pool` does their work that may wait,
    `count` is told of what happens in all of them."""

    conversation: Conversation
    prompts: Prompts
    manner: Manner
    pool: ThreadPoolExecutor
    room: Room
    count: Callable[[LiveEvent], None]

    def make(
        self,
        arrival: Arrival,
        audio: AudioOut,
        control: CallControl,
        observe: Callable[[LiveEvent], None] = lambda event: None,
    ) -> Line:
        """One live call's line. `observe` is told of what happens in it."""

        def watch(event: LiveEvent) -> None:
            self.count(event)
            observe(event)

        return Line(
            arrival,
            self.conversation,
            audio,
            control,
            SileroActivity(),
            self.prompts,
            manner=self.manner,
            pool=self.pool,
            observe=watch,
        )


def lines(settings: Settings, conversation: Conversation, count: Callable[[LiveEvent], None]) -> Lines:
    recognise = settings.recogniser_seconds + settings.fallback_seconds
    manner = Manner(patience=settings.patience, recognise=recognise)
    pool = ThreadPoolExecutor(max_workers=2 * settings.live_calls + 4, thread_name_prefix="live")
    return Lines(conversation, prompts(settings), manner, pool, Room(settings.live_calls), count)


def twilio_calls(settings: Settings, engine: Engine, clock: Callable[[], datetime], made: Lines) -> LiveCalls:
    """Where the bot only records there is room for no live call, and those that were live before a restart go on."""
    room = made.room if settings.listen == "stream" else Room(0)
    return LiveCalls(SqlStreams(engine, clock), made.prompts, made.make, room)


def phone(engine: Engine, clock: Callable[[], datetime], made: Lines) -> Phone:
    """The browser phone. Its page speaks what has no sound."""
    lines = replace(made, prompts=SpokenByThePage(made.prompts))

    def team(call_id: str, queue: str) -> str:
        queues = made.conversation.parts.tables.current().queues
        return queues[queue].name if queue in queues else queue

    return Phone(made.conversation, SqlStreams(engine, clock), lines.make, team, made.room)
