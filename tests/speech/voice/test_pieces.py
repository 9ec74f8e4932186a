"""How prompts are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voicebot.live.script import sentences as live_sentences
from voicebot.speech.voice.pieces import PIECE, clauses, normalised, sentences, speakable


def test_a_prompt_is_cut_into_its_sentences() -> None:
    text = "If you're not sure, say \"I don't know\". To speak to someone, press 0. Shall I?"
    assert sentences(text) == ["If you're not sure, say \"I don't know\".", "To speak to someone, press 0.", "Shall I?"]


def test_a_sentence_is_cut_into_its_clauses() -> None:
    assert clauses("Is it about a pothole, or a missed bin?") == ["Is it about a pothole,", "or a missed bin?"]
    assert clauses("It costs 1,000 pounds.") == ["It costs 1,000 pounds."]


def test_numbers_to_dial_are_spelt_before_the_words_that_say_so_are_cut_off() -> None:
    assert clauses(sentences("If it is safe, hang up and dial 999.")[0])[-1] == "hang up and dial 9 9 9."


def test_quotes_and_spaces_do_not_make_another_prompt() -> None:
    assert normalised(" I’m  sorry.\n") == "I'm sorry."


def test_long_prompts_are_spoken_in_pieces_and_no_word_is_lost() -> None:
    text = f"{'A short sentence. ' * 20}{'a long one, with phrases, ' * 20}and {'words ' * 100}to end."
    cut = [part for sentence in sentences(text) for part in speakable(sentence)]
    assert " ".join(cut).split() == text.split()
    assert max(map(len, cut)) <= PIECE


@given(st.text(alphabet="ab ,.?!\"'–:…9", max_size=80))
def test_cutting_twice_cuts_no_further(text: str) -> None:
    """What is rendered is looked up by its own words, so they must be cut to themselves."""
    for sentence in sentences(text):
        assert sentences(sentence) == [sentence]
        for clause in clauses(sentence):
            assert clauses(clause) == [clause]


@given(st.text(alphabet="ab ,.?!\"'–:…", max_size=80))
def test_a_live_call_cuts_sentences_in_the_same_places(text: str) -> None:
    assert [part for each in live_sentences(text) for part in sentences(each)] == sentences(text)
