"""What a live call hears of the bot's own voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.live.sound import SILENCE
from voicebot.speech.telephone import RATE
from voicebot.speech.voice.cache import Cache, Piece
from voicebot.speech.voice.library import MOST_WANTED, RECORDED, Library, Wanted, own
from voicebot.speech.voice.sound import CLAUSE_PAUSE, SENTENCE_PAUSE

VOICE = "bf_emma"
AFTER = SILENCE * int(SENTENCE_PAUSE * RATE)
BETWEEN = SILENCE * int(CLAUSE_PAUSE * RATE)


def rendered(folder: Path, *words: str, slow: bool = False) -> None:
    for each in words:
        Cache(folder).write(Piece(each, VOICE, slow), sound(each))


def sound(words: str) -> bytes:
    return words.encode() * 100


def test_a_prompt_is_its_sentences_each_with_a_pause(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello.", "How are you?")
    said = Library(tmp_path, VOICE).audio("Hello.  How are you?")
    assert said == sound("Hello.") + AFTER + sound("How are you?") + AFTER


def test_a_sentence_that_is_not_there_whole_is_put_together_from_clauses(tmp_path: Path) -> None:
    rendered(tmp_path, "Is it about a bin,", "or a pothole?")
    said = Library(tmp_path, VOICE).audio("Is it about a bin, or a pothole?")
    assert said == sound("Is it about a bin,") + BETWEEN + sound("or a pothole?") + AFTER


def test_the_whole_sentence_is_preferred_to_its_clauses(tmp_path: Path) -> None:
    rendered(tmp_path, "Yes,", "or no?", "Yes, or no?")
    assert Library(tmp_path, VOICE).audio("Yes, or no?") == sound("Yes, or no?") + AFTER


def test_the_councils_own_recording_wins(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello.", "Goodbye.")
    own(tmp_path).write(Piece("Hello.", RECORDED), b"us" * 400)
    assert Library(tmp_path, VOICE).audio("Hello. Goodbye.") == b"us" * 400 + AFTER + sound("Goodbye.") + AFTER


def test_a_recording_that_is_exchanged_is_heard_at_the_next_prompt(tmp_path: Path) -> None:
    library = Library(tmp_path, VOICE)
    for take in (b"one" * 400, b"two" * 400):
        own(tmp_path).write(Piece("Hello.", RECORDED), take)
        assert library.audio("Hello.") == take + AFTER


def test_half_a_prompt_is_none_and_what_is_missing_is_noted(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello.")
    assert Library(tmp_path, VOICE).audio("Hello. I'm new here.") is None
    assert Wanted(tmp_path).pieces() == [Piece("I'm new here.", VOICE)]


def test_slow_is_another_rendering(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello.")
    library = Library(tmp_path, VOICE)
    assert library.audio("Hello.", slow=True) is None
    rendered(tmp_path, "Hello.", slow=True)
    assert library.audio("Hello.", slow=True) is not None


def test_another_language_is_only_there_where_the_council_recorded_it(tmp_path: Path) -> None:
    rendered(tmp_path, "Proszę czekać.")
    library = Library(tmp_path, VOICE)
    assert library.audio("Proszę czekać.", language="pl-PL") is None
    assert Wanted(tmp_path).pieces() == [], "no voice here speaks it, so nobody is to try"
    own(tmp_path).write(Piece("Proszę czekać.", RECORDED), b"us" * 400)
    assert library.audio("Proszę czekać.", language="pl-PL") == b"us" * 400 + AFTER


def test_a_broken_file_is_no_sound_and_is_noted(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello.")
    path = Cache(tmp_path).path(Piece("Hello.", VOICE))
    path.write_bytes(path.read_bytes()[:-20])
    assert Library(tmp_path, VOICE).audio("Hello.") is None
    assert len(Wanted(tmp_path).pieces()) == 1


def test_memory_is_bounded_and_nothing_is_lost_by_it(tmp_path: Path) -> None:
    words = [f"Sentence {number}." for number in range(20)]
    rendered(tmp_path, *words)
    library = Library(tmp_path, VOICE, memory_bytes=3000)
    for _ in range(2):
        assert all(library.audio(each) == sound(each) + AFTER for each in words)
    assert library._size <= 3000


@pytest.mark.parametrize("text", ["", "…", " - "])
def test_nothing_to_say_is_no_sound_and_no_note(tmp_path: Path, text: str) -> None:
    assert Library(tmp_path, VOICE).audio(text) is None
    assert Wanted(tmp_path).pieces() == []


def test_a_number_of_somebodys_is_not_noted(tmp_path: Path) -> None:
    assert Library(tmp_path, VOICE).audio("Was that 07700 900 123?") is None
    assert Wanted(tmp_path).pieces() == []


def test_notes_are_bounded_and_broken_ones_are_thrown_away(tmp_path: Path) -> None:
    library = Library(tmp_path, VOICE)
    for number in range(MOST_WANTED + 5):
        library.audio(f"Word{'x' * number}.")
    assert len(Wanted(tmp_path).pieces()) == MOST_WANTED
    for broken in ("{", "[]", '{"words": "a"}'):
        (tmp_path / "wanted" / "broken.json").write_text(broken)
        Wanted(tmp_path).pieces()
        assert not (tmp_path / "wanted" / "broken.json").exists()


def test_without_a_voice_only_recordings_are_heard(tmp_path: Path) -> None:
    rendered(tmp_path, "Hello.")
    assert Library(tmp_path, "").audio("Hello.") is None
    assert Wanted(tmp_path).pieces() == []


def test_a_folder_that_cannot_be_written_costs_a_note_and_no_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Library(tmp_path / "file", VOICE).audio("Hello.") is None
