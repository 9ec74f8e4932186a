"""Plays the channel's part for a live line in this process: in real time, or as fast as it goes in audio time."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

from voicebot.dialogue.events import PartFailed
from voicebot.live.events import LiveEvent
from voicebot.live.line import Line
from voicebot.live.manner import Manner
from voicebot.live.ports import FRAME_BYTES, RATE, Frame, Hearing, LiveConversation, Played, Prompts, Reply
from voicebot.live.sound import SILENCE
from voicebot.ports import Answer, Arrival, TurnInput
from voicebot.speech.vad import SileroActivity

FRAME_SECONDS = FRAME_BYTES / RATE


class AudioTime(Executor):
    """Work is done as it is submitted, and known of once it would have been done: a hearing after the seconds that it
    took when it was real, anything else after what it takes now. `at_once`: without any delay. Used by one thread."""

    def __init__(self, *, at_once: bool = False) -> None:
        self._at_once = at_once
        self._now = 0.0
        self._waiting: list[tuple[float, Callable[[], None]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        began = time.perf_counter()
        try:
            result = fn(*args, **kwargs)
        except Exception as error:
            failed = error
            self._later(time.perf_counter() - began, lambda: future.set_exception(failed))
        else:
            spent = time.perf_counter() - began
            seconds = sum(result.seconds.values()) if isinstance(result, Hearing) else spent
            self._later(seconds, lambda: future.set_result(result))
        return future

    def advance(self, now: float) -> None:
        """It is `now`, in seconds."""
        self._now = now
        due = [done for at, done in self._waiting if at <= now]
        self._waiting = [each for each in self._waiting if each[0] > now]
        for done in due:
            done()

    def _later(self, seconds: float, done: Callable[[], None]) -> None:
        if self._at_once:
            done()
        else:
            self._waiting.append((self._now + seconds, done))


class LinePlayer:
    """One live call. `pool` of an `AudioTime` makes its clock audio time; with any other, 20 ms take 20 ms.

    `begun`: when each reply began to sound, or the call was handed over without one, in seconds since the stream began;
    `out`: all that the bot's side has played, µ-law, as long as what was heard."""

    def __init__(
        self, arrival: Arrival, conversation: LiveConversation, prompts: Prompts, *, manner: Manner, pool: Executor
    ) -> None:
        self.events: list[LiveEvent] = []
        self.begun: list[float] = []
        self.out = bytearray()
        self._pool = pool
        self._queue: deque[bytes | str] = deque()
        self._started = time.monotonic()
        self._frames = 0
        monotonic = (lambda: self._frames * FRAME_SECONDS) if isinstance(pool, AudioTime) else time.monotonic
        self.line = Line(
            arrival,
            conversation,
            self,
            self,
            SileroActivity(),
            prompts,
            manner=manner,
            pool=pool,
            observe=self.events.append,
            monotonic=monotonic,
        )

    @property
    def now(self) -> float:
        """Seconds since the stream began."""
        if isinstance(self._pool, AudioTime):
            return self._frames * FRAME_SECONDS
        return time.monotonic() - self._started

    def open(self, number: int, *, speak: bool) -> None:
        self._started = time.monotonic()
        self.line.open(number, speak=speak)

    def hear(self, frames: Iterable[bytes]) -> None:
        """What the caller's side sends, in frames of 20 ms; the next one is asked for when it is due."""
        for frame in frames:
            self._frames += 1
            if isinstance(self._pool, AudioTime):
                self._pool.advance(self._frames * FRAME_SECONDS)
            else:
                time.sleep(max(0.0, self._started + self._frames * FRAME_SECONDS - time.monotonic()))
            self.line.take(Frame(frame))
            self.line.tick()
            self._plays()
            if self.line.done:
                return

    # --- `AudioOut` and `CallControl` ----------------------------------------------------------------------------

    def play(self, audio: bytes) -> None:
        if not self._queue:
            self.begun.append(self.now)
        self._queue.append(audio)

    def mark(self, name: str) -> None:
        self._queue.append(name)

    def clear(self) -> None:
        """The marks of what is dropped come back."""
        self._queue = deque(each for each in self._queue if isinstance(each, str))

    def hand_over(self, number: int, *, spoken: bool) -> None:
        if not spoken:
            self.begun.append(self.now)

    def _plays(self) -> None:
        """What is queued sounds for one frame."""
        room = FRAME_BYTES
        while self._queue and (room or isinstance(self._queue[0], str)):
            head = self._queue.popleft()
            if isinstance(head, str):
                self.line.take(Played(head))
                continue
            self.out += head[:room]
            if head[room:]:
                self._queue.appendleft(head[room:])
            room -= min(room, len(head))
        self.out += SILENCE * room


def frames(sound: bytes) -> Iterable[bytes]:
    """Frames of 20 ms; what is left over at the end is no frame."""
    return (sound[at : at + FRAME_BYTES] for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES))


class Remembered:
    """A conversation that hears the same sound at the same turn of a call only once: the real recogniser the first
    time, from memory afterwards, with the seconds that it took. `asked` counts what the real one heard."""

    def __init__(self, conversation: LiveConversation) -> None:
        self._real = conversation
        self._known: dict[tuple[int, bytes], Hearing] = {}
        self._turns: dict[str, int] = {}
        self.asked = 0

    def hear(self, call_id: str, wav: bytes, deadline: float, *, ahead: bool = False) -> Hearing:
        key = self._turns.get(call_id, 0), hashlib.sha256(wav).digest()
        if key not in self._known:
            self.asked += 1
            found = self._real.hear(call_id, wav, deadline, ahead=ahead)
            if isinstance(found.event, PartFailed):
                return found
            self._known[key] = found
        known = self._known[key]
        return replace(known, seconds=dict(known.seconds))

    def turn(
        self, call_id: str, number: int, given: TurnInput, arrival: Arrival, *, hearing: Hearing | None = None
    ) -> Reply:
        self._turns[call_id] = self._turns.get(call_id, 0) + 1
        return self._real.turn(call_id, number, given, arrival, hearing=hearing)

    def poll(self, call_id: str, number: int, arrival: Arrival) -> Reply:
        return self._real.poll(call_id, number, arrival)

    def answer(self, call_id: str) -> Answer | None:
        return self._real.answer(call_id)

    def hold(self) -> str:
        return self._real.hold()


class OneSound:
    """`Prompts` in which everything sounds alike, but for the text `silent`, which has no sound."""

    def __init__(self, sound: bytes, silent: str = "") -> None:
        self._sound = sound
        self._silent = silent

    def audio(self, text: str, *, slow: bool = False, language: str | None = None) -> bytes | None:
        return None if text == self._silent else self._sound
