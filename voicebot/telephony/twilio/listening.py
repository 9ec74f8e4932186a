"""Whether the next utterance is heard over a live stream or from a recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from voicebot.live.ports import AudioOut, CallControl, LiveLine, Prompts
from voicebot.live.room import Room
from voicebot.live.script import script
from voicebot.live.streams import Streams
from voicebot.logs import described
from voicebot.ports import Answer, Arrival
from voicebot.telephony.twilio import stream_twiml
from voicebot.telephony.twilio.twiml import Voice
from voicebot.telephony.twilio.urls import Urls

log = structlog.get_logger(__name__)


MakeLine = Callable[[Arrival, AudioOut, CallControl], LiveLine]


@dataclass(frozen=True, slots=True)
class LiveCalls:
    """What live streams need. Where nothing is to be live, there is room for no call."""

    streams: Streams
    prompts: Prompts
    make_line: MakeLine
    room: Room = field(default_factory=lambda: Room(0))

    def document(self, answer: Answer, urls: Urls, voice: Voice, *, spoken: bool = False) -> str | None:
        """TwiML that listens over a stream; None where the answer is to be carried out by TwiML alone: it asks nothing,
        there is no room, this call's streams have failed, or a part of it breaks."""
        asked = stream_twiml.question_of(answer)
        if asked is None or not self.room.free:
            return None
        try:
            speak = not spoken and script(answer, self.prompts) is not None
            if asked.expecting.kind == "keys" and not speak:
                return None
            ticket = self.streams.issue(urls.call_id, answer.next_turn, speak=speak)
        except Exception as error:
            log.error("no_stream_issued", **described(error))
            return None
        if ticket is None:
            return None
        if speak or spoken:
            return stream_twiml.listen(answer.next_turn, ticket, urls)
        return stream_twiml.say_and_listen(answer, asked, ticket, urls, voice)
