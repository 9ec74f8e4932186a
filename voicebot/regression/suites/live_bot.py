"""A bot of the run's own that listens to live audio: it needs sockets, so it is served, in processes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from voicebot import bootstrap
from voicebot.config import Settings
from voicebot.regression.bench_bot import BenchBot, BenchError
from voicebot.regression.suites.bots import WHO, Reached, served_bot


@contextmanager
def live_bot(settings: Settings, folder: Path, model: str | None) -> Iterator[Reached]:
    """`voicebot serve` with its recognisers, on free ports over a database in `folder`. `model`: the one that answers,
    None for the current one. Raises `BenchError` where it does not start."""
    more = {
        "VOICEBOT_LISTEN": "stream",
        "VOICEBOT_ENGINE": settings.engine,
        "VOICEBOT_WHISPER_MODEL": settings.whisper_model,
    }
    bot = BenchBot(folder, settings, more=more)
    if model is not None:
        engine = bootstrap.open_storage(bot.settings)
        bootstrap.promotions(engine).start_with(model, WHO)
        engine.dispose()
    lives = 1

    def restart() -> bool:
        nonlocal lives
        lives -= 1
        if lives < 0:
            return False
        bot.stop()
        try:
            bot.start()
        except BenchError:
            return False
        return True

    try:
        bot.start()
        with served_bot(bot.settings, bot.url) as reached:
            yield replace(reached, restart=restart)
    finally:
        bot.stop()
