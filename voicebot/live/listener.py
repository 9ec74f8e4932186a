"""Follows the caller's voice from window to window: when it begins, how long it has been silent, how it pauses. Pure.

A state of its own, but no clock and no sound: positions are samples at 8 kHz, probabilities come from outside.
"""

from __future__ import annotations

from collections import deque

from voicebot.live.ports import RATE
from voicebot.live.windows import STEP, Window

SPEECH = 0.5
"""Silero's own default threshold (`threshold` of get_speech_timestamps)."""
STILL_SPEECH = 0.35
"""Silero's own as well: speech goes on down to `threshold` - 0.15 (`neg_threshold`)."""
LATELY = 5
ENOUGH = 3
"""Windows of the last five that begin an utterance: 96 ms, so that a click does not."""
OVER_PROMPT = 0.6
"""Stricter while the bot speaks. Three of the last five windows at 0.6 noticed 51 callers (tests/calls, VCTK and TIMIT
sentences as µ-law at -20 dBFS) 0.11 s after the first loud sound at the median, 0.15 s at the 75th percentile, and took
no noise for a voice in 12 minutes of street, kitchen and hold music at -15 to -45 dBFS (0.53 at most). At 0.5 it took
one; at 0.7 the 75th percentile was 0.19 s."""
LONG, LONG_ENOUGH = 12, 10
"""Or a voice that the detector is less sure of, in 10 of the last 12 windows: 0.32 s."""
GOES_ON = 2
"""Successive windows after which a silence is over: one alone is a click or a breath."""
PRE_ROLL = RATE // 2
"""Half a second before the voice was first noticed belongs to the utterance: soft first consonants are no voice to the
detector."""


class Listener:
    """`begun` is where the utterance's sound begins, pre-roll included, and `onset` where the voice did; None while
    nobody speaks."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Nobody speaks, whatever was heard before."""
        self._voiced: deque[bool] = deque(maxlen=LONG)
        self._strict: deque[bool] = deque(maxlen=LATELY)
        self._run_start: int | None = None
        self._in_a_row = 0
        self.begun: int | None = None
        self.onset = 0
        self.last_voice = 0
        self.voice = 0
        self.longest_pause = 0
        self._end = 0

    def hear(self, window: Window) -> None:
        """Take note of the next window."""
        self._end = window.end
        was = bool(self._voiced) and self._voiced[-1]
        voiced = window.probability >= (STILL_SPEECH if was else SPEECH)
        self._voiced.append(voiced)
        self._strict.append(window.probability >= OVER_PROMPT)
        self._in_a_row = self._in_a_row + 1 if voiced else 0
        if self.begun is not None:
            self._follow(voiced)
        elif voiced and self._run_start is None:
            self._run_start = window.end - STEP
        elif not self._lately:
            self._run_start = None

    def speaks(self, *, over_prompt: bool) -> bool:
        """Whether what was heard lately is the beginning of an utterance."""
        if over_prompt:
            return sum(self._strict) >= ENOUGH or sum(self._voiced) >= LONG_ENOUGH
        return self._lately >= ENOUGH

    def begin(self) -> None:
        """It is: the utterance has begun where the voice was first noticed."""
        self.onset = self.started
        self.begun = max(0, self.onset - PRE_ROLL)
        self.voice = self._lately * STEP
        self.last_voice = self._end

    @property
    def started(self) -> int:
        """Where the voice was first noticed that has not begun an utterance yet."""
        return self._run_start if self._run_start is not None else self._end - STEP

    @property
    def silence(self) -> int:
        """Samples since her voice was last heard."""
        return self._end - self.last_voice

    @property
    def _lately(self) -> int:
        return sum(list(self._voiced)[-LATELY:])

    def _follow(self, voiced: bool) -> None:
        if not voiced:
            return
        self.voice += STEP
        if self._in_a_row >= GOES_ON:
            pause = self._end - GOES_ON * STEP - self.last_voice
            self.longest_pause = max(self.longest_pause, pause)
            self.last_voice = self._end
