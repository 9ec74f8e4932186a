"""The parameters that Twilio posts with every webhook of a call, and with the callbacks around it.

Source: Twilio's "Voice webhooks" (request parameters) and "Programmable Voice SIP" (SIP parameters).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from voicebot.regression.provider_store import Message, Recording, new_sid

API_VERSION = "2010-04-01"
_COUNTRIES = {"+44": "GB", "+353": "IE", "+33": "FR", "+1": "US"}
SIP_DOMAIN = "council.sip.ie1.twilio.com"


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a call. `standing` are the parameters that come with all of its requests."""

    call_sid: str
    account_sid: str
    from_: str
    to: str
    standing: Mapping[str, str] = field(repr=False)

    def request(self, status: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return {**self.standing, "CallStatus": status, **(extra or {})}


def telephone_leg(call_sid: str, account_sid: str, from_: str, to: str) -> Leg:
    """A call from the telephone network. A withheld number is `anonymous`, `+266696687` or empty."""
    places: dict[str, str] = {}
    for party, number in (("From", from_), ("Caller", from_), ("To", to), ("Called", to)):
        country = next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), "")
        places |= {f"{party}Country": country, f"{party}City": "", f"{party}State": "", f"{party}Zip": ""}
    return Leg(call_sid, account_sid, from_, to, {**_basics(call_sid, account_sid, from_, to), **places})


def sip_leg(call_sid: str, account_sid: str, from_: str, to: str, headers: Mapping[str, str]) -> Leg:
    """A call to a SIP domain. Plain numbers become SIP addresses; `headers` are the caller's own, such as `X-Site`."""
    from_ = from_ if from_.startswith("sip:") else f"sip:{from_ or 'anonymous'}@pbx.council.example"
    to = to if to.startswith("sip:") else f"sip:{to}@{SIP_DOMAIN}"
    sip = {
        "SipDomain": SIP_DOMAIN,
        "SipDomainSid": new_sid("SD"),
        "SipCallId": f"{call_sid[2:18]}@192.0.2.10",
        "SipSourceIp": "192.0.2.10",
        **{f"SipHeader_{name}": value for name, value in headers.items()},
    }
    return Leg(call_sid, account_sid, from_, to, {**_basics(call_sid, account_sid, from_, to), **sip})


def advisor_leg(caller: Leg, caller_id: str, target: str) -> Leg:
    """The call that `<Dial>` makes to an advisor."""
    call_sid = new_sid("CA")
    params = {
        **_basics(call_sid, caller.account_sid, caller_id, target),
        "Direction": "outbound-dial",
        "ParentCallSid": caller.call_sid,
    }
    return Leg(call_sid, caller.account_sid, caller_id, target, params)


def _basics(call_sid: str, account_sid: str, from_: str, to: str) -> dict[str, str]:
    return {
        "CallSid": call_sid,
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "Direction": "inbound",
        "From": from_,
        "Caller": from_,
        "To": to,
        "Called": to,
    }


def ended_params(leg: Leg, seconds: float, status: str) -> dict[str, str]:
    """The status callback of a call that is over."""
    whole = max(1, round(seconds))
    return leg.request(
        status,
        {
            "CallDuration": str(whole),
            "Duration": str((whole + 59) // 60),
            "Timestamp": format_datetime(datetime.now(UTC)),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": "0",
        },
    )


def recording_params(recording: Recording, key: str) -> dict[str, str]:
    """What `<Record>` adds to its action. The key is left out where silence ended the recording."""
    params = {
        "RecordingUrl": recording.url,
        "RecordingSid": recording.sid,
        "RecordingDuration": str(max(1, round(recording.seconds))),
    }
    return {**params, "Digits": key} if key else params


def recording_status_params(leg: Leg, recording: Recording, status: str) -> dict[str, str]:
    """The recording status callback; `status` is `completed` or `absent`."""
    return {
        "AccountSid": leg.account_sid,
        "CallSid": leg.call_sid,
        "ApiVersion": API_VERSION,
        "RecordingSid": recording.sid,
        "RecordingUrl": recording.url,
        "RecordingStatus": status,
        "RecordingDuration": str(max(1, round(recording.seconds))),
        "RecordingChannels": "1",
        "RecordingSource": "RecordVerb",
        "RecordingTrack": "inbound",
        "RecordingStartTime": format_datetime(datetime.now(UTC)),
    }


def message_status_params(account_sid: str, message: Message, status: str) -> dict[str, str]:
    """The status callback of a text message: `sent`, `delivered`, `undelivered` or `failed`."""
    return {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "MessageSid": message.sid,
        "MessageStatus": status,
        "SmsSid": message.sid,
        "SmsStatus": status,
        "To": message.to,
        "From": message.sender,
    }
