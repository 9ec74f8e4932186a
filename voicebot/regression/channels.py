"""Which of two channels is the caller's, and where she speaks in it.

Twilio records the caller on the first channel and the bot on the second, other telephone systems the other way round,
and an ordinary stereo file has the caller on both. So it is the sound that decides: the bot speaks first, and whoever
speaks is louder on her own channel than what of her leaks into the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voicebot.regression.suites.model import Channel
from voicebot.speech.audio import Samples

FRAME = 0.02
"""Seconds over which the level is taken, as telephones do."""

QUIET = -50.0
"""dBFS below which nobody is heard: 30 dB under the usual level of a voice, −20 dBFS, and 16 dB over line noise."""

LOUD_WITHIN = 30.0
"""dB below a channel's loudest frame within which it is in use: the sounds of one voice lie no further apart."""

AHEAD = 6.0
"""dB by which a channel must be louder to be the speaker's own. Echo comes back 20 dB weaker or more (ITU-T G.122)."""

SAME = 4.0
"""dB: where the difference of two channels varies by less, both carry the same sound."""

BEGUN = 0.2
"""Seconds of speech within 0.4 s that count as somebody speaking, and not as a click."""

FIRST_BY = 0.5
"""Seconds by which one must begin before the other to be the bot for certain."""

BEFORE, AFTER = 0.4, 0.8
"""Seconds of line that are kept around her words."""

BOT_TURN = 0.5
"""Seconds of the bot's voice between two words of the caller's that make two turns of them; an "mm" of hers is less."""

Span = tuple[int, int]
"""A stretch in samples, end exclusive."""


@dataclass(frozen=True, slots=True)
class CallersSide:
    """What the caller said: `samples` of shape (n,), at full scale ±1, from a little before her first word to a little
    after her last where the bot's side was recorded, too. `turns` are her turns in it. `channel` is hers, None where
    the file has one channel, or the same on all; `sure` is false where the sound does not tell."""

    samples: Samples
    channel: Channel | None
    turns: tuple[Span, ...]
    sure: bool = True


def callers_side(frames: Samples, rate: int, channel: Channel | None = None) -> CallersSide:
    """The caller's side of `frames`, shape (n, channels). `channel` says which it is where that is known."""
    if frames.shape[1] != 2:
        return _alone(frames)
    levels = _levels(frames, rate)
    sure = True
    if channel is None:
        if _same(levels):
            return _alone(frames)
        channel, sure = _callers(levels)
    return _cut_out(frames, levels, rate, channel, sure)


def _alone(frames: Samples) -> CallersSide:
    mixed: Samples = frames.mean(axis=1, dtype=np.float32)
    return CallersSide(mixed, None, ((0, len(mixed)),))


def _levels(frames: Samples, rate: int) -> NDArray[np.float64]:
    """dBFS of each 20 ms, shape (frames, 2); the rest of a frame at the end is silence."""
    size = max(1, round(rate * FRAME))
    padded = np.pad(frames, ((0, -len(frames) % size), (0, 0)))
    power = np.mean(np.square(padded.reshape(-1, size, 2), dtype=np.float64), axis=1)
    return np.asarray(10 * np.log10(power + 1e-12))


def _same(levels: NDArray[np.float64]) -> bool:
    used = levels.max(axis=1) > max(QUIET, float(levels.max()) - LOUD_WITHIN)
    difference = (levels[:, 0] - levels[:, 1])[used]
    return not used.any() or (float(difference.std()) < SAME and bool((levels.max(axis=0) > QUIET).all()))


def _callers(levels: NDArray[np.float64]) -> tuple[Channel, bool]:
    """The caller's channel, and whether that is certain: where one side says nothing, the caller is who speaks."""
    left, right = (_begins(_own(levels, side)) for side in (0, 1))
    if left is None or right is None:
        louder = levels[:, 0].max() - levels[:, 1].max()
        return ("left" if louder >= 0 else "right"), abs(louder) > 2 * AHEAD
    return ("left" if left >= right else "right"), abs(left - right) * FRAME >= FIRST_BY


def _own(levels: NDArray[np.float64], side: int) -> NDArray[np.bool_]:
    """The frames in which the speaker of that side is heard, and not what leaks in of the other."""
    here, there = levels[:, side], levels[:, 1 - side]
    return np.asarray((here > QUIET) & (here > here.max() - LOUD_WITHIN) & (here > there + AHEAD))


def _begins(own: NDArray[np.bool_]) -> int | None:
    """The first frame of somebody speaking, None where nobody does."""
    lasts, within = round(BEGUN / FRAME), round(2 * BEGUN / FRAME)
    counted = np.convolve(own, np.ones(within), "full")[within - 1 :][: len(own)]
    found = np.flatnonzero(own & (counted >= lasts))
    return int(found[0]) if len(found) else None


def _cut_out(frames: Samples, levels: NDArray[np.float64], rate: int, channel: Channel, sure: bool) -> CallersSide:
    side = 0 if channel == "left" else 1
    samples = np.ascontiguousarray(frames[:, side])
    here, there = levels[:, side], levels[:, 1 - side]
    hers = (here > QUIET) & (here > here.max() - LOUD_WITHIN) & (there < here + AHEAD)
    turns = _turns(_lasting(hers), _own(levels, 1 - side))
    if not turns:
        return CallersSide(samples, channel, (), sure)
    size = max(1, round(rate * FRAME))
    start = max(0, turns[0][0] * size - int(BEFORE * rate))
    end = min(len(samples), turns[-1][1] * size + int(AFTER * rate))
    spans = tuple(_around(turn, size, rate, start, end) for turn in turns)
    return CallersSide(samples[start:end], channel, spans, sure)


def _around(turn: Span, size: int, rate: int, start: int, end: int) -> Span:
    first = max(start, turn[0] * size - int(BEFORE * rate))
    return first - start, min(end, turn[1] * size + int(AFTER * rate)) - start


def _lasting(hers: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without clicks: frames that have others of hers about them."""
    lasts, within = round(BEGUN / FRAME), round(2 * BEGUN / FRAME)
    return np.asarray(hers & (np.convolve(hers, np.ones(2 * within + 1), "same") >= lasts))


def _turns(hers: NDArray[np.bool_], bots: NDArray[np.bool_]) -> list[Span]:
    """First frame and end of each of her turns: stretches between which the bot speaks."""
    spoken = np.concatenate(([0], np.cumsum(bots)))
    turns: list[Span] = []
    for frame in np.flatnonzero(hers).tolist():
        if turns and (spoken[frame] - spoken[turns[-1][1]]) * FRAME < BOT_TURN:
            turns[-1] = (turns[-1][0], frame + 1)
        else:
            turns.append((frame, frame + 1))
    return turns
