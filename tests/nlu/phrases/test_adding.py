from __future__ import annotations

import pytest
import yaml

from voicebot.errors import ContentError
from voicebot.nlu.phrases.adding import add_phrases, phrases_of, quoted
from voicebot.routing.yaml_text import read_yaml

ODD = """\
# who looks after this file: Ann
title:   Potholes   # shown to people
spoken: "a pothole"
scope: >-
  Holes in
  the road.
phrases:
   # the ordinary ones
   -  there is a hole   # heard in March
   -  'a "big" one'

   # two lines, as somebody wrapped it
   -  the tarmac has gone
      on our street
   # more to come
near:
- roadworks
urgent: no
"""


def test_nothing_else_is_touched() -> None:
    added = add_phrases(ODD, "pothole.yaml", ["a new one", "and: another"])
    before, after = ODD.split("\n"), added.split("\n")
    at = before.index("      on our street") + 1
    assert after == [*before[:at], "   -  a new one", '   -  "and: another"', *before[at:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("phrases:\n- one\n", "phrases:\n- one\n- new\n"),
        ("phrases:\n  - one", "phrases:\n  - one\n  - new\n"),
        ("phrases:\n  - one\n\n\n", "phrases:\n  - one\n  - new\n\n\n"),
        ("phrases:\r\n  - one\r\nurgent: no\r\n", "phrases:\r\n  - one\r\n  - new\r\nurgent: no\r\n"),
        (
            "phrases:\n  - >-\n    folded\n    text\n\n# end\n",
            "phrases:\n  - >-\n    folded\n    text\n  - new\n\n# end\n",
        ),
        ("phrases:\n  - |\n    block\nurgent: no\n", "phrases:\n  - |\n    block\n  - new\nurgent: no\n"),
        ("phrases:\n  -\n    below\nurgent: no\n", "phrases:\n  -\n    below\n  - new\nurgent: no\n"),
        ("phrases:\n  - one\n...\n", "phrases:\n  - one\n  - new\n...\n"),
        ('phrases:\n  - "over\n    two lines"\n', 'phrases:\n  - "over\n    two lines"\n  - new\n'),
    ],
)
def test_ways_to_write_a_list(text: str, expected: str) -> None:
    assert add_phrases(text, "x.yaml", ["new"]) == expected


@pytest.mark.parametrize("text", ["phrases: [one, two]\n", "phrases: []\n", "title: x\n", "phrases:\n  a: b\n", ""])
def test_what_cannot_be_added_to_is_said(text: str) -> None:
    with pytest.raises(ContentError, match=r"x\.yaml: nothing can be added"):
        add_phrases(text, "x.yaml", ["new"])


def test_a_file_with_mistakes_is_left_alone() -> None:
    with pytest.raises(ContentError, match=r"x\.yaml:2:1: E008"):
        add_phrases("phrases:\n\t- one\n", "x.yaml", ["new"])


@pytest.mark.parametrize("separator", ["\r", "\x85", "\u2028"])
def test_line_ends_that_only_yaml_counts_are_refused(separator: str) -> None:
    text = f'title: "a{separator}b{separator}c"\nphrases:\n  - one\nnear:\n  - two\n'
    with pytest.raises(ContentError, match="only some programs see"):
        add_phrases(text, "x.yaml", ["new"])


@pytest.mark.parametrize(
    "words",
    [
        "plain words, with a comma and it's fine",
        "no",
        "17:30",
        "1,050",
        "2026-11-02",
        "~",
        "- a dash first",
        "a colon: here",
        "a hash # here",
        "ends with a colon:",
        '"quoted" she said',
        "'cause it's broken",
        "back\\slash",
        "[Kim] rang",
        "{braces}",
        "*star",
        "&and",
        "!bang",
        "%per cent",
        "@at",
        "`tick",
        "? what",
        "| pipe",
        "> more",
        "= 5",
        "<<",
        "£5 at the café",
        "null",
    ],
)
def test_whatever_is_said_is_read_back_as_it_was_by_any_reader(words: str) -> None:
    added = add_phrases("phrases:\n  - one\n", "x.yaml", [words, "after it"])
    assert [each.text for each in phrases_of(read_yaml(added, "x.yaml")[0])] == ["one", words, "after it"]
    assert yaml.safe_load(added)["phrases"] == ["one", words, "after it"]


def test_quotes_only_where_they_are_needed() -> None:
    assert quoted("I'd like a badge, please") == "I'd like a badge, please"
    assert quoted("no") == '"no"'
