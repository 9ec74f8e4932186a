from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.nlu.conftest import write_intents
from voicebot.nlu.corpus import Corpus, Utterance, read_corpus
from voicebot.nlu.phrases.balance import held_out, long_share, neighbours, numbers

LONG = "and then I said to him that there was no way that the hole had come by itself"


def corpus(folder: Path, **counts: int) -> Corpus:
    """Intents of so many phrases each, half of them long."""
    many = {name: [f"{LONG if at % 2 else 'hole'} {at}" for at in range(count)] for name, count in counts.items()}
    prefixed = {name: [f"{name} {each}" for each in phrases] for name, phrases in many.items()}
    return read_corpus(write_intents(folder, prefixed))


@pytest.mark.parametrize(
    ("name", "enough"), [("pothole", 60), ("life_in_danger", 120), ("out_of_scope", 400)], ids=lambda each: str(each)
)
def test_one_phrase_less_than_enough_is_too_few(tmp_path: Path, name: str, enough: int) -> None:
    assert list(numbers(corpus(tmp_path, **{name: enough}).intents)) == []
    [found] = numbers(corpus(tmp_path, **{name: enough - 1}).intents)
    assert found.issue.code == "N750"
    assert found.issue.fix.startswith("write 1 more")
    assert found.issue.line == (5 if name == "life_in_danger" else 4)


def test_short_phrases_alone_are_noticed(tmp_path: Path) -> None:
    read = read_corpus(write_intents(tmp_path, {"pothole": [f"hole {at}" for at in range(60)]}))
    [found] = numbers(read.intents)
    assert found.issue.code == "N751"
    assert "write 13 longer ones" in found.issue.fix


def test_long_is_fifteen_words() -> None:
    assert long_share(["one " * 14, "one " * 15]) == 0.5
    assert long_share([]) == 0


def test_far_more_than_its_like_is_noticed(tmp_path: Path) -> None:
    found = list(numbers(corpus(tmp_path, one=70, two=70, three=70, four=211, out_of_scope=500).intents))
    assert [(each.issue.code, Path(each.issue.file).stem) for each in found] == [("N752", "four")]


def test_near_without_contrast_phrases_is_noticed_on_the_side_that_lacks_them(tmp_path: Path) -> None:
    folder = write_intents(tmp_path, {"one": ["a"], "two": ["b"]})
    for name, other in (("one", "two"), ("two", "one")):
        file = folder / f"{name}.yaml"
        file.write_text(f"near: [{other}]\n" + file.read_text("utf-8"), "utf-8")
    intents = read_corpus(folder).intents
    [found] = neighbours(intents, {"one": Counter(two=3), "two": Counter(one=2)})
    assert (found.issue.code, Path(found.issue.file).stem, found.issue.line) == ("N754", "two", 1)


def test_held_out_utterances_that_are_too_few_or_of_nobody(tmp_path: Path) -> None:
    intents = corpus(tmp_path, pothole=60, life_in_danger=120).intents
    utterances = [Utterance(f"hole {at}", "hard", ("pothole",), "u/pothole.yaml", at) for at in range(10)]
    odd = Utterance("fire", "hard", ("life_in_dangers", "pothole"), "u/life_in_dangers.yaml", 3)
    few, unknown = sorted(held_out(intents, [*utterances, odd], "u"), key=lambda each: each.issue.code, reverse=True)
    assert (few.issue.code, few.issue.file) == ("N755", "u/life_in_danger.yaml")
    assert (unknown.issue.code, unknown.issue.line, unknown.issue.fix) == ("E721", 3, "did you mean life_in_danger?")
