"""What the tests of the chores share."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from werkzeug import Request, Response

from voicebot.regression.local_server import serving
from voicebot.regression.provider import Provider, new_account

from .office import (
    NUMBER,
    SECRET,
    Hook,
    Office,
)


@pytest.fixture
def hook() -> Iterator[Hook]:
    here = Hook()

    @Request.application
    def app(request: Request) -> Response:
        if here.status == 200:
            here.letters.append(request.get_json())
        return Response(status=here.status)

    with serving(app) as url:
        here.url = f"{url}/team"
        yield here


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(*new_account()) as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, provider: Provider, hook: Hook) -> Iterator[Office]:
    here = Office(tmp_path, provider, hook)
    yield here
    here.engine.dispose()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries
    told = str(entries)
    for secret in (NUMBER, "Jane", "pothole is still", SECRET):
        assert secret not in told


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        here.listen()
        yield here
