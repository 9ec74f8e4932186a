"""The mixed set of the live bench: callers who stop cleanly, hesitate, stammer and pause, and where each of them ends.

Made from recordings of tests/calls whose line is clean, so that the true end of the speech can be seen in its energy;
noise is put behind them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from voicebot.errors import ContentError
from voicebot.live.sound import samples
from voicebot.regression.conditions.noise import behind
from voicebot.regression.conditions.profiles import Noise
from voicebot.regression.stream_messages import line_noise, mulaw
from voicebot.regression.telephone_wav import decode, encode, telephone_wav
from voicebot.speech.telephone import RATE, Audio, speech_level

Kind = Literal["clean stop", "street behind", "hesitation", "inner pause"]

CLEAN = (
    *("blue-badge-chase", "pothole", "child-worry", "missed-carer", "bins", "hedge", "permit", "doctor", "french"),
    *("say-again", "slower", "advisor", "goodbye"),
)
"""What one says to the first question, or at any time. Answers to later questions are left out, for all are taken for
the first one; so are recordings with noise in them, whose end cannot be seen."""
HESITANT = ("hesitant", "stammering", "elderly", "learner", "rambling", "vague")
"""Stammers, pauses of 0.3 to 1.2 s (1.4 s of silence with what surrounds them), "um"."""
PAUSED = ("blue-badge-chase", "pothole", "child-worry", "missed-carer", "bins", "hedge", "doctor")
PAUSES = (0.5, 0.9, 1.2, 1.5)
"""Seconds of silence put into a gap between two words of each of `PAUSED`."""
STREET = 15.0
"""Decibels from the speech down to the street."""

BEFORE, AFTER = 0.6, 7.0
"""Seconds of line before and after the speech: longer than the longest endpoint."""

ENDS_WITHIN = 25.0
"""Decibels below the level of the speech down to which a frame belongs to it: the weakest final consonants of the
recordings lie 20 dB below it, their silence 36 to 43."""
FRAME = RATE // 100
GAP_FRAMES = 5
"""A gap between words that a pause may widen is 50 ms long at least; shorter ones lie inside words."""
GAP_MARGIN = 0.6
"""Seconds at either end of the speech in which no pause is put."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """`sound` is µ-law at 8 kHz with line before and after it; the speech ends at `end`, in seconds."""

    name: str
    kind: Kind
    sound: bytes
    end: float


def utterances(calls: Path) -> list[Utterance]:
    """The whole set, 66 of them, the same in every run. Raises `ContentError`, `RecordingError`."""
    missing = [name for name in (*CLEAN, *HESITANT) if not (calls / f"{name}.wav").is_file()]
    if missing:
        raise ContentError(f"{calls}: there is no {missing[0]}.wav; run scripts/make_calls, or give another --calls.")
    return list(_all(calls))


def _all(calls: Path) -> Iterator[Utterance]:
    for name in CLEAN:
        yield _utterance(name, "clean stop", speech(calls, name))
    for name in CLEAN:
        yield _utterance(name, "street behind", speech(calls, name), street=True)
    for name in HESITANT:
        yield _utterance(name, "hesitation", speech(calls, name))
        yield _utterance(name, "hesitation", speech(calls, name), street=True)
    for name in PAUSED:
        for seconds in PAUSES:
            yield _utterance(f"{name} ({seconds} s)", "inner pause", with_pause(speech(calls, name), seconds, name))


def speech(calls: Path, name: str) -> Audio:
    """A recording from its beginning to the end of its speech, at 8 kHz."""
    found, _ = decode(telephone_wav(calls / f"{name}.wav"))
    audio = np.asarray(found, dtype=np.float64)
    return audio[: last_sound(audio)]


def last_sound(audio: Audio) -> int:
    """The sample behind the last 10 ms in which somebody speaks; 0 where nobody does."""
    loud = np.flatnonzero(_loud(audio))
    return int(loud[-1] + 1) * FRAME if loud.size else 0


def with_pause(audio: Audio, seconds: float, seed: str) -> Audio:
    """`audio` with one of its gaps between words widened to `seconds`, drawn by `seed`; where there is none, the
    quietest place of its middle."""
    start, length = _gap(audio, np.random.default_rng(list(seed.encode())))
    middle = start + length // 2
    more = max(0, int(seconds * RATE) - length)
    return np.concatenate([audio[:middle], np.zeros(more), audio[middle:]])


def _gap(audio: Audio, generator: np.random.Generator) -> tuple[int, int]:
    """Where a gap begins and how long it is, in samples."""
    loud = _loud(audio)
    edge = int(GAP_MARGIN * RATE / FRAME)
    changes = np.flatnonzero(np.diff(np.concatenate(([1], loud.astype(np.int8), [1]))))
    runs = [(int(a), int(b)) for a, b in changes.reshape(-1, 2)]
    gaps = [(a, b) for a, b in runs if b - a >= GAP_FRAMES and edge <= a and b <= len(loud) - edge]
    if gaps:
        first, last = gaps[int(generator.integers(len(gaps)))]
        return first * FRAME, (last - first) * FRAME
    power = _power(audio)[edge : len(loud) - edge]
    return (edge + int(np.argmin(power))) * FRAME, FRAME


def _loud(audio: Audio) -> np.ndarray:
    return np.asarray(_power(audio) > 10 ** ((speech_level(audio) - ENDS_WITHIN) / 10))


def _power(audio: Audio) -> np.ndarray:
    return np.asarray(np.mean(np.square(audio[: audio.size // FRAME * FRAME].reshape(-1, FRAME)), axis=1))


def _utterance(name: str, kind: Kind, audio: Audio, *, street: bool = False) -> Utterance:
    end = BEFORE + audio.size / RATE
    whole = np.concatenate([np.zeros(int(BEFORE * RATE)), audio, np.zeros(int(AFTER * RATE))])
    if street:
        generator = np.random.default_rng(list(name.encode()))
        whole = behind(whole, Noise("street", STREET), generator)
        name = f"{name}, street"
    # a line is never digitally silent
    whole = whole + samples(line_noise(whole.size / RATE + 1, seed=1))[: whole.size]
    return Utterance(name, kind, mulaw(encode(np.clip(whole, -1, 1).astype(np.float32), RATE)), end)
