from __future__ import annotations

from pathlib import Path

import pytest

from tests.nlu.conftest import ROOT, SMALL, write_intents
from voicebot.errors import ContentError
from voicebot.nlu.corpus import read_corpus, read_held_out

HEAD = "title: Potholes\nspoken: a pothole\nscope: Holes.\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("spoken: a\nscope: b\nphrases:\n  - a hole\n", 1, "title is missing"),
        (HEAD + "phrases:\n  - a hole\n  - {a: b}\n", 6, "a phrase is missing, empty or not text"),
        (HEAD + "phrases:\n  - a hole\n  - A HOLE!\n", 6, "the same words stand in"),
        (HEAD + "phrases:\n  - a hole\n  - ...\n", 6, "no word in this phrase"),
        (HEAD + "near: [unheard_of]\nphrases:\n  - a hole\n", 1, "which is no intent"),
        (HEAD + "phrases: []\n", 4, "there are no phrases"),
        (HEAD + "phrases: a hole\n", 4, "phrases must be a list"),
        (HEAD + "urgent: perhaps\nphrases:\n  - a hole\n", 4, "urgent is"),
        (HEAD + "phrase:\n  - a hole\n", 5, 'nobody knows the field "phrase": did you mean phrases?'),
        (HEAD + "phrases:\n\t- a hole\n", 5, "there is a tab"),
        (HEAD + "title: Again\nphrases:\n  - a hole\n", 4, "title stands here twice"),
        (HEAD + "phrases:\n  - a hole: in the road: here\n", 5, ""),
    ],
)
def test_a_mistake_is_reported_with_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    file = tmp_path / "pothole.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        read_corpus(tmp_path)
    assert f"{file}:{line}:" in caught.value.message
    assert says in caught.value.message


def test_duplicates_are_found_across_intents_and_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    write_intents(tmp_path, {"one": ["a hole in the road", "x"], "two": ["A hole, in the road!", "..."]})
    with pytest.raises(ContentError) as caught:
        read_corpus(tmp_path)
    assert len(caught.value.issues) == 2
    assert f"{tmp_path / 'one.yaml'}:5" in caught.value.message


def test_an_empty_folder_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="Put one YAML file an intent"):
        read_corpus(tmp_path)


def test_yes_no_and_numbers_stay_words(tmp_path: Path) -> None:
    write_intents(tmp_path, {"one": ["no", "17:30", "yes"]})
    assert [words for words, _ in read_corpus(tmp_path).pairs()] == ["no", "17:30", "yes"]


def test_the_hash_follows_phrases_but_not_comments(tmp_path: Path) -> None:
    before = read_corpus(write_intents(tmp_path, SMALL)).hash
    file = tmp_path / "pothole.yaml"
    file.write_text("# a comment\n" + file.read_text("utf-8"), "utf-8")
    assert read_corpus(tmp_path).hash == before
    file.write_text(file.read_text("utf-8") + "  - another hole\n", "utf-8")
    assert read_corpus(tmp_path).hash != before


def test_the_repository_has_a_file_for_the_held_out_of_every_intent() -> None:
    names = {intent.name for intent in read_corpus(ROOT / "intents").intents}
    assert {each.acceptable[0] for each in read_held_out(ROOT / "tests" / "utterances")} == names
    assert "out_of_scope" in names
