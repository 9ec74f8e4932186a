"""The socket of one call from a browser: its messages in and out, for a live call that knows nothing of them.

Who opens it has a token, given out to whoever had the key, for one call. What it may send is bounded, and so is its
time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from simple_websocket import Server

from voicebot.dialogue.actions import Ask, HangUp, TakeMessage, Transfer
from voicebot.live.events import LiveEvent
from voicebot.live.ports import RATE, AudioOut, CallControl, Frame, Gone, LiveLine
from voicebot.live.room import Room
from voicebot.live.script import ending
from voicebot.live.streams import Opened, Streams
from voicebot.logs import described
from voicebot.ports import Answer, Arrival, Pending, TurnInput
from voicebot.telephony.authentication import authenticated
from voicebot.telephony.browser import messages
from voicebot.telephony.browser.speaking import Words
from voicebot.telephony.sockets import BROKEN, bound, close

log = structlog.get_logger(__name__)

PROVIDER = "browser"
START_SECONDS = 5.0
AT_THE_DOOR = 8
"""Sockets that may be about to show their token at once: anybody can open one, and each holds a thread until then."""
TICK_SECONDS = 0.05
LONGEST = 3600.0
"""Seconds of one call."""
BURST_SECONDS = 10.0
MESSAGES_A_SECOND = 120
"""50 frames a second, keys and marks; a browser that was held up may send ten seconds at once."""
TRIES = 2
"""Lines that one call may use up: after a fault it is listened to once more."""


class MakeLine(Protocol):
    def __call__(
        self, arrival: Arrival, audio: AudioOut, control: CallControl, observe: Callable[[LiveEvent], None]
    ) -> LiveLine: ...


class Conversation(Protocol):
    """What this channel needs of `voicebot.conversation.Conversation`."""

    def start(self, arrival: Arrival) -> Answer | Pending: ...
    def turn(self, call_id: str, number: int, given: TurnInput, arrival: Arrival) -> Answer | Pending: ...
    def answer(self, call_id: str) -> Answer | None: ...
    def ended(self, call_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Phone:
    """What a call from a browser needs. `team(call_id, queue)` is what callers hear a line called."""

    conversation: Conversation
    streams: Streams
    make_line: MakeLine
    team: Callable[[str, str], str]
    room: Room


class PhoneSocket:
    """The view."""

    def __init__(self, phone: Phone, clock: Callable[[], float] = time.monotonic) -> None:
        self._phone = phone
        self._clock = clock
        self._door = Room(AT_THE_DOOR)

    @authenticated("phone-token")
    def socket(self, ws: Server) -> None:
        bound(ws, messages.MESSAGE_BYTES)
        out = _Out(ws)
        try:
            opened = self._opened(ws, out)
            if opened is not None:
                self._serve(opened, ws, out)
        except Exception as error:
            log.error("phone_failed", **described(error))
            out.tell("ended", what="failed")
        finally:
            close(ws)

    def _opened(self, ws: Server, out: _Out) -> tuple[str, Opened] | None:
        """The call that the socket is for. Who has shown no token stands at the door, where there is room for few, and
        takes no place from a caller."""
        if not self._door.enter():
            out.tell("ended", what="full")
            return None
        try:
            start = _started(ws)
            opened = self._phone.streams.open(start.token, start.call_id, start.turn) if start else None
        finally:
            self._door.exit()
        if start is None or opened is None or opened.provider != PROVIDER:
            log.warning("phone_refused", reason="token" if start else "no_start")
            out.tell("ended", what="refused")
            return None
        return start.call_id, opened

    def _serve(self, call: tuple[str, Opened], ws: Server, out: _Out) -> None:
        call_id, opened = call
        room = self._phone.room
        with structlog.contextvars.bound_contextvars(call_id=call_id):
            entered = room.enter()
            try:
                if entered:
                    arrival = Arrival(call_id, PROVIDER, opened.caller, None)
                    self._call(arrival, _Talk(ws, out, self._clock), opened.turn)
                else:
                    out.tell("ended", what="full")
            finally:
                if entered:
                    room.exit()
                self._phone.conversation.ended(call_id)
                self._phone.streams.close(opened.stream, "handed_over")

    def _call(self, arrival: Arrival, talk: _Talk, number: int) -> None:
        """Lines one after another, until the call is over: more than one only where something went wrong."""
        spoken = False
        for _ in range(TRIES):
            control = _Control()
            line = self._phone.make_line(arrival, talk.out, control, talk.out.show)
            line.open(number, speak=not spoken)
            stays = talk.go_on(line, self._phone.room.leaving.is_set)
            if not line.done:
                line.take(Gone())
            if not stays or control.number is None:
                talk.out.tell("ended", what="hung_up")
                return
            number, spoken = control.number, control.spoken
            answer = self._phone.conversation.answer(arrival.call_id)
            if answer is None or not isinstance(ending(answer), Ask):
                self._end(arrival, answer, talk.out)
                return
        talk.out.tell("ended", what="failed")

    def _end(self, arrival: Arrival, answer: Answer | None, out: _Out) -> None:
        """What the telephone network would do now is shown instead. A line that is rung always answers."""
        last = ending(answer) if answer is not None else None
        match last:
            case Transfer():
                out.tell("ended", what="transfer", team=self._phone.team(arrival.call_id, last.queue))
                if answer is not None:
                    self._phone.conversation.turn(
                        arrival.call_id, answer.next_turn, TurnInput(transfer="completed"), arrival
                    )
            case TakeMessage():
                out.tell("ended", what="message", team=self._phone.team(arrival.call_id, last.queue))
            case HangUp():
                out.tell("ended", what="goodbye")
            case _:
                out.tell("ended", what="failed")


def _started(ws: Server) -> messages.Start | None:
    try:
        first = ws.receive(timeout=START_SECONDS)
    except BROKEN:
        return None
    message = messages.parse(first) if first is not None else None
    return message if isinstance(message, messages.Start) else None


class _Out:
    """`AudioOut` towards the page. Nothing is sent any more once sending has failed."""

    def __init__(self, ws: Server) -> None:
        self._ws = ws
        self.broken = False

    def play(self, audio: bytes) -> None:
        if isinstance(audio, Words):
            self.tell("say", text=audio.text, slow=audio.slow, language=audio.language, seconds=audio.seconds)
        else:
            self._send(audio)

    def mark(self, name: str) -> None:
        self.tell("mark", mark=name)

    def clear(self) -> None:
        self.tell("clear")

    def show(self, event: LiveEvent) -> None:
        text = messages.told(event)
        if text is not None:
            self._send(text)

    def tell(self, kind: str, **fields: object) -> None:
        self._send(messages.written(kind, **fields))

    def _send(self, data: str | bytes) -> None:
        if self.broken:
            return
        try:
            self._ws.send(data)
        except BROKEN:
            self.broken = True


@dataclass(slots=True)
class _Control:
    """`CallControl` of a page: what comes next is told to it when the line is done."""

    number: int | None = None
    spoken: bool = False

    def hand_over(self, number: int, *, spoken: bool) -> None:
        self.number, self.spoken = number, spoken


class _Talk:
    """The messages of one call, from its start to its end."""

    def __init__(self, ws: Server, out: _Out, clock: Callable[[], float]) -> None:
        self.out = out
        self._ws = ws
        self._clock = clock
        self._began = clock()
        self._messages = self._bytes = 0

    def go_on(self, line: LiveLine, leaving: Callable[[], bool]) -> bool:
        """Until the line is done; whether the page is still there then."""
        ticked = self._clock()
        while not line.done:
            try:
                data = self._ws.receive(timeout=TICK_SECONDS)
            except BROKEN:
                return False
            now = self._clock()
            if self.out.broken or leaving() or now - self._began > LONGEST:
                return False
            if data is not None:
                message = messages.parse(data)
                if isinstance(message, messages.HungUp) or self._is_too_much(message, now):
                    return False
                if message is not None and not isinstance(message, messages.Start):
                    line.take(message)
            if data is None or now - ticked >= TICK_SECONDS:
                ticked = now
                line.tick()
        return True

    def _is_too_much(self, message: object, now: float) -> bool:
        """More than a microphone makes."""
        self._messages += 1
        self._bytes += len(message.audio) if isinstance(message, Frame) else 0
        seconds = now - self._began + BURST_SECONDS
        too_much = self._messages > MESSAGES_A_SECOND * seconds or self._bytes > 1.5 * RATE * seconds
        if too_much:
            log.warning("phone_too_fast")
        return too_much
