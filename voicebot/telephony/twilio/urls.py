"""The URLs that the TwiML of one call points to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

PREFIX = "/twilio"

OVERRIDES = "#rc=2&rp=all"
"""Two retries, on any failure (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides). A fragment:
Twilio reads it, but neither requests nor signs it."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Absolute URLs under `public` (the configured public base URL, no slash at its end) for the call `call_id`."""

    public: str
    call_id: str

    def turn(self, number: int) -> str:
        return self._url(f"turn/{number}")

    def silence(self, number: int) -> str:
        return self._url(f"silence/{number}")

    def wait(self, number: int) -> str:
        return self._url(f"wait/{number}")

    def dial(self, number: int) -> str:
        return self._url(f"dial/{number}")

    def message(self, number: int) -> str:
        return self._url(f"message/{number}")

    def stream(self) -> str:
        """The address of live streams; one for all calls, for Twilio drops a query."""
        return f"{socket_url(self.public)}{PREFIX}/stream"

    def after(self, stream: int) -> str:
        """Where the call goes on after this stream, however it ended."""
        return self._url(f"after/{stream}")

    def whisper(self, number: int) -> str:
        """Asked for in the name of the advisor's leg, whose CallSid is another: the call's own is in the path."""
        return self._url(f"whisper/{quote(self.call_id, safe='')}/{number}")

    def recording(self) -> str:
        return self._url("recording")

    def _url(self, path: str) -> str:
        return f"{self.public}{PREFIX}/{path}{OVERRIDES}"


def socket_url(public: str) -> str:
    """The same address for WebSockets: https becomes wss."""
    return "ws" + public.removeprefix("http")


def text_status_url(public: str) -> str:
    """Where Twilio reports what became of a text message."""
    return f"{public}{PREFIX}/sms-status{OVERRIDES}"
