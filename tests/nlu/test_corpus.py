from __future__ import annotations

from pathlib import Path

import pytest

from tests.nlu.conftest import ROOT, SMALL, WEIGHTS, write_intents
from voicebot.errors import ContentError
from voicebot.nlu.corpus import HeardPhrase, inspect_corpus, read_corpus, read_held_out
from voicebot.nlu.train import train

HEAD = "title: Potholes\nspoken: a pothole\nscope: Holes.\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("spoken: a\nscope: b\nphrases:\n  - a hole\n", 1, "title is missing"),
        (HEAD + "phrases:\n  - a hole\n  - {a: b}\n", 6, "a phrase is missing, empty or not text"),
        (HEAD + "phrases:\n  - a hole\n  - A HOLE!\n", 6, "the same words stand in"),
        (HEAD + "phrases:\n  - a hole\n  - ...\n", 6, "no word in a phrase"),
        (HEAD + "near: [unheard_of]\nphrases:\n  - a hole\n", 4, "which is no intent"),
        (HEAD + "phrases: []\n", 4, "there are no phrases"),
        (HEAD + "phrases: a hole\n", 4, "phrases must be a list"),
        (HEAD + "urgent: perhaps\nphrases:\n  - a hole\n", 4, "urgent is"),
        (HEAD + "phrase:\n  - a hole\n", 4, 'nobody knows the field "phrase": did you mean phrases?'),
        (HEAD + "phrases:\n\t- a hole\n", 5, "there is a tab"),
        (HEAD + "title: Again\nphrases:\n  - a hole\n", 4, "title stands here twice"),
        (HEAD + "phrases:\n  - a hole: in the road: here\n", 5, ""),
        (HEAD + "phrases:\n  - a hole\n    - a dip\n", 6, "its words would belong to line 5: begin it in column 3"),
        (HEAD + "phrases:\n  - a hole\n\n    -a dip\n  - x\n", 7, "its words would belong to line 5"),
        (HEAD + "phrases:\n- a hole\n  - a dip\n", 6, "begin it in column 1"),
        (HEAD + "phrases:\n  - [name] rang me\n", 5, "begins with a [, which YAML takes for the start of a list"),
        (HEAD + "phrases:\n  - [name]\n", 5, "write words in its place, as a caller says them"),
        (HEAD + "phrases:\n  -my bus\n  - the next\n", 5, "no space after the dash: write - my bus, and so on"),
        (HEAD + "phrases:\n  - a hole\n  -my bus\n", 6, "no space after the dash: write - my bus"),
    ],
)
def test_a_mistake_is_reported_with_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    file = tmp_path / "pothole.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        read_corpus(tmp_path)
    assert f"{file}:{line}:" in caught.value.message
    assert says in caught.value.message


def test_a_phrase_may_go_on_in_the_next_line(tmp_path: Path) -> None:
    (tmp_path / "pothole.yaml").write_text(HEAD + "phrases:\n  - a hole in\n    our road\n  - x\n", "utf-8")
    assert [words for words, _ in read_corpus(tmp_path).pairs()] == ["a hole in our road", "x"]


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


def test_what_was_heard_belongs_to_its_phrase_and_counts_in_the_hash(tmp_path: Path) -> None:
    before = read_corpus(write_intents(tmp_path, SMALL))
    assert before.heard == ()
    entry = '  - words: "{}"\n    heard: "{}"\n'
    (tmp_path / "heard").mkdir()
    file = tmp_path / "heard" / "pothole.yaml"
    file.write_text("heard:\n" + entry.format("potholes everywhere", "pot halls everywhere"), "utf-8")
    after = read_corpus(tmp_path)
    assert after.heard == (HeardPhrase("potholes everywhere", "pot halls everywhere", "pothole", str(file), 2),)
    assert after.pairs() == before.pairs()
    assert after.texts() == [*before.texts(), "pot halls everywhere"]
    assert after.hash != before.hash


def test_what_was_heard_of_a_phrase_that_has_gone_is_left_out_with_a_notice(tmp_path: Path) -> None:
    before = read_corpus(write_intents(tmp_path, SMALL))
    (tmp_path / "heard").mkdir()
    for name in ("pothole", "potholes"):
        (tmp_path / "heard" / f"{name}.yaml").write_text("heard:\n  - {words: a dip, heard: a chip}\n", "utf-8")
    corpus, issues = inspect_corpus(tmp_path)
    assert [(each.code, Path(each.file).name, each.line) for each in issues] == [
        ("N719", "pothole.yaml", 2),
        ("N720", "potholes.yaml", 1),
    ]
    assert issues[1].fix == "did you mean pothole?"
    assert corpus == before == read_corpus(tmp_path)


@pytest.mark.parametrize("text", ["# nothing yet\nheard:\n", "heard: []\n"])
def test_nothing_heard_yet_is_no_mistake(tmp_path: Path, text: str) -> None:
    before = read_corpus(write_intents(tmp_path, SMALL))
    (tmp_path / "heard").mkdir()
    (tmp_path / "heard" / "pothole.yaml").write_text(text, "utf-8")
    assert inspect_corpus(tmp_path) == (before, ())


def test_held_out_utterances_may_say_what_was_heard(tmp_path: Path) -> None:
    text = "utterances:\n  - words: a dip\n    kind: hard\n    heard: a chip\n  - words: um\n    kind: hard\n"
    (tmp_path / "pothole.yaml").write_text(text, "utf-8")
    assert [(each.words, each.heard) for each in read_held_out(tmp_path)] == [("a dip", "a chip"), ("um", None)]


@pytest.mark.parametrize(
    ("content", "place", "says"),
    [
        ("title: Café".encode("latin-1"), "1:11", "cannot be read as UTF-8 text"),
        ((HEAD + "phrases:\n  - a hole").encode("utf-16"), "1:1", "cannot be read as UTF-8 text"),
        (b"\x00" * 10, "1:1", "cannot be text"),
        (b"", "1:1", "fields are missing"),
        (b"# " + b"x" * 5_000_001, "1:1", "larger than 5 MB"),
    ],
    ids=["latin 1", "utf-16", "zero bytes", "empty", "huge"],
)
def test_a_file_that_is_no_text_is_one_clear_mistake(tmp_path: Path, content: bytes, place: str, says: str) -> None:
    (tmp_path / "pothole.yaml").write_bytes(content)
    _, [issue, *others] = inspect_corpus(tmp_path)
    assert str(issue).startswith(f"{tmp_path / 'pothole.yaml'}:{place}: E")
    assert says in issue.message
    assert all(other.code == "E003" or not content for other in others)


def test_names_of_files_that_are_none(tmp_path: Path) -> None:
    write_intents(tmp_path, {"Pot hole": ["a hole"]})
    (tmp_path / "library.yaml").mkdir()
    (tmp_path / "bins.yml").write_text("", "utf-8")
    _, issues = inspect_corpus(tmp_path)
    assert [(Path(each.file).name, each.code) for each in issues] == [
        ("Pot hole.yaml", "E705"),
        ("bins.yml", "N717"),
        ("library.yaml", "E701"),
    ]


def test_a_file_from_windows_is_read_like_any_other(tmp_path: Path) -> None:
    before = read_corpus(write_intents(tmp_path, SMALL))
    for file in tmp_path.glob("*.yaml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_corpus(tmp_path) == before


def test_training_names_every_mistake_and_leaves_the_models_alone(tmp_path: Path) -> None:
    intents = write_intents(tmp_path / "intents", {**SMALL, "pothole": ["a hole 😡", "..."]})
    models = tmp_path / "models"
    models.mkdir()
    (models / "current").write_text("0123456789ab\n", "utf-8")
    with pytest.raises(ContentError) as caught:
        train(intents, models, WEIGHTS)
    assert [getattr(each, "code", "") for each in caught.value.issues] == ["E715", "E708"]
    assert [(each.name, each.read_text("utf-8")) for each in models.iterdir()] == [("current", "0123456789ab\n")]
