"""Twilio's REST API: sending text messages. Twilio's library takes no base URL, so it gets an HTTP client of ours."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from voicebot.errors import DeliveryError
from voicebot.telephony.twilio.inbound import is_mobile
from voicebot.telephony.twilio.origins import is_twilio

SECONDS = 10.0
"""Deadline of a request to the API, for each of connecting, sending and waiting for the answer."""

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before anything reached the provider: the only ones after which a text message may be tried again."""


class TextError(DeliveryError):
    """A text message was not sent, or nobody knows whether it was.

    `permanent`: trying again would fail again or, where `uncertain`, might send it twice.
    """

    def __init__(self, message: str, *, permanent: bool, uncertain: bool = False) -> None:
        super().__init__(message, permanent, uncertain)


class OriginHttpClient(HttpClient):  # type: ignore[misc]  # the library ships no types
    """Sends what the library asks for to another origin (scheme, host and port of `origin`); "" leaves it as it is."""

    def __init__(self, origin: str = "", *, timeout: float = SECONDS, client: httpx.Client | None = None) -> None:
        super().__init__(logging.getLogger(__name__), False, timeout)
        self._origin = urlsplit(origin) if origin else None
        self._client = client or httpx.Client(follow_redirects=False, trust_env=False)

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Nothing is logged here, unlike in the library's own client: bodies hold numbers and words."""
        response = self._client.request(
            method.upper(),
            self._elsewhere(uri),
            params=_plain(params),
            data=_plain(data),
            headers=headers,
            auth=auth,
            timeout=timeout or self.timeout,
        )
        return Response(response.status_code, response.text, dict(response.headers))

    def _elsewhere(self, uri: str) -> str:
        if self._origin is None:
            return uri
        return urlunsplit(urlsplit(uri)._replace(scheme=self._origin.scheme, netloc=self._origin.netloc))


def twilio_client(
    account_sid: str, auth_token: str, api_base: str, *, region: str = "", edge: str = "", timeout: float = SECONDS
) -> Client:
    """Twilio's client against `api_base`. `region` and `edge` count only with Twilio's own API: no other has them."""
    real = is_twilio(api_base)
    return Client(
        account_sid,
        auth_token,
        region=(region or None) if real else None,
        edge=(edge or None) if real else None,
        http_client=OriginHttpClient("" if real else api_base, timeout=timeout),
        # not empty, or the library would take region and edge from the process's environment, past our settings
        environment={"TWILIO_REGION": "", "TWILIO_EDGE": ""},
    )


class TextSender:
    """Sends text messages from one number or sender name."""

    def __init__(self, client: Client, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, to: str, body: str, status_callback: str) -> str:
        """Send `body` to the mobile `to` (E.164) and return the message's id at Twilio. Raises `TextError`."""
        if not is_mobile(to):
            raise TextError("text messages go to mobile numbers only", permanent=True)
        try:
            message = self._client.messages.create(
                to=to, from_=self._sender, body=body, status_callback=status_callback
            )
        except TwilioRestException as error:
            refused = f"Twilio refused a text message: status {error.status}, code {error.code}"
            # a server that fails may have sent it before it did
            raise TextError(refused, permanent=error.status != 429, uncertain=error.status >= 500) from None
        except NOT_SENT as error:
            raise TextError(f"Twilio could not be reached ({type(error).__name__})", permanent=False) from None
        except (httpx.HTTPError, TwilioException, ValueError, KeyError) as error:
            unsure = f"Twilio may have sent a text message or not ({type(error).__name__})"
            raise TextError(unsure, permanent=True, uncertain=True) from None
        if not message.sid:
            raise TextError("Twilio took a text message without giving it an id", permanent=True, uncertain=True)
        return str(message.sid)


def _plain(values: dict[str, object] | None) -> dict[str, Any] | None:
    return {name: value for name, value in values.items() if value is not None} if values else None
