"""From what a provider posted to what happened: fetch the recording, recognise, judge, understand.

A part that fails is named to the dialogue as an event; nothing but the database's own failure goes further up.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
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
        if given.message and given.recording:
            return MessageLeft(given.recording_seconds)
        if given.transfer:
            return TransferEnded(OUTCOMES.get(given.transfer, "failed"))
        if given.keys:
            return Pressed(given.keys)
        if given.hung_up:
            return CallerHungUp()
        if given.recording:
            return self._hear(claim, seconds)
        return NothingHeard()

    def _hear(self, claim: Claim, seconds: dict[str, float]) -> Event:
        """Fetch, recognise, understand. Each failing part is named to the dialogue."""
        asked = claim.session.asked
        try:
            began = time.monotonic()
            wav = self._parts.recordings.fetch(claim.input.recording, deadline=self._limits.fetch)
            seconds["fetch"] = time.monotonic() - began
            began = time.monotonic()
            hints = asked.hints if isinstance(asked, Ask) else ()
            transcript = self._parts.recogniser.transcribe(wav, deadline=self._limits.recognise, hints=hints)
            seconds["transcribe"] = time.monotonic() - began
            verdict = self._parts.gate(transcript)
            if verdict == "nothing":
                return NothingHeard()
            if verdict == "not_understood":
                return NotUnderstood(self._parts.language(transcript))
            began = time.monotonic()
            heard = self._understand(transcript.words, claim.session, self._parts.language(transcript))
            seconds["understand"] = time.monotonic() - began
            return heard
        except RecordingError as error:
            log.warning("part_failed", part="recording", code=error.code, reason=error.message)
            return PartFailed("recording")
        except RecogniserError as error:
            log.warning("part_failed", part="recogniser", code=error.code, reason=error.message)
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

    def _understand(self, words: str, session: Session, language: str) -> Heard:
        """Understood in full, kept redacted: only the model sees what the caller gave away about herself."""
        asked = session.asked
        expecting = asked.expecting if isinstance(asked, Ask) else ANYTHING
        understander = self._parts.understanders.get(session.model)
        heard = understander.understand(words, expecting, language=language)
        return replace(heard, words=self._parts.redact(heard.words))
