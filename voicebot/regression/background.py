"""What is heard besides a caller: pink noise, traffic, hold music, a kitchen, a television, people talking. All of it
is computed, so nobody holds rights in it.

Everything is at 8 kHz, float64, about full scale; the line sets the level.
"""

from __future__ import annotations

import numpy as np
from scipy import signal

from voicebot.speech.telephone import RATE, Audio

_TUNE = ((60, 64, 67, 72), (57, 60, 64, 69), (53, 57, 60, 65), (55, 59, 62, 67))
"""C, A minor, F, G as MIDI notes: chords that belong to no tune in particular."""

_BEAT_SECONDS = 0.3


def pink(seconds: float, generator: np.random.Generator) -> Audio:
    """Noise whose power falls with the frequency, by 3 dB an octave."""
    size = int(seconds * RATE)
    spectrum = np.fft.rfft(generator.standard_normal(size))
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.size), 1))
    return _at_full_scale(np.fft.irfft(spectrum, size))


def traffic(seconds: float, generator: np.random.Generator) -> Audio:
    """A street: a steady rumble, and cars that come nearer and go away every two or three seconds."""
    times = np.arange(int(seconds * RATE)) / RATE
    street = 0.25 * pink(seconds, generator)[: times.size]
    at = float(generator.uniform(0, 1.5))
    while at < seconds + 1:
        width = float(generator.uniform(0.4, 1.1))
        nearness = np.exp(-0.5 * ((times - at) / width) ** 2) * float(generator.uniform(0.5, 1.0))
        engine = float(generator.uniform(85, 130)) * (1 - 0.06 * np.tanh((times - at) / width))
        phase = 2 * np.pi * np.cumsum(engine) / RATE
        hum = np.sum([np.sin(n * phase) / n for n in range(3, 12)], axis=0)
        street = street + nearness * (pink(seconds, generator)[: times.size] + 0.25 * hum)
        at += float(generator.uniform(1.6, 3.2))
    return _at_full_scale(street)


def hold_music(seconds: float, generator: np.random.Generator) -> Audio:
    """Broken chords over a bass, each note struck and dying away, in an order that the generator draws."""
    music = np.zeros(int((seconds + 2) * RATE))
    beats = int(seconds / _BEAT_SECONDS)
    for beat in range(beats):
        chord = _TUNE[beat // 8 % len(_TUNE)]
        _strike(music, beat * _BEAT_SECONDS, int(generator.choice(chord)) + 12, 0.6)
        if beat % 4 == 0:
            for note in chord:
                _strike(music, beat * _BEAT_SECONDS, note, 0.35)
    return _at_full_scale(music[: int(seconds * RATE)])


def _strike(music: Audio, at: float, note: int, loudness: float) -> None:
    """Add one note of 1.2 s to `music`. Pitch by equal temperament from A4 = 440 Hz, MIDI note 69."""
    start = int(at * RATE)
    times = np.arange(int(1.2 * RATE)) / RATE
    pitch = 440.0 * 2 ** ((note - 69) / 12)
    tone = np.sum([np.sin(2 * np.pi * pitch * n * times) / n**2 for n in (1, 2, 3)], axis=0)
    end = min(start + times.size, music.size)
    music[start:end] += (loudness * tone * np.exp(-3 * times) * np.minimum(times / 0.01, 1))[: end - start]


def babble(seconds: float, generator: np.random.Generator, talkers: int = 6) -> Audio:
    """So many people talking at once whom nobody can understand: buzzes with the pitch, the vowels and the syllables of
    speech, but no words. Real voices behind a caller are made where recordings are made (`recording.py`)."""
    return _at_full_scale(np.sum([_murmur(seconds, generator) for _ in range(talkers)], axis=0))


def _murmur(seconds: float, generator: np.random.Generator) -> Audio:
    """One of them: syllables of 120 to 300 ms, each a vowel of two formants drawn from those of English."""
    pitch = float(generator.uniform(90, 230))
    pieces: list[Audio] = []
    while sum(piece.size for piece in pieces) < seconds * RATE:
        size = int(generator.uniform(0.12, 0.3) * RATE)
        wandering = pitch * (1 + 0.1 * np.sin(np.linspace(0, float(generator.uniform(1, 4)), size)))
        source = signal.sawtooth(2 * np.pi * np.cumsum(wandering) / RATE) + 0.2 * generator.standard_normal(size)
        for formant in (generator.uniform(300, 850), generator.uniform(850, 2500)):
            source = signal.lfilter(*signal.iirpeak(float(formant), 5, fs=RATE), source) + 0.15 * source
        loud = 0.0 if generator.random() < 0.2 else float(generator.uniform(0.4, 1.0))
        pieces.append(loud * np.hanning(size) * source / (np.abs(source).max() + 1e-9))
    return np.concatenate(pieces)[: int(seconds * RATE)]


def television(seconds: float, generator: np.random.Generator) -> Audio:
    """Two people talking over music in another room, rising and falling four times a second as speech does."""
    size = int(seconds * RATE)
    beat = 1 + 0.6 * np.sin(2 * np.pi * 4.0 * np.arange(size) / RATE + float(generator.uniform(0, 6)))
    return _at_full_scale((babble(seconds, generator, talkers=2) + 0.4 * hold_music(seconds, generator)) * beat)


def kitchen(seconds: float, generator: np.random.Generator) -> Audio:
    """An extractor fan that hums at twice the mains' 50 Hz, running water, and crockery about twice a second."""
    times = np.arange(int(seconds * RATE)) / RATE
    hum = np.sum([np.sin(2 * np.pi * 100 * n * times) / n for n in range(1, 9)], axis=0)
    room = pink(seconds, generator)[: times.size] + 0.08 * hum + 0.03 * generator.standard_normal(times.size)
    for _ in range(int(generator.poisson(2 * seconds))):
        start = float(generator.uniform(0, seconds))
        since = np.maximum(times - start, 0)
        ring = np.sum([np.sin(2 * np.pi * float(f) * since) for f in generator.uniform(1200, 3600, 3)], axis=0)
        room = room + float(generator.uniform(0.1, 0.5)) * ring * np.exp(-40 * since) * (times >= start)
    return _at_full_scale(room)


def _at_full_scale(audio: Audio) -> Audio:
    return np.asarray(audio / max(float(np.abs(audio).max()), 1e-9), dtype=np.float64)
