"""The recogniser as a web application: the OpenAI transcription API over one engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from voicebot.errors import RecordingError
from voicebot.logs import where
from voicebot.ports import Transcript
from voicebot.speech.audio import LIMIT_SECONDS, decode
from voicebot.speech.backlog import has_left, waited_seconds
from voicebot.speech.engines.base import Engine
from voicebot.speech.overdue import OverdueError, time_limit

LARGEST_BODY = 25 * 1024 * 1024
DEADLINE_HEADER = "X-Deadline"
FORMATS = ("json", "verbose_json", "text")

Answer = Response | tuple[Response, int]
log = structlog.get_logger(__name__)


class _Refused(Exception):
    """A request that is answered with an error in OpenAI's form."""

    def __init__(self, status: int, kind: str, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.code, self.message = status, kind, code, message


def create_recogniser(
    engine: Engine, model_name: str, *, deadline: float = 30.0, key: str = "", limit_seconds: float = LIMIT_SECONDS
) -> Flask:
    """The application. `deadline` is the longest that one request may take, in seconds; a client may ask for less with
    the header `X-Deadline`, counted from when it sent the request. Where `key` is given it is asked for as a bearer
    token. Audio beyond `limit_seconds` is left out."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.register_error_handler(_Refused, _say_refused)
    app.register_error_handler(HTTPException, _say_http_error)

    @app.before_request
    def check_key() -> None:
        if key and request.path.startswith("/v1/") and request.headers.get("Authorization") != f"Bearer {key}":
            raise _Refused(401, "invalid_request_error", "invalid_api_key", "The bearer token is missing or wrong.")

    @app.get("/healthz")
    def healthz() -> Answer:
        return jsonify(status="alive")

    @app.get("/readyz")
    def readyz() -> Answer:
        return jsonify(status="ready", model=model_name)

    @app.get("/v1/models")
    def models() -> Answer:
        return jsonify(object="list", data=[{"id": model_name, "object": "model", "created": 0, "owned_by": "openai"}])

    @app.post("/v1/audio/transcriptions")
    def transcriptions() -> Answer:
        allowed = _time_allowed(deadline)
        started = time.monotonic()
        form, data = request.form, _file()
        answer_format = form.get("response_format", "json")
        if answer_format not in FORMATS:
            raise _bad("response_format", f"response_format must be one of {', '.join(FORMATS)}.")
        if form.get("model", model_name) not in {model_name, "whisper-1"}:
            only = f"This server has the model {model_name!r} alone."
            raise _Refused(404, "invalid_request_error", "model_not_found", only)
        if has_left(_connection()):
            raise _Refused(503, "server_error", "client_left", "The client did not wait for the answer.")
        hints = [form["prompt"]] if form.get("prompt") else []
        remaining = allowed - (time.monotonic() - started)
        transcript = _within(remaining, lambda: engine.transcribe(_samples(data, limit_seconds), hints))
        spent = {"audio": transcript.audio_seconds, "seconds": round(transcript.seconds, 3)}
        log.info("transcribed", call_id=_call_id(), model=model_name, **spent)
        return _written(transcript, answer_format)

    return app


def _call_id() -> str:
    """The call that the client works for; a value that is no id stays out of the log."""
    given = request.headers.get("X-Request-Id", "")
    return given if given.isalnum() and len(given) <= 64 else ""


def _connection() -> Any:
    return request.environ.get("gunicorn.socket")


def _time_allowed(longest: float) -> float:
    """Seconds that are left of what the client is willing to wait. Raises 503 where it has passed in the queue."""
    given = request.headers.get(DEADLINE_HEADER, "")
    try:
        allowed = float(given) if given else longest
    except ValueError:
        raise _bad("deadline", f"{DEADLINE_HEADER} must be seconds, such as 4.5.") from None
    left = min(allowed - waited_seconds(_connection()), longest)
    if not left > 0:
        raise _Refused(503, "server_error", "overloaded", "The request waited too long before it could be taken up.")
    return left


def _file() -> bytes:
    upload = request.files.get("file")
    if upload is None:
        raise _bad("file", "The form has no field `file` with the audio.")
    data: bytes = upload.read()
    return data


def _samples(data: bytes, limit_seconds: float) -> Any:
    try:
        return decode(data, limit_seconds=limit_seconds)
    except RecordingError as error:
        raise _bad("file", error.message) from None


def _within(seconds: float, work: Callable[[], Transcript]) -> Transcript:
    try:
        with time_limit(seconds):
            return work()
    except OverdueError:
        log.warning("recognition_late", seconds=round(seconds, 3))
        raise _Refused(504, "server_error", "deadline", "Recognition took longer than allowed and was ended.") from None
    except _Refused:
        raise
    except Exception as error:
        # An engine raises whatever its library raises; the client needs an answer in either case. Neither the message
        # nor the traceback is logged: both can hold what the caller said.
        log.error("recognition_failed", kind=type(error).__name__, where=where(error))
        raise _Refused(500, "server_error", "recognition_failed", "The engine failed on this audio.") from None


def _bad(what: str, message: str) -> _Refused:
    return _Refused(400, "invalid_request_error", f"invalid_{what}", message)


def _say_refused(error: Exception) -> Answer:
    assert isinstance(error, _Refused)
    return _error(error.status, error.kind, error.code, error.message)


def _say_http_error(error: Exception) -> Answer:
    assert isinstance(error, HTTPException)
    status = error.code or 500
    if status == 413:
        message = f"The body may have {LARGEST_BODY:,} bytes at most."
        return _error(413, "invalid_request_error", "file_too_large", message)
    kind = "invalid_request_error" if status < 500 else "server_error"
    return _error(status, kind, error.name.lower().replace(" ", "_"), error.description or error.name)


def _error(status: int, kind: str, code: str, message: str) -> Answer:
    return jsonify(error={"message": message, "type": kind, "param": None, "code": code}), status


def _written(transcript: Transcript, answer_format: str) -> Answer:
    if answer_format == "text":
        return Response(transcript.words + "\n", mimetype="text/plain")
    if answer_format == "json":
        return jsonify(text=transcript.words)
    segment = {
        "id": 0,
        "seek": 0,
        "start": 0.0,
        "end": round(transcript.audio_seconds, 2),
        "text": transcript.words,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": transcript.average_log_probability,
        "no_speech_prob": transcript.no_speech_probability,
        "compression_ratio": transcript.compression_ratio,
    }
    return jsonify(
        task="transcribe",
        text=transcript.words,
        language=transcript.language,
        duration=transcript.audio_seconds,
        segments=[segment] if transcript.words else [],
        language_probability=transcript.language_probability,
        no_speech_prob=transcript.no_speech_probability,
        speech_seconds=transcript.speech_seconds,
        seconds=transcript.seconds,
        model=transcript.model,
    )
