"""The check finds fault with whatever is wrong, and never fails itself: what a file holds is never raised."""

from __future__ import annotations

import copy
import random
from datetime import date
from pathlib import Path

import pytest
from drawn_tables import as_yaml, sources, trees
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voicebot.routing.checks import check_file
from voicebot.routing.issues import Issue, errors
from voicebot.routing.loader import parse_table
from voicebot.routing.source import Sources, dump_sources, load_sources
from voicebot.routing.table import Table

SHIPPED = (Path(__file__).parents[2] / "routing.yaml").read_text(encoding="utf-8")
TODAY = date(2026, 11, 23)
MANGLED = (
    "",
    " ",
    "\t",
    ":",
    "- ",
    "#",
    '"',
    "'",
    "{",
    "}",
    "[",
    "&a ",
    "*a",
    "!x ",
    "|",
    ">",
    "\x00",
    "\x85",
    "\u2028",
    "<<:",
)
STRANGE = (
    "",
    "yes",
    "~",
    "{",
    "9" * 400,
    "24:00",
    "31 February",
    "2027-02-30",
    "mon-sun",
    "sip:",
    "+",
    "0",
    "-1",
    "nan",
)
"""What stands where something else should."""


def test_most_of_the_tables_that_are_drawn_pass() -> None:
    """Or the other properties would be about next to nothing: at least four in five."""
    sound: list[bool] = []

    @settings(max_examples=40)
    @given(sources())
    def draw(drawn: Sources) -> None:
        sound.append(parse_table(drawn)[0] is not None)

    draw()
    assert len(sound) >= 40
    assert sum(sound) >= 0.8 * len(sound)


@settings(max_examples=12)
@given(sources())
def test_a_table_comes_back_as_it_was(drawn: Sources) -> None:
    """As it is stored when it is published, and as another worker reads it."""
    assert load_sources(dump_sources(drawn)) == drawn
    table, _ = parse_table(drawn)
    if table is not None:
        assert Table.model_validate_json(table.model_dump_json()) == table


@settings(max_examples=20)
@given(trees(), st.integers(0, 2**32))
def test_a_mistake_anywhere_is_never_raised(tree: dict, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(3):
        broken = copy.deepcopy(tree)
        for _ in range(rng.randint(1, 3)):
            _break(broken, rng)
        told(as_yaml(broken))


def _break(tree: dict, rng: random.Random) -> None:
    """Something deleted, renamed, misspelt, or of another kind, at any depth."""
    part: dict | list = tree
    while True:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(part[key], dict | list) and part[key] and rng.random() < 0.85:
            part = part[key]
            continue
        way = rng.choice(("delete", "rename", "misspell", "strange", "list", "group"))
        value = part.pop(key) if way == "delete" or (way == "rename" and isinstance(part, dict)) else part[key]
        if way == "rename" and isinstance(part, dict):
            part[rng.choice((f"{key}x", "district", "out_of_scope", *STRANGE))] = value
        elif way == "misspell" and isinstance(value, str):
            part[key] = value[:-1] + value[:1]
        elif way != "delete":
            part[key] = {"list": [value], "group": {"x": value}}.get(way, rng.choice(STRANGE))
        return


@pytest.mark.parametrize("section", ["queues", "hours"])
@settings(max_examples=10)
@given(tree=trees(), seed=st.integers(0, 2**32))
def test_what_is_deleted_but_named_elsewhere_is_found(section: str, tree: dict, seed: int) -> None:
    name = random.Random(seed).choice(sorted(tree[section]))
    rest = copy.deepcopy(tree)
    del rest[section][name]
    issues = told(as_yaml(rest))
    if name in _references(rest, section):
        assert {each.code for each in issues} & {"E201", "E202"}


def _references(tree: dict, section: str) -> set[str]:
    if section == "hours":
        return {each["hours"] for each in tree["queues"].values()}
    found = {tree["council"]["default_queue"], tree["council"]["danger_queue"], *tree.get("districts", {})}
    for each in (*tree["queues"].values(), *tree["intents"].values()):
        found |= {each[name] for name in ("overflow", "to", "when_closed") if name in each}
    return found


@settings(max_examples=200)
@given(st.text(max_size=200))
@example("\ud800")
@example("a: \ufeffb")
@example("council: [" * 40)
@example("? a\n: b")
@example("&a {b: *a}")
def test_any_text_at_all_is_answered_with_issues(text: str) -> None:
    assert errors(told(text))


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_answered_with_issues(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "routing.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    assert errors(check_file(path, {"pothole": False}, TODAY))


@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_any_line_of_the_shipped_file_may_be_mangled(seed: int) -> None:
    rng = random.Random(seed)
    lines = SHIPPED.split("\n")
    for _ in range(rng.randint(1, 2)):
        number = rng.randrange(len(lines))
        at = rng.randint(0, len(lines[number]))
        line = lines[number]
        lines[number] = rng.choice(
            (
                line[:at] + rng.choice(MANGLED) + line[at:],
                line[:at],
                line[at:],
                rng.choice(MANGLED),
                " " * rng.randint(0, 8) + line.strip(),
                line + "\n" + line,
            )
        )
    told("\n".join(lines))


def one_file(text: str) -> Sources:
    return Sources((("routing.yaml", text),))


def told(text: str) -> tuple[Issue, ...]:
    """What is said of a file: each in one line, at a place that the file has."""
    table, issues = parse_table(one_file(text))
    assert (table is None) == bool(errors(issues))
    lines = text.count("\n") + 1
    for each in issues:
        assert each.message.strip(), each
        assert each.fix.strip(), each
        assert "\n" not in str(each)
        assert 1 <= each.line <= lines + 1, each
        assert each.column >= 1, each
    return issues
