"""What carries texts and letters out of the house, put together."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.config import Settings
from voicebot.delivery.messages import MailServer
from voicebot.errors import SettingError
from voicebot.telephony.twilio.rest import TextSender, twilio_client
from voicebot.telephony.twilio.urls import text_status_url


@dataclass(frozen=True, slots=True)
class BoundSender:
    """Sends text messages whose fate Twilio reports to `status_url`."""

    sender: TextSender
    status_url: str

    def send(self, to: str, body: str) -> str:
        return self.sender.send(to, body, self.status_url)


def text_sender(settings: Settings) -> BoundSender | None:
    """None where no sender is set: then text messages wait, and `voicebot serve` says so at its start."""
    if not settings.sms_from:
        return None
    client = twilio_client(
        settings.account_sid,
        settings.auth_token.get_secret_value(),
        settings.api_base,
        region=settings.region,
        edge=settings.edge,
    )
    return BoundSender(TextSender(client, settings.sms_from), text_status_url(settings.public_url))


def mail_server(settings: Settings) -> MailServer | None:
    if not settings.smtp_host:
        return None
    if not settings.mail_from:
        raise SettingError("VOICEBOT_MAIL_FROM: not set, but VOICEBOT_SMTP_HOST is; e-mail needs a sender.")
    if settings.smtp_ca is not None and not settings.smtp_ca.is_file():
        raise SettingError(f"VOICEBOT_SMTP_CA: there is no file {settings.smtp_ca}.")
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
        settings.smtp_tls,
        settings.mail_from,
        settings.smtp_ca,
    )
