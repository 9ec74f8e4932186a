"""From what a provider posted to what happened: fetch the recording, recognise, judge, understand.

A part that fails is named to the dialogue as an event; nothing but the database's own failure goes further up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.events import (
    CallerHungUp,
    Event,
    Heard,
    MessageLeft,
    NothingHeard,
    NotUnderstood,
    PartFailed,
    Pressed,
    TransferEnded,
    TransferOutcome,
)
from voicebot.dialogue.session import Session
from voicebot.errors import RecogniserError, RecordingError, StorageError, UnderstandingError
from voicebot.logs import where
from voicebot.parts import Limits, Parts
from voicebot.ports import Claim

log = structlog.get_logger(__name__)

ANYTHING = Expecting("request")

OUTCOMES: Mapping[str, TransferOutcome] = {
    "completed": "completed",
    "busy": "busy",
    "no_answer": "no_answer",
    "failed": "failed",
    "cancelled": "cancelled",
}


class Ear:
    """Thread-safe, without a state of its own."""

    def __init__(self, parts: Parts, limits: Limits) -> None:
        self._parts = parts
        self._limits = limits

    def event(self, claim: Claim, seconds: dict[str, float]) -> Event:
        """What happened in the turn that was claimed. The time of each part is written into `seconds`."""
        given = claim.input
        if given.failed:
            return PartFailed("recording")
        if given.live:
            return PartFailed("recogniser")
        if given.message and given.recording:
            return MessageLeft(given.recording_seconds)
        if given.transfer:
            return TransferEnded(OUTCOMES.get(given.transfer, "failed"))
        if given.keys:
            return Pressed(given.keys)
        if given.hung_up:
            return CallerHungUp()
        if given.recording:
            return self._fetch_and_hear(given.recording, claim.session, seconds)
        return NothingHeard()

    def hear(
        self, wav: bytes, session: Session, seconds: dict[str, float], deadline: float, *, ahead: bool = False
    ) -> tuple[Event, str]:
        """What a WAV file means to a call that stands at `session`, and the words as they were recognised (""
        where there are none worth believing). `ahead`: see `Parts.recogniser_ahead`. Never raises but for the
        database's own failure."""
        words = ""
        recogniser = (self._parts.recogniser_ahead if ahead else None) or self._parts.recogniser

        def work() -> Event:
            nonlocal words
            began = time.monotonic()
            asked = session.asked
            hints = asked.hints if isinstance(asked, Ask) else ()
            transcript = recogniser.transcribe(wav, deadline=deadline, hints=hints)
            seconds["transcribe"] = time.monotonic() - began
            verdict = self._parts.gate(transcript)
            if verdict == "nothing":
                return NothingHeard()
            language = self._parts.language(transcript)
            if verdict == "not_understood":
                return NotUnderstood(language)
            words = transcript.words
            began = time.monotonic()
            heard = self._understand(words, session, language)
            seconds["understand"] = time.monotonic() - began
            return replace(heard, doubtful=self._parts.doubtful(transcript))

        return _or_what_failed(work, ahead=ahead), words

    def _fetch_and_hear(self, url: str, session: Session, seconds: dict[str, float]) -> Event:
        def work() -> Event:
            began = time.monotonic()
            wav = self._parts.recordings.fetch(url, deadline=self._limits.fetch)
            seconds["fetch"] = time.monotonic() - began
            return self.hear(wav, session, seconds, self._limits.recognise)[0]

        return _or_what_failed(work)

    def _understand(self, words: str, session: Session, language: str) -> Heard:
        """Understood in full, kept redacted: only the model sees what the caller gave away about herself."""
        asked = session.asked
        expecting = asked.expecting if isinstance(asked, Ask) else ANYTHING
        understander = self._parts.understanders.get(session.model)
        heard = understander.understand(words, expecting, language=language)
        return replace(heard, words=self._parts.redact(heard.words))


def _or_what_failed(work: Callable[[], Event], *, ahead: bool = False) -> Event:
    """What the work comes to; each failing part is named to the dialogue. A recogniser that has no time to hear
    `ahead` is nothing to warn of."""
    try:
        return work()
    except RecordingError as error:
        log.warning("part_failed", part="recording", code=error.code, reason=error.message)
        return PartFailed("recording")
    except RecogniserError as error:
        tell = log.info if ahead else log.warning
        tell("part_failed", part="recogniser", code=error.code, reason=error.message)
        return PartFailed("recogniser")
    except UnderstandingError as error:
        log.warning("part_failed", part="understander", code=error.code, reason=error.message)
        return PartFailed("understander")
    except StorageError:
        raise
    except Exception as error:
        # A bug in a part must not cost the caller her call. Its message may hold her words, so it is not logged.
        log.error("bug", kind=type(error).__name__, where=where(error))
        return PartFailed("unknown")
