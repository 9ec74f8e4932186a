"""What the tests of recorded calls share: a simulated provider, a tiny bot, and a way to ring it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from tiny_bot import ACCOUNT, PUBLIC, TOKEN, TinyBot, served

from voicebot.regression.call import place_call
from voicebot.regression.call_events import CallResult
from voicebot.regression.provider import Provider
from voicebot.regression.script import Speak
from voicebot.regression.telephone_wav import silent_wav


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider(ACCOUNT, TOKEN) as running:
        yield running


@pytest.fixture
def bot() -> Iterator[TinyBot]:
    with served(TinyBot()) as running:
        yield running


@pytest.fixture
def client(bot: TinyBot) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=bot.url, trust_env=False) as reaching:
        yield reaching


@pytest.fixture
def pauses() -> list[float]:
    """Seconds of each pause that the caller would have heard."""
    return []


@pytest.fixture
def ring(client: httpx.Client, provider: Provider, pauses: list[float]) -> Callable[..., CallResult]:
    def call(*steps: object, **more: object) -> CallResult:
        return partial(place_call, wait=pauses.append)(client, PUBLIC, TOKEN, ACCOUNT, steps, provider, **more)

    return call


@pytest.fixture(scope="session")
def hello() -> Speak:
    return Speak(silent_wav(2.0), "hello.wav")
