"""From the answer of a turn to TwiML that listens over a live stream. Pure.

`<Connect><Stream>` holds the TwiML until the socket closes; then the `<Redirect>` behind it asks how the call goes on.
Sources: https://www.twilio.com/docs/voice/twiml/connect, …/stream.
"""

from __future__ import annotations

from dataclasses import replace

from twilio.twiml.voice_response import VoiceResponse

from voicebot.dialogue.actions import Action, Ask, HangUp, Say, TakeMessage, Transfer
from voicebot.live.streams import Ticket
from voicebot.ports import Answer
from voicebot.telephony.twilio import twiml
from voicebot.telephony.twilio.urls import Urls

TOKEN, TURN = "token", "turn"
"""Names of the parameters that go along. A query in the URL of a stream would be dropped."""


def question_of(answer: Answer) -> Ask | None:
    """The question that the answer ends in; None where it ends in anything else."""
    ends = (each for each in answer.actions if isinstance(each, Ask | TakeMessage | Transfer | HangUp))
    last = next(ends, None)
    return last if isinstance(last, Ask) else None


def listen(number: int, ticket: Ticket, urls: Urls) -> str:
    """Speak and listen, or listen alone, over the stream: which of them is kept with the ticket."""
    response = VoiceResponse()
    _connect(response, number, ticket, urls)
    return str(response)


def say_and_listen(answer: Answer, asked: Ask, ticket: Ticket, urls: Urls, voice: twiml.Voice) -> str:
    """Twilio speaks, keys count from the first word on, then the stream listens."""
    response = VoiceResponse()
    before = [each for each in answer.actions if isinstance(each, Say)]
    twiml.keys_while_speaking(response, before, asked, answer.next_turn, urls, voice)
    _connect(response, answer.next_turn, ticket, urls)
    return str(response)


def unspoken(answer: Answer) -> Answer:
    """What remains of the answer once its prompts have been heard."""
    return replace(answer, actions=tuple(_without_words(each) for each in answer.actions))


def _without_words(action: Action) -> Action:
    return replace(action, text="") if isinstance(action, Say | Ask | TakeMessage) else action


def _connect(response: VoiceResponse, number: int, ticket: Ticket, urls: Urls) -> None:
    stream = response.connect().stream(url=urls.stream())
    stream.parameter(name=TOKEN, value=ticket.token)
    stream.parameter(name=TURN, value=str(number))
    response.redirect(urls.after(ticket.stream))
