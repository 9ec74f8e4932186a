"""Posts webhooks as Twilio does: signed over the public URL, with its timeouts, retries and connection overrides.

Source: Twilio's "Webhooks (HTTP callbacks): Connection Overrides" and "Webhooks security".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit

import httpx
from twilio.request_validator import RequestValidator

from voicebot.errors import VoicebotError
from voicebot.regression.provider_store import new_sid

TOTAL_SECONDS = 15.0
"""All attempts of one webhook together (`tt`), and the longest wait for an answer (`rt`)."""

CONNECT_SECONDS = 10.0
"""The longest that a connection may take; Twilio's `ct` allows 100 to 10,000 milliseconds."""

_OVERRIDES = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
_POLICIES = frozenset({"ct", "rt", "4xx", "5xx", "all"})
_XML = ("text/xml", "application/xml", "text/html")

OnRequest = Callable[[str, int | None, float, int], None]
"""Told of each attempt: path, status (None: no answer), seconds, number of the attempt from 1."""


class WebhookError(VoicebotError):
    """No usable answer came, after all retries. `twilio_code` is the number of Twilio's error, `url` the one asked."""

    code = "webhook"

    def __init__(self, message: str, url: str, twilio_code: int = 11200) -> None:
        super().__init__(message)
        self.url = url
        self.twilio_code = twilio_code


@dataclass(frozen=True, slots=True)
class Document:
    """TwiML and the URL it came from, against which its relative URLs are resolved."""

    url: str
    body: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the fragment of a URL asks for. Times are seconds. By default Twilio retries once, and only where no
    connection was made."""

    connect: float = CONNECT_SECONDS
    read: float = TOTAL_SECONDS
    total: float = TOTAL_SECONDS
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def retries_on(self, failure: str) -> bool:
        return failure in self.policy or "all" in self.policy


def read_overrides(fragment: str) -> Overrides:
    """Raises `ValueError` naming the part that Twilio does not know."""
    numbers: dict[str, int] = {}
    policy = frozenset({"ct"})
    for name, value in parse_qsl(unquote(fragment), keep_blank_values=True):
        if name == "rp":
            policy = frozenset(value.split(","))
            if not policy <= _POLICIES:
                raise ValueError(f"rp={value}: only {', '.join(sorted(_POLICIES))} are known")
        elif name in _OVERRIDES:
            least, most = _OVERRIDES[name]
            if not value.isdigit() or not least <= int(value) <= most:
                raise ValueError(f"{name}={value}: must be {least} to {most}")
            numbers[name] = int(value)
        elif name not in {"e", "sni"}:
            raise ValueError(f"{name}={value}: no such connection override")
    return Overrides(
        connect=numbers.get("ct", CONNECT_SECONDS * 1000) / 1000,
        read=numbers.get("rt", TOTAL_SECONDS * 1000) / 1000,
        total=numbers.get("tt", TOTAL_SECONDS * 1000) / 1000,
        retries=numbers.get("rc", 1),
        policy=policy,
    )


class Webhooks:
    """Requests to one bot. `client` reaches it: with a `base_url` that stands in for `public_url`, or without one where
    its transport takes any host (in process). `fallback_folder` holds static TwiML for when the bot is not there."""

    def __init__(
        self,
        client: httpx.Client,
        public_url: str,
        token: str,
        *,
        on_request: OnRequest = lambda path, status, seconds, attempt: None,
        fallback_folder: Path | None = None,
    ) -> None:
        self._client = client
        self._public_url = public_url.rstrip("/")
        self._validator = RequestValidator(token)
        self._on_request = on_request
        self._folder = fallback_folder

    def fetch(self, url: str, params: Mapping[str, str], *, method: str = "POST") -> Document:
        """The TwiML at this URL. Raises `WebhookError`."""
        static = self._static(url)
        if static is not None:
            return static
        plain = urldefrag(url).url
        response = self._request(url, params, method)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in _XML:
            raise WebhookError(f"{plain} answered {kind or 'no content type'} where TwiML was expected", plain, 12300)
        return Document(plain, response.text)

    def notify(self, url: str, params: Mapping[str, str], *, method: str = "POST") -> None:
        """A callback whose answer does not matter as long as it is a success. Raises `WebhookError`."""
        self._request(url, params, method)

    def absolute(self, url: str) -> str:
        """A relative URL of the bot as the public one."""
        return urljoin(f"{self._public_url}/", url)

    def socket(self, url: str, *, forged: bool = False) -> tuple[str, dict[str, str]]:
        """Where a WebSocket of the bot can be reached, and the headers that sign its upgrade (`forged`: wrongly)."""
        public = "ws" + self._public_url.removeprefix("http")
        reached = str(self._client.base_url).rstrip("/")
        if not url.startswith(f"{public}/") or not reached:
            where = f"{_origin(url)} is no WebSocket of the bot that can be reached from here"
            raise WebhookError(f"{where} (error 31920)", url, 31920)
        signature = self._validator.compute_signature(url + "forged" * forged, {})
        return "ws" + reached.removeprefix("http") + url.removeprefix(public), {"X-Twilio-Signature": signature}

    def _request(self, url: str, params: Mapping[str, str], method: str) -> httpx.Response:
        plain, fragment = urldefrag(url)
        if not plain.startswith(f"{self._public_url}/"):
            raise WebhookError(f"{_origin(plain)} is not the bot's public address {self._public_url}", plain, 11100)
        try:
            overrides = read_overrides(fragment)
        except ValueError as error:
            raise WebhookError(f"{plain}: wrong connection override {error}", plain, 11100) from None
        until = time.monotonic() + overrides.total
        headers = {"I-Twilio-Idempotency-Token": new_sid("TK"), "User-Agent": "TwilioProxy/1.1"}
        failure = ""
        for attempt in range(1, overrides.retries + 2):
            left = until - time.monotonic()
            if left <= 0:
                break
            outcome = self._attempt(plain, params, method, headers, overrides, left, attempt)
            if isinstance(outcome, httpx.Response):
                return outcome
            policy, failure = outcome
            if not overrides.retries_on(policy):
                break
        raise WebhookError(f"{plain}: {failure or 'no answer in time'}", plain, 11200)

    def _attempt(
        self,
        plain: str,
        params: Mapping[str, str],
        method: str,
        headers: Mapping[str, str],
        overrides: Overrides,
        left: float,
        attempt: int,
    ) -> httpx.Response | tuple[str, str]:
        """The answer, or why there was none: in the words of the retry policy, and in a person's."""
        in_query = method == "GET" and params
        signed = f"{plain}{'&' if urlsplit(plain).query else '?'}{urlencode(params)}" if in_query else plain
        signature = self._validator.compute_signature(signed, {} if method == "GET" else dict(params))
        read = min(overrides.read, left)
        started = time.perf_counter()
        status: int | None = None
        try:
            response = self._client.request(
                method,
                self._reachable(signed),
                data=None if method == "GET" else dict(params),
                headers={**headers, "X-Twilio-Signature": signature},
                timeout=httpx.Timeout(read, connect=min(overrides.connect, left)),
                follow_redirects=False,
            )
            seconds = time.perf_counter() - started
            # a transport in process knows no timeout, and a slow drip never runs into one
            status = response.status_code if seconds <= read else None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            seconds = time.perf_counter() - started
            return "ct", f"no connection ({type(error).__name__})"
        except httpx.HTTPError as error:
            seconds = time.perf_counter() - started
            return "rt", f"no answer ({type(error).__name__})"
        finally:
            self._on_request(urlsplit(plain).path, status, time.perf_counter() - started, attempt)
        if status is None:
            return "rt", f"the answer took {seconds:.1f} s, {read:.1f} s are allowed"
        if 200 <= status < 300:
            return response
        return ("5xx" if status >= 500 else "4xx"), f"answered {status}"

    def _reachable(self, url: str) -> str:
        """Where the client finds what the world knows under the public URL."""
        return url.removeprefix(self._public_url) if str(self._client.base_url) else url

    def _static(self, url: str) -> Document | None:
        """A file of the fallback's folder; TwiML there may name its neighbours by any address."""
        if self._folder is None:
            return None
        name = urlsplit(url).path.rpartition("/")[2]
        path = self._folder / name
        if not name.endswith(".xml") or not path.is_file():
            return None
        return Document(path.resolve().as_uri(), path.read_text(encoding="utf-8"))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "a relative address"
