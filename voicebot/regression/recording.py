"""Makes one recording: voice, pauses, background, line, µ-law. The same description gives the same bytes."""

from __future__ import annotations

import hashlib
import re
from typing import Protocol

import numpy as np

from voicebot.regression import background as backgrounds
from voicebot.regression import line
from voicebot.regression.making import Making, Recording
from voicebot.speech.telephone import RATE, SPEECH_LEVEL, Audio, at_level, level, speech_level, to_telephone

PAUSE = re.compile(r"\s*\[(\d+(?:\.\d+)?)\]\s*")
BABBLE_SECONDS = 12.0


class Speaker(Protocol):
    """What turns words into speech; `rate` is in samples a second."""

    rate: int

    def speak(self, words: str, voice: str, speed: float = 1.0, language: str = ...) -> Audio:
        """The words, without silence at the ends."""


class Studio:
    """Holds the speaker and the background voices, which are spoken once and used behind many callers."""

    def __init__(self, calls: Making, speaker: Speaker) -> None:
        self._calls = calls
        self._speaker = speaker
        self._babble: Audio | None = None

    def make(self, name: str) -> bytes:
        """The WAV file of the recording called `name`."""
        recording = self._calls.recordings[name]
        generator = seeded(name)
        audio = self._spoken(recording, generator) if recording.words else self._unspoken(recording, generator)
        return line.encode(line.on_the_line(audio, generator))

    def _spoken(self, recording: Recording, generator: np.random.Generator) -> Audio:
        rate = self._speaker.rate
        pieces: list[Audio] = []
        for index, part in enumerate(PAUSE.split(recording.words)):
            if index % 2:
                pieces.append(np.zeros(int(float(part) * rate)))
            elif part:
                pieces.append(self._speaker.speak(part, recording.voice, recording.speed, recording.language))
        voice = line.with_pauses(np.concatenate(pieces), recording.before, recording.after, rate)
        heard = to_telephone(voice, rate)
        if recording.background is not None:
            heard = line.with_noise(heard, self._background(recording, heard.size / RATE, generator), recording.snr)
        return at_level(heard, recording.level, speech_level(heard))

    def _unspoken(self, recording: Recording, generator: np.random.Generator) -> Audio:
        if recording.background is None:
            return np.zeros(int(recording.seconds * RATE))
        alone = self._background(recording, recording.seconds, generator)
        return at_level(alone, recording.level, level(alone))

    def _background(self, recording: Recording, seconds: float, generator: np.random.Generator) -> Audio:
        match recording.background:
            case "traffic":
                made = backgrounds.traffic(seconds, generator)
            case "hold_music":
                made = backgrounds.hold_music(seconds, generator)
            case "babble":
                made = np.roll(self._voices(), int(generator.integers(0, int(BABBLE_SECONDS * RATE))))
            case _:
                made = backgrounds.pink(seconds, generator)
        return to_telephone(np.resize(made, int(seconds * RATE)), RATE)

    def _voices(self) -> Audio:
        """Several people talking at once, each over and over, none of them louder than the others."""
        if self._babble is None:
            room = np.zeros(int(BABBLE_SECONDS * RATE))
            for murmur in self._calls.babble:
                speech = to_telephone(self._speaker.speak(murmur.words, murmur.voice), self._speaker.rate)
                room += at_level(np.resize(speech, room.size), SPEECH_LEVEL, speech_level(speech))
            self._babble = room
        return self._babble


def seeded(name: str) -> np.random.Generator:
    """A generator of its own for each recording, so that one can be made again without the others."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))
