"""The ear of a live call: keeps the sound, follows the voice, hears ahead, finds the end of the utterance."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol

from voicebot.dialogue.events import PartFailed
from voicebot.live import events
from voicebot.live.ahead import Ahead
from voicebot.live.echo import LOOK_BACK, is_echo
from voicebot.live.endpoint import enough_silence
from voicebot.live.events import LiveEvent
from voicebot.live.listener import PRE_ROLL, Listener
from voicebot.live.ports import RATE, Samples, VoiceActivity
from voicebot.live.sound import samples, wav
from voicebot.live.tape import Tape
from voicebot.live.windows import Windows
from voicebot.ports import Hearing

FIRST_SILENCE = RATE // 4
"""0.25 s: long enough that pauses between words pass by, short enough that recognition ends within an endpoint."""
LONGEST_UTTERANCE = 60 * RATE
AGAIN = RATE // 4
"""More silence after which a hearing ahead that failed is tried again: the recogniser may have been busy."""
ONCE_MORE_WITHIN = 1.0
"""Wall-clock seconds after the endpoint in which a failed hearing is tried once more, as that of a turn: one that fails
later has been waited for already."""
KEPT = PRE_ROLL + 2 * RATE
"""What is kept while nobody speaks: the pre-roll, and what an echo is told by."""


class Hear(Protocol):
    def __call__(self, wav: bytes, *, ahead: bool) -> Hearing:
        """Called in the pool. See `LiveConversation.hear`."""


class Listening:
    """Used by one thread. Positions are samples at 8 kHz since the stream began. `deadline`: wall-clock seconds after
    the endpoint, by `monotonic`, until words that do not come count as a recogniser that failed."""

    def __init__(
        self,
        activity: VoiceActivity,
        pool: Executor,
        hear: Hear,
        *,
        tell: Callable[[LiveEvent], None],
        monotonic: Callable[[], float],
        deadline: float,
    ) -> None:
        self._tape = Tape()
        self._windows = Windows(activity)
        self._ahead = Ahead(pool)
        self._hear_wav = hear
        self._tell = tell
        self._monotonic = monotonic
        self._deadline = deadline
        self.voice = Listener()
        self._ended: int | None = None
        self._ended_at = 0.0
        self._heard_at = 0
        self._tried_again = False
        self._told: Hearing | None = None

    @property
    def now(self) -> int:
        return self._tape.end

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun."""
        return self.voice.begun is not None

    @property
    def ended(self) -> int | None:
        """Where the endpoint of the utterance is; None until there is one."""
        return self._ended

    def take(self, audio: bytes, *, keep_from: int | None) -> None:
        """The next µ-law bytes. What lies before `keep_from` and before the utterance is forgotten."""
        self._tape.add(audio)
        for window in self._windows.take(audio):
            self.voice.hear(window)
        needed = [self.now - KEPT]
        needed += [each for each in (self.voice.begun, keep_from) if each is not None]
        self._tape.forget(min(needed))

    def hears(self, played: Samples) -> bool:
        """Whether what was heard lately is an echo of what was `played` until now."""
        return is_echo(samples(self._tape.cut(self.now - LOOK_BACK, self.now)), played)

    def begin(self, start: int | None) -> None:
        """An utterance has begun; at `start` already, where she had been cut off."""
        self.voice.begin()
        if start is not None:
            self.voice.begun = start
        self._forget_end()
        self._tell(events.SpeechBegun(self.now / RATE, self.voice.onset / RATE, start is not None))

    def finished(self, patience: float) -> Hearing | None:
        """What the whole utterance means, once it has ended and that has been worked out. `patience` stretches the
        silence that ends it."""
        hearing = self._so_far()
        if self._ended is not None and not self.voice.silence and not self._too_long:
            self._forget_end()
        if self._ended is None:
            self._look_for_the_end(hearing, patience)
        return None if self._ended is None else self._final(hearing)

    def drop(self) -> None:
        """The utterance is over, or not wanted."""
        self._ahead.drop()
        self.voice.reset()
        self._forget_end()

    def _so_far(self) -> Hearing | None:
        """What the utterance means so far, once she is silent for a moment and it has been worked out."""
        if self.voice.silence < FIRST_SILENCE and not self._too_long:
            if not self.voice.silence:
                self._ahead.drop()
            return None
        failed = self._ended is None and _has_failed(self._ahead.result())
        if not self._ahead.asked or (failed and self.now - self._heard_at >= AGAIN):
            self._hear(ahead=True)
        return self._ahead.result()

    def _hear(self, *, ahead: bool) -> None:
        audio = self._tape.cut(self.voice.begun or 0, self.now)
        self._heard_at = self.now
        self._ahead.ask(lambda: self._hear_wav(wav(audio), ahead=ahead))

    def _look_for_the_end(self, hearing: Hearing | None, patience: float) -> None:
        if hearing is not None and hearing is not self._told and not _has_failed(hearing):
            self._told = hearing
            self._tell(events.WordsSoFar(self.now / RATE, hearing.words, hearing.decision))
        pause = self.voice.longest_pause / RATE
        needed = enough_silence(hearing, patience=patience, longest_pause=pause)
        if self.voice.silence >= needed * RATE or self._too_long:
            self._ended, self._ended_at = self.now, self._monotonic()
            self._tell(events.EndpointReached(self.now / RATE, self.voice.silence / RATE, hearing is not None))

    def _final(self, hearing: Hearing | None) -> Hearing | None:
        waited = self._monotonic() - self._ended_at
        if _has_failed(hearing) and not self._tried_again and waited < ONCE_MORE_WITHIN:
            self._tried_again = True
            self._hear(ahead=False)
            return self._ahead.result()
        if hearing is None and waited >= self._deadline:
            return Hearing(PartFailed("recogniser"), "", {})
        return hearing

    @property
    def _too_long(self) -> bool:
        return self.voice.begun is not None and self.now - self.voice.begun >= LONGEST_UTTERANCE

    def _forget_end(self) -> None:
        self._ended, self._told, self._tried_again = None, None, False


def _has_failed(hearing: Hearing | None) -> bool:
    return hearing is not None and isinstance(hearing.event, PartFailed)
