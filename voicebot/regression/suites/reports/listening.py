"""The sounds of a run, small enough to stand in a page: MP3 as data URIs, with the shape of each."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import soundfile

from voicebot.errors import VoicebotError
from voicebot.regression.suites.callers import ONCE_MORE
from voicebot.regression.suites.model import Suite
from voicebot.regression.suites.reports.waveform import waveform
from voicebot.regression.suites.results import CallReport, Run
from voicebot.regression.suites.telephone import CLEAN, Telephone
from voicebot.regression.telephone_wav import decode

BUDGET = 20_000_000
"""Bytes of sound that one page may hold; a browser opens that from a disk within a few seconds."""

BYTES_A_SECOND = 2800
"""Of a sound in the page: MP3 at 16 kbit/s, and a third more for base64."""

Heard = tuple[str, str, str, int]
"""(sound, call, profile). Over a clean line it sounds the same in every call, which is "" then."""


@dataclass(frozen=True, slots=True)
class Listening:
    """`uri` is an MP3; `shape` the `d` of an SVG path, see `waveform`."""

    uri: str
    seconds: float
    shape: str


@dataclass(frozen=True, slots=True)
class Listened:
    """`left_out`: how many calls have sounds that are not among these, since the page would grow too large."""

    sounds: dict[Heard, Listening]
    left_out: int


def listened(run: Run, suite: Suite, telephone: Telephone, budget: int = BUDGET) -> Listened:
    """All sounds of the run; beyond `budget` bytes only those of calls that did not go right, as far as they fit.

    A sound that is no longer there, or cannot be read, is left out: a report is about the run, not the files."""
    wanted = _unique(run.calls)
    if _size(wanted, suite) > budget:
        wanted = _unique(call for call in run.calls if is_trouble(call))
        while wanted and _size(wanted, suite) > budget:
            wanted.pop()
    with ThreadPoolExecutor() as pool:
        found = dict(zip(wanted, pool.map(lambda each: _listening(suite, each, telephone), wanted), strict=True))
    sounds = {name: each for name, each in found.items() if each is not None}
    left = sum(any(each not in found for each in _unique([call])) for call in run.calls)
    return Listened(sounds, left)


def is_trouble(call: CallReport) -> bool:
    return call.status == "failed" or call.misrouted or call.flaky


def heard(call: CallReport) -> Iterator[Heard]:
    """What can be listened to in each turn, in order; its sound is "" where there is nothing."""
    times = 0
    for turn in call.turns:
        once_more = turn.did.endswith(ONCE_MORE)
        times += once_more
        line = ("", CLEAN) if call.profile == CLEAN else (call.name, call.profile)
        yield turn.sound, *line, times if once_more and call.profile != CLEAN else 0


def _unique(calls: Iterable[CallReport]) -> list[Heard]:
    return list(dict.fromkeys(each for call in calls for each in heard(call) if each[0]))


def _size(wanted: Sequence[Heard], suite: Suite) -> float:
    return sum(_seconds(suite, sound) for sound, *_ in wanted) * BYTES_A_SECOND


def _seconds(suite: Suite, name: str) -> float:
    try:
        return float(soundfile.info(suite.sounds[name].path).duration)
    except (KeyError, OSError, soundfile.SoundFileError):
        return 0.0


def _listening(suite: Suite, wanted: Heard, telephone: Telephone) -> Listening | None:
    name, call, profile, times = wanted
    try:
        samples, rate = decode(telephone.play(suite.sounds[name], times, call=call, profile=profile))
    except (KeyError, VoicebotError, soundfile.SoundFileError):
        return None
    if not len(samples):
        return None
    out = io.BytesIO()
    soundfile.write(
        out,
        np.clip(samples, -0.98, 0.98),
        rate,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=0.9,
        bitrate_mode="CONSTANT",
    )
    uri = f"data:audio/mpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    return Listening(uri, len(samples) / rate, waveform(samples))
