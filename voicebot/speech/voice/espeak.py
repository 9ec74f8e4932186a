"""espeak-ng as the voice: the last resort, for a machine on which Kokoro cannot be had. Clear, and like a robot."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import soundfile

from voicebot.errors import VoicebotError
from voicebot.speech.telephone import Audio

NAME = "espeak-ng"
RATE = 22_050
"""Samples per second that espeak-ng makes."""

WORDS_PER_MINUTE = 150
"""A little below its default of 175: over a telephone, and to be understood at once."""

DEADLINE = 20.0
"""Seconds; a sentence takes it some hundredths of one."""


class Espeak:
    """The program espeak-ng, a process for each piece."""

    rate = RATE

    def __init__(self) -> None:
        """Raises `VoicebotError` where the program is not installed."""
        found = shutil.which(NAME)
        if found is None:
            raise VoicebotError(f"VOICEBOT_VOICE is {NAME}, which is not installed; on Debian: apt-get install {NAME}.")
        self._program = found

    def speak(self, words: str, voice: str, speed: float = 1.0) -> Audio:
        """`words` at 22,050 Hz, in southern British English whatever `voice` says; `speed` above 1 is faster. Raises
        `VoicebotError` where the program fails."""
        command = [self._program, "-v", "en-gb", "-s", str(round(WORDS_PER_MINUTE * speed)), "--stdin", "--stdout"]
        try:
            done = subprocess.run(command, input=words.encode(), capture_output=True, timeout=DEADLINE, check=True)
            audio, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float64")
        except (OSError, subprocess.SubprocessError, soundfile.LibsndfileError) as error:
            raise VoicebotError(f"{NAME} did not speak ({type(error).__name__}).") from None
        if rate != RATE or audio.ndim != 1:
            raise VoicebotError(f"{NAME} speaks at {rate} Hz; {RATE} Hz is what it should.")
        return np.asarray(audio, dtype=np.float64)
