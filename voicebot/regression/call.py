"""Places one recorded call: plays Twilio's part towards the bot from the ring to the status callback."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx

from voicebot.errors import VoicebotError
from voicebot.regression.call_events import CallOutcome, CallResult, Ended, OnEvent, Pressed, Texted
from voicebot.regression.call_leg import Leg, ended_params, message_status_params, sip_leg, telephone_leg
from voicebot.regression.call_log import CallLog
from voicebot.regression.caller import Caller
from voicebot.regression.dialling import OUTCOMES
from voicebot.regression.provider import Provider
from voicebot.regression.provider_store import Message, new_sid
from voicebot.regression.script import Step
from voicebot.regression.stream_faults import StreamFault
from voicebot.regression.stream_player import Prompts
from voicebot.regression.twiml_grammar import TwimlError
from voicebot.regression.twiml_player import Finish, Network, Player
from voicebot.regression.webhooks import WebhookError, Webhooks

ENTRY = "/twilio/voice"
STATUS = "/twilio/status"
CALLER = "+447700900123"
COUNCIL = "+441632960000"
"""Both are numbers that Ofcom keeps for drama."""

LEFTOVERS = 20.0
"""Seconds that callbacks beside the call may still take after it has ended."""


def place_call(
    client: httpx.Client,
    public_url: str,
    token: str,
    account_sid: str,
    caller: Iterable[Step] | Caller,
    provider: Provider,
    *,
    from_: str = CALLER,
    to: str = COUNCIL,
    sip: bool = False,
    sip_headers: Mapping[str, str] | None = None,
    on_event: OnEvent = lambda event: None,
    transfer_outcomes: Sequence[str] = ("completed",),
    fallback: Path | None = None,
    wait: Callable[[float], None] = time.sleep,
    text_seconds: float = 0.0,
    call_sid: str | None = None,
    prompts: Prompts | None = None,
    stream_faults: Iterable[StreamFault | None] = (),
) -> CallResult:
    """Ring the bot and see the call through.

    `client` reaches the bot (see `Webhooks`). `transfer_outcomes` are the `DialCallStatus` of each transfer in turn,
    the last one for all that follow. `fallback` is static TwiML for when the bot has no answer. `wait` sleeps through
    pauses. `text_seconds`: how long to wait after the call for a text message to come. `call_sid` names the call in
    advance. `prompts` tells what the bot has said by its own record, for live streams, and `stream_faults` what goes
    wrong with each of them. Never raises for what the bot does wrong: the outcome is `failed` then, and `troubles` say
    why. Raises `ValueError` for an unknown outcome.
    """
    unknown = set(transfer_outcomes) - OUTCOMES
    if unknown or not transfer_outcomes:
        raise ValueError(f"transfer outcomes {sorted(unknown)}: must be among {sorted(OUTCOMES)}, and at least one")
    log = CallLog(on_event)
    sid = call_sid or new_sid("CA")
    leg = sip_leg(sid, account_sid, from_, to, sip_headers or {}) if sip else telephone_leg(sid, account_sid, from_, to)
    folder = fallback.parent if fallback else None
    webhooks = Webhooks(client, public_url, token, on_request=log.requested, fallback_folder=folder)
    outcomes = _then_last(transfer_outcomes)
    network = Network(webhooks, provider.store, log, outcomes, wait, iter(stream_faults), prompts)
    who = caller if isinstance(caller, Caller) else Caller(caller)
    player = Player(leg, who, network, fallback=fallback.name if fallback else None)
    texts_before = len(provider.store.messages)

    finish = _play(player, webhooks.absolute(ENTRY), log)
    outcome = _outcome(finish, player.connected)
    seconds = log.at()
    _report_end(webhooks, leg, log, seconds, outcome)
    log.join(LEFTOVERS)
    _report_texts(webhooks, account_sid, log, _texts(provider, texts_before, leg, log, text_seconds))
    log.emit(Ended(seconds, outcome))
    return CallResult(leg.call_sid, outcome, seconds, log.events)


def _play(player: Player, url: str, log: CallLog) -> Finish | None:
    try:
        return player.play(url)
    except (TwimlError, WebhookError) as error:
        log.trouble(f"{error.message}. The caller hears: an application error has occurred.")
        return None


def _outcome(finish: Finish | None, connected: bool) -> CallOutcome:
    if connected:
        return "connected"
    match finish:
        case None:
            return "failed"
        case "left":
            return "abandoned"
        case "rejected":
            return "rejected"
        case _:
            return "ended"


def _then_last(outcomes: Sequence[str]) -> Iterator[str]:
    return itertools.chain(outcomes, itertools.repeat(outcomes[-1]))


def _report_end(webhooks: Webhooks, leg: Leg, log: CallLog, seconds: float, outcome: CallOutcome) -> None:
    status = "busy" if outcome == "rejected" else "completed"
    try:
        webhooks.notify(webhooks.absolute(STATUS), ended_params(leg, seconds, status))
    except WebhookError as error:
        log.trouble(error.message)


def _texts(provider: Provider, before: int, leg: Leg, log: CallLog, seconds: float) -> list[Message]:
    """The text messages of this call: to the caller's own number, or to one that she keyed in."""
    keyed = [event.keys for event in log.events if isinstance(event, Pressed)]
    ends = {_end(number) for number in (leg.from_, *keyed) if len(_end(number)) == 9}
    if seconds:
        provider.store.wait_for_messages(before + 1, deadline=seconds)
    return [message for message in provider.store.messages[before:] if _end(message.to) in ends]


def _end(number: str) -> str:
    """The last nine digits: the same whether a British number is written with 0 or +44."""
    return re.sub(r"[^0-9]", "", number)[-9:]


def _report_texts(webhooks: Webhooks, account_sid: str, log: CallLog, messages: Iterable[Message]) -> None:
    for message in messages:
        log.emit(Texted(log.at(), message.to, message.body))
        for status in ("sent", "delivered") if message.status_callback else ():
            try:
                webhooks.notify(message.status_callback, message_status_params(account_sid, message, status))
            except VoicebotError as error:
                log.trouble(error.message)
