"""The socket of a live stream: Twilio's messages in and out, for a live call that knows nothing of them.

A stream is let in by three things: the signature of its upgrade, a token of our own in its first message, and room.
What it may send is bounded, and so is its time: whatever the other side does, its thread comes free.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from simple_websocket import Server

from voicebot.live.ports import Frame, Gone, Key, LiveLine, Played
from voicebot.live.streams import Ending, Opened, Streams
from voicebot.logs import described
from voicebot.ports import Arrival
from voicebot.telephony.authentication import authenticated
from voicebot.telephony.sockets import BROKEN, bound, close
from voicebot.telephony.twilio import media_messages as messages
from voicebot.telephony.twilio.listening import LiveCalls
from voicebot.telephony.twilio.stream_twiml import TOKEN, TURN

log = structlog.get_logger(__name__)

START_SECONDS = 5.0
"""Twilio sends `start` right behind `connected`."""
STRAY_MESSAGES = 20
"""That may come instead, before who sends them is sent away."""
TICK_SECONDS = 0.05
"""The line's clock, half of what it asks for."""
BACKLOG = 500
"""Messages that may wait to be read: ten seconds of sound."""
LONGEST = 3600.0
"""Seconds of one stream. A call that lasts longer goes on with another."""


class MediaStream:
    """The view. `clock` counts seconds."""

    def __init__(self, live: LiveCalls, clock: Callable[[], float] = time.monotonic) -> None:
        self._live = live
        self._clock = clock

    @authenticated("twilio-socket")
    def stream(self, ws: Server) -> None:
        bound(ws, messages.MESSAGE_BYTES)
        room = self._live.room
        if not room.enter():
            log.warning("stream_refused", reason="full")
            close(ws)
            return
        try:
            self._serve(ws)
        except Exception as error:
            log.error("stream_failed", **described(error))
        finally:
            room.exit()
            close(ws)

    def _serve(self, ws: Server) -> None:
        start = self._started(ws)
        if start is None:
            log.warning("stream_refused", reason="no_start")
            return
        opened = self._opened(start)
        if opened is None:
            log.warning("stream_refused", reason="token")
            return
        with structlog.contextvars.bound_contextvars(call_id=start.call_sid, stream=opened.stream):
            out, control = _Out(ws, start.stream_sid), _Control(self._live.streams, opened.stream)
            arrival = Arrival(start.call_sid, opened.provider, opened.caller, None)
            line = self._live.make_line(arrival, out, control)
            talk = _Talk(ws, out, line, self._clock)
            ending: Ending = "lost"
            try:
                line.open(opened.turn, speak=opened.speak)
                ending = talk.go_on_until(self._clock() + LONGEST, self._live.room.leaving.is_set)
            finally:
                control.close(ending)
                if not line.done:
                    line.take(Gone())
                log.info("stream_closed", ending=control.ending, seconds=round(talk.seconds, 1), **talk.counts())

    def _started(self, ws: Server) -> messages.Start | None:
        until = self._clock() + START_SECONDS
        for _ in range(STRAY_MESSAGES):
            left = until - self._clock()
            try:
                text = ws.receive(timeout=left) if left > 0 else None
            except BROKEN:
                return None
            if text is None:
                return None
            message = messages.parse(text)
            if isinstance(message, messages.Start):
                return message
        return None

    def _opened(self, start: messages.Start) -> Opened | None:
        token, turn = start.parameters.get(TOKEN, ""), start.parameters.get(TURN, "")
        if not token or not (turn.isascii() and turn.isdigit() and len(turn) <= 4):
            return None
        return self._live.streams.open(token, start.call_sid, int(turn))


class _Out:
    """`AudioOut` towards Twilio. Nothing is sent any more once sending has failed."""

    def __init__(self, ws: Server, stream_sid: str) -> None:
        self._ws = ws
        self._sid = stream_sid
        self.broken = False

    def play(self, audio: bytes) -> None:
        for each in messages.media(self._sid, audio):
            self._send(each)

    def mark(self, name: str) -> None:
        self._send(messages.mark(self._sid, name))

    def clear(self) -> None:
        self._send(messages.clear(self._sid))

    def _send(self, message: str) -> None:
        if self.broken:
            return
        try:
            self._ws.send(message)
        except BROKEN:
            self.broken = True


class _Control:
    """`CallControl` of Twilio: how the stream ended is kept before the socket closes, for Twilio asks at once."""

    def __init__(self, streams: Streams, stream: int) -> None:
        self._streams = streams
        self._stream = stream
        self.ending: Ending | None = None

    def hand_over(self, number: int, *, spoken: bool) -> None:
        self.close("handed_over", number if spoken else None)

    def close(self, ending: Ending, spoken: int | None = None) -> None:
        """Only the first time counts. Where it cannot be kept, the stream counts as one that has failed."""
        if self.ending is not None:
            return
        self.ending = ending
        try:
            self._streams.close(self._stream, ending, spoken)
        except Exception as error:
            log.error("stream_end_not_kept", **described(error))


@dataclass(slots=True)
class _Talk:
    """The messages of one stream, from its start to its end."""

    ws: Server
    out: _Out
    line: LiveLine
    clock: Callable[[], float]
    seconds: float = 0.0
    order: messages.InOrder = field(default_factory=messages.InOrder)
    allowance: messages.Allowance = field(default_factory=messages.Allowance)
    garbage: int = 0
    last_key: int = 0

    def go_on_until(self, deadline: float, leaving: Callable[[], bool]) -> Ending:
        """How it ended, unless the line has handed over by itself. A stream that lasts too long, or a process that is
        to stop, hands over too: the call goes on with another."""
        began = ticked = self.clock()
        while not self.line.done:
            try:
                text = self.ws.receive(timeout=TICK_SECONDS)
            except BROKEN:
                return "lost"
            now = self.clock()
            self.seconds = now - began
            if self.out.broken:
                return "lost"
            if leaving() or now > deadline:
                return "handed_over"
            if text is not None:
                message = messages.parse(text)
                if isinstance(message, messages.Stop):
                    return "stopped"
                size = len(message.audio) if isinstance(message, messages.Media) else 0
                if self.allowance.exceeded(self.seconds, size) or len(self.ws.input_buffer) > BACKLOG:
                    log.warning("stream_too_fast")
                    return "refused"
                self._take(message)
            if text is None or now - ticked >= TICK_SECONDS:
                ticked = now
                self.line.tick()
        return "handed_over"

    def _take(self, message: messages.Message | None) -> None:
        match message:
            case messages.Media():
                audio = self.order.take(message)
                if audio:
                    self.line.take(Frame(audio))
            case messages.Dtmf() if message.sequence > self.last_key:
                self.last_key = message.sequence
                self.line.take(Key(message.key))
            case messages.Mark():
                self.line.take(Played(message.name))
            case _:
                self.garbage += 1

    def counts(self) -> dict[str, int]:
        return {
            "messages": self.allowance.messages,
            "dropped": self.order.dropped,
            "missing": self.order.missing,
            "garbage": self.garbage,
        }
