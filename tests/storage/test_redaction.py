from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from voicebot.storage.measure import changed, read_examples, recall, unmark
from voicebot.storage.redaction import find, redact

TESTS = Path(__file__).parent.parent
EXAMPLES = read_examples(Path(__file__).parent / "personal_data.yaml")
SENTENCES = [
    each["words"]
    for file in sorted((TESTS / "utterances").glob("*.yaml"))
    for each in yaml.safe_load(file.read_text(encoding="utf-8"))["utterances"]
]
# Measured with `scripts/measure_redaction`, as sentences in which all that is personal was gone: (tuned, held back,
# fresh). Without spaCy: it only ever adds. Whoever makes the rules better raises these.
FLOORS = {
    "telephone": (14, 13, 8),
    "card": (13, 13, 8),
    "email": (13, 13, 7),
    "ni number": (13, 13, 7),
    "name": (18, 14, 10),
    "address": (14, 14, 7),
    "postcode": (15, 13, 10),
    "date of birth": (13, 13, 8),
    "number": (13, 13, 8),
}


@pytest.mark.parametrize("tag", FLOORS)
def test_recall_does_not_fall(tag: str) -> None:
    results = [recall(tag, EXAMPLES[tag][name]) for name in ("tuned", "held_back", "fresh")]
    missed = [sentence for each in results for sentence in each.missed]
    assert tuple(each.gone for each in results) >= FLOORS[tag], missed
    assert all(each.gone >= floor for each, floor in zip(results, FLOORS[tag], strict=True)), missed
    assert sum(each.total for each in results) >= 25


def test_ordinary_sentences_are_left_alone_but_for_names() -> None:
    taken = [each for _, found in changed(SENTENCES) for each in found]
    assert len(SENTENCES) > 2_000
    assert all(each.startswith("name: ") for each in taken), "no number, date or address is in these sentences"
    assert len(changed(SENTENCES)) <= 34, taken


@pytest.mark.parametrize(
    "words",
    [
        "I've got a PCN and the notice starts with WB",
        "It's about my Blue Badge",
        "there's a pothole on Mill Lane near Castle Hill",
        "It's Castle Hill, by the library",
        "the bus from Marston Ferry to Westbridge",
        "Is the tip open on Christmas Day and the 2nd of January?",
        "I waited 20 minutes, then another 45, and it was 3 o'clock",
        "seventy pounds for going down there by accident",
        "they want £1,250,000 for it",
        "it cost two hundred and fifty thousand pounds",
        "every year, 2019, 2020, 2021 and 2022",
        "I applied on the 12th of March 2026 and heard nothing",
        "My daughter was born on the third",
        "the number 7 bus on the A34 at junction 8",
        "Victoria Road is closed, and so is Saint Mary's School",
        "I need a person, not a machine, for goodness' sake",
        "there's two of us, one in a wheelchair",
        "it's a 20 minute drive and I don't drive",
        "I I I want a person",
    ],
)
def test_what_tells_what_the_call_is_about_survives(words: str) -> None:
    assert redact(words) == words


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("My name is Jane Smith and I live at 14 Mill Lane", "My name is [name] and I live at [address]"),
        ("The notice is WB40918273", "The notice is WB[number]"),
        ("ring 07700 900123 or jane@example.com.", "ring [telephone] or [email]."),
        ("W B one one A A", "[postcode]"),
        ("oh seven seven double oh nine hundred one two three", "[telephone]"),
        ("I was born on the third of May 1947", "I was born on [date of birth]"),
        ("", ""),
    ],
)
def test_each_piece_becomes_its_tag(words: str, left: str) -> None:
    assert redact(words) == left


@pytest.mark.parametrize("sentence", [each for lists in EXAMPLES.values() for each in lists["tuned"]])
def test_redacting_twice_changes_nothing_more(sentence: str) -> None:
    once = redact(unmark(sentence)[0])
    assert redact(once) == once


def test_people_that_a_recogniser_finds_go_as_well() -> None:
    words = "Zdenka knows about Castle Hill and Mum"

    def names(_: str) -> list[tuple[int, int]]:
        return [(words.index(each), words.index(each) + len(each)) for each in ("Zdenka", "Castle Hill", "Mum")]

    assert redact(words) == words
    assert redact(words, names) == "[name] knows about Castle Hill and Mum"


def test_places_that_a_recogniser_takes_for_people_are_kept() -> None:
    words = "I live in Stanwick"
    assert redact(words, lambda _: [(10, 18)]) == "I live in [name]"
    assert redact(words, lambda _: [(10, 18)], frozenset({"Stanwick"})) == words


def test_overlapping_finds_become_one() -> None:
    found = find("I'm at Flat 3, 27 Station Road, WB1 1AA, ring 07700 900123")
    assert [each.tag for each in found] == ["address", "postcode", "telephone"]
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_ten_kilobytes_of_anything_are_done_in_reasonable_time() -> None:
    for odd in (
        "a " * 5_000,
        "7 " * 5_000,
        "at at dot " * 1_000,
        "Jane " * 2_000,
        "é😀ﷺ\x00" * 2_500,
        "double " * 1_500,
    ):
        redact(odd)
