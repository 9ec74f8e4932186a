"""The echo of a room, by an impulse response that is computed: no recording of a room is used.

The tail is white noise that dies away exponentially, which is how a room with many reflections sounds (J. A. Moorer,
"About this reverberation business", Computer Music Journal 3/2, 1979).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import signal

from voicebot.regression.conditions.profiles import Room
from voicebot.speech.telephone import RATE, Audio

_FIRST_ECHO_SECONDS = 0.006


def response(room: Room, generator: np.random.Generator) -> Audio:
    """The impulse response: the voice itself at sample 0, then the echo, until it has fallen by 60 dB."""
    times = np.arange(int(room.rt60 * RATE)) / RATE
    tail = generator.standard_normal(times.size) * np.exp(-math.log(1000) * times / room.rt60)
    tail[: int(_FIRST_ECHO_SECONDS * RATE)] = 0.0
    tail *= 10 ** (-room.direct / 20) / float(np.linalg.norm(tail))
    tail[0] = 1.0
    return np.asarray(tail, dtype=np.float64)


def in_room(audio: Audio, room: Room, generator: np.random.Generator) -> Audio:
    """`audio` as a microphone in `room` picks it up, cut to its length."""
    echoing = signal.fftconvolve(audio, response(room, generator))
    return np.asarray(echoing[: audio.size], dtype=np.float64)
