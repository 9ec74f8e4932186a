"""The gate, on figures like those that were measured."""

from __future__ import annotations

import pytest

from voicebot.ports import Transcript
from voicebot.speech.gate import doubtful, spoken_language, trustworthy


def made(
    words: str, log: float = -0.2, no_speech: float = 0.02, speech: float | None = 3.0, ratio: float = 1.0
) -> Transcript:
    return Transcript(words, log, no_speech, "en", 0.9, ratio, 4.0, speech, 0.3, "base")


@pytest.mark.parametrize(
    ("transcript", "verdict"),
    [
        (made("My bin was missed."), "words"),
        (made("10.", log=-0.80, no_speech=0.19, speech=0.63), "words"),
        (made("Missed bins", speech=None), "words"),
        (made("Yes.", speech=0.1), "nothing"),
        (made("", speech=0.0), "nothing"),
        (made("", speech=2.0), "not_understood"),
        (made("", speech=None), "nothing"),
        (made("... !", speech=2.0), "not_understood"),
        (made("I'm going to put the water in the pot.", log=-1.8, no_speech=0.79), "nothing"),
        (made("I'm going to go back to the hotel.", log=-1.66, no_speech=0.59), "not_understood"),
        (made("You", log=-0.78, no_speech=0.74, speech=None), "nothing"),
        (made("Thank you.", log=-0.3, no_speech=0.9), "nothing"),
        (made("Thank you.", log=-0.3, no_speech=0.1, speech=0.7), "words"),
        (made("Thank you.", log=-0.3, no_speech=0.1, speech=0.4), "nothing"),
        (made("Thanks for watching!", log=-1.1, no_speech=0.2), "nothing"),
        (made("Subtitles by the Amara.org community", no_speech=0.8), "nothing"),
        (made("my bin my bin my bin my bin my bin"), "not_understood"),
        (made("my bin", ratio=4.2), "not_understood"),
        (made("The", log=-2.6, no_speech=0.14), "not_understood"),
    ],
)
def test_verdicts(transcript: Transcript, verdict: str) -> None:
    assert trustworthy(transcript) == verdict


def test_words_are_doubtful_below_the_threshold_and_not_at_it() -> None:
    assert doubtful(made("Charlwood.", log=-0.36))
    assert not doubtful(made("Charlwood.", log=-0.35))


@pytest.mark.parametrize(
    ("language", "probability", "log", "spoken"),
    [
        ("en", 0.99, -0.2, "en"),
        ("cy", 0.95, -0.12, "en"),
        ("cy", 0.95, -0.9, "en"),
        ("pl", 0.97, -0.2, "en"),
        ("fr", 0.98, -0.47, "fr"),
        ("", 0.0, -0.9, "en"),
    ],
)
def test_another_language_is_believed_only_where_english_went_badly(
    language: str, probability: float, log: float, spoken: str
) -> None:
    assert spoken_language(Transcript("x", log, 0.0, language, probability, 1.0, 3.0, 2.0, 0.1, "base")) == spoken
