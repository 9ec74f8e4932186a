"""Numbers, SIP addresses and addresses for messages: what cannot be reached, or must not be."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from voicebot.routing.draft import Draft
from voicebot.routing.issues import Issue, Mark, issue, shown

_SIP = re.compile(
    r"sips?:[\w.!~*'()&=+$,;?/%-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:;[\w.=+%-]+)*"
)
_MAIL = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HOOK = re.compile(r"https?://[^\s/]+\S*")
_PREMIUM = ("9", "87")
"""After +44: 09 is premium rate, 087 has a service charge; no council may send callers there unasked."""


def queue_targets(draft: Draft) -> Iterator[Issue]:
    for name, queue in draft.queues.items():
        if ("queues", name, "sip") in draft.places.keys:
            if not _SIP.fullmatch(queue.target):
                mark = draft.places.value("queues", name, "sip")
                yield issue(
                    "E503", mark, f"{shown(queue.target)} is no SIP address", 'write it as "sip:team@host.example"'
                )
        else:
            yield from _number(queue.target, draft.places.value("queues", name, "number"))


def caller_id(draft: Draft) -> Iterator[Issue]:
    if draft.council is not None:
        yield from _number(draft.council.caller_id, draft.places.value("council", "caller_id"))


def _number(text: str, mark: Mark) -> Iterator[Issue]:
    number = _parse(text, None)
    if number is None or not text.startswith("+") or not _possible(number):
        yield issue("E501", mark, f"{shown(text)} is no number that can be dialled", _how(text))
    elif number.country_code == 44 and str(number.national_number).startswith(_PREMIUM):
        yield issue("E502", mark, f"{shown(text)} costs callers extra", "use a number that begins 01, 02, 03 or 0800")


def _how(text: str) -> str:
    meant = _parse(text if text.startswith(("+", "0")) else f"+{text}", "GB")
    if meant is not None and _possible(meant):
        return f'write "{phonenumbers.format_number(meant, phonenumbers.PhoneNumberFormat.E164)}"'
    return 'write it with the country code and all of its digits, such as "+441632960100"'


def _parse(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _possible(number: phonenumbers.PhoneNumber) -> bool:
    """As long as a whole number is; one without its area code would do for the library's `is_possible_number`."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE


def message_addresses(draft: Draft) -> Iterator[Issue]:
    for name, queue in draft.queues.items():
        if queue.deliver is None:
            continue
        mark = draft.places.value("queues", name, "deliver")
        if queue.external:
            yield issue("E505", mark, f"{name} is not the council's, and takes no messages", "delete deliver")
        elif not (_MAIL.fullmatch(queue.deliver) or _HOOK.fullmatch(queue.deliver)):
            fix = "write an e-mail address, or a webhook that begins https://"
            yield issue("E504", mark, f"messages cannot be sent to {shown(queue.deliver)}", fix)
