"""From actions to TwiML, built by Twilio's own library. Pure.

Sources of attributes and limits: https://www.twilio.com/docs/voice/twiml/gather, …/record, …/dial, …/sip and …/say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, Gather, SsmlProsody, VoiceResponse
from twilio.twiml.voice_response import Say as VerbSay

from voicebot.dialogue.actions import Ask, HangUp, Say, TakeMessage, Transfer
from voicebot.live.keypad import NUMBER_KEYS, NUMBER_SECONDS
from voicebot.ports import Answer
from voicebot.routing.short_numbers import to_dial
from voicebot.telephony.twilio.sip_headers import with_headers
from voicebot.telephony.twilio.urls import Urls

ANY_KEY = "0123456789*#"
UTTERANCE_SECONDS = 60
MESSAGE_KEYS = "0#"
"""# ends a message; 0 leads to a person, here as everywhere."""
MESSAGE_PATIENCE = 5
ERROR_RING_SECONDS = 30
TRIM = "do-not-trim"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Voice:
    """What rendering needs besides the answer.

    `voice` and `language` as `<Say>` takes them. `hold` is said when the caller has to wait, `trouble` when everything
    fails; then `fallback_number` (E.164 or a SIP address) is rung, showing `caller_id`.
    """

    voice: str
    language: str
    hold: str
    trouble: str
    fallback_number: str
    caller_id: str


def render(answer: Answer, urls: Urls, voice: Voice) -> str:
    """The TwiML of a finished turn. What is said before a question stands in the same `<Gather>`, so that keys work
    from the first word on. Text messages are no TwiML: the outbox sends them. Without any action the call ends."""
    response = VoiceResponse()
    spoken: list[Say] = []
    for action in answer.actions:
        match action:
            case Say():
                spoken.append(action)
                continue
            case Ask():
                _ask(response, spoken, action, answer.next_turn, urls, voice)
            case TakeMessage():
                _take_message(response, spoken, action, answer.next_turn, urls, voice)
            case Transfer():
                _say_all(response, spoken, voice)
                _transfer(response, action, answer.next_turn, urls)
            case HangUp():
                _say_all(response, spoken, voice)
                response.hangup()
            case _:
                continue
        return str(response)  # nothing that follows one of these is ever reached
    _say_all(response, spoken, voice)
    if spoken:
        response.redirect(urls.silence(answer.next_turn))  # or the call would end here
    return str(response)


def hold(number: int, urls: Urls, voice: Voice, *, first: bool) -> str:
    """The turn `number` is still being worked on: ask for it again, with a hold line the first time."""
    response = VoiceResponse()
    if first:
        _say(response, Say(voice.hold), voice)
    else:
        response.pause(length=1)
    response.redirect(urls.wait(number))
    return str(response)


def whisper(text: str | None, voice: Voice) -> str:
    """What the advisor hears before the caller is joined; at the end of this TwiML the two are connected."""
    response = VoiceResponse()
    if text:
        _say(response, Say(text), voice)
    return str(response)


def error(voice: Voice) -> str:
    """When everything fails: one sentence, then a person."""
    response = VoiceResponse()
    _say(response, Say(voice.trouble), voice)
    dial = response.dial(caller_id=voice.caller_id or None, timeout=ERROR_RING_SECONDS, answer_on_bridge=True)
    _destination(dial, voice.fallback_number, None)
    return str(response)


def nothing() -> str:
    """For a caller who has gone."""
    return str(VoiceResponse())


def keys_while_speaking(
    response: VoiceResponse, before: list[Say], asked: Ask, number: int, urls: Urls, voice: Voice
) -> None:
    """Say it all; a key at any moment of it counts, and ends it."""
    only_keys = asked.expecting.kind == "keys"
    gather = response.gather(
        input="dtmf",
        num_digits=NUMBER_KEYS if only_keys else 1,
        # "" rather than Twilio's default: with #, a single # would be taken for "nothing pressed" and lost
        finish_on_key="#" if only_keys else "",
        action_on_empty_result=False,
        timeout=NUMBER_SECONDS if only_keys else 1,
        action=urls.turn(number),
    )
    _say_all(gather, [*before, Say(asked.text, slow=asked.slow)], voice)


def _ask(response: VoiceResponse, before: list[Say], asked: Ask, number: int, urls: Urls, voice: Voice) -> None:
    keys_while_speaking(response, before, asked, number, urls, voice)
    if asked.expecting.kind != "keys":
        response.record(
            play_beep=False,
            timeout=asked.patience,
            max_length=UTTERANCE_SECONDS,
            trim=TRIM,
            finish_on_key=ANY_KEY,
            action=urls.turn(number),
            recording_status_callback=urls.recording(),
        )
    response.redirect(urls.silence(number))


def _take_message(
    response: VoiceResponse, before: list[Say], asked: TakeMessage, number: int, urls: Urls, voice: Voice
) -> None:
    gather = response.gather(
        input="dtmf", num_digits=1, finish_on_key="", action_on_empty_result=False, timeout=1, action=urls.turn(number)
    )
    _say_all(gather, [*before, Say(asked.text, slow=asked.slow)], voice)
    response.record(
        play_beep=True,
        timeout=MESSAGE_PATIENCE,
        max_length=asked.seconds,
        trim=TRIM,
        finish_on_key=MESSAGE_KEYS,
        action=urls.message(number),
        recording_status_callback=urls.recording(),
    )
    response.redirect(urls.silence(number))


def _transfer(response: VoiceResponse, transfer: Transfer, number: int, urls: Urls) -> None:
    dial = response.dial(
        caller_id=transfer.caller_id or None,
        timeout=transfer.ring_seconds,
        answer_on_bridge=True,
        action=urls.dial(number),
    )
    target = with_headers(transfer.target, transfer.headers) if _is_sip(transfer.target) else transfer.target
    _destination(dial, target, urls.whisper(number) if transfer.whisper else None)


def _destination(dial: Dial, target: str, url: str | None) -> None:
    if _is_sip(target):
        dial.sip(target, url=url)
    else:
        dial.number(target, url=url)


def _is_sip(target: str) -> bool:
    return target.lower().startswith(("sip:", "sips:"))


def _say_all(parent: VoiceResponse | Gather, spoken: list[Say], voice: Voice) -> None:
    for each in spoken:
        _say(parent, each, voice)


def _say(parent: VoiceResponse | Gather, spoken: Say, voice: Voice) -> None:
    text = _NOT_XML.sub(" ", spoken.text).strip()
    if not text:
        return
    name, language = (spoken.voice, spoken.language) if spoken.language else (voice.voice, voice.language)
    said = parent.say(voice=name, language=language)
    _words(said.prosody(rate="slow") if spoken.slow else said, text)


def _words(parent: VerbSay | SsmlProsody, text: str) -> None:
    """The words; a number of three digits that somebody is to dial goes apart, for no voice says "nine nine nine" of
    itself."""
    done = 0
    for start, end in to_dial(text):
        parent.append(text[done:start])
        parent.say_as(text[start:end], interpret_as="digits")
        done = end
    if text[done:]:
        parent.append(text[done:])
