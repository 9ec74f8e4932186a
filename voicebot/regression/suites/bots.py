"""The bots that a suite is run against: one made for the run in this process, or one that is served elsewhere.

Either way the calls come in by the real webhooks, signed as the provider signs them.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import httpx
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import Engine

from voicebot import bootstrap
from voicebot.config import Settings
from voicebot.errors import SettingError
from voicebot.ports import Recogniser, Understander
from voicebot.regression.provider import Provider, new_account, provider_for
from voicebot.regression.suites.recognisers import LONGEST_SECONDS
from voicebot.routing.table import Table

MakeApp = Callable[[bootstrap.Bot], Flask]

ANSWER_SECONDS = 20.0
"""The longest that a client waits for a webhook; Twilio itself gives up after 15."""

TURN_SECONDS = 120.0
"""A turn may wait for its sound to be heard while the recogniser works on those of the other callers."""

ALIVE_SECONDS = 5.0

WHO = "voicebot regress"


class RingAt(Protocol):
    """Says when a call rings, before it does."""

    def ring_at(self, call_id: str, at: datetime) -> None:
        """From now on it is `at` (aware) for this call."""


class Dates:
    """A `voicebot.ports.Clock` in memory, for a bot in this process: each call lives at the date it was given, and its
    time passes as ours does. Safe in many threads."""

    def __init__(self) -> None:
        self._rung: dict[str, tuple[datetime, float]] = {}

    def ring_at(self, call_id: str, at: datetime) -> None:
        self._rung[call_id] = at.astimezone(UTC), time.monotonic()

    def now(self, call_id: str) -> datetime:
        at, rung = self._rung.get(call_id, (None, 0.0))
        return datetime.now(UTC) if at is None else at + timedelta(seconds=time.monotonic() - rung)


@dataclass(frozen=True, slots=True)
class Reached:
    """A bot that can be rung. `client` reaches its webhooks, `provider` plays its telephone provider, `engine` is where
    it stores calls, `table` what it answers by, `clock` sets the date of a call. `ears` says why it can hear no more,
    "" while it can. `restart` brings a bot of the run's own back to life, once; False where that is not possible."""

    settings: Settings
    client: httpx.Client
    provider: Provider
    engine: Engine
    table: Table
    clock: RingAt
    ears: Callable[[], str] = lambda: ""
    restart: Callable[[], bool] = lambda: False

    def why_dead(self) -> str:
        """Why no call can be judged by it any more, "" while all is well."""
        return self.ears() or _why_silent(self.client, self._origin)

    @property
    def is_in_process(self) -> bool:
        return not str(self.client.base_url)

    @property
    def _origin(self) -> str:
        return self.settings.public_url if self.is_in_process else ""


@contextmanager
def own_bot(
    settings: Settings,
    folder: Path,
    make_app: MakeApp,
    heard_by: Recogniser,
    understood_by: Understander,
    *,
    ears: Callable[[], str] = lambda: "",
    like: Reached | None = None,
) -> Iterator[Reached]:
    """The bot as it ships, in this process, over a database in `folder` that nobody else uses. What is set of the
    provider, the database and the deadlines does not count. It answers by the routing table on the disk, or by that of
    the bot `like`. Raises like `bootstrap.build`."""
    account, token = new_account()
    with Provider(account, token) as provider:
        own = settings.model_copy(
            update={
                "account_sid": account,
                "auth_token": SecretStr(token),
                "api_base": provider.url,
                "public_url": "https://bot.council.example",
                "sms_from": "+447700900000",
                "secret_key": SecretStr(secrets.token_hex(32)),
                "database_url": SecretStr(f"sqlite:///{folder / f'bot-{secrets.token_hex(4)}.db'}"),
                "recogniser_seconds": LONGEST_SECONDS,
                "turn_seconds": TURN_SECONDS,
                "lease_seconds": TURN_SECONDS,
            }
        )
        engine = bootstrap.open_storage(own)
        # before the bot is built, which else would load the model of this name once more to see that it can be
        bootstrap.promotions(engine).start_with(understood_by.version, WHO)
        if like is not None:
            content = bootstrap.published(like.engine).content("table", like.table.hash)
            bootstrap.publications(engine).start_with(like.table.hash, WHO, content=content)
        engine.dispose()
        clock = Dates()
        bot = bootstrap.build(own, clock=clock, heard_by=heard_by, understood_by=understood_by)
        transport = httpx.WSGITransport(app=make_app(bot))
        try:
            with httpx.Client(transport=transport, timeout=ANSWER_SECONDS, trust_env=False) as client:
                yield Reached(own, client, provider, bot.engine, bootstrap.tables(bot.published).current(), clock, ears)
        finally:
            bot.conversation.close()
            bot.engine.dispose()


@contextmanager
def served_bot(settings: Settings, url: str) -> Iterator[Reached]:
    """A bot that is served at `url` with these settings. Raises `SettingError` where its provider is not the simulator,
    or where nothing answers."""
    settings.require(*bootstrap.NEEDED_TO_SERVE)
    engine = bootstrap.open_storage(settings)
    try:
        with (
            provider_for(settings) as provider,
            httpx.Client(base_url=url, timeout=ANSWER_SECONDS, trust_env=False) as client,
        ):
            if dead := _why_silent(client, ""):
                raise SettingError(f"{url}: {dead}. Start `voicebot serve` with the same settings, or leave out --url.")
            table = bootstrap.tables(bootstrap.published(engine)).current()
            yield Reached(settings, client, provider, engine, table, bootstrap.call_clocks(engine))
    finally:
        engine.dispose()


def _why_silent(client: httpx.Client, origin: str) -> str:
    """Why the bot that `client` reaches cannot be rung, "" where it can."""
    try:
        status = client.get(f"{origin}/healthz", timeout=ALIVE_SECONDS).status_code
    except httpx.HTTPError as error:
        return f"the bot does not answer ({type(error).__name__})"
    return "" if status == 200 else f"the bot answers {status}"
