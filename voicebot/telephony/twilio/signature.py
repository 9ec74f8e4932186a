"""Twilio's signatures, over the configured public URL. There is no way to switch this off."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urldefrag

from twilio.request_validator import RequestValidator

from voicebot.errors import SettingError
from voicebot.telephony.twilio.urls import socket_url

HEADER = "X-Twilio-Signature"


class Verifier:
    """Knows whether a request was signed with the account's token.

    What counts is the configured `public_url` (scheme, host, port, and path prefix if any) and the path and query that
    were requested. Host, X-Forwarded-… and the like are anybody's to write and are not looked at.
    """

    def __init__(self, public_url: str, auth_token: str) -> None:
        """Raises `SettingError` where either is empty: without them nothing could be verified."""
        if not public_url:
            raise SettingError("VOICEBOT_PUBLIC_URL is not set; signatures are verified against it")
        if not auth_token:
            raise SettingError("TWILIO_AUTH_TOKEN is not set; signatures are verified with it")
        self._public = public_url.rstrip("/")
        self._validator = RequestValidator(auth_token)

    def verify(self, target: str, method: str, form: Mapping[str, str], signature: str | None) -> bool:
        """`target` is path and query exactly as requested, still percent-encoded; `form` the whole MultiDict of the
        body (a name may come several times); for GET the query is signed and the form is not."""
        if not signature or not target.startswith("/"):
            return False
        url = urldefrag(self._public + target)[0]
        return bool(self._validator.validate(url, form if method == "POST" else {}, signature))

    def verify_socket(self, target: str, signature: str | None) -> bool:
        """The upgrade of a connection to a WebSocket: what is signed is its wss URL."""
        if not signature or not target.startswith("/"):
            return False
        return bool(self._validator.validate(urldefrag(socket_url(self._public) + target)[0], {}, signature))


def signed(url: str, params: Mapping[str, str], token: str) -> str:
    """What Twilio would sign a request to `url` with; the connection overrides in its fragment are no part of it."""
    return str(RequestValidator(token).compute_signature(urldefrag(url)[0], params))
