"""Hands a message that a caller left to its team: by e-mail or to a webhook."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import httpx

from voicebot.delivery.mail import MailServer, send
from voicebot.delivery.plain import flat, token
from voicebot.errors import DeliveryError

__all__ = ["SECONDS", "Letter", "MailServer", "compose", "deliver"]

SECONDS = 15.0
"""Deadline of one delivery as a whole: a slow server must not hold up the messages behind it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a team gets. `id` stays the same where one message has to be delivered again. `topic` is "" where it is not
    known or must not be told, `number` (E.164 or a SIP address) None where it was withheld. `left` is ISO 8601 in UTC.
    `note` tells the team what the words do not."""

    id: str
    call_id: str
    team: str
    topic: str
    words: str
    number: str | None
    left: str
    seconds: float
    note: str = ""


def deliver(letter: Letter, address: str, mail: MailServer | None, *, seconds: float = SECONDS) -> None:
    """`address` is an e-mail address or an http(s) URL. Raises `DeliveryError`, without words or numbers in it."""
    if address.startswith(("http://", "https://")):
        _post(letter, address, seconds)
    elif mail is None or not mail.host:
        raise DeliveryError("VOICEBOT_SMTP_HOST is not set, so no message can be e-mailed")
    else:
        subject, text = compose(letter)
        send(mail, address, subject, text, message_id=letter.id, date=letter.left, seconds=seconds)


def compose(letter: Letter) -> tuple[str, str]:
    """Subject and text of the e-mail. What the caller said stays on one line, so that it cannot pass for another."""
    team, topic = flat(letter.team), flat(letter.topic)
    lines = [
        f"A caller left this message for {team}, {letter.seconds:.0f} seconds long.",
        "",
        f"Left:     {letter.left}",
        f"Number:   {flat(letter.number or '') or 'withheld'}",
        *([f"About:    {topic}"] if topic else []),
        f"Call:     {flat(letter.call_id)}",
        "",
        flat(letter.words) or "(no words could be made out)",
        *(["", flat(letter.note)] if letter.note else []),
    ]
    return f"Message left for {team}" + (f": {topic}" if topic else ""), "\n".join(lines) + "\n"


def _post(letter: Letter, address: str, seconds: float) -> None:
    where = _origin(address)
    try:
        status = asyncio.run(asyncio.wait_for(_status(letter, address, seconds), seconds))
    except (TimeoutError, httpx.TimeoutException):
        raise DeliveryError(f"{where} took longer than {seconds:g} s to take a message") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise DeliveryError(f"{where} could not be reached ({type(error).__name__})") from None
    if 300 <= status < 400:
        raise DeliveryError(f"{where} redirects ({status}), which is not followed: put the new address in routing.yaml")
    if not 200 <= status < 300:
        raise DeliveryError(f"{where} answered {status} instead of taking a message")


async def _status(letter: Letter, address: str, seconds: float) -> int:
    """An asyncio request, because cancelling one is a deadline that a server which trickles its answer cannot stretch.
    The receiver can tell by the key that a message has come a second time."""
    headers = {"Idempotency-Key": token(letter.id)}
    async with (
        httpx.AsyncClient(timeout=seconds, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", address, json=asdict(letter), headers=headers) as response,
    ):
        return response.status_code


def _origin(address: str) -> str:
    """The address as it may be logged: what follows the host is a secret with many webhooks."""
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "the webhook"
