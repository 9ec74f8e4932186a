"""What was said against what was heard, word by word, aligned by jiwer. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

import jiwer

from voicebot.regression.suites.reports.wording import key
from voicebot.regression.suites.word_errors import spoken

Kind = Literal["equal", "substitute", "delete", "insert"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that came through alike, or did not: `said` is "" for what was only heard, `heard` for what was missed."""

    kind: Kind
    said: str
    heard: str


def differences(said: str, heard: str) -> tuple[Piece, ...]:
    """Both texts cut into pieces that match each other. Case and punctuation do not count, and are shown."""
    wanted, got = _words(said), _words(heard)
    if not wanted or not got:
        return tuple(_one_sided(wanted, got))
    aligned = jiwer.process_words(" ".join(map(_bare, wanted)), " ".join(map(_bare, got))).alignments[0]
    return tuple(
        Piece(
            cast(Kind, each.type),
            " ".join(wanted[each.ref_start_idx : each.ref_end_idx]),
            " ".join(got[each.hyp_start_idx : each.hyp_end_idx]),
        )
        for each in aligned
    )


def _one_sided(wanted: list[str], got: list[str]) -> Iterator[Piece]:
    if wanted:
        yield Piece("delete", " ".join(wanted), "")
    if got:
        yield Piece("insert", "", " ".join(got))


def _words(text: str) -> list[str]:
    """Words as they are written; signs that stand alone are left out, as nothing can be aligned to them."""
    return [word for word in spoken(text).split() if key(word)]


def _bare(word: str) -> str:
    return key(word)[0]
