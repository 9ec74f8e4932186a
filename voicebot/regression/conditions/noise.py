"""What is heard behind a caller, so many decibels below her. Everything is computed; see `regression/background.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from voicebot.regression import background
from voicebot.regression.conditions.profiles import Noise, NoiseKind
from voicebot.regression.line import with_noise
from voicebot.speech.telephone import RATE, Audio, speech_level, to_telephone

_MAKERS: Mapping[NoiseKind, Callable[[float, np.random.Generator], Audio]] = {
    "street": background.traffic,
    "kitchen": background.kitchen,
    "tv": background.television,
    "babble": background.babble,
    "music": background.hold_music,
    "pink": background.pink,
}


def noise(kind: NoiseKind, size: int, generator: np.random.Generator) -> Audio:
    """So many samples of noise in the telephone band, about full scale."""
    made = _MAKERS[kind](float(size // RATE + 1), generator)  # whole seconds: their Fourier transforms are quick
    return to_telephone(made, RATE)[:size]


def behind(audio: Audio, wanted: Noise, generator: np.random.Generator) -> Audio:
    """`audio` with noise behind it. Where nobody speaks there is nothing to measure it against: `audio` as it is."""
    if not np.isfinite(speech_level(audio)):
        return audio
    return with_noise(audio, noise(wanted.kind, audio.size, generator), wanted.snr)
