"""What the simulated provider remembers: recordings, their faults, and the text messages that it was given to send."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from voicebot.regression.provider_faults import Fault
from voicebot.regression.telephone_wav import seconds_of


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording. `url` is what `RecordingUrl` holds; `there_at` (monotonic seconds) is when it can be fetched, None
    if never."""

    sid: str
    url: str
    seconds: float
    wav: bytes = field(repr=False)
    fault: Fault | None
    made_at: float
    there_at: float | None


@dataclass(frozen=True, slots=True)
class Message:
    """A text message that the bot asked to be sent. `sender` is the number or the messaging service."""

    sid: str
    to: str
    sender: str
    body: str
    status_callback: str


class ProviderStore:
    """Safe to use from many threads. `clock` is monotonic seconds."""

    def __init__(self, recordings_url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = recordings_url
        self._clock = clock
        self._changed = threading.Condition()
        self._recordings: dict[str, Recording] = {}
        self._deleted: list[str] = []
        self._messages: list[Message] = []
        self._fetches: dict[str, int] = {}

    def record(self, wav: bytes, fault: Fault | None = None) -> Recording:
        """Keep a recording and say where it will be."""
        sid = new_sid("RE")
        now = self._clock()
        there_at: float | None = now
        if fault and (fault.kind == "never" or (fault.kind == "error" and not fault.seconds)):
            there_at = None
        elif fault and fault.kind in {"late", "error"}:
            there_at = now + fault.seconds
        recording = Recording(sid, f"{self._url}/{sid}", seconds_of(wav), wav, fault, now, there_at)
        with self._changed:
            self._recordings[sid] = recording
        return recording

    def fetched(self, sid: str) -> Recording | None:
        """The recording that is asked for, counted; None where there is none, or none any more."""
        with self._changed:
            self._fetches[sid] = self._fetches.get(sid, 0) + 1
            return self._recordings.get(sid)

    def is_there(self, recording: Recording) -> bool:
        return recording.there_at is not None and self._clock() >= recording.there_at

    def delete(self, sid: str) -> bool:
        """Whether there was one to delete."""
        with self._changed:
            gone = self._recordings.pop(sid, None)
            if gone is not None:
                self._deleted.append(sid)
                self._changed.notify_all()
            return gone is not None

    def send(self, to: str, sender: str, body: str, status_callback: str) -> Message:
        message = Message(new_sid("SM"), to, sender, body, status_callback)
        with self._changed:
            self._messages.append(message)
            self._changed.notify_all()
        return message

    @property
    def messages(self) -> tuple[Message, ...]:
        with self._changed:
            return tuple(self._messages)

    @property
    def deleted(self) -> tuple[str, ...]:
        """Recordings that the bot has deleted, in that order."""
        with self._changed:
            return tuple(self._deleted)

    @property
    def kept(self) -> tuple[str, ...]:
        """Recordings that are still there."""
        with self._changed:
            return tuple(self._recordings)

    def fetches(self, sid: str) -> int:
        """How often this recording was asked for."""
        with self._changed:
            return self._fetches.get(sid, 0)

    def wait_until_deleted(self, *, deadline: float) -> bool:
        """Wait until no recording is left; False where some still are after `deadline` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._recordings, deadline)

    def wait_for_messages(self, count: int, *, deadline: float) -> bool:
        """Wait until so many text messages have come in all; False where they have not after `deadline` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._messages) >= count, deadline)


def new_sid(prefix: str) -> str:
    """34 characters, as every SID of the provider has: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)
