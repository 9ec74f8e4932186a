from __future__ import annotations

import pytest

from voicebot.nlu.corpus import Phrase
from voicebot.nlu.phrases.language import LANGUAGES, foreign


def told(words: str) -> list[str]:
    return [each.issue.message for each in foreign([Phrase(words, "intents/pothole.yaml", 6, 5)])]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("Spanish", "quisiera hablar con alguien de la escuela porque mi hijo no tiene plaza para el curso que viene"),
        ("Polish", "chciałabym się dowiedzieć, dlaczego nikt nie był u mnie po ten kosz, bo już jest pełny"),
        ("Romanian", "aș vrea să știu de ce nu a venit nimeni la mine ca să ia gunoiul de la poartă"),
    ],
)
def test_a_sentence_in_another_language_is_noticed(language: str, words: str) -> None:
    assert language in LANGUAGES.values()
    assert told(words) == [f"this seems to be {language}, and the bot listens in English"]


@pytest.mark.parametrize(
    "words",
    [
        "No hablo inglés, español",
        "Blue badge renewal Didbury Witherton Stanwick Thornley",
        "he parked his Renault Clio de luxe outside the café in Rue de la Paix Avenue",
        "It's my d daughter's E, E H, E H C P, it's l late",
        "carer not come today, not come yesterday, husband cannot go bed",
    ],
)
def test_english_and_a_few_words_of_another_language_are_left_alone(words: str) -> None:
    assert told(words) == []
