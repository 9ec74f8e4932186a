"""Recordings in which nobody speaks though words are given, as the recogniser's own voice detector has it."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.regression.suites.model import Sound, Suite
from voicebot.regression.telephone_wav import read_callers_side, resampled
from voicebot.routing.issues import Issue, issue
from voicebot.speech.activity import find_speech
from voicebot.speech.audio import SAMPLE_RATE

LEAST = 0.15
"""Seconds of speech. "No" lasts 0.2 s."""


def unheard(suite: Suite) -> Iterator[Issue]:
    """One issue a recording. Takes about 20 ms for a second of sound, so it is no part of reading a suite."""
    for sound in suite.sounds.values():
        if sound.words and not _speech(sound):
            fix = 'listen to it; record it again, or write words: "" if nobody is meant to speak'
            yield issue("S204", sound.mark, f"nobody is heard in {sound.name}, though words are given", fix)


def _speech(sound: Sound) -> bool:
    side, rate = read_callers_side(sound.path, sound.channel)
    return find_speech(resampled(side.samples, rate, SAMPLE_RATE)).seconds >= LEAST
