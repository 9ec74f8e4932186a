"""`voicebot wait`: until the bot can answer calls."""

from __future__ import annotations

import os
import time

import click
import httpx

from voicebot.commands.output import emit, json_option
from voicebot.config import load_settings


@click.command()
@click.option("--seconds", default=120.0, show_default=True, help="Give up after so long.")
@click.option("--pid", type=int, help="Give up at once where this process has ended.")
@json_option
def wait(seconds: float, pid: int | None, as_json: bool) -> None:
    """Wait until the bot on this machine is ready. Exit code 1 where it is not.

    \b
    Examples:
      voicebot wait --seconds 60
      voicebot serve & voicebot wait --pid $!
    """
    settings = load_settings()
    url = f"http://{settings.host}:{settings.port}/readyz"
    until = time.monotonic() + seconds
    state: dict[str, object] = {"ready": False}
    while time.monotonic() < until and not state["ready"] and (pid is None or _runs(pid)):
        try:
            state = httpx.get(url, timeout=3.0, trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            state = {"ready": False}
        if not state["ready"]:
            time.sleep(0.2)
    if as_json:
        emit(state)
    if not state["ready"]:
        raise click.exceptions.Exit(1)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
