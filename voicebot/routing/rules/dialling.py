"""Numbers, SIP addresses and addresses for messages: what cannot be reached, or must not be."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from voicebot.routing.draft import Draft, Path
from voicebot.routing.issues import Issue, Mark, issue, shown

_SIP = re.compile(
    r"sips?:[\w.!~*'()&=+$,;?/%-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:;[\w.=+%-]+)*"
)
_MAIL = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HOOK = re.compile(r"https?://[^\s/]+\S*")
_PREMIUM = ("9", "87", "70")
"""After +44: 09 is premium rate, 087 has a service charge, 070 follows a person at a price; no council may send callers
there unasked."""

_SHARED_COST = "84"

DRAMA = re.compile(r"(?:11[3-8]4960|1[2-6]14960|1914980|2079460|2896496|2920180|1632960|7700900|8081570|3069990)\d{3}")
"""After +44: what Ofcom keeps for television and radio drama (its list "Telephone numbers for drama use"): a thousand
numbers in each of the large cities, 01632 960, and the mobile, freephone and 03 ranges. Nobody ever has one."""


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


def numbers_twice(draft: Draft) -> Iterator[Issue]:
    """A row that was copied, and whose number was not changed: calls for one team ring at another."""
    first: dict[str, str] = {}
    for name, queue in draft.queues.items():
        other = first.setdefault(queue.target, name)
        if other != name:
            field = "sip" if ("queues", name, "sip") in draft.places.keys else "number"
            message = f"{name} has the number of {other}"
            fix = "correct the one that is wrong, or keep one queue where both are the same line"
            yield issue("N509", draft.places.value("queues", name, field), message, fix)


def priority_of_plain_numbers(draft: Draft) -> Iterator[Issue]:
    for name, queue in draft.queues.items():
        if queue.priority == "high" and ("queues", name, "number") in draft.places.keys:
            mark = draft.places.value("queues", name, "priority")
            message = f"priority of {name} reaches nobody: a telephone number carries none, only a SIP line does"
            yield issue("N510", mark, message, 'delete it, or give the line as sip: "sip:team@host.example"')


def caller_id(draft: Draft) -> Iterator[Issue]:
    if draft.council is not None:
        yield from _number(draft.council.caller_id, draft.places.value("council", "caller_id"))


def _number(text: str, mark: Mark) -> Iterator[Issue]:
    number = _parse(text, None)
    if number is None or not text.startswith("+") or not _possible(number):
        yield issue("E501", mark, f"{shown(text)} is no number that can be dialled", _how(text))
        return
    digits = str(number.national_number)
    if number.country_code != 44 or DRAMA.fullmatch(digits):
        return
    if digits.startswith(_PREMIUM):
        yield issue("E502", mark, f"{shown(text)} costs callers extra", "use a number that begins 01, 02, 03 or 0800")
    elif digits.startswith(_SHARED_COST):
        fix = "use a number that begins 01, 02, 03 or 0800"
        yield issue("N507", mark, f"{shown(text)} is a service number, with a charge on top of each call", fix)
    elif not phonenumbers.is_valid_number(number):
        message = f"{shown(text)} is in a range from which no numbers are given out"
        yield issue("N508", mark, message, "ring it to see whether a digit is wrong")


def drama_numbers(draft: Draft) -> Iterator[Issue]:
    """One notice for each file: an example council has nothing else, and a real one should have none."""
    found: dict[str, list[Mark]] = {}
    numbers: list[tuple[str, Path]] = [(each.target, ("queues", name, "number")) for name, each in draft.queues.items()]
    if draft.council is not None:
        numbers.append((draft.council.caller_id, ("council", "caller_id")))
    for text, path in numbers:
        if text.startswith("+44") and DRAMA.fullmatch(text[3:]):
            mark = draft.places.value(*path)
            found.setdefault(mark.file, []).append(mark)
    for marks in found.values():
        lines = sorted(mark.line for mark in marks)
        which = f"lines {lines[0]} to {lines[-1]}" if len(lines) > 1 else f"line {lines[0]}"
        count = "1 number is" if len(lines) == 1 else f"{len(lines)} numbers are"
        message = f"{count} kept for drama by Ofcom, and ring{'s' if len(lines) == 1 else ''} nowhere ({which})"
        yield issue("N506", min(marks), message, "before real callers ring, write the numbers of your teams")


def _how(text: str) -> str:
    """How to write a number, and what may have become of it where a plus or a zero is missing."""
    eaten = ""
    if re.fullmatch(r"[1-9]\d{6,10}", text) and not text.startswith("44"):
        eaten = "; did a spreadsheet eat the leading zero?"
    elif re.fullmatch(r"44\d{9,10}", text):
        eaten = "; did the plus get lost, because the number was not in quotes?"
    elif re.fullmatch(r"[\d.]+[eE]\+?\d+", text):
        return 'a spreadsheet made a power of ten of it: write all of its digits, such as "+441632960100"'
    for guess in (text, f"+{text}", f"0{text}"):
        meant = _parse(guess, "GB") if guess.startswith(("+", "0")) else None
        if meant is not None and _possible(meant):
            return f'write "{phonenumbers.format_number(meant, phonenumbers.PhoneNumberFormat.E164)}"{eaten}'
    return f'write it with the country code and all of its digits, such as "+441632960100"{eaten}'


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
