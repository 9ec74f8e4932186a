"""Utterances for the recogniser's benchmark: public recordings with known words, as a telephone would carry them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.regression.conditions.applying import apply
from voicebot.regression.telephone_wav import telephone_wav

SEED = 20261122


@dataclass(frozen=True, slots=True)
class Utterance:
    """`source` is the recording that it was made from: several conditions of one recording are no independent proof."""

    source: str
    condition: str
    words: str
    wav: bytes


def utterances(folder: Path, conditions: Sequence[str], count: int | None = None) -> Iterator[Utterance]:
    """Each recording of `folder`/*/manifest.tsv that has a transcript, under each line condition; `count` of them,
    drawn by a fixed seed, where it is given. Raises `ContentError` where the folder has none."""
    found = [(path, words) for manifest in sorted(folder.glob("*/manifest.tsv")) for path, words in _read(manifest)]
    if not found:
        raise ContentError(
            f"{folder}: there is no manifest.tsv with transcripts in its folders; give the folder audio."
        )
    wanted = [(path, words, each) for each in conditions for path, words in found]
    if count is not None and count < len(wanted):
        wanted = random.Random(SEED).sample(wanted, count)
    for path, words, condition in wanted:
        yield Utterance(path.stem, condition, words, apply(condition, telephone_wav(path), SEED))


def _read(manifest: Path) -> Iterator[tuple[Path, str]]:
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            words = (row.get("transcript") or "").strip()
            path = manifest.parent / row["path"]
            if words and path.is_file():
                yield path, words
