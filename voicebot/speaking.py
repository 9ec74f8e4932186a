"""The bot's own voice, put together: what calls look prompts up in, and what renders them behind the calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

import structlog

from voicebot.config import Settings
from voicebot.routing.hours import LONDON
from voicebot.speech.voice.background import Background
from voicebot.speech.voice.library import Library
from voicebot.speech.voice.render import why_not

log = structlog.get_logger(__name__)


def prompts(settings: Settings) -> Library:
    """What live calls hear. Reads files alone."""
    return Library(settings.prompts, "" if settings.voice == "none" else settings.voice)


def rendering(
    settings: Settings, live_table: Callable[[], str | None], now: Callable[[], datetime]
) -> Callable[[], None]:
    """Renders what is missing whenever it is looked at; nothing where no channel is live, or the voice cannot speak
    here, which is logged once. `now()` is aware."""
    if settings.listen == "record" and not settings.phone_key.get_secret_value():
        return _nothing
    reason = "VOICEBOT_VOICE is none" if settings.voice == "none" else why_not(settings.voice, settings.weights)
    if reason is not None:
        log.warning("no_voice", reason=reason)
        return _nothing

    def version() -> str | None:
        table = live_table()
        return None if table is None else f"{settings.voice} {table} {now().astimezone(LONDON).date()}"

    command = [sys.executable, "-m", "voicebot.cli", "voice", "render", "--gently"]
    return Background(command, version, settings.prompts, settings.own_prompts).look


def _nothing() -> None:
    pass
