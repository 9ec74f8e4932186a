"""A small HTTP server on a loopback address that plays the provider's REST API: recordings and text messages."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import json
import re
import secrets
import threading
import time
from collections.abc import Iterable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from voicebot.config import Settings
from voicebot.errors import SettingError
from voicebot.regression.provider_faults import HOUR, HTML, HUGE, RATE, silent_stream
from voicebot.regression.provider_store import Message, ProviderStore, Recording
from voicebot.regression.telephone_wav import hifi, stereo

_RECORDING = re.compile(r"/2010-04-01/Accounts/([^/]+)/Recordings/(RE[0-9a-f]{32})(\.wav|\.json)?")
_MESSAGES = re.compile(r"/2010-04-01/Accounts/([^/]+)/Messages\.json")
MAX_BODY = 1024 * 1024
DRIPS = 10


def new_account() -> tuple[str, str]:
    """A random account SID and token that cannot be a real account's: real ones are hexadecimal throughout."""
    return "ACsimulated" + secrets.token_hex(12)[:23], "simulated" + secrets.token_hex(16)


def simulated_address(api_base: str) -> tuple[str, int]:
    """Host and port that the simulated provider listens on for this `TWILIO_API_BASE`.

    Raises `SettingError` in one line unless it is a plain http address on this machine with a port: the simulator signs
    requests and serves recordings in the provider's place, which must never be mixed with a real account.
    """
    parts = urlsplit(api_base)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme != "http" or not is_loopback(host) or not port:
        raise SettingError(
            f"TWILIO_API_BASE is {api_base}: recorded calls are placed only where it is the simulator's own address on"
            " this machine. Set it to http://127.0.0.1:8100, with a random TWILIO_AUTH_TOKEN, for this call and for the"
            " server."
        )
    return host, port


def provider_for(settings: Settings) -> Provider:
    """The simulated provider that these settings point the bot to. Raises `SettingError` where they point elsewhere,
    where one is missing, or where the port is taken."""
    settings.require("account_sid", "auth_token", "public_url")
    host, port = simulated_address(settings.api_base)
    return Provider(settings.account_sid, settings.auth_token.get_secret_value(), host=host, port=port)


def is_loopback(host: str) -> bool:
    """Whether nothing sent to this host can leave the machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Provider:
    """The provider's API origin. Start it with `with Provider(...) as provider:`; port 0 takes a free one."""

    def __init__(self, account_sid: str, token: str, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Raises `SettingError` where the host is not loopback or the port is taken."""
        if not is_loopback(host):
            raise SettingError(f"{host}: the simulated provider listens on loopback addresses only, such as 127.0.0.1.")
        try:
            self._server = _Server((host, port), _Handler)
        except OSError as error:
            raise SettingError(
                f"TWILIO_API_BASE: port {port} on {host} cannot be listened on ({error.strerror or error})."
                " Another recorded call may be under way: wait for it, or choose another port here and for the server."
            ) from None
        self.account_sid = account_sid
        self.token = token
        self.url = f"http://{host}:{self._server.server_port}"
        self.store = ProviderStore(f"{self.url}/2010-04-01/Accounts/{account_sid}/Recordings")
        credentials = base64.b64encode(f"{account_sid}:{token}".encode()).decode()
        self._server.provider = self
        self._server.authorization = f"Basic {credentials}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512
    provider: Provider
    authorization: str

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle of a spoilt recording is what the test wanted: nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        found = self._recording()
        if found is None:
            return
        recording = self.server.provider.store.fetched(found[0])
        if recording is None or found[1] == ".json":
            self._not_found()
            return
        self._serve(recording)

    def do_DELETE(self) -> None:
        found = self._recording()
        if found is None:
            return
        if self.server.provider.store.delete(found[0]):
            self._answer(204, "application/json", b"")
        else:
            self._not_found()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), MAX_BODY)) if length.isdigit() else b""
        path = urlsplit(self.path).path
        match = _MESSAGES.fullmatch(path)
        if not self._allowed(match.group(1) if match else ""):
            return
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        sender = form.get("From") or form.get("MessagingServiceSid", "")
        needed = {"To": form.get("To"), "From": sender, "Body": form.get("Body")}
        missing = [name for name, value in needed.items() if not value]
        if missing:
            self._refuse(400, 21604, f"A '{missing[0]}' is required.")
            return
        message = self.server.provider.store.send(form["To"], sender, form["Body"], form.get("StatusCallback", ""))
        self._answer(201, "application/json", json.dumps(_shown(message, self.server.provider.account_sid)).encode())

    def _recording(self) -> tuple[str, str] | None:
        """SID and ending of the recording asked for; None where an answer has been given already."""
        match = _RECORDING.fullmatch(urlsplit(self.path).path)
        if not self._allowed(match.group(1) if match else ""):
            return None
        return (match.group(2), match.group(3) or "") if match else None

    def _allowed(self, account_sid: str) -> bool:
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), self.server.authorization.encode()):
            self._refuse(401, 20003, "Authenticate")
            return False
        if account_sid != self.server.provider.account_sid:
            self._not_found()
            return False
        return True

    def _serve(self, recording: Recording) -> None:
        store, fault = self.server.provider.store, recording.fault
        kind = fault.kind if fault else ""
        if kind in {"late", "never", "error"} and not store.is_there(recording):
            self._refuse(500, 20500, "Internal server error") if kind == "error" else self._not_found()
        elif fault and kind == "elsewhere":
            self._answer(302, "text/plain", b"", {"Location": fault.location})
        elif kind in {"html", "html_as_audio"}:
            self._answer(200, "text/html" if kind == "html" else "audio/x-wav", HTML)
        elif kind == "huge":
            self._stream(silent_stream(HUGE))
        elif kind == "hour":
            self._stream(silent_stream(2 * RATE * HOUR), 44 + 2 * RATE * HOUR)
        elif kind == "truncated":
            self._stream([recording.wav[: len(recording.wav) // 2]], len(recording.wav))
        elif fault and kind == "slow":
            self._stream(_dripping(recording.wav, fault.seconds), len(recording.wav))
        else:
            wav = recording.wav
            if kind in {"stereo", "hifi"}:
                wav = stereo(wav) if kind == "stereo" else hifi(wav)
            self._answer(200, "audio/x-wav", wav)

    def _stream(self, pieces: Iterable[bytes], announced: int | None = None) -> None:
        """Send piece by piece and close: without a length where none is announced."""
        self.send_response(200)
        self.send_header("Content-Type", "audio/x-wav")
        if announced is not None:
            self.send_header("Content-Length", str(announced))
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = True

    def _not_found(self) -> None:
        self._refuse(404, 20404, f"The requested resource {urlsplit(self.path).path} was not found")

    def _refuse(self, status: int, code: int, message: str) -> None:
        more = f"https://www.twilio.com/docs/errors/{code}"
        answer = {"code": code, "message": message, "more_info": more, "status": status}
        extra = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if status == 401 else {}
        self._answer(status, "application/json", json.dumps(answer).encode(), extra)

    def _answer(self, status: int, kind: str, body: bytes, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Paths hold SIDs and bodies hold numbers: nothing is logged."""


def _dripping(wav: bytes, seconds: float) -> Iterable[bytes]:
    size = len(wav) // DRIPS + 1
    for start in range(0, len(wav), size):
        time.sleep(seconds / DRIPS)
        yield wav[start : start + size]


def _shown(message: Message, account_sid: str) -> dict[str, object]:
    """The answer to a message that was accepted, with the fields that Twilio's own library reads."""
    path = f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}"
    is_service = message.sender.startswith("MG")
    now = formatdate(usegmt=False)
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "to": message.to,
        "from": None if is_service else message.sender,
        "messaging_service_sid": message.sender if is_service else None,
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "date_created": now,
        "date_updated": now,
        "date_sent": None,
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }
