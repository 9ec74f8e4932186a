"""`voicebot voice`: what callers of live channels hear: rendered ahead, listed with who speaks it, listened to."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import httpx
import structlog

from voicebot import bootstrap
from voicebot.commands.output import emit, json_option, progress
from voicebot.commands.voice_text import as_data, listed, print_status, rendered, tell_rendered
from voicebot.config import Settings, load_settings
from voicebot.errors import VoicebotError
from voicebot.logs import configure
from voicebot.routing.issues import Issue, errors
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table
from voicebot.speech.voice.background import CANNOT_YET
from voicebot.speech.voice.cache import Cache, packed
from voicebot.speech.voice.library import Library
from voicebot.speech.voice.own_recordings import bring_in, read_recordings, unsaid
from voicebot.speech.voice.render import LARGEST, Plan, Rendered, alone, open_speaker, pieces_of, plan, render
from voicebot.storage.database import open_existing

log = structlog.get_logger(__name__)

PLAYERS = (("aplay", "-q"), ("play", "-q"), ("afplay",))
BUSY_SECONDS = 0.25
"""A recogniser that has nothing to do answers within some milliseconds; one that transcribes, when it is done."""

draft_option = click.option(
    "--draft", is_flag=True, help="For routing.yaml as it lies there, instead of the table that is live."
)


@click.group()
def voice() -> None:
    """The bot's own voice on live channels: render what it says, see what is there, listen to it.

    \b
    Examples:
      voicebot voice status
      voicebot voice render
      voicebot voice play "Is it about a pothole?"
    """


@voice.command("render")
@draft_option
@click.option(
    "--gently", is_flag=True, help="Behind the calls: lowest priority, and waits while the recogniser is busy."
)
@json_option
def render_(draft: bool, gently: bool, as_json: bool) -> None:
    """Render every sentence that is not there yet. Can be stopped and gone on with at any time.

    It takes about as long as the speech itself, for the first table an hour or two; `voicebot voice status` says how
    long. The chores do it by themselves when a table is published. Exit code 1 where a sentence could not be rendered.

    \b
    Examples:
      voicebot voice render
      voicebot voice render --draft
      nice voicebot voice render --json
    """
    settings = load_settings()
    configure(settings.log, settings.log_level)
    tell = progress(as_json or gently)
    going_on = _gentle(settings) if gently else lambda: True
    with alone(settings.prompts) as is_alone:
        if not is_alone:
            raise VoicebotError(f"{settings.prompts}: another process is rendering there already; let it finish.")
        issues = _bring_in(settings)
        wanted = _plan(settings, draft)
        made = render(wanted.missing, settings.prompts, lambda: _speaker(settings, tell), tell, going_on)
        keep = frozenset(Cache(settings.prompts).path(each) for each in wanted.pieces)
        Cache(settings.prompts).tidy(keep, LARGEST)
    if gently:
        _log(made, issues)
    elif as_json:
        emit(rendered(made, issues))
    else:
        tell_rendered(made, issues)
    if made.left:
        raise click.exceptions.Exit(CANNOT_YET)
    if made.failed or errors(issues):
        raise click.exceptions.Exit(1)


@voice.command()
@draft_option
@click.option("--all", "everything", is_flag=True, help="List every sentence, with who speaks it.")
@json_option
def status(draft: bool, everything: bool, as_json: bool) -> None:
    """Which sentences are there, in whose voice, which are missing, and how long rendering them will take.

    Exit code 1 where something is missing, or prompts.yaml has mistakes.

    \b
    Examples:
      voicebot voice status
      voicebot voice status --all
      voicebot voice status --json
    """
    settings = load_settings()
    _bring_in(settings)
    found = _plan(settings, draft)
    issues = _bring_in(settings, found)
    shown = as_data(settings, found, issues)
    if as_json:
        emit({**shown, "sentences": listed(found)} if everything else shown)
    else:
        print_status(shown, found if everything else None)
    if found.missing or errors(issues):
        raise click.exceptions.Exit(1)


@voice.command()
@click.argument("text")
@click.option("--slow", is_flag=True, help='As it is said to callers who asked for "slower".')
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write a WAV file instead.")
def play(text: str, slow: bool, file: Path | None) -> None:
    """Say TEXT as callers hear it: over a telephone, in the council's own recordings where there are some. What is
    missing is rendered.

    \b
    Examples:
      voicebot voice play "Is it about a pothole?"
      voicebot voice play "Hello." --slow --to hello.wav
    """
    settings = load_settings()
    _bring_in(settings)
    sound = _said(settings, text, slow)
    if file is not None:
        try:
            file.write_bytes(packed(sound, {"words": text}))
        except OSError as error:
            raise VoicebotError(f"{file} cannot be written: {error.strerror}; give another file.") from None
        click.echo(f"{file}: {len(sound) / 8000:.1f} s")
        return
    player = next((each for each in PLAYERS if shutil.which(each[0])), None)
    if player is None:
        names = ", ".join(each[0] for each in PLAYERS)
        raise VoicebotError(f"nothing here plays sound ({names}); write a file with --to FILE.")
    with tempfile.NamedTemporaryFile(suffix=".wav") as scratch:
        Path(scratch.name).write_bytes(packed(sound, {"words": text}))
        subprocess.run([*player, scratch.name], check=False, timeout=len(sound) / 8000 + 30)


# --- what they share -----------------------------------------------------------------------------------------------


def _speaker(settings: Settings, tell: Callable[[str], None]) -> Any:
    return open_speaker(settings.voice, settings.weights, settings.weights_from, tell)


def _log(made: Rendered, issues: tuple[Issue, ...]) -> None:
    for each in issues:
        log.warning("own_prompts", issue=str(each))
    for words, reason in made.failed:
        log.error("prompt_not_rendered", words=words, reason=reason)
    log.info("prompts_rendered", count=made.done, left=made.left)


def _table(settings: Settings, draft: bool) -> Table:
    """The live one; routing.yaml where nothing has been published here yet."""
    engine = None if draft else open_existing(settings.database_url.get_secret_value())
    if engine is None or bootstrap.publications(engine).live() is None:
        return load_table(settings.routing)
    return bootstrap.tables(bootstrap.published(engine)).current()


def _plan(settings: Settings, draft: bool) -> Plan:
    return plan(_table(settings, draft), datetime.now(UTC), settings.prompts, settings.voice)


def _bring_in(settings: Settings, found: Plan | None = None) -> tuple[Issue, ...]:
    """The council's own recordings, where calls find them. What is wrong with them; with `found`, also which of them
    are of something that is never said."""
    recordings, issues = read_recordings(settings.own_prompts)
    unheard = unsaid(recordings, [each.words for each in found.pieces]) if found is not None else ()
    return (*issues, *bring_in(recordings, settings.prompts), *unheard)


def _said(settings: Settings, text: str, slow: bool) -> bytes:
    library = Library(settings.prompts, "" if settings.voice == "none" else settings.voice)
    sound = library.audio(text, slow=slow)
    if sound is None:
        missing = pieces_of(text, settings.voice, slow)
        tell = progress(False)
        made = render(missing, settings.prompts, lambda: _speaker(settings, tell), tell)
        sound = library.audio(text, slow=slow)
        if sound is None:
            reason = made.failed[0][1] if made.failed else "there is no word in it."
            raise VoicebotError(f"{text[:60]!r} cannot be spoken: {reason}")
    return sound


def _gentle(settings: Settings) -> Callable[[], bool]:
    """Lowest priority; ends when the process that started it does. Waits while calls are being recognised."""
    os.nice(19)
    parent = os.getppid()

    def going_on() -> bool:
        while os.getppid() == parent:
            try:
                httpx.get(f"{settings.recogniser_url}/readyz", timeout=BUSY_SECONDS, trust_env=False)
            except httpx.TimeoutException:
                time.sleep(1.0)
                continue
            except httpx.HTTPError:
                pass  # no recogniser, so nobody waits for one
            return True
        return False

    return going_on
