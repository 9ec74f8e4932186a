"""Folders with a suite in them, for tests: a text file, and the recordings that it names."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

CALLS = Path(__file__).parents[2] / "calls"
RATE = 8000


def voice(name: str) -> np.ndarray:
    """A recording of tests/calls, floats at 8 kHz."""
    return soundfile.read(CALLS / f"{name}.wav", dtype="float32")[0]


def quiet(seconds: float) -> np.ndarray:
    """An open line with a little noise on it."""
    noise = np.random.default_rng(1).standard_normal(int(seconds * RATE))
    return (noise * 10 ** (-66 / 20)).astype(np.float32)


def both(*stretches: tuple[str, str]) -> np.ndarray:
    """Two channels, in each stretch of which a recording is heard, or nobody (""); shape (n, 2)."""
    parts = []
    for left, right in stretches:
        sides = [voice(each) if each else quiet(0.1) for each in (left, right)]
        length = max(map(len, sides))
        parts.append(np.stack([np.concatenate([each, quiet(9)])[:length] for each in sides], axis=1))
    return np.concatenate(parts)


def dual(bots: str, callers: str, times: int = 1, callers_channel: str = "left") -> np.ndarray:
    """As a telephone system records both sides: the bot speaks first."""
    frames = both(*[("", bots), (callers, "")] * times)
    return frames if callers_channel == "left" else frames[:, ::-1]


def _write(samples: np.ndarray) -> Callable[[Path], None]:
    return lambda path: soundfile.write(path, samples, RATE)


MADE: dict[str, Callable[[Path], object]] = {
    "yes.wav": lambda path: shutil.copy(CALLS / "yes-please.wav", path),
    "no.wav": lambda path: shutil.copy(CALLS / "no-thanks.wav", path),
    "silent.wav": _write(np.zeros(RATE)),
    "empty.wav": lambda path: path.write_bytes(b""),
    "page.wav": lambda path: path.write_text("<!DOCTYPE html><title>Not found</title>"),
    "notes.wav": lambda path: path.write_text("My notes of the call, which I saved under a wrong name."),
    "damaged.wav": lambda path: path.write_bytes(b"RIFF\xff\xff\0\0WAVEjunk\x01\0\0\0" + bytes(range(200))),
    "video.wav": lambda path: path.write_bytes(b"\0\0\0\x20ftypM4A \0\0\2\0isomiso2" + bytes(500)),
    "hour.flac": lambda path: soundfile.write(path, np.zeros(RATE * 60 * 11, np.int16), RATE),
    "both-at-once.wav": lambda path: soundfile.write(path, both(("yes-please", "no-thanks")), RATE),
    "two-turns.wav": lambda path: soundfile.write(path, dual("say-again", "yes-please", times=2), RATE),
}


def suite_folder(folder: Path, text: str | bytes, name: str = "calls.yaml") -> Path:
    """`text` as a file of `folder`, and beside it every recording that it names, made for the purpose."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    words = text.decode("latin-1").replace("\0", "") if isinstance(text, bytes) else text
    for sound, make in MADE.items():
        if re.search(rf"(?<![\w.-]){re.escape(Path(sound).stem)}(\.\w+|:)", words):
            make(folder / sound)
    return folder
