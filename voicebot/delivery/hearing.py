"""Turns the recording of a message into words. Nobody waits for them on the line, so it may take its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voicebot.errors import RecogniserLateError
from voicebot.ports import Gate, Recogniser, Recordings

UNCLEAR = "[unclear]"
FETCH_SECONDS = 20.0
MESSAGE_SECONDS = 120.0
"""Deadline of transcribing one message. A message lasts two minutes at most, and Whisper is faster than speech."""


class StoppedError(Exception):
    """The process was asked to end before the whole message was heard."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """`cut(wav)` gives the pieces of a recording that are short enough for the recogniser; it raises
    `RecordingError`."""

    recordings: Recordings
    recogniser: Recogniser
    gate: Gate
    cut: Callable[[bytes], Sequence[bytes]]

    def words(self, recording: str, is_stopping: Callable[[], bool]) -> str:
        """What was said at the URL `recording`; "" where nothing was, `UNCLEAR` for a piece that is no words.

        Raises `RecordingError`, `RecogniserError`, and `StoppedError` between two pieces once `is_stopping()`.
        """
        wav = self.recordings.fetch(recording, deadline=FETCH_SECONDS)
        end = time.monotonic() + MESSAGE_SECONDS
        said = []
        for piece in self.cut(wav):
            if is_stopping():
                raise StoppedError
            left = end - time.monotonic()
            if left <= 0:
                raise RecogniserLateError(f"A message was not transcribed in {MESSAGE_SECONDS:g} s.")
            transcript = self.recogniser.transcribe(piece, deadline=left)
            verdict = self.gate(transcript)
            if verdict != "nothing":
                said.append(transcript.words if verdict == "words" else UNCLEAR)
        return " ".join(each.strip() for each in said)


def is_whole(words: str) -> bool:
    """Whether the words tell all that there is to hear, so that the recording is needed no more."""
    return bool(words) and UNCLEAR not in words
