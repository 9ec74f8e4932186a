"""From Twilio's form parameters to our words. Pure.

Anything may stand in any field, ten kilobytes of Unicode included: fields are cut and cleaned before anything else.
Sources: https://www.twilio.com/docs/voice/twiml (request parameters), …/twiml/record, …/gather, …/dial (action URLs).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import phonenumbers

from voicebot.dialogue.events import CallerKind, TransferOutcome
from voicebot.errors import VoicebotError
from voicebot.ports import Arrival, TurnInput

REGION = "GB"
"""Numbers without a country code are read as British."""

FIELD_CHARACTERS = 255
URL_CHARACTERS = 2048
KEYS = 32
LONGEST_RECORDING = 4 * 3600.0

OVER = frozenset({"completed", "canceled", "busy", "failed", "no-answer"})
"""Values of CallStatus that say that the caller is no longer there."""

# What Twilio shows for callers who withhold their number: words, and the same words keyed on a telephone's letters
# (https://help.twilio.com/articles/223179988).
WITHHELD_WORDS = frozenset({"", "anonymous", "restricted", "blocked", "private", "unavailable", "unknown", "withheld"})
WITHHELD_NUMBERS = frozenset({"+266696687", "+7378742833", "+2562533", "+86282452253", "+8656696"})

_CALL = re.compile(r"CA[0-9a-f]{32}", re.IGNORECASE)
_MESSAGE = re.compile(r"(?:SM|MM)[0-9a-f]{32}", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9 ().-]{3,32}")
_SIP = re.compile(r"(sips?):([^;?<>\s]+)", re.IGNORECASE)
_URL = re.compile(r"https?://[\x21-\x7e]+")
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_GB_MOBILE = re.compile(r"7[1-57-9]\d{8}")

_OUTCOMES: Mapping[str, TransferOutcome] = {
    "completed": "completed",
    "answered": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "cancelled",
}

Form = Mapping[str, str]


class RequestError(VoicebotError):
    """A request that no Twilio would send; the message says what is wrong with it, without repeating it."""

    code = "request"


def call_id(form: Form) -> str:
    """The call's CallSid, as it was sent. Raises `RequestError` unless it is CA and 32 hexadecimal digits."""
    return checked_call_id(_field(form, "CallSid"))


def checked_call_id(value: str) -> str:
    if not _CALL.fullmatch(value):
        raise RequestError("CallSid must be CA followed by 32 hexadecimal digits")
    return value


def arrival(form: Form) -> Arrival:
    """The call as it rings. Raises `RequestError` for a CallSid that is none; anything else is made the best of."""
    caller, number = _caller(_field(form, "From"))
    by_sip = bool(_field(form, "SipDomain")) or caller == "sip" or _SIP.match(_field(form, "To")) is not None
    return Arrival(call_id(form), "twilio-sip" if by_sip else "twilio", caller, number)


def answer_to_question(form: Form) -> TurnInput:
    """What `<Gather>` or `<Record>` brought. A key wins over the recording that it ended."""
    if _hung_up(form):
        return TurnInput(hung_up=True)
    keys = _keys(form)
    if keys:
        return TurnInput(keys=keys)
    return TurnInput(recording=recording_url(form), recording_seconds=_seconds(form))


def silence(form: Form) -> TurnInput:
    """The `<Redirect>` behind a question was reached: nobody spoke, or spoke so early that it was lost."""
    return TurnInput(hung_up=True) if over(form) else TurnInput()


def message(form: Form) -> TurnInput:
    """A message left. It counts even where the caller hung up after it; with 0 she asked for a person instead."""
    keys, recording = _keys(form), recording_url(form)
    if "0" in keys:
        return TurnInput(keys="0")
    if recording:
        return TurnInput(recording=recording, recording_seconds=_seconds(form), message=True)
    return TurnInput(hung_up=True) if _hung_up(form) else TurnInput()


def transfer(form: Form) -> TurnInput:
    """What became of a `<Dial>`. A caller who hung up while it rang is gone; one who has talked was connected."""
    outcome = _OUTCOMES.get(_field(form, "DialCallStatus").lower(), "failed")
    if outcome == "completed" and _field(form, "DialBridged").lower() == "false":
        outcome = "no_answer"  # the advisor hung up during the whisper, before the caller was joined
    if outcome != "completed" and over(form):
        return TurnInput(hung_up=True)
    return TurnInput(transfer=outcome)


def over(form: Form) -> bool:
    """Whether the call has ended, whatever the request was about."""
    return _field(form, "CallStatus").lower() in OVER


def recording_url(form: Form) -> str:
    """The RecordingUrl, "" where there is none or it is no URL. Where it may be fetched from is decided elsewhere."""
    url = _field(form, "RecordingUrl", URL_CHARACTERS + 1)
    return url if len(url) <= URL_CHARACTERS and _URL.fullmatch(url) else ""


def recording_is_ready(form: Form) -> bool:
    return _field(form, "RecordingStatus").lower() in ("", "completed")


def text_status(form: Form) -> tuple[str, str, str]:
    """Of a text message: its id at Twilio, its status as Twilio words it, error code or "". Raises `RequestError`."""
    sid = _field(form, "MessageSid") or _field(form, "SmsSid")
    if not _MESSAGE.fullmatch(sid):
        raise RequestError("MessageSid must be SM or MM followed by 32 hexadecimal digits")
    status = re.sub(r"[^a-z_]", "", (_field(form, "MessageStatus") or _field(form, "SmsStatus")).lower())[:20]
    return sid, status, re.sub(r"\D", "", _field(form, "ErrorCode"))[:6]


def is_mobile(number: str) -> bool:
    """Whether a text message can be sent there: an E.164 number of a mobile telephone."""
    return _caller(number)[0] == "mobile"


def _caller(sent: str) -> tuple[CallerKind, str | None]:
    address = _SIP.search(sent)
    if address:
        user = address[2].split("@")[0].lower()
        return ("withheld", None) if user in WITHHELD_WORDS else ("sip", f"{address[1].lower()}:{address[2]}")
    number = None if sent.lower() in WITHHELD_WORDS else _parsed(sent)
    if number is None:
        return "withheld", None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if f"+{sent.lstrip('+')}" in WITHHELD_NUMBERS or e164 in WITHHELD_NUMBERS:
        return "withheld", None
    return ("mobile" if _is_mobile(number) else "landline"), e164


def _parsed(sent: str) -> phonenumbers.PhoneNumber | None:
    if not sent.isascii() or not _NUMBER.fullmatch(sent):
        return None
    try:
        number = phonenumbers.parse(sent, REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    """Ofcom's numbers for drama (+44 7700 900…) are valid nowhere, so British mobiles are also known by their prefix
    (071 to 075 and 077 to 079; 070 is personal numbering, 076 pagers)."""
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE:
        return True
    return number.country_code == 44 and _GB_MOBILE.fullmatch(str(number.national_number)) is not None


def _hung_up(form: Form) -> bool:
    return _field(form, "Digits").lower() == "hangup" or over(form)


def _keys(form: Form) -> str:
    digits = _field(form, "Digits")
    return "" if digits.lower() == "hangup" else re.sub(r"[^0-9*#]", "", digits)[:KEYS]


def _seconds(form: Form) -> float:
    try:
        seconds = float(_field(form, "RecordingDuration")[:10])
    except ValueError:
        return 0.0
    return seconds if 0.0 <= seconds <= LONGEST_RECORDING else 0.0


def _field(form: Form, name: str, limit: int = FIELD_CHARACTERS) -> str:
    """A field without control characters, cut before it is cleaned, so that size costs nothing."""
    return _NOT_PRINTABLE.sub("", form.get(name, "")[: 2 * limit]).strip()[:limit]
