"""How a recording is cut for Whisper, which takes 30 seconds at a time and pays for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.speech.activity import Activity, Segment
from voicebot.speech.audio import SAMPLE_RATE, Samples

FULL_SECONDS = 30.0
LONGEST_SECONDS = 28.0
# Silence kept before and after the speech.
MARGIN_SECONDS = 0.3
# Silence that the encoder is given beyond the utterance. With `base` on 60 utterances at telephone quality: +2 s word
# error rate 5.6 %, 12 decoded again from the full window; +3 s 5.7 %, 4; +4 s 5.9 %, 2. Decoding again costs more.
SPARE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of samples at 16 kHz, end exclusive."""

    start: int
    end: int

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / SAMPLE_RATE

    @property
    def cut_seconds(self) -> float:
        """Length of the window when cut to the utterance."""
        return min(self.seconds + SPARE_SECONDS, FULL_SECONDS)

    def of(self, samples: Samples) -> Samples:
        return samples[self.start : self.end]


def cut(activity: Activity, length: int) -> tuple[Window, ...]:
    """Cut `length` samples into windows of 28 s at most, at the silences that the detector found.

    Silence before the first word and after the last is left out. Speech without a pause of half a second for 28 s is
    cut where it is. No speech, no window.
    """
    longest = int(LONGEST_SECONDS * SAMPLE_RATE)
    windows: list[Segment] = []
    for segment in (piece for whole in activity.segments for piece in _pieces(whole, longest)):
        if windows and segment.end - windows[-1].start <= longest:
            windows[-1] = Segment(windows[-1].start, segment.end)
        else:
            windows.append(segment)
    margin = int(MARGIN_SECONDS * SAMPLE_RATE)
    return tuple(Window(max(0, each.start - margin), min(length, each.end + margin)) for each in windows)


def _pieces(segment: Segment, longest: int) -> list[Segment]:
    starts = range(segment.start, segment.end, longest)
    return [Segment(start, min(start + longest, segment.end)) for start in starts]
