"""The recogniser's web application, and under real gunicorn what happens to an engine that hangs."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from flask.testing import FlaskClient

from voicebot.errors import RecogniserError, RecogniserLateError
from voicebot.regression.local_server import free_port
from voicebot.speech.client import HttpRecogniser
from voicebot.speech.engines.listening import ListeningEngine
from voicebot.speech.recogniser_app import LARGEST_BODY, create_recogniser

PATH = "/v1/audio/transcriptions"


@pytest.fixture
def client(tiny: ListeningEngine) -> FlaskClient:
    return create_recogniser(tiny, "tiny.en").test_client()


def form(data: bytes, **fields: str) -> dict[str, object]:
    return {"file": (io.BytesIO(data), "utterance.wav"), "response_format": "verbose_json", **fields}


def test_verbose_json_has_what_openai_gives_and_ours(client: FlaskClient, recording: Callable[[str], bytes]) -> None:
    answer = client.post(PATH, data=form(recording("rainbow_p225"), model="tiny.en", language="en", temperature="0"))
    assert answer.status_code == 200
    body = answer.get_json()
    assert "rainbow" in body["text"]
    assert {"task", "language", "duration", "segments"} <= body.keys()
    assert {"avg_logprob", "no_speech_prob", "compression_ratio"} <= body["segments"][0].keys()
    assert body["speech_seconds"] > 1
    assert body["language_probability"] == 1.0
    assert body["seconds"] > 0


def test_the_other_formats(client: FlaskClient, recording: Callable[[str], bytes]) -> None:
    data = recording("rainbow_p225")
    assert "rainbow" in client.post(PATH, data=form(data, response_format="json")).get_json()["text"]
    assert "rainbow" in client.post(PATH, data=form(data, response_format="text")).text


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"file": (io.BytesIO(b"<html>not here</html>"), "a.wav")}, 400, "invalid_file"),
        ({"file": (io.BytesIO(b""), "a.wav")}, 400, "invalid_file"),
        ({}, 400, "invalid_file"),
        ({"file": (io.BytesIO(b"x"), "a.wav"), "model": "huge"}, 404, "model_not_found"),
        ({"file": (io.BytesIO(b"x"), "a.wav"), "response_format": "srt"}, 400, "invalid_response_format"),
    ],
)
def test_errors_are_in_openais_form(client: FlaskClient, fields: dict[str, object], status: int, code: str) -> None:
    answer = client.post(PATH, data=fields)
    assert answer.status_code == status
    error = answer.get_json()["error"]
    assert error["code"] == code
    assert error["type"] == "invalid_request_error"
    assert error["message"]


def test_200_megabytes_are_refused_unread(client: FlaskClient) -> None:
    answer = client.post(
        PATH,
        content_type="multipart/form-data; boundary=x",
        input_stream=io.BytesIO(b"--x"),
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert answer.get_json()["error"]["code"] == "file_too_large"
    assert LARGEST_BODY < 200 * 1024 * 1024


def test_a_key_is_asked_for_where_there_is_one(tiny: ListeningEngine) -> None:
    client = create_recogniser(tiny, "tiny.en", key="s3cret").test_client()
    assert client.get("/v1/models").status_code == 401
    assert client.get("/healthz").status_code == 200
    models = client.get("/v1/models", headers={"Authorization": "Bearer s3cret"}).get_json()
    assert [each["id"] for each in models["data"]] == ["tiny.en"]


def test_late_work_ends_with_504(tiny: ListeningEngine, recording: Callable[[str], bytes]) -> None:
    answer = (
        create_recogniser(tiny, "tiny.en")
        .test_client()
        .post(PATH, data=form(recording("rainbow_p225")), headers={"X-Deadline": "0.002"})
    )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (504, "deadline")


@pytest.mark.parametrize(("header", "status"), [("-1", 503), ("nan", 503), ("soon", 400)])
def test_a_request_without_time_left_is_refused(
    client: FlaskClient, recording: Callable[[str], bytes], header: str, status: int
) -> None:
    answer = client.post(PATH, data=form(recording("rainbow_p225")), headers={"X-Deadline": header})
    assert answer.status_code == status


@pytest.fixture
def served() -> Iterator[str]:
    """A real recogniser process with a deadline of one second."""
    port = free_port()
    script = Path(__file__).with_name("recogniser_process.py")
    command = [sys.executable, str(script), str(port), "1.0"]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(root)}, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def wait_until_ready(url: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{url}/readyz", timeout=1).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not become ready in 30 seconds")


def test_an_engine_that_hangs_is_ended_and_the_next_request_works(served: str, as_wav: Callable[..., bytes]) -> None:
    data = as_wav(np.zeros(8_000, np.float32), 8_000)
    patient = HttpRecogniser(served, "made-up", first_seconds=15)
    with pytest.raises(RecogniserLateError, match="504"):
        patient.transcribe(data, deadline=15, hints=["hang"])
    assert patient.transcribe(data, deadline=15).words == "hello"
    # In C an alarm does not reach it: gunicorn kills the process, which drops the connection, and starts another.
    with pytest.raises(RecogniserError, match="cannot be reached"):
        patient.transcribe(data, deadline=15, hints=["hang in C"])
    wait_until_ready(served)
    assert patient.transcribe(data, deadline=15).words == "hello"
    with pytest.raises(RecogniserError, match="500"):
        patient.transcribe(data, deadline=15, hints=["raise"])
    assert patient.transcribe(data, deadline=15).words == "hello"


def test_work_that_waited_too_long_is_refused_not_done(served: str, as_wav: Callable[..., bytes]) -> None:
    """One request hangs; one that is queued behind it with less patience than that is refused when its turn comes."""
    data = as_wav(np.zeros(8_000, np.float32), 8_000)
    url, files = f"{served}{PATH}", {"file": data}
    hanging = threading.Thread(target=lambda: httpx.post(url, files=files, data={"prompt": "hang"}, timeout=10))
    hanging.start()
    time.sleep(0.3)
    answer = httpx.post(url, files=files, headers={"X-Deadline": "0.2"}, timeout=10)
    hanging.join()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "overloaded")
