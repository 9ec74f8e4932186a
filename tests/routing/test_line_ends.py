"""Lines end in more ways than one, and a mark names the line that an editor shows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voicebot.routing.checks import all_issues, check_file
from voicebot.routing.source import Sources, parse_draft
from voicebot.routing.yaml_text import read_yaml

ENDS = ("\n", "\r\n", "\r", "\x85", "\u2028")
PIECES = (
    "a",
    "b: ",
    ": ",
    "- ",
    "# ",
    "'",
    '"',
    "  ",
    "\t",
    "{",
    "]",
    ">-",
    "password: x1y2",
    "\ufeff",
    "\u00a0",
    "\x07",
)


@given(st.lists(st.sampled_from(PIECES + ENDS), max_size=25).map("".join))
@example("a: b\r  c: d: e\r")
@example("a\ra: b: c")
@example("\ta: b\r\r\tc: d\r")
@example("\ufeff")
def test_whatever_ends_the_lines_nothing_is_raised(text: str) -> None:
    draft, issues = parse_draft(Sources((("routing.yaml", text),)))
    assert draft is not None or issues
    for each in all_issues(Sources((("routing.yaml", text),)), *issues):
        assert 1 <= each.line <= sum(text.count(end) for end in ENDS) + 1
        assert 1 <= each.column <= len(text) + 1


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("wrong", "code"), [("  c: d: e", "E007"), ("\td: e", "E008"), ("  c: \x07", "E003"), ("a: c", "E009")]
)
def test_mistakes_stand_in_the_same_line_whatever_ends_it(wrong: str, code: str, end: str) -> None:
    _, issues = read_yaml(end.join(("# one", "a:", "  b: c", wrong, "")), "x.yaml")
    assert [(each.code, each.line) for each in issues] == [(code, 4)]


@pytest.mark.parametrize("end", ENDS)
def test_so_do_secrets_and_words(tmp_path: Path, end: str) -> None:
    path = tmp_path / "routing.yaml"
    lines = (
        "notices:",
        "  snow:",
        "    until: 2027-01-11",
        "    say: >-",
        "      We ask you to",
        "      go to x.example",
        "# token: a1b2",
    )
    path.write_text(end.join(lines), "utf-8", newline="")
    found = {each.code: each.line for each in check_file(path, None, date(2026, 11, 21))}
    assert (found["N411"], found["E801"]) == (6, 7)
