"""Plays Twilio's part of `<Connect><Stream>`: the caller's line to the bot and back, in real time, frame by frame."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from functools import partial

from simple_websocket import Client, ConnectionClosed
from simple_websocket import ConnectionError as Refused

from voicebot.errors import VoicebotError
from voicebot.regression.call_events import HeardAudio, Pressed, Said, Spoke, StayedSilent
from voicebot.regression.call_leg import Leg
from voicebot.regression.call_log import CallLog
from voicebot.regression.caller import Caller
from voicebot.regression.script import HangUp, Press, Speak
from voicebot.regression.stream_faults import Disturbance, StreamFault
from voicebot.regression.stream_messages import FRAME, Playback, StreamError, Writer, line_noise, mulaw
from voicebot.regression.turn_clock import TurnClock
from voicebot.regression.twiml_grammar import Verb
from voicebot.regression.webhooks import Webhooks

CONNECT_SECONDS = 10.0
FRAME_SECONDS = 0.02
QUIET_FRAMES = 15
"""The caller speaks when she has heard nothing for 0.3 s."""
DEAF_FRAMES = 150
"""Where nothing at all has come for 3 s, she speaks all the same."""
MOST_FRAMES = 50 * 120
"""Two minutes in which nothing happens: the bot has forgotten her."""
KEY_FRAMES = 10
"""Between two keys."""

Prompts = Callable[[], Sequence[str]]
"""All that the bot has said in this call so far by its own record, turn by turn: sound alone does not tell."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a stream needs beside its caller."""

    leg: Leg
    webhooks: Webhooks
    log: CallLog
    turns: TurnClock
    prompts: Prompts | None = None


class StreamPlayer:
    """One stream. `spoken`: the TwiML before it has said the last prompt; otherwise the stream does."""

    def __init__(self, around: Around, caller: Caller, *, spoken: bool, fault: StreamFault | None = None) -> None:
        self._log = around.log
        self._around = around
        self._caller = caller
        self._fault = fault
        self._line = Writer(around.leg)
        self._playback = Playback(self._line.sid)
        self._noise = line_noise(1.0, seed=1)
        self._disturbance = Disturbance(1) if fault and fault.kind == "disturb" else None
        self._told = len(around.prompts()) - (not spoken) if around.prompts else 0
        self._voice = b""
        self._keys = ""
        self._said: Speak | None = None
        self._frames = self._playing = self._quiet = self._idle = 0
        self._may_act, self._has_acted = spoken, False

    def play(self, stream: Verb) -> bool:
        """See the stream through; whether the caller hung up. Whatever fails, Twilio goes on with the TwiML behind."""
        try:
            ws = self._connected(stream)
        except VoicebotError as error:
            self._log.trouble(error.message)
            return False
        try:
            ws.send(self._line.connected())
            ws.send(self._line.start(self._parameters(stream)))
            return self._talk(ws)
        except (ConnectionClosed, OSError):
            if ws.close_reason != 1000:
                self._log.trouble("the bot's end of the stream broke (error 31921)")
            return False
        finally:
            self._tell()
            _close(ws)

    def _connected(self, stream: Verb) -> Client:
        url, headers = self._around.webhooks.socket(stream.get("url"), forged=self._is("signature"))
        thread = partial(threading.Thread, daemon=True)
        connect = ThreadPoolExecutor(1)
        try:
            return connect.submit(Client, url, headers=headers, thread_class=thread).result(CONNECT_SECONDS)
        except Refused as error:
            raise StreamError(f"the bot refused the stream: {error} (error 31920)") from None
        except (OSError, Late) as error:
            raise StreamError(f"no connection for the stream: {type(error).__name__} (error 31901)") from None
        finally:
            connect.shutdown(wait=False)

    def _parameters(self, stream: Verb) -> dict[str, str]:
        given = {each.get("name"): each.get("value") for each in stream.children}
        return {**given, "token": self._fault.value} if self._fault and self._is("token") else given

    def _is(self, kind: str) -> bool:
        return self._fault is not None and self._fault.kind == kind

    def _talk(self, ws: Client) -> bool:
        """Frame by frame, until the bot closes (`ConnectionClosed`) or the caller hangs up."""
        due = time.monotonic()
        while True:
            self._receive(ws)
            for mark in self._playback.step():
                ws.send(self._line.mark(mark))
            if self._has_left(ws):
                ws.send(self._line.stop())
                return True
            self._send(ws)
            self._frames += 1
            if self._fault and self._is("drop") and self._frames * FRAME_SECONDS >= self._fault.seconds:
                ws.sock.shutdown(2)
                raise OSError
            due += FRAME_SECONDS
            time.sleep(max(0.0, due - time.monotonic()))

    def _receive(self, ws: Client) -> None:
        while (text := ws.receive(timeout=0)) is not None:
            try:
                if self._playback.take(text):
                    self._idle = 0
                    self._answered()
            except StreamError as error:
                self._log.trouble(error.message)

    def _answered(self) -> None:
        """Sound has come: the answer, or a line that only holds her."""
        if self._around.prompts is None or len(self._around.prompts()) > self._told:
            self._around.turns.answer()
        else:
            self._around.turns.hold()

    def _has_left(self, ws: Client) -> bool:
        """What she does in this frame, and whether it is to hang up."""
        self._idle += 1
        if not self._playback.is_empty:
            self._playing, self._quiet, self._idle = self._playing + 1, 0, 0
            after = self._caller.speaks_over_after()
            if not self._busy and after is not None and self._playing * FRAME_SECONDS >= after:
                self._tell()
                return self._acts()
        else:
            self._quiet += 1
            if self._playing and self._quiet >= QUIET_FRAMES:
                self._playing = 0
                self._may_act = self._tell() or self._around.prompts is None or self._may_act
            may = self._may_act and not self._playing and self._quiet >= QUIET_FRAMES
            if not self._busy and (may or (not self._has_acted and self._idle >= DEAF_FRAMES)):
                return self._acts()
        if self._idle > MOST_FRAMES:
            self._log.trouble("the bot said nothing for two minutes; the caller hangs up")
            return True
        if self._said is not None and not self._voice:
            return self._has_spoken(self._said)
        if self._keys and self._frames % KEY_FRAMES == 0:
            ws.send(self._line.dtmf(self._keys[0]))
            self._keys = self._keys[1:]
            if not self._keys:
                self._around.turns.begin("keys", self._log.at())
        return False

    @property
    def _busy(self) -> bool:
        return bool(self._voice or self._keys or self._said)

    def _acts(self) -> bool:
        act = self._caller.at_record()
        self._may_act, self._has_acted, self._idle = False, True, 0
        match act:
            case HangUp():
                return True
            case Press():
                self._keys = act.keys
                self._log.emit(Pressed(self._log.at(), act.keys))
            case Speak():
                self._voice, self._said = mulaw(act.wav), act
                self._log.emit(Spoke(self._log.at(), act.name, len(self._voice) / 8_000, "", act.key))
            case None:
                self._log.emit(StayedSilent(self._log.at()))
                self._around.turns.begin("silence", self._log.at())
        return False

    def _has_spoken(self, said: Speak) -> bool:
        """She has come to the end of what she says."""
        self._said, self._idle = None, 0
        if said.key == "hangup" or self._caller.leaves_while_waiting():
            return True
        self._around.turns.begin("speech", self._log.at())
        self._keys = said.key
        return False

    def _send(self, ws: Client) -> None:
        frame, self._voice = self._voice[:FRAME], self._voice[FRAME:]
        start = self._frames * FRAME % len(self._noise)
        message = self._line.media(frame + self._noise[start : start + FRAME - len(frame)])
        for each in self._disturbance.through(message) if self._disturbance else [message]:
            ws.send(each)

    def _tell(self) -> bool:
        """Tell of what she has heard since the last time; whether the bot has said anything new."""
        heard = bytes(self._playback.heard)
        if not heard:
            return False
        self._playback.heard.clear()
        self._log.emit(HeardAudio(self._log.at(), len(heard) / 8_000, heard))
        new = self._around.prompts()[self._told :] if self._around.prompts else ()
        for text in new:
            self._told += 1
            self._caller.hears(text)
            self._log.emit(Said(self._log.at(), text))
        return bool(new)


def _close(ws: Client) -> None:
    try:
        ws.close()
    except (ConnectionClosed, OSError):
        return
