from __future__ import annotations

import pytest

from voicebot.nlu.clean import MAX_CHARACTERS, clean


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("I I I w-want a b-b-badge", "i want a badge"),
        ("I, I, I want to... I want to pay my, er, b b bill.", "i want to pay my bill"),
        ("Um, th th the the bin", "the bin"),
        ("Can I have a, can I have a, new bin?", "can i have a new bin"),
        ("POTHOLE!!!", "pothole"),
        ("I’ve lost my mum’s badge", "i've lost my mum's badge"),
        ("it's £70", "it's pounds 70"),
        ("oh 7 7 double 2", "oh 7 7 double 2"),
        ("... um ...", ""),
        ("", ""),
    ],
)
def test_one_spelling_of_what_is_heard(heard: str, expected: str) -> None:
    assert clean(heard) == expected


def test_cleaning_twice_changes_nothing() -> None:
    once = clean("Well, I I w-want, er, to to report a p-p-pothole, please.")
    assert clean(once) == once


def test_endless_speech_is_cut() -> None:
    assert len(clean("word " * 10_000)) <= MAX_CHARACTERS


def test_other_scripts_and_symbols_survive_or_vanish_but_never_raise() -> None:
    assert clean("Дякую 🙂 \x00 ¿?") == "дякую"
