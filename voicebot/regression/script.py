"""What a recorded caller does, step by step, and how a script is written on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.regression.provider_faults import Fault
from voicebot.regression.telephone_wav import telephone_wav


@dataclass(frozen=True, slots=True)
class Speak:
    """Say something at the next `<Record>`, or over a live stream: `wav` is 8 kHz mono, `name` is how it is shown.

    `key` ends the recording where it is given; `fault` spoils the recording at the provider. `over`: on a live stream,
    speak so many seconds after the prompt has begun instead of hearing it out.
    """

    wav: bytes
    name: str
    key: str = ""
    fault: Fault | None = None
    over: float | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys at the next `<Gather>`; `late` waits for the `<Record>` after it, `lost` presses so early there that
    Twilio has recorded nothing yet and drops the key."""

    keys: str
    late: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing to one prompt."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up at the next prompt; `waiting` hangs up while the bot is still working on what came before."""

    waiting: bool = False


Step = Speak | Press | Silence | HangUp


def read_script(words: Sequence[str], keys: str = "") -> tuple[Step, ...]:
    """The steps of `voicebot call WORDS… --keys KEYS`.

    A word is a WAV file, `silence`, `hang-up` or `keys:12#`. `keys` (`1,0`: first 1, at the next prompt 0) are pressed
    when the words are used up. Raises `ContentError` or `RecordingError` naming the word that is wrong.
    """
    steps = [_step(word) for word in words]
    steps += [_press(part.strip()) for part in keys.split(",") if part.strip()]
    return tuple(steps)


def _step(word: str) -> Step:
    if word == "silence":
        return Silence()
    if word == "hang-up":
        return HangUp()
    if word.startswith("keys:"):
        return _press(word.removeprefix("keys:"))
    path = Path(word)
    if not path.is_file():
        raise ContentError(f"{word}: no such file. Give a WAV file, silence, hang-up or keys:1.")
    return Speak(telephone_wav(path), path.name)


def _press(keys: str) -> Press:
    if not re.fullmatch(r"[0-9*#]+", keys):
        raise ContentError(f"keys {keys!r}: only 0 to 9, * and # can be pressed; commas part the prompts, as in 1,0.")
    return Press(keys)
