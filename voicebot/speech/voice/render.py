"""Renders what is missing: what was wanted at a call first, then everything that the routing table can say.

Nothing here is hurried. It can be stopped at any piece and gone on with, by another process as well.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from voicebot.errors import VoicebotError
from voicebot.routing.spoken import spoken_seconds
from voicebot.routing.table import Table
from voicebot.speech.telephone import RATE, Audio
from voicebot.speech.voice.ahead import ahead
from voicebot.speech.voice.cache import Cache, Piece
from voicebot.speech.voice.espeak import NAME, Espeak
from voicebot.speech.voice.library import RECORDED, Wanted, own
from voicebot.speech.voice.pieces import normalised, sentences, speakable
from voicebot.speech.voice.sound import as_piece
from voicebot.speech.weights import fetch, is_ready

WEIGHTS = ("kokoro", "kokoro-voices")
SLOW_SPEED = 0.8
"""Of the ordinary pace, for callers who asked for "slower"."""

PACE = {False: 1.0, True: 0.03}
"""Seconds of one processor for a second of speech: Kokoro (1.0 to 1.3 measured, in one thread), and espeak-ng."""

LARGEST = 1_000_000_000
"""Bytes of all rendered pieces. A county's table takes a tenth of it; old tables' pieces stay, for a rollback."""

_EXTRA = ("onnxruntime", "espeakng_loader")
_INSTALL = (
    "There is no voice installed here. Install it with `pip install -c constraints.txt -e '.[voice]'`; without it, "
    "callers hear the telephone provider's."
)


class Speaker(Protocol):
    """Turns words into mono samples at `rate`."""

    rate: int

    def speak(self, words: str, voice: str, speed: float = 1.0) -> Audio:
        """Raises `VoicebotError` where it cannot."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every piece that should be there, in the order of rendering, and those of them that are not. `recorded`: those
    that the council has recorded itself. `too_many`: what changes too much to be rendered ahead (`ahead.Ahead`)."""

    pieces: tuple[Piece, ...]
    missing: tuple[Piece, ...]
    recorded: tuple[Piece, ...]
    too_many: tuple[str, ...]

    @property
    def seconds_of_speech(self) -> float:
        """Of what is missing, by estimate."""
        return sum(spoken_seconds(each.words) / (SLOW_SPEED if each.slow else 1) for each in self.missing)


@dataclass(frozen=True, slots=True)
class Rendered:
    """How many pieces were rendered, could not be (each with its reason), and were left when it was told to stop."""

    done: int
    failed: tuple[tuple[str, str], ...]
    left: int
    seconds_of_speech: float


def why_not(voice: str, weights: Path) -> str | None:
    """What keeps this voice from speaking here; None where nothing does. Loads nothing."""
    if voice == NAME:
        try:
            Espeak()
        except VoicebotError as error:
            return error.message
        return None
    if any(importlib.util.find_spec(name) is None for name in _EXTRA):
        return _INSTALL
    if not all(is_ready(name, weights) for name in WEIGHTS):
        return f"The weights of the voice are not in {weights}. `voicebot voice render` fetches them."
    return None


def open_speaker(voice: str, weights: Path, source: Path | None, progress: Callable[[str], None]) -> Speaker:
    """The voice, its weights fetched where they are missing. Raises `VoicebotError` where it cannot be had."""
    if voice == "none":
        raise VoicebotError(
            "VOICEBOT_VOICE is none: there is no voice to render with. Set it to bf_emma, or leave it out."
        )
    if voice == NAME:
        return Espeak()
    if any(importlib.util.find_spec(name) is None for name in _EXTRA):
        raise VoicebotError(_INSTALL)
    from voicebot.speech.voice.kokoro import Kokoro  # needs the extra

    fetch(WEIGHTS, weights, source, progress)
    return Kokoro(weights)


def plan(table: Table, now: datetime, prompts: Path, voice: str) -> Plan:
    """What the live table needs, for `voice`, from `now` (aware) on; the ordinary pace first, then slow."""
    found = ahead(table, now)
    noted = [each for each in Wanted(prompts).pieces() if each.voice == voice]
    every = [Piece(words, voice, slow) for slow in (False, True) for words in found.pieces]
    pieces = tuple(dict.fromkeys((*(part for each in noted for part in _parts(each)), *every)))
    ours, cache = own(prompts), Cache(prompts)
    there = {each: ours.read(Piece(each.words, RECORDED, each.slow)) is not None for each in pieces}
    recorded = tuple(each for each in pieces if there[each])
    missing = tuple(each for each in pieces if not there[each] and cache.read(each) is None)
    return Plan(pieces, missing, recorded, found.too_many)


def pieces_of(text: str, voice: str, slow: bool = False) -> list[Piece]:
    """What a prompt is rendered as."""
    return [Piece(part, voice, slow) for sentence in sentences(text) for part in speakable(sentence)]


def _parts(piece: Piece) -> Iterator[Piece]:
    yield from (Piece(words, piece.voice, piece.slow) for words in speakable(normalised(piece.words)))


def render(
    missing: Iterable[Piece],
    prompts: Path,
    speaker: Callable[[], Speaker],
    progress: Callable[[str], None],
    going_on: Callable[[], bool] = lambda: True,
) -> Rendered:
    """Render these one after another, as long as `going_on()`; `speaker` is opened only where something is left to say.

    A piece that cannot be spoken is left out and named. Raises `VoicebotError` where the folder cannot be written, or
    the voice cannot be had."""
    cache, wanted = Cache(prompts), Wanted(prompts)
    waiting = list(missing)
    voice = speaker() if waiting else None
    failed: list[tuple[str, str]] = []
    done, spoken = 0, 0.0
    for number, piece in enumerate(waiting, 1):
        if voice is None or not going_on():
            return Rendered(done, tuple(failed), len(waiting) - number + 1, spoken)
        progress(f"speaking {number} of {len(waiting)}{' (slow)' if piece.slow else ''}: {piece.words[:60]}")
        try:
            audio = voice.speak(piece.words, piece.voice, SLOW_SPEED if piece.slow else 1.0)
            sound = as_piece(audio, voice.rate)
        except VoicebotError as error:
            failed.append((piece.words, error.message))
            continue
        cache.write(piece, sound)
        done, spoken = done + 1, spoken + len(sound) / RATE
    for noted in wanted.pieces():
        if all(cache.read(part) is not None for part in _parts(noted)):
            wanted.done(noted)
    return Rendered(done, tuple(failed), 0, spoken)


@contextmanager
def alone(prompts: Path) -> Iterator[bool]:
    """Whether nobody else renders into this folder meanwhile: the work would only be done twice."""
    try:
        prompts.mkdir(parents=True, exist_ok=True)
        handle = os.open(prompts / ".rendering", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise VoicebotError(f"VOICEBOT_PROMPTS: {prompts} cannot be written ({error.strerror}).") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
