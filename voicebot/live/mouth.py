"""Speaks a script: queues its sentences, knows from the marks what has been heard, stops, goes on.

The marks are the truth. Where one is lost, the sentence counts as heard a while after it should have ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from voicebot.live import events
from voicebot.live.echo import Played
from voicebot.live.events import LiveEvent
from voicebot.live.ports import RATE, AudioOut
from voicebot.live.script import Script, Sentence

MARK_LATE = 3 * RATE
"""Samples after which a mark that does not come is given up."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A sentence on its way: its mark, and where it plays in audio time, were there no delay."""

    mark: str
    sentence: Sentence
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.sentence.audio)


class Mouth:
    """Used by one thread. `now` is the audio time in samples."""

    def __init__(self, audio: AudioOut, tell: Callable[[LiveEvent], None]) -> None:
        self.sounds = Played()
        self._audio = audio
        self._tell = tell
        self._marks = 0
        self._queued: list[Queued] = []
        self._rest: Script = ()
        self._began = self._ends = 0

    @property
    def speaking(self) -> bool:
        return bool(self._queued)

    @property
    def rest(self) -> Script:
        """What was interrupted, from the beginning of its sentence on, or has not been begun."""
        return self._rest

    def say(self, script: Script, now: int) -> None:
        """Queue all of it, behind what is queued."""
        self._began = max(now, self._ends if self._queued else now)
        self._ends = self._began
        for sentence in script:
            self._marks += 1
            queued = Queued(f"s{self._marks}", sentence, self._ends)
            self._audio.play(sentence.audio)
            self._audio.mark(queued.mark)
            self._queued.append(queued)
            self.sounds.add(queued.start, sentence.audio)
            self._tell(events.PromptBegun(now / RATE, sentence.text, sentence.seconds))
            self._ends = queued.end

    def keep(self, script: Script) -> None:
        """Say nothing of it yet: the caller is speaking."""
        self._rest = script

    def played(self, mark: str, now: int) -> None:
        """This mark, and so all before it, has been heard. One of a sentence that was cleared is no longer known."""
        marks = [each.mark for each in self._queued]
        if mark in marks:
            self._heard(marks.index(mark) + 1, now)

    def give_up(self, now: int) -> None:
        """Sentences whose marks are overdue count as heard."""
        overdue = sum(now > each.end + MARK_LATE for each in self._queued)
        if overdue:
            self._heard(overdue, now)

    def stop(self, by: Literal["speech", "key"], now: int, after: float = 0.0) -> None:
        """Silence at once, where something is said. What has not been heard to its end, from the beginning of its
        sentence on, is the rest."""
        if self._queued:
            self._audio.clear()
            self.sounds.cut(now)
            self._rest = tuple(each.sentence for each in self._queued)
            self._queued = []
            self._tell(events.PromptStopped(now / RATE, by, after))

    def resume(self, now: int) -> None:
        """Go on with the rest, if there is one."""
        if self._rest:
            rest, self._rest = self._rest, ()
            self._tell(events.PromptResumed(now / RATE))
            self.say(rest, now)

    def forget(self) -> None:
        """What was interrupted is not wanted any more."""
        self._rest = ()

    def said(self, now: int) -> float:
        """How much of the script has been said, 0 to 1."""
        length = self._ends - self._began
        return 1.0 if length <= 0 else min(1.0, max(0.0, (now - self._began) / length))

    def _heard(self, count: int, now: int) -> None:
        del self._queued[:count]
        if not self._queued:
            self._tell(events.PromptEnded(now / RATE))
