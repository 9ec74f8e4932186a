"""What the bot's own log tells of a load: the time of each part, and what became of each utterance."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voicebot.regression.load_report import Timings

PARTS = ("fetch", "transcribe", "understand", "total")
FRAMES = ("dropped", "missing", "garbage")


@dataclass(frozen=True, slots=True)
class Logged:
    """`parts`: seconds of every spoken turn · `transcribed`: by model · `failed`: by part and code, such as
    `recogniser_busy` · `decisions`: turns by decision · `streams`: live streams by how they ended · `frames`: what was
    `dropped`, `missing` or `garbage` in all of them."""

    parts: Mapping[str, Timings]
    transcribed: Mapping[str, int]
    failed: Mapping[str, int]
    decisions: Mapping[str, int]
    streams: Mapping[str, int] = field(default_factory=dict)
    frames: Mapping[str, int] = field(default_factory=dict)

    @property
    def shed(self) -> int:
        """Utterances that no model was free or quick enough for: the caller got keys."""
        return sum(count for code, count in self.failed.items() if code.startswith("recogniser"))


def read_log(path: Path, start: int) -> Logged:
    """The log from byte `start` on. Lines that are not ours (a library's) are passed over."""
    with path.open("rb") as stream:
        stream.seek(start)
        return tally(stream.read().decode("utf-8", "replace").splitlines())


def tally(lines: Iterable[str]) -> Logged:
    entries = [entry for line in lines if (entry := _entry(line))]
    turns = [entry for entry in entries if entry.get("event") == "turn"]
    spoken = [turn for turn in turns if "fetch" in turn]
    streams = [entry for entry in entries if entry.get("event") == "stream_closed"]
    return Logged(
        parts={part: Timings.of([turn[part] for turn in spoken if part in turn]) for part in PARTS},
        transcribed=Counter(str(entry["model"]) for entry in entries if entry.get("event") == "transcribed"),
        failed=Counter(str(entry["code"]) for entry in entries if entry.get("event") == "part_failed"),
        decisions=Counter(str(turn["decision"]) for turn in turns),
        streams=Counter(str(stream["ending"]) for stream in streams),
        frames={name: sum(int(stream.get(name, 0)) for stream in streams) for name in FRAMES},
    )


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
