"""The work of a live call that may wait for the database or the disk, done in the pool: turns, answers, their sound."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from voicebot.live.ports import LiveConversation, Prompts
from voicebot.live.script import Script, Sentence, script
from voicebot.ports import Answer, Arrival, Hearing, Pending, TurnInput

PAUSE = 0.05
"""Seconds between two looks for an answer that another worker is at: each is a query to the database."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer, ready to be spoken; `script` is None where a part of it has no sound."""

    answer: Answer
    script: Script | None


class Turns:
    """One piece of work at a time. Used by one thread."""

    def __init__(
        self, arrival: Arrival, conversation: LiveConversation, prompts: Prompts, pool: Executor, deadline: float
    ) -> None:
        self._arrival = arrival
        self._conversation = conversation
        self._prompts = prompts
        self._pool = pool
        self._deadline = deadline
        self._job: Future[Prepared | None] | None = None
        self._hold: Future[Sentence | None] | None = None

    def hear(self, wav: bytes, *, ahead: bool) -> Hearing:
        """Called in the pool."""
        return self._conversation.hear(self._arrival.call_id, wav, self._deadline, ahead=ahead)

    def find(self) -> None:
        """The last answer of the call."""
        self._hold = self._pool.submit(self._hold_line)
        self._submit(lambda: self._conversation.answer(self._arrival.call_id))

    def take(self, number: int, given: TurnInput, hearing: Hearing | None) -> None:
        """Turn `number`, with what was heard or pressed."""
        self._submit(lambda: self._taken(number, given, hearing))

    @property
    def done(self) -> bool:
        return self._job is not None and self._job.done()

    def result(self) -> Prepared | None:
        """Of what is `done`. None: there is no answer (yet). Raises whatever the conversation raised."""
        job, self._job = self._job, None
        return job.result() if job is not None else None

    @property
    def hold(self) -> Sentence | None:
        """The hold line, where it has a sound and that has been found."""
        ready = self._hold is not None and self._hold.done() and self._hold.exception() is None
        return self._hold.result() if ready and self._hold is not None else None

    def _hold_line(self) -> Sentence | None:
        text = self._conversation.hold()
        audio = self._prompts.audio(text)
        return None if audio is None else Sentence(text, audio)

    def _submit(self, work: Callable[[], Answer | None]) -> None:
        def prepared() -> Prepared | None:
            answer = work()
            return None if answer is None else Prepared(answer, script(answer, self._prompts))

        self._job = self._pool.submit(prepared)

    def _taken(self, number: int, given: TurnInput, hearing: Hearing | None) -> Answer | None:
        """Where another worker has the turn already, its answer is waited for."""
        call_id, ends = self._arrival.call_id, time.monotonic() + self._deadline
        reply = self._conversation.turn(call_id, number, given, self._arrival, hearing=hearing)
        while isinstance(reply, Pending) and time.monotonic() < ends:
            time.sleep(PAUSE)
            reply = self._conversation.poll(call_id, number, self._arrival)
        return reply if isinstance(reply, Answer) else None
