"""How live audio is put together: threads enough for its calls, and room only where it is wanted."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import create_engine

from voicebot.bootstrap import utc_now
from voicebot.config import Settings
from voicebot.errors import SettingError
from voicebot.live.room import Room
from voicebot.streaming import Lines, check_threads, twilio_calls


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)


@pytest.mark.parametrize(
    ("listen", "calls", "threads", "enough"),
    [("stream", 12, 44, True), ("stream", 12, 43, False), ("stream", 30, 64, False), ("record", 30, 64, True)],
)
def test_each_live_call_needs_its_threads(listen: str, calls: int, threads: int, enough: bool) -> None:
    chosen = settings(listen=listen, live_calls=calls, threads=threads)
    if enough:
        check_threads(chosen)
        return
    with pytest.raises(SettingError) as refused:
        check_threads(chosen)
    assert f"VOICEBOT_THREADS: {threads} are too few" in refused.value.message
    assert f"set {2 * calls + 20} or more" in refused.value.message


def test_the_settings_as_they_come_have_threads_enough() -> None:
    check_threads(settings(listen="stream"))


@pytest.mark.parametrize(("listen", "free"), [("record", False), ("stream", True)])
def test_there_is_room_for_live_calls_where_the_bot_listens_to_streams(listen: str, free: bool) -> None:
    lines = Lines(None, None, None, None, Room(12), lambda event: None)  # type: ignore[arg-type]
    calls = twilio_calls(settings(listen=listen), create_engine("sqlite://"), utc_now, lines)
    assert calls.room.free is free


def test_nothing_that_starts_threads_is_loaded_before_web_workers_are_forked() -> None:
    """onnxruntime does so when it is imported; a worker forked after that could not leave any more."""
    script = "import sys, voicebot.commands.services; print(sorted({'onnxruntime', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"
