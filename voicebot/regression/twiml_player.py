"""Carries TwiML out as Twilio would, with a scripted caller at the other end. Prompts take no time; pauses do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin

from voicebot.errors import VoicebotError
from voicebot.regression.call_events import (
    Dialled,
    Pressed,
    Said,
    Spoke,
    StayedSilent,
    TurnKind,
)
from voicebot.regression.call_leg import Leg, advisor_leg, recording_params, recording_status_params
from voicebot.regression.call_log import CallLog
from voicebot.regression.caller import Caller, gathered
from voicebot.regression.dialling import Target, read_target
from voicebot.regression.provider_store import ProviderStore, Recording
from voicebot.regression.script import HangUp, Press, Speak
from voicebot.regression.stream_faults import StreamFault
from voicebot.regression.stream_player import Around, Prompts, StreamPlayer
from voicebot.regression.telephone_wav import recorded, silent_wav
from voicebot.regression.turn_clock import LISTENING, TurnClock
from voicebot.regression.twiml_grammar import TwimlError, Verb, parse_twiml
from voicebot.regression.webhooks import Document, WebhookError, Webhooks

EARLY = 0.1
"""Seconds by which a request runs ahead of the hang-up that happens while it is worked on."""

PRESSED_SECONDS = 1.0
"""Length of a recording that a key ended before a word was spoken."""

Finish = Literal["over", "hung_up", "left", "rejected"]
"""The document ended, the bot hung up, the caller did, or the call was not taken."""


@dataclass(frozen=True, slots=True)
class Network:
    """What a call needs around it. `transfer_outcomes` are `DialCallStatus` values, one a transfer; `wait` sleeps.
    `stream_faults`: what goes wrong with each live stream in turn. `prompts`: see `stream_player`."""

    webhooks: Webhooks
    recordings: ProviderStore
    log: CallLog
    transfer_outcomes: Iterator[str]
    wait: Callable[[float], None]
    stream_faults: Iterator[StreamFault | None] = field(default_factory=lambda: iter(()))
    prompts: Prompts | None = None


class Player:
    """One leg of a call. `fallback` is asked once, where the bot has no usable answer."""

    def __init__(
        self,
        leg: Leg,
        caller: Caller,
        network: Network,
        *,
        fallback: str | None = None,
        side: Literal["caller", "advisor"] = "caller",
    ) -> None:
        self._leg = leg
        self._caller = caller
        self._network = network
        self._log = network.log
        self._fallback = fallback
        self._side = side
        self._turns = TurnClock(network.log)
        self.heard: list[str] = []
        self.connected = False

    def play(self, url: str, *, status: str = "ringing", method: str = "POST") -> Finish:
        """Carry the call out from this URL on. Raises `TwimlError` or `WebhookError` where no fallback is left."""
        step = self._safely(lambda: self._ask(url, {}, "ring", method, status=status))
        while isinstance(step, Document):
            document = step
            step = self._safely(lambda: self._document(document))  # noqa: B023  # called at once
        return step

    def _safely(self, work: Callable[[], Document | Finish]) -> Document | Finish:
        try:
            return work()
        except (TwimlError, WebhookError) as error:
            if self._fallback is None:
                raise
            self._log.trouble(f"{error.message}; asking the fallback")
            self._turns.drop()
            url, self._fallback = self._fallback, None
            params = {"ErrorCode": str(error.twilio_code), "ErrorUrl": getattr(error, "url", "")}
            return self._network.webhooks.fetch(url, self._leg.request("in-progress", params))

    def _document(self, document: Document) -> Document | Finish:
        verbs = parse_twiml(document.body)
        self._turns.read(verbs)
        for index, verb in enumerate(verbs):
            step = self._carry_out(verb, verbs[:index], verbs[index + 1 :], document)
            if step is not None:
                return step
        return "over"

    def _carry_out(
        self, verb: Verb, before: Sequence[Verb], after: Sequence[Verb], document: Document
    ) -> Document | Finish | None:
        match verb.name:
            case "Say" | "Play" | "Pause":
                self._sound(verb)
            case "Gather":
                return self._gather(verb, after, document)
            case "Record":
                return self._record(verb, document)
            case "Dial":
                return self._dial(verb, document)
            case "Connect":
                return self._connect(verb, before)
            case "Redirect":
                listened = any(each.name in LISTENING for each in before)
                kind: TurnKind = "silence" if listened else "redirect"
                return self._ask(urljoin(document.url, verb.text), {}, kind, verb.get("method", "POST"))
            case "Hangup":
                return "hung_up"
            case "Reject":
                return "rejected"
        return None

    def _sound(self, verb: Verb) -> None:
        if verb.name == "Pause":
            self._network.wait(verb.number("length", 1))
            return
        text = verb.text if verb.name == "Say" else f"[audio {verb.text or verb.get('digits')}]"
        self.heard.append(text)
        self._caller.hears(text)
        self._log.emit(Said(self._log.at(), text, self._side))

    def _gather(self, verb: Verb, after: Sequence[Verb], document: Document) -> Document | Finish | None:
        for sound in verb.children:
            self._sound(sound)
        asks_anyway = verb.flag("actionOnEmptyResult", False)
        record_follows = not asks_anyway and any(each.name in {"Record", "Connect"} for each in after)
        act = self._caller.at_gather(record_follows=record_follows)
        if isinstance(act, HangUp):
            return "left"
        if act is None:
            if not record_follows:
                self._log.emit(StayedSilent(self._log.at()))
            digits = ""
        else:
            digits, rest = gathered(act.keys, verb.number("numDigits", 1000), verb.get("finishOnKey", "#"))
            if rest:
                self._caller.do_next(Press(rest))
            self._log.emit(Pressed(self._log.at(), act.keys.removesuffix(rest)))
        if not digits and not asks_anyway:
            return None
        kind: TurnKind = "keys" if act else "silence"
        return self._ask(self._action(verb, document), {"Digits": digits}, kind, verb.get("method", "POST"))

    def _connect(self, verb: Verb, before: Sequence[Verb]) -> Finish | None:
        if self._side == "advisor":
            raise TwimlError("<Connect> may not be used in a whisper", 12200)
        network = self._network
        around = Around(self._leg, network.webhooks, self._log, self._turns, network.prompts)
        spoken = any(each.name in {"Gather", "Say"} for each in before)
        fault = next(network.stream_faults, None)
        return "left" if StreamPlayer(around, self._caller, spoken=spoken, fault=fault).play(verb.children[0]) else None

    def _record(self, verb: Verb, document: Document) -> Document | Finish | None:
        act = self._caller.at_record()
        enders = verb.get("finishOnKey", "1234567890*#")
        if act is None:
            self._log.emit(StayedSilent(self._log.at()))
            return None
        if isinstance(act, HangUp):
            return "left"
        if isinstance(act, Press):
            taken = act.keys[0] in enders and not act.lost
            self._log.emit(Pressed(self._log.at(), act.keys, taken))
            if not taken:
                return None
            if act.keys[1:]:
                self._caller.do_next(Press(act.keys[1:]))
            act = Speak(silent_wav(PRESSED_SECONDS), "", act.keys[0])
        key = act.key if act.key == "hangup" or act.key in enders else ""
        tail = 0.0 if key or verb.get("trim", "trim-silence") == "trim-silence" else float(verb.number("timeout", 5))
        wav = recorded(act.wav, tail, float(verb.number("maxLength", 3600)))
        recording = self._network.recordings.record(wav, act.fault)
        if act.name:
            self._log.emit(Spoke(self._log.at(), act.name, recording.seconds, recording.sid, key))
        self._report_recording(verb, recording, document)
        params = recording_params(recording, key)
        if key == "hangup":
            self._notify(self._action(verb, document), self._leg.request("completed", params))
            return "left"
        kind: TurnKind = "speech" if act.name else "keys"
        method = verb.get("method", "POST")
        return self._ask(self._action(verb, document), params, kind, method, there_at=recording.there_at)

    def _report_recording(self, verb: Verb, recording: Recording, document: Document) -> None:
        """The recording status callback comes beside the call, when the recording can be fetched."""
        there_at = recording.there_at
        status = "absent" if there_at is None else "completed"
        url = urljoin(document.url, verb.get("recordingStatusCallback"))
        wanted = verb.get("recordingStatusCallbackEvent", "completed").split()
        if not verb.get("recordingStatusCallback") or status not in wanted:
            return
        params = recording_status_params(self._leg, recording, status)
        delay = 0.0 if there_at is None else there_at - recording.made_at
        self._log.later(delay, lambda: self._notify(url, params))

    def _dial(self, verb: Verb, document: Document) -> Document | Finish | None:
        if self._side == "advisor":
            raise TwimlError("<Dial> may not be used in a whisper", 12200)
        target, caller_id = read_target(verb, from_=self._leg.from_)
        left = self._caller.leaves_while_waiting()
        status = "canceled" if left else next(self._network.transfer_outcomes)
        advisor = advisor_leg(self._leg, caller_id, target.address)
        whisper, bridged = "", status == "completed"
        if bridged and target.whisper_url:
            status, bridged, whisper = self._whisper(advisor, target, document)
        self.connected = self.connected or bridged
        ring = verb.number("timeout", 30)
        now = self._log.at()
        self._log.emit(Dialled(now, target.address, caller_id, status, bridged, ring, whisper, target.headers))
        if not verb.get("action"):
            # nobody waits for what comes after the talk, so it ends with the caller; an action hears of it first
            return "left" if left or bridged else None
        params = {"DialCallStatus": status, "DialCallSid": advisor.call_sid, "DialBridged": str(bridged).lower()}
        if status == "completed":
            params["DialCallDuration"] = "60"
        if target.is_sip:
            code = {"completed": "200", "busy": "486", "no-answer": "408", "canceled": "487"}.get(status, "503")
            params |= {"DialSipCallId": f"{advisor.call_sid}@192.0.2.10", "DialSipResponseCode": code}
        action = self._action(verb, document)
        if left:
            self._notify(action, self._leg.request("completed", params))
            return "left"
        return self._ask(action, params, "transfer", verb.get("method", "POST"))

    def _whisper(self, advisor: Leg, target: Target, document: Document) -> tuple[str, bool, str]:
        """`DialCallStatus`, whether the caller was joined, and what the advisor was told. Asked to, she presses 1."""
        player = Player(advisor, Caller([Press("1")]), self._network, side="advisor")
        try:
            url = urljoin(document.url, target.whisper_url)
            finish = player.play(url, status="in-progress", method=target.whisper_method)
        except VoicebotError as error:
            self._log.trouble(f"whisper: {error.message}")
            return "failed", False, " ".join(player.heard)
        # answered, but hung up before the two were joined: completed all the same, which DialBridged tells apart
        return "completed", finish == "over", " ".join(player.heard)

    def _ask(
        self,
        url: str,
        params: Mapping[str, str],
        kind: TurnKind,
        method: str,
        *,
        status: str = "in-progress",
        there_at: float | None = None,
    ) -> Document | Finish:
        """Ask the bot what comes next; a redirect from a hold line goes on with the turn that is under way."""
        if self._side == "caller":
            there = 0.0 if there_at is None else self._log.at_clock(there_at)
            self._turns.begin(kind, max(self._log.at(), there))
        full = self._leg.request(status, params)
        if self._caller.leaves_while_waiting():
            self._log.later(0.0, lambda: self._notify(url, full, method))
            self._network.wait(EARLY)
            return "left"
        return self._network.webhooks.fetch(url, full, method=method)

    def _notify(self, url: str, params: Mapping[str, str], method: str = "POST") -> None:
        try:
            self._network.webhooks.notify(url, params, method=method)
        except WebhookError as error:
            self._log.trouble(error.message)

    @staticmethod
    def _action(verb: Verb, document: Document) -> str:
        return urljoin(document.url, verb.get("action"))
