"""English words in Kokoro's notation, and the ids of its symbols."""

from __future__ import annotations

import pytest

from voicebot.errors import VoicebotError
from voicebot.speech.voice.kokoro import tokens
from voicebot.speech.voice.phonemes import Pronouncer


def test_symbols_have_the_ids_of_kokoros_vocabulary() -> None:
    assert tokens(";!—… Aaæɔðəɛɜɡɪŋθɹʃʧʊʌʒˈːᵻ") == [
        *(1, 5, 9, 10, 16, 24, 43, 72, 76, 81, 83, 86, 87, 92, 102),
        *(112, 119, 123, 131, 133, 135, 138, 147, 156, 158, 177),
    ]


def test_what_kokoro_has_no_symbol_for_is_left_out() -> None:
    assert tokens("a♪b") == [43, 44]


class TestPronouncer:
    @pytest.fixture(scope="class")
    def pronouncer(self) -> Pronouncer:
        pytest.importorskip("espeakng_loader", reason="the extra `voice` is not installed, pronunciation is NOT tested")
        return Pronouncer()

    def test_british_vowels_in_kokoros_letters(self, pronouncer: Pronouncer) -> None:
        assert pronouncer.phonemes("I know how they changed a boy's chair.") == "I nˈQ hˌW ðA ʧˈAnʤd ə bˈYz ʧˈɛː."

    def test_punctuation_is_kept(self, pronouncer: Pronouncer) -> None:
        assert [sign for sign in pronouncer.phonemes("Well, no! Is it? Yes.") if not sign.isalpha()].count(",") == 1
        assert pronouncer.phonemes("no!").endswith("!")

    def test_every_symbol_is_one_that_kokoro_knows(self, pronouncer: Pronouncer) -> None:
        words = "Fourteen people queued near a pure fire hour, poor little Jenny thought, measuring the bottle's width."
        spoken = pronouncer.phonemes(words)

        assert len(tokens(spoken)) == len(spoken)

    @pytest.mark.parametrize("accent", ["en-GB-scotland", "en-GB-x-gbclan", "en-GB-x-gbcwmd", "en-US"])
    def test_accents_differ_and_have_no_symbol_that_kokoro_does_not_know(
        self, pronouncer: Pronouncer, accent: str
    ) -> None:
        words = "A car's gone round the school in the bath and up the stairs."
        spoken = pronouncer.phonemes(words, f"gmw/{accent}")

        assert len(tokens(spoken)) == len(spoken)
        assert ":" not in spoken  # to Kokoro that is a pause
        assert spoken != pronouncer.phonemes(words)

    def test_a_language_that_is_not_there_is_named(self, pronouncer: Pronouncer) -> None:
        with pytest.raises(VoicebotError, match="tlh/tlh"):
            pronouncer.phonemes("qapla", "tlh/tlh")
