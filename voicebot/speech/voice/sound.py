"""Pieces of speech as telephone sound: made alike, so that they can be put together without an audible seam.

Every piece ends in silence, comes in and goes out within 5 ms, and is as loud as every other, whoever spoke it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voicebot.errors import RecordingError
from voicebot.live.sound import SILENCE
from voicebot.speech.telephone import RATE, SPEECH_LEVEL, Audio, at_level, mulaw, speech_level, to_telephone

SENTENCE_PAUSE = 0.40
"""Seconds after a sentence: with the margins of the pieces, what Kokoro leaves between two that it speaks in one go
(0.46)."""

CLAUSE_PAUSE = 0.08
"""Seconds between clauses: Kokoro itself leaves 0.04 to 0.08 at a comma."""

SLOW_PAUSES = 1.5
"""Pauses are so much longer for a caller who asked for "slower"."""

FADE_SECONDS = 0.005
_MARGIN_SECONDS = 0.03
_QUIET = 0.01
_CEILING = 0.98


def as_piece(audio: Audio, rate: int) -> bytes:
    """Speech at `rate` (8,000 or more; mono, full scale ±1) as µ-law at 8 kHz: the telephone's band, −20 dBFS where
    somebody speaks, cut to the words, ends faded. Raises `RecordingError` where nothing is to be heard in it."""
    line = _trimmed(to_telephone(audio, rate))
    if not line.size:
        raise RecordingError("There is nothing to be heard in it.")
    levelled = np.clip(at_level(line, SPEECH_LEVEL, speech_level(line)), -_CEILING, _CEILING)
    fade = np.ones(levelled.size)
    size = min(int(FADE_SECONDS * RATE), levelled.size // 2)
    fade[:size], fade[levelled.size - size :] = np.linspace(0, 1, size), np.linspace(1, 0, size)
    return mulaw(levelled * fade)


def joined(pieces: Sequence[bytes], slow: bool) -> bytes:
    """The clauses of one sentence one after another, then the pause that follows a sentence. Nothing for no pieces."""
    times = SLOW_PAUSES if slow else 1
    between, after = (SILENCE * int(seconds * times * RATE) for seconds in (CLAUSE_PAUSE, SENTENCE_PAUSE))
    return between.join(pieces) + after if pieces else b""


def _trimmed(audio: Audio) -> Audio:
    loud = np.flatnonzero(np.abs(audio) > _QUIET * max(float(np.abs(audio).max(initial=0.0)), 1e-4))
    if not loud.size:
        return audio[:0]
    margin = int(_MARGIN_SECONDS * RATE)
    return audio[max(int(loud[0]) - margin, 0) : int(loud[-1]) + margin]
