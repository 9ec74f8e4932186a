"""One live call as a channel sees it: sound and keys in, sound out, and at the end the call handed over.

Time is audio time, counted in samples from the caller's side; the wall clock serves only for deadlines: results that do
not come, frames that stop. Nothing here waits: all that may take longer than a few milliseconds is done in the pool,
and looked for with every frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor

import structlog

from voicebot.live import events
from voicebot.live.events import LiveEvent
from voicebot.live.keypad import KEYS
from voicebot.live.listening import Listening
from voicebot.live.manner import Manner
from voicebot.live.mouth import Mouth
from voicebot.live.pace import Flood
from voicebot.live.ports import (
    FRAME_BYTES,
    AudioOut,
    CallControl,
    Frame,
    Gone,
    Inbound,
    Key,
    LiveConversation,
    Played,
    Prompts,
    VoiceActivity,
)
from voicebot.live.talk import Talk
from voicebot.live.turns import Turns
from voicebot.logs import where
from voicebot.ports import Arrival

log = structlog.get_logger(__name__)


class Line:
    """Led by one thread. Nothing is ever raised: where something breaks, the call is handed over to its channel.
    `monotonic` is the wall clock."""

    def __init__(
        self,
        arrival: Arrival,
        conversation: LiveConversation,
        audio: AudioOut,
        control: CallControl,
        activity: VoiceActivity,
        prompts: Prompts,
        *,
        manner: Manner,
        pool: Executor,
        observe: Callable[[LiveEvent], None] = lambda event: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._call_id = arrival.call_id
        self._manner = manner
        self._monotonic = monotonic
        self._flood = Flood(manner.fastest, monotonic)
        self._last_frame = monotonic()
        tell = events.harmless(observe, arrival.call_id)
        turns = Turns(arrival, conversation, prompts, pool, manner.recognise)
        ear = Listening(activity, pool, turns.hear, tell=tell, monotonic=monotonic, deadline=manner.recognise)
        mouth = Mouth(audio, tell)
        self._talk = Talk(ear, mouth, turns, control, manner=manner, tell=tell, monotonic=monotonic)

    @property
    def done(self) -> bool:
        """Handed over, or gone: the channel closes the socket."""
        return self._talk.over

    def open(self, number: int, *, speak: bool) -> None:
        """Begin: the answer that led to turn `number` is spoken, unless the channel has done that, and then listened
        to."""
        self._last_frame = self._monotonic()
        self._guarded(lambda: self._talk.open(number, speak=speak))

    def take(self, inbound: Inbound) -> None:
        """What came, in the order in which it came. Once the line is `done`, nothing has an effect any more."""
        self._guarded(lambda: self._take(inbound))

    def tick(self) -> None:
        """To be called every 100 ms at least, also when nothing comes."""
        self._guarded(self._tick)

    def _take(self, inbound: Inbound) -> None:
        match inbound:
            case Frame(audio):
                self._last_frame = self._monotonic()
                for start in range(0, len(audio), FRAME_BYTES):
                    self._frame(audio[start : start + FRAME_BYTES])
            case Key(key) if key in KEYS:
                self._talk.press(key)
            case Played(mark):
                self._talk.played(mark)
            case Gone():
                self._talk.gone()

    def _frame(self, audio: bytes) -> None:
        if not self.done and self._flood.admits(len(audio)):
            self._talk.hear(audio)

    def _tick(self) -> None:
        if self._monotonic() - self._last_frame >= self._manner.frames:
            self._talk.hand_over(spoken=False, why="no frames")
        else:
            self._talk.step()

    def _guarded(self, work: Callable[[], None]) -> None:
        """A bug must not cost the caller her call: the channel goes on in its own way."""
        if self.done:
            return
        try:
            work()
        except Exception as error:
            log.error("bug", call_id=self._call_id, kind=type(error).__name__, where=where(error))
            self._give_up()

    def _give_up(self) -> None:
        try:
            self._talk.hand_over(spoken=False, why="bug")
        except Exception as error:  # the channel's own: `done` is true already, so that it closes the socket
            log.error("hand_over_failed", call_id=self._call_id, kind=type(error).__name__)
