"""The recordings of a suite: which are there, what is said in them, and whether they can be played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from voicebot.errors import RecordingError
from voicebot.regression.channels import FRAME, CallersSide
from voicebot.regression.suites.files import AUDIO
from voicebot.regression.suites.model import Channel, Sound
from voicebot.regression.telephone_wav import RecordingTooLongError, read_callers_side
from voicebot.routing.issues import Issue, Mark, choose, errors, issue, shown

SILENT = -55.0
"""dBFS: where no 20 ms are louder nobody can be heard. Line noise has −66, a caller who is hardly heard −44."""


def is_audio(name: str) -> bool:
    return Path(name).suffix.lower() in AUDIO


@dataclass(frozen=True, slots=True)
class Described:
    """What the suite says of a recording; see `Sound`."""

    mark: Mark
    words: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    channel: Channel | None = None


class Library:
    """The recordings of a folder, each opened once. `described` goes by file name."""

    def __init__(self, folder: Path, described: Mapping[str, Described]) -> None:
        self._folder = folder
        self._described = described
        self._found: dict[str, tuple[Sound | None, tuple[Issue, ...]]] = {}
        self.there = tuple(sorted(each.name for each in folder.iterdir() if each.suffix.lower() in AUDIO))

    def find(self, name: str, mark: Mark) -> tuple[Sound | None, tuple[Issue, ...]]:
        """The recording that is called so at `mark`, None where it cannot be played, and what is to be said of it."""
        if name not in self._found:
            about = self._described.get(name) or Described(mark)
            sound = Sound(name, self._folder / name, about.words, about.tags, about.mark, about.channel)
            issues = self._missing(sound, mark) or examine(sound)
            self._found[name] = (None if errors(issues) else sound), issues
        return self._found[name]

    @property
    def asked(self) -> frozenset[str]:
        """What calls play, whether or not it can be."""
        return frozenset(self._found)

    @property
    def sounds(self) -> dict[str, Sound]:
        return {name: sound for name, (sound, _) in self._found.items() if sound is not None}

    def _missing(self, sound: Sound, mark: Mark) -> tuple[Issue, ...]:
        inside = not Path(sound.name).is_absolute() and ".." not in Path(sound.name).parts
        if inside and sound.path.is_file():
            return ()
        what = f"there is no file {shown(sound.name)} in the suite's folder"
        same = next((each for each in self.there if Path(each).stem == sound.name), None)
        otherwise = "put the recording there; or write keys 1, silence or hang-up"
        fix = f"write {same}" if same else choose(sound.name, self.there, otherwise)
        return (issue("S201", mark, what, fix),)


def examine(sound: Sound) -> tuple[Issue, ...]:
    """What is wrong with the file: it can be anything that somebody calls a recording."""
    try:
        side, _ = read_callers_side(sound.path, sound.channel)
    except RecordingTooLongError as error:
        return (_about(sound, "S203", error),)
    except RecordingError as error:
        return (_about(sound, "S202", error),)
    return (*_silent(sound, side), *_sides(sound, side))


def _about(sound: Sound, code: str, error: RecordingError) -> Issue:
    what, _, fix = error.message.removeprefix(f"{sound.path}: ").rstrip(".").rpartition(". ")
    return issue(code, sound.mark, f"{sound.name} cannot be played: {what}", f"{fix[0].lower()}{fix[1:]}")


def _silent(sound: Sound, side: CallersSide) -> tuple[Issue, ...]:
    if not sound.words or loudest(side) > SILENT:
        return ()
    fix = 'record it again, or write words: "" if nothing is meant to be said'
    return (issue("S204", sound.mark, f"nobody is heard in {sound.name}, though words are given", fix),)


def loudest(side: CallersSide) -> float:
    """dBFS of the loudest moment."""
    size = max(1, round(8000 * FRAME))
    padded = np.pad(side.samples, (0, -len(side.samples) % size)).reshape(-1, size)
    power = float(np.mean(np.square(padded, dtype=np.float64), axis=1).max(initial=0.0))
    return 10 * float(np.log10(power + 1e-12))


def _sides(sound: Sound, side: CallersSide) -> tuple[Issue, ...]:
    if not side.sure:
        message = f"{sound.name} has two channels, and it cannot be told which is the caller's; {side.channel} is taken"
        return (issue("N904", sound.mark, message, "write channel: left, or channel: right, with its words"),)
    if side.channel is not None and len(side.turns) > 1:
        message = f"the caller has {len(side.turns)} turns in {sound.name}, and they are played as one"
        return (issue("N905", sound.mark, message, f"`voicebot suite add {sound.name}` makes a file of each"),)
    return ()
