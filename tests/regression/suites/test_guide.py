"""docs/regression.md: its examples are suites that can be run, and it leaves out no name and no code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from voicebot.regression.suites import columns, described, entries, trees
from voicebot.regression.suites.reading import read_suite
from voicebot.routing.loader import load_table

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "regression.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(yaml|csv)\n(.*?)```", GUIDE, re.S)
SUITES = [(kind, text) for kind, text in BLOCKS if "calls:" in text or kind == "csv"]
NAMES = (
    *(*trees.HEAD, *entries.CALL, *entries.STEP, *entries.EXPECT, *entries.TRANSFERS, *entries.OUTCOMES),
    *(*entries.DECISIONS, *described.KEYS, *columns.COLUMNS, *columns.SOUND_COLUMNS),
)


@pytest.mark.parametrize(("kind", "text"), SUITES, ids=[kind for kind, _ in SUITES])
def test_every_example_is_a_suite_without_a_mistake(kind: str, text: str, tmp_path: Path) -> None:
    (tmp_path / f"calls.{kind}").write_text(text, encoding="utf-8")
    for name in set(re.findall(r"[\w-]+\.wav", text)):
        shutil.copy(ROOT / "tests" / "calls" / name, tmp_path)
    suite, issues = read_suite(tmp_path, load_table(ROOT / "routing.yaml"))
    assert [str(each) for each in issues] == []
    assert len(suite.calls) >= 3


def test_there_is_an_example_of_either_kind() -> None:
    assert {kind for kind, _ in SUITES} == {"yaml", "csv"}


@pytest.mark.parametrize("name", dict.fromkeys(NAMES))
def test_every_name_is_told(name: str) -> None:
    assert re.search(rf"\b{name}\b", GUIDE)


def test_every_code_is_told() -> None:
    told: set[str] = set()
    for first, last in re.findall(r"\b([SN]\d{3})(?:–[SN](\d{3}))?", GUIDE):
        told |= {f"{first[0]}{number:03}" for number in range(int(first[1:]), int(last or first[1:]) + 1)}
    sources = (ROOT / "voicebot" / "regression" / "suites").glob("*.py")
    used = {code for each in sources for code in re.findall(r'"([SN]\d{3})"', each.read_text("utf-8"))}
    assert used <= told
