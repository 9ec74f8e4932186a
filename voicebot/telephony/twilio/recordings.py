"""Fetches and deletes recordings at Twilio, or at whatever server plays its part."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from voicebot.errors import RecordingElsewhereError, RecordingError, RecordingLateError
from voicebot.telephony.twilio.origins import Origin, origin_of

LIMIT_BYTES = 12_000_000
"""Twelve and a half minutes of 8 kHz 16-bit audio: far more than any utterance or message may last."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5
"""Seconds between two looks for a recording that is not there yet; doubled from the first up to the longest."""
STALL_SECONDS = 3.0
"""Connecting, or waiting for the next bytes, may take so long; then the recording is asked for again."""
REDIRECTS = 3
AUDIO_TYPES = ("audio/", "application/octet-stream", "binary/octet-stream")


class TwilioRecordings:
    """Implements `voicebot.ports.Recordings`. The account's credentials go to `origins` alone."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        origins: frozenset[Origin],
        *,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._origins = origins
        self._client = client or httpx.Client(follow_redirects=False, trust_env=False)
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._sleep = sleep

    def fetch(self, url: str, *, deadline: float) -> bytes:
        """The WAV file of a recording; polls while the provider says 404 or fails for the moment. See the port."""
        end = time.monotonic() + deadline
        where = self._checked(_audio(url))
        pause = FIRST_PAUSE
        trouble: RecordingError = RecordingLateError("the recording did not come in time")
        redirects = 0
        while (left := end - time.monotonic()) > 0:
            try:
                found = self._get(where, end, left)
            except httpx.TimeoutException:
                trouble = RecordingLateError("the provider did not send the recording in time")
            except httpx.HTTPError as error:
                trouble = RecordingError(f"the recording could not be fetched ({type(error).__name__})")
            else:
                if isinstance(found, bytes):
                    return found
                if isinstance(found, str):
                    redirects += 1
                    if redirects > REDIRECTS:
                        raise RecordingError("the provider redirects in circles")
                    where = self._checked(urljoin(where, found))
                    continue
                trouble = found
            self._sleep(max(0.0, min(pause, end - time.monotonic())))
            pause = min(2 * pause, LONGEST_PAUSE)
        raise trouble

    def delete(self, url: str, *, deadline: float) -> None:
        """Deletes the recording itself, not only its WAV form."""
        where = self._checked(_resource(url))
        try:
            response = self._client.delete(where, auth=self._auth, timeout=_timeout(deadline), follow_redirects=False)
        except httpx.HTTPError as error:
            raise RecordingError(f"the recording could not be deleted ({type(error).__name__})") from error
        if not (response.is_success or response.status_code == 404):
            raise RecordingError(f"the recording could not be deleted: the provider answered {response.status_code}")

    def _checked(self, url: str) -> str:
        origin = origin_of(url)
        if origin is None:
            raise RecordingElsewhereError("the recording's URL is not a plain http or https URL")
        if origin not in self._origins:
            raise RecordingElsewhereError(
                f"the recording is at {origin[1]}:{origin[2]}, not at the origin in TWILIO_API_BASE; it is not fetched"
            )
        return url

    def _get(self, url: str, end: float, left: float) -> bytes | str | RecordingError:
        """The audio; or where to look instead; or why it makes sense to ask again."""
        headers = {"Accept": "audio/wav, audio/*", "Accept-Encoding": "identity"}
        with self._client.stream(
            "GET", url, auth=self._auth, headers=headers, timeout=_timeout(left), follow_redirects=False
        ) as response:
            status = response.status_code
            if status == 404:
                return RecordingLateError("the provider does not have the recording yet")
            if status == 429 or status >= 500:
                return RecordingError(f"the provider answered {status} when asked for the recording")
            if response.is_redirect and "location" in response.headers:
                return response.headers["location"]
            if status != 200:
                raise RecordingError(f"the provider answered {status} when asked for the recording")
            return _read(response, end)


def _read(response: httpx.Response, end: float) -> bytes:
    kind = response.headers.get("content-type", AUDIO_TYPES[0]).strip().lower()
    if not kind.startswith(AUDIO_TYPES):
        raise RecordingError(f"the provider sent {kind[:40]} where audio was expected")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise RecordingError("the provider sent the recording compressed, which was not asked for")
    length = response.headers.get("content-length", "0")
    if length.isdigit() and int(length) > LIMIT_BYTES:
        raise RecordingError(f"the recording is larger than {LIMIT_BYTES} bytes")
    audio = bytearray()
    for chunk in response.iter_raw():
        audio += chunk
        if len(audio) > LIMIT_BYTES:
            raise RecordingError(f"the recording is larger than {LIMIT_BYTES} bytes")
        if len(audio) >= 12:
            _check_start(bytes(audio[:12]))
        if time.monotonic() > end:
            raise RecordingLateError("the provider sends the recording too slowly")
    _check_start(bytes(audio[:12]))
    return bytes(audio)


def _check_start(start: bytes) -> None:
    """A WAV file begins RIFF….WAVE; error pages have come with an audio type before."""
    if start[:4] == b"RIFF" and start[8:12] == b"WAVE":
        return
    if not start:
        raise RecordingError("the provider sent an empty recording")
    if start[:3] == b"ID3":
        raise RecordingError("the provider sent MP3 audio where a WAV file was expected")
    if start.lstrip()[:1] in (b"<", b"{"):
        raise RecordingError("the provider sent a web page or an error message where a WAV file was expected")
    raise RecordingError("the provider sent something else where a WAV file was expected")


def _audio(url: str) -> str:
    parts = urlsplit(_resource(url))
    return urlunsplit(parts._replace(path=f"{parts.path}.wav"))


def _resource(url: str) -> str:
    """The recording's own URL. Raises `RecordingError` where it cannot be read as one."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise RecordingError("the recording's URL cannot be read") from error
    return urlunsplit(parts._replace(path=parts.path.removesuffix(".wav"), fragment=""))


def _timeout(seconds: float) -> httpx.Timeout:
    seconds = max(seconds, 0.01)
    return httpx.Timeout(min(seconds, STALL_SECONDS))
