"""The recogniser as the web tier sees it: any server of the OpenAI transcription API, with a deadline that holds."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

from voicebot.errors import RecogniserBusyError, RecogniserError, RecogniserLateError
from voicebot.ports import Transcript
from voicebot.speech.engines.loops import compression_ratio

_BUSY = frozenset({429, 503})
_LATE = frozenset({408, 504})
_LANGUAGES = {"english": "en", "welsh": "cy", "polish": "pl", "urdu": "ur", "french": "fr", "spanish": "es"}


@dataclass(frozen=True, slots=True)
class _Place:
    """A server and the model to ask it for; `seconds` is how long it may take."""

    url: str
    model: str
    seconds: float


class HttpRecogniser:
    """A `voicebot.ports.Recogniser` over HTTP: the first model, then the smaller one once.

    `url` and `fallback_url` are base URLs without `/v1`; `first_seconds` and `fallback_seconds` the deadlines of each
    try; `limit` how many recognitions may be under way in this process. Of those beyond, `smaller_limit` go to the
    smaller model alone, which has an answer in a third of the time; the rest are refused at once. Proxies of the
    environment are not used: the recogniser is on a local address as a rule. Safe for threads.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        fallback_url: str = "",
        fallback_model: str = "",
        first_seconds: float = 6.0,
        fallback_seconds: float = 3.0,
        limit: int = 4,
        smaller_limit: int = 0,
    ) -> None:
        self._places = [_Place(url.rstrip("/"), model, first_seconds)]
        if fallback_url:
            self._places.append(_Place(fallback_url.rstrip("/"), fallback_model, fallback_seconds))
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._slots = threading.BoundedSemaphore(limit)
        self._smaller_slots = threading.BoundedSemaphore(smaller_limit if fallback_url else 0)
        # Made once: reading the certificates takes 25 ms of processor time, as long as all the rest of a turn.
        self._tls = httpx.create_ssl_context(trust_env=False)

    def transcribe(self, wav: bytes, *, deadline: float, hints: Sequence[str] = ()) -> Transcript:
        """See `Recogniser.transcribe`. Where both models fail, the last failure is raised."""
        ends = time.monotonic() + deadline
        for slots, places in ((self._slots, self._places), (self._smaller_slots, self._places[1:])):
            if slots.acquire(blocking=False):
                try:
                    return self._ask_in_turn(places, wav, ends, hints)
                finally:
                    slots.release()
        raise RecogniserBusyError("The recogniser was not asked: as many recognitions as allowed are under way.")

    def _ask_in_turn(self, places: Sequence[_Place], wav: bytes, ends: float, hints: Sequence[str]) -> Transcript:
        failure: RecogniserError = RecogniserLateError("The recogniser was not asked: no time was left.")
        for place in places:
            seconds = min(place.seconds, ends - time.monotonic())
            if seconds <= 0:
                break
            try:
                return self._ask(place, wav, seconds, hints)
            except RecogniserError as error:
                failure = error
        raise failure

    def _ask(self, place: _Place, wav: bytes, seconds: float, hints: Sequence[str]) -> Transcript:
        started = time.monotonic()
        try:
            response = asyncio.run(asyncio.wait_for(self._post(place, wav, seconds, hints), seconds))
        except (TimeoutError, httpx.TimeoutException):
            raise RecogniserLateError(f"The recogniser at {place.url} took longer than {seconds:.1f} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = type(error).__name__
            raise RecogniserError(f"The recogniser at {place.url} cannot be reached ({why}).") from None
        _refuse_failure(response, place)
        return _transcript(response, place, time.monotonic() - started)

    async def _post(self, place: _Place, wav: bytes, seconds: float, hints: Sequence[str]) -> httpx.Response:
        """An asyncio request, because cancelling one is the only deadline in httpx that a server which trickles its
        answer cannot stretch."""
        form = {"model": place.model, "language": "en", "response_format": "verbose_json", "temperature": "0"}
        if hints:
            form["prompt"] = ", ".join(hints)
        call_id = str(structlog.contextvars.get_contextvars().get("call_id", ""))
        headers = {**self._headers, "X-Deadline": f"{seconds:.3f}", "X-Request-Id": call_id}
        async with httpx.AsyncClient(timeout=seconds, trust_env=False, verify=self._tls) as client:
            return await client.post(
                f"{place.url}/v1/audio/transcriptions",
                data=form,
                files={"file": ("utterance.wav", wav, "audio/wav")},
                headers=headers,
            )


def _refuse_failure(response: httpx.Response, place: _Place) -> None:
    status = response.status_code
    if status in _BUSY:
        raise RecogniserBusyError(f"The recogniser at {place.url} refused the work ({status}): too much is waiting.")
    if status in _LATE:
        raise RecogniserLateError(f"The recogniser at {place.url} gave up ({status}).")
    if status != httpx.codes.OK:
        raise RecogniserError(f"The recogniser at {place.url} answered {status}{_code(response)}.")


def _code(response: httpx.Response) -> str:
    """The error's code, which is safe to log; its message is another program's and may not be."""
    try:
        code = response.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f" ({code})" if isinstance(code, str) and code.isidentifier() else ""


def _transcript(response: httpx.Response, place: _Place, seconds: float) -> Transcript:
    try:
        body = response.json()
        words = body["text"]
        if not isinstance(words, str):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise RecogniserError(f"The recogniser at {place.url} answered with no transcript.") from None
    segments = [each for each in body.get("segments") or () if isinstance(each, Mapping)]
    unknown = 0.0 if words.strip() else 1.0
    no_speech = min((_number(each.get("no_speech_prob"), 0.0) for each in segments), default=unknown)
    return Transcript(
        words=words.strip(),
        average_log_probability=_mean(segments),
        no_speech_probability=_number(body.get("no_speech_prob"), no_speech),
        language=_language(body.get("language")),
        language_probability=_number(body.get("language_probability"), 0.0),
        compression_ratio=compression_ratio(words.strip()),
        audio_seconds=_number(body.get("duration"), 0.0),
        speech_seconds=_number(body["speech_seconds"], 0.0) if body.get("speech_seconds") is not None else None,
        seconds=seconds,
        model=str(body.get("model") or place.model),
    )


def _mean(segments: Sequence[Mapping[str, Any]]) -> float:
    """Mean log probability, weighted by length of text, since servers do not always say how many tokens there were."""
    pairs = [(_number(each.get("avg_logprob"), 0.0), len(str(each.get("text", ""))) + 1) for each in segments]
    return sum(value * weight for value, weight in pairs) / sum(weight for _, weight in pairs) if pairs else 0.0


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else otherwise


def _language(value: object) -> str:
    """OpenAI's own API gives the language's English name, most servers its code; "" where it is unknown."""
    name = str(value or "").strip().lower()
    return name if len(name) == 2 else _LANGUAGES.get(name, "")
