"""Sends one e-mail by SMTP, with a deadline for the whole of it."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from voicebot.delivery.plain import flat, token
from voicebot.errors import DeliveryError

_ADDRESS = re.compile(r"[^\s,;:<>()\[\]\"@\\]+@[^\s,;:<>()\"@\\]+")


@dataclass(frozen=True, slots=True)
class MailServer:
    """`tls`: STARTTLS with a certificate that can be trusted, or nothing is sent. `ca` is a file of certificates to
    trust besides the system's. `sender` is an address, with a name if wished."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool
    sender: str
    ca: Path | None = None


def send(
    mail: MailServer, address: str, subject: str, text: str, *, message_id: str, date: str, seconds: float
) -> None:
    """`date` is ISO 8601. Raises `DeliveryError`, with the server's code but not its words: they may quote ours."""
    if not _ADDRESS.fullmatch(address):
        raise DeliveryError("routing.yaml: a `deliver` is neither an e-mail address nor a webhook (`voicebot check`)")
    where = f"the mail server {mail.host}:{mail.port}"
    began = time.monotonic()
    try:
        _hand_in(_letter(mail.sender, address, subject, text, message_id, date), address, mail, seconds)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if time.monotonic() - began >= seconds:
            raise DeliveryError(f"{where} took longer than {seconds:g} s to take a message") from None
        raise DeliveryError(f"{where}: {_reason(error)}") from None


def _letter(sender: str, address: str, subject: str, text: str, message_id: str, date: str) -> EmailMessage:
    """Plain text. Its id stays the same however often it is sent, so that mail programs show it once."""
    email = EmailMessage()
    email["From"] = flat(sender)
    email["To"] = address
    email["Subject"] = flat(subject)
    email["Date"] = format_datetime(datetime.fromisoformat(date))
    email["Message-ID"] = f"<{token(message_id)}@{token(sender.rpartition('@')[2]).strip('.-') or 'voicebot'}>"
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    email.set_content(text)
    return email


def _hand_in(email: EmailMessage, address: str, mail: MailServer, seconds: float) -> None:
    with _Timed(mail.host, mail.port, seconds) as server:
        if mail.tls:
            context = ssl.create_default_context()
            if mail.ca is not None:
                context.load_verify_locations(mail.ca)
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
        server.send_message(email, to_addrs=[address])


class _Timed(smtplib.SMTP):
    """Cuts the line after `seconds`. smtplib's own timeout starts again with every byte."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._alarm = threading.Timer(seconds, self._cut)
        self._alarm.daemon = True
        self._alarm.start()
        try:
            # the machine's name as it is: looking up its full name can hang where the name service does
            super().__init__(host, port, local_hostname=socket.gethostname(), timeout=seconds)
        except BaseException:
            self._alarm.cancel()
            self.close()
            raise

    def _cut(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def __exit__(self, *_: object) -> None:
        """Say goodbye and close. How the server takes the goodbye changes nothing: it has the message, or has not."""
        try:
            with suppress(smtplib.SMTPException, OSError, ValueError):
                self.quit()
        finally:
            self._alarm.cancel()
            self.close()


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate cannot be trusted; where it is your own, set VOICEBOT_SMTP_CA to its authority's file"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"it refuses the address ({', '.join(codes)}); see `deliver` in routing.yaml"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} ({error.smtp_code})"
    return type(error).__name__
