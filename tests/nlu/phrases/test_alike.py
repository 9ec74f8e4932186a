from __future__ import annotations

import numpy as np
import pytest

from voicebot.nlu.phrases.alike import Placed, alike, find_twins
from voicebot.nlu.phrases.findings import Finding
from voicebot.routing.issues import Mark

Line = tuple[str, str]


def placed(lines: list[Line], file: str) -> list[Placed]:
    return [
        Placed(words, words.lower(), (intent,), Mark(f"{file}/{intent}.yaml", number, 5))
        for number, (intent, words) in enumerate(lines, 5)
    ]


def found(
    lines: list[Line], held_out: list[Line] | None = None, vectors: list[list[float]] | None = None
) -> list[Finding]:
    phrases, tried = placed(lines, "intents"), placed(held_out or [], "tests")
    known = None
    if vectors is not None:
        rows = np.array(vectors, np.float32)
        known = rows[: len(phrases)], rows[len(phrases) :]
    return list(alike(phrases, tried, find_twins(phrases, tried, known, lambda what, done: None)))


APART = [("hole", "the tarmac has gone on mill lane"), ("library", "renew my book please")]


def test_what_merely_shares_a_word_is_not_alike() -> None:
    assert found([*APART, ("hole", "somebody dug up my lane"), ("library", "book a computer for an hour")]) == []


def test_the_later_of_two_is_reported_and_names_the_first() -> None:
    [each] = found([*APART, ("hole", "the tarmac has all gone on mill lane")])
    assert (each.issue.code, each.issue.line) == ("N731", 7)
    assert "line 5" in each.issue.message


def test_across_intents_is_worse_than_within_and_says_which_words_differ() -> None:
    [across] = found([*APART, ("library", "the tarmac has gone on hill lane")])
    [within] = found([*APART, ("hole", "the tarmac has gone on hill lane")])
    assert (across.issue.code, within.issue.code) == ("N730", "N731")
    assert across.weight > within.weight
    assert "hill, mill" in across.issue.fix
    assert "intents/hole.yaml:5" in across.issue.message


def test_a_short_phrase_inside_a_long_one_is_not_alike() -> None:
    assert found([("hole", "pothole"), ("library", "is there anything about a pothole in your library")]) == []


@pytest.mark.parametrize(("cosine", "codes"), [(0.95, ["N731"]), (0.9, [])])
def test_meaning_counts_where_vectors_are_given(cosine: float, codes: list[str]) -> None:
    lines = [("hole", "the tarmac has gone"), ("hole", "road surface breaking up")]
    near = [cosine, (1 - cosine**2) ** 0.5]
    assert [each.issue.code for each in found(lines, vectors=[[1, 0], near])] == codes
    assert found(lines) == []


def test_held_out_utterances_must_not_be_trained_on() -> None:
    held_out = [("hole", "the tarmac has gone on mill lane"), ("hole", "renew my book please")]
    same, strange = found(APART, held_out)
    assert (same.issue.code, strange.issue.code) == ("N732", "N733")
    assert "tests/hole.yaml:5" in same.issue.message
    assert "which belongs to hole" in strange.issue.message
    assert strange.weight > same.weight


def test_what_everybody_says_may_be_held_out_too() -> None:
    assert found([("badge", "lost my blue badge"), APART[0]], [("badge", "lost my blue badge")]) == []
