"""What is no caller: silence, noise, hold music, and the bot's own prompt coming back."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from voicebot.errors import ContentError
from voicebot.live.ports import FRAME_BYTES
from voicebot.live.sound import SILENCE, samples
from voicebot.regression.background import hold_music
from voicebot.regression.conditions.noise import noise
from voicebot.regression.stream_messages import line_noise, mulaw
from voicebot.regression.telephone_wav import decode, encode, telephone_wav
from voicebot.speech.telephone import RATE, Audio, at_level, level, to_telephone

LEVELS = (-15.0, -25.0, -35.0)
"""dBFS, a stretch of each in turn: 5 dB above a clear caller, 5 below, and what a quiet room sounds like."""
STRETCH = 25
"""Seconds: no part of 60, so that every part of a sound comes at every level."""
COMPUTED = 60
"""Seconds of noise that are computed; then it begins again, at the next level."""

DELAYS = (0.05, 0.1, 0.2, 0.3)
GAINS = (-6.0, -12.0, -20.0, -30.0)
"""Seconds and decibels of an echo: every pair in turn, as it is and out of a room."""
ROOM_SECONDS = 0.3
"""In which the sound of the room falls by 60 dB: a furnished living room."""


def sounds(data: Path | None, seconds: float) -> dict[str, bytes]:
    """µ-law of each noise, by name, `seconds` long. `data` holds noise/*.flac and hold_music/*.wav; without it all are
    computed. Raises `ContentError` where it does not."""
    generator, length = np.random.default_rng(1), min(COMPUTED, math.ceil(seconds))
    street = {"street noise": noise("street", length * RATE, generator)}
    if data is None:
        music = {"hold music": to_telephone(hold_music(length, generator), RATE)}
    else:
        music = {
            "recorded noise": _recorded(data / "noise", "*.flac"),
            "recorded hold music": _recorded(data / "hold_music", "*.wav"),
        }
    return {name: _at_levels(audio, seconds) for name, audio in {**street, **music}.items()}


def silence(seconds: float) -> bytes:
    """A line on which nobody speaks."""
    return line_noise(seconds, seed=3)


def voice(calls: Path, names: Sequence[str]) -> bytes:
    """Recordings one behind the other: what the bot says while it is measured. Raises `RecordingError`."""
    return b"".join(mulaw(telephone_wav(calls / f"{name}.wav")) for name in names)


def echo(out: bytearray, seconds: float) -> Iterator[bytes]:
    """Frames of what comes back of `out`, which grows while they are asked for."""
    ways = list(itertools.product(DELAYS, GAINS, (_direct(), _room())))
    count = int(seconds * RATE / FRAME_BYTES)
    for number in range(count):
        delay, gain, path = ways[number * len(ways) // count]
        end = number * FRAME_BYTES + FRAME_BYTES - int(delay * RATE)
        back = _before(out, end, FRAME_BYTES + len(path) - 1)
        sound = 10 ** (gain / 20) * np.convolve(samples(back), path, mode="valid")
        yield mulaw(encode(sound.astype(np.float32), RATE))


def _before(out: bytearray, end: int, size: int) -> bytes:
    """The `size` bytes of `out` up to `end`; silence before it began."""
    found = bytes(out[max(0, end - size) : max(0, end)])
    return SILENCE * (size - len(found)) + found


@cache
def _direct() -> Audio:
    return np.ones(1)


@cache
def _room() -> Audio:
    """A direct sound, and as much energy of reverberation."""
    size = int(ROOM_SECONDS * RATE)
    tail = np.random.default_rng(4).standard_normal(size) * 10 ** (-3 * np.arange(size) / size)
    path = np.concatenate(([1.0], tail / np.sqrt(np.sum(np.square(tail)))))
    return np.asarray(path / np.sqrt(2))


def _recorded(folder: Path, pattern: str) -> Audio:
    files = sorted(folder.glob(pattern))
    if not files:
        raise ContentError(f"{folder}: there is no {pattern} in it; give the folder that holds noise and hold_music.")
    found = [np.asarray(decode(telephone_wav(file))[0], dtype=np.float64) for file in files]
    return np.concatenate([at_level(each, LEVELS[0], level(each)) for each in found])


def _at_levels(audio: Audio, seconds: float) -> bytes:
    """As long as is wanted, over and over, each stretch at another level."""
    size, stretch = int(seconds * RATE), STRETCH * RATE
    long = np.resize(audio, size)
    parts = [
        at_level(long[at : at + stretch], LEVELS[number % len(LEVELS)], level(audio))
        for number, at in enumerate(range(0, size, stretch))
    ]
    return mulaw(encode(np.clip(np.concatenate(parts), -1, 1).astype(np.float32), RATE))


Frames = Callable[[bytearray], Iterator[bytes]]
"""What comes from the caller's side, given all that the bot has played."""


def over_prompts(found: Mapping[str, bytes], seconds: float) -> dict[str, Frames]:
    """What is heard while the bot speaks."""

    def played(sound: bytes) -> Frames:
        return lambda out: (sound[at : at + FRAME_BYTES] for at in range(0, len(sound), FRAME_BYTES))

    return {**{name: played(sound) for name, sound in found.items()}, "its own echo": lambda out: echo(out, seconds)}
