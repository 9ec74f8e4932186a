"""Words that were heard wrongly, by the measure of the literature: substitutions, deletions and insertions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import groupby

import jiwer

_PAUSE = re.compile(r"\[[\d.]+\]")
_TAG = re.compile(r"\[[a-z][a-z ]*\]")
_TOKEN = "redactedtag"
"""Stands for a tag, as a word that nobody says: normalising takes away whatever is in brackets."""


def spoken(words: str) -> str:
    """True words as they are said: without the pauses that texts for synthetic voices hold, such as `[0.6]`."""
    return " ".join(_PAUSE.sub(" ", words).split())


def word_errors(words: str, heard: str) -> tuple[int, int]:
    """Errors, and how many words were truly said. Both sides are normalised first as by Whisper's authors: case,
    punctuation, spelling, numbers, contractions and "um" are no errors. Where a tag of redaction, such as `[name]`,
    stands against other words, nobody can say what was heard: neither they nor it count."""
    said, got = (_normalise()(_TAG.sub(f" {_TOKEN} ", each)) for each in (words, heard))
    if not said:
        return len([each for each in got.split() if each != _TOKEN]), 0
    return _counted(said.split(), got.split())


def _counted(said: list[str], got: list[str]) -> tuple[int, int]:
    """Stretches that came through alike part those that did not. Of one with a tag among the true words no more is
    sure than how many of them were missed."""
    chunks = jiwer.process_words(" ".join(said), " ".join(got)).alignments[0]
    errors = count = 0
    for alike, stretch in groupby(chunks, key=lambda each: each.type == "equal"):
        parts = list(stretch)
        true = said[parts[0].ref_start_idx : parts[-1].ref_end_idx]
        there = got[parts[0].hyp_start_idx : parts[-1].hyp_end_idx]
        plain = len(_plain(true))
        if alike:
            count += plain
        elif _TOKEN in true:
            missed = 0 if _TOKEN in there else max(0, plain - len(there))
            count, errors = count + missed, errors + missed
        elif _TOKEN not in there:
            count += plain
            errors += sum(_errors(each) for each in parts)
    return errors, count


def _errors(chunk: jiwer.AlignmentChunk) -> int:
    return max(chunk.ref_end_idx - chunk.ref_start_idx, chunk.hyp_end_idx - chunk.hyp_start_idx)


def _plain(words: list[str]) -> list[str]:
    return [each for each in words if each != _TOKEN]


@cache
def _normalise() -> Callable[[str], str]:
    from whisper.normalizers import EnglishTextNormalizer  # brings torch, which takes seconds

    normalise: Callable[[str], str] = EnglishTextNormalizer()
    return normalise
