"""Whisper as this project runs it beside Whisper as its libraries ship it: same weights, same audio, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voicebot.regression.contenders import Contender, beside_each_other
from voicebot.regression.load_report import Timings
from voicebot.regression.suites.model import Sound
from voicebot.regression.suites.reading import read_suite
from voicebot.regression.suites.word_errors import spoken, word_errors

CONTENDERS = (
    Contender("openai-whisper"),
    Contender("openai-whisper", "base", "stock transcribe()"),
    Contender("faster-whisper"),
    Contender("faster-whisper", "base", "stock transcribe()"),
)


def compare(
    files: Sequence[Path], calls: Path, weights: Path, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Seconds and word error rate of `base` by engine, English utterances of known words alone for the latter."""
    known = read_suite(calls, None)[0].sounds
    order = [file for _ in range(rounds) for file in files]
    heard = list(beside_each_other(CONTENDERS, _told(order, say), weights))
    words = [_words(known.get(file.name)) for file in order]
    found = {}
    for place, each in enumerate(CONTENDERS):
        counted = [word_errors(said, row[place].text) for said, row in zip(words, heard, strict=True) if said]
        total = sum(count for _, count in counted)
        found[each.name] = {
            "seconds": asdict(Timings.of([row[place].seconds for row in heard])),
            "word_error_rate": sum(wrong for wrong, _ in counted) / total if total else None,
        }
    return found


def _told(files: Sequence[Path], say: Callable[[str], None]) -> Iterator[bytes]:
    for number, file in enumerate(files, 1):
        say(f"engines beside each other, {number} of {len(files)}, {file.stem}")
        yield file.read_bytes()


def _words(sound: Sound | None) -> str:
    return spoken(sound.words) if sound is not None and sound.words and "language" not in sound.tags else ""
