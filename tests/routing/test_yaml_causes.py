"""Mistakes in YAML: the line that somebody got wrong, and why, rather than where the reader gave up."""

from __future__ import annotations

import pytest

from voicebot.routing.yaml_text import Fields, Text, read_yaml

HEAD = "intents:\n  pothole:\n    kind: queue\n    about: x\n"
"""Four lines, of which the last ends a field."""

CASES = {
    "no space, a field after it": (HEAD + "    to:bus-pass\n    link: y\n", 5, 7, "write to: bus-pass"),
    "no space, the end": (HEAD + "    to:bus-pass\n", 5, 7, "write to: bus-pass"),
    "no space, an intent after it": (HEAD + "    to:bus-pass\n  other:\n    a: b\n", 5, 7, "write to: bus-pass"),
    "no space in a first field": ("intents:\n  p:\n    to:bus-pass\n    kind: x\n", 3, 7, "write to: bus-pass"),
    "no space before a time": (
        "hours:\n  office:\n    mon-fri:09:00-17:00\n    sat: closed\n",
        3,
        12,
        "write mon-fri: 09",
    ),
    "an equals sign": (HEAD + "    to = x\n    link: x\n", 5, 8, "write to: x"),
    "an equals sign in a first field": ("intents:\n  p:\n    to = x\n    kind: x\n", 3, 8, "write to: x"),
    "an apostrophe": (HEAD + "    say: 'We're closed'\n    to: x\n", 5, 13, "double quotes"),
    "an apostrophe in a group": ("a: {say: 'We're closed', b: c}\n", 1, 13, "double quotes"),
    "words after quotes": (
        HEAD + '    say: "Tell us once" means that\n',
        5,
        23,
        "put all of the text in single quotes",
    ),
    "quotes in quotes": (HEAD + '    say: "Say "repeat" now"\n', 5, 15, "put all of the text in single quotes"),
    "quotes closed by others": (HEAD + '    say: "Small\n    number: "+44"\n', 5, 10, "close it"),
    "quotes never closed": (HEAD + '    say: "Small\n    number: 4\n', 5, 10, "close it"),
    "an intent too far left": (
        HEAD + "bins:\n    kind: a\n    to: x\n  bus:\n    kind: b\n",
        5,
        1,
        "indent it by 2 spaces",
    ),
    "a field too far left": (HEAD + "   to: x\n", 5, 4, "start this line"),
    "a field too far right": (HEAD + "     to: x\n", 5, 8, "start this line"),
    "neighbours of a deeper one": (
        "a:\n  b: c\nintents:\n    p:\n      kind: x\n  bus:\n    kind: y\n",
        6,
        3,
        "start this",
    ),
    "no space after a dash": (HEAD + "    answer:\n      - A.\n      -B.\n      - C.\n", 7, 7, "write - B"),
    "text cut off by a comment": (HEAD + "    say: Come\n      to #3\n      now\n", 6, 10, "double quotes"),
    "a colon in text": ("wording:\n  greeting: Hello: you\n", 2, 18, "put text that holds a colon"),
    "a line without a colon": ("a: b\nlonely\nc: d\n", 2, 1, "write a colon"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_line_that_is_wrong(case: str) -> None:
    text, line, column, fix = CASES[case]
    root, [found] = read_yaml(text, "routing.yaml")
    assert root is None
    assert (found.code, found.line, found.column) == ("E007", line, column), str(found)
    assert fix in found.fix


SOFT = "intents:\n \u00a0pothole:\n    kind:\u00a0queue\n    about: the A\u00a040\n    to: x\n"


def test_non_breaking_spaces() -> None:
    root, issues = read_yaml(SOFT, "routing.yaml")
    assert root is None
    assert [(each.code, each.line, each.column) for each in issues] == [("E017", 2, 2), ("E017", 3, 10)]
    root, again = read_yaml(SOFT, "routing.yaml", go_on=True)
    assert isinstance(root, Fields)
    assert again == issues
    assert "the A\\xa040" in str(root), "in text it does no harm"


def test_tabs_keep_the_columns_that_were_typed() -> None:
    text = "a:\n\tb:\t'c'\n\td: e"
    root, issues = read_yaml(text, "routing.yaml", go_on=True)
    assert [each.code for each in issues] == ["E008", "E008"]
    assert isinstance(root, Fields)
    inner = root.entries[0].value
    assert isinstance(inner, Fields)
    assert [(each.key, each.mark.column, each.value.mark.column) for each in inner.entries] == [
        ("b", 2, 5),
        ("d", 2, 5),
    ]
    assert read_yaml(text, "routing.yaml") == (None, issues)


@pytest.mark.parametrize(
    ("line", "comment"),
    [("a: b # c", " # c"), ("a: b#c", ""), ("a: 'b' # c", ""), ("a: b   #c  ", "   #c"), ("a: [b, c] # d", "")],
)
def test_comments_after_values(line: str, comment: str) -> None:
    root, _ = read_yaml(line + "\n", "routing.yaml")
    assert isinstance(root, Fields)
    value = root.entries[0].value
    assert (value.comment if isinstance(value, Text) else "") == comment
