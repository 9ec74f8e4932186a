"""Where somebody speaks: Silero's voice activity detector, as it ships with faster-whisper."""

from __future__ import annotations

from dataclasses import dataclass

from faster_whisper.vad import VadOptions, get_speech_timestamps

from voicebot.speech.audio import SAMPLE_RATE, Samples

# Silero's own default, for deciding whether anybody spoke.
SPEECH_PROBABILITY = 0.5
# For deciding where speech ends: at 0.5 last words were cut away ("just past the bus stop").
EDGE_PROBABILITY = 0.2


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech, in samples at 16 kHz, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Activity:
    """The stretches of speech, in order, not overlapping; `seconds` of speech in all."""

    segments: tuple[Segment, ...]

    @property
    def seconds(self) -> float:
        return sum(segment.end - segment.start for segment in self.segments) / SAMPLE_RATE


def find_speech(samples: Samples, probability: float = SPEECH_PROBABILITY) -> Activity:
    """Find what is speech with at least this probability, in mono samples at 16 kHz, shape (n,).

    Half a second of silence ends a segment, so that long recordings can be cut there; 0.1 s is added at either side to
    keep soft consonants.
    """
    if not len(samples):
        return Activity(())
    options = VadOptions(
        threshold=probability, min_speech_duration_ms=100, min_silence_duration_ms=500, speech_pad_ms=100
    )
    found = get_speech_timestamps(samples, options)
    return Activity(tuple(Segment(int(each["start"]), int(each["end"])) for each in found))
