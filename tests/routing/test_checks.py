"""Every file in routing_files/ is a test: good ones have no issue, bad ones those that their first line expects.

The first line of a bad file reads `# expect: E201 line 14`, with commas between several. It may be a fragment: that
sections (E110) or prompts (E401) are missing does not count unless it is expected. Its name is `<code>-<mistake>.yaml`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from voicebot.routing.checks import check_file
from voicebot.routing.rules.wording import sms_segments

FILES = Path(__file__).parents[1] / "routing_files"
TODAY = date(2026, 11, 21)
INTENTS = frozenset({"pothole", "bus_times", "life_in_danger", "district_bins"})
LEFT_OUT = {"E110", "E401"}


@pytest.mark.parametrize("path", sorted((FILES / "good").glob("*.yaml")), ids=lambda path: path.stem)
def test_good_file(path: Path) -> None:
    assert [str(each) for each in check_file(path, INTENTS, TODAY)] == []


@pytest.mark.parametrize("path", sorted((FILES / "bad").glob("*.yaml")), ids=lambda path: path.stem)
def test_bad_file(path: Path) -> None:
    expected = expected_issues(path)
    found = check_file(path, INTENTS if "E203" in path.name or "E204" in path.name else None, TODAY)
    codes = {code for code, _ in expected}
    counted = [each for each in found if each.code not in LEFT_OUT or each.code in codes]
    assert {(each.code, each.line) for each in counted} == expected, "\n".join(map(str, counted))
    assert path.name.split("-")[0] in codes, "the file's name begins with the code that it shows"
    assert all(each.fix and "\n" not in str(each) for each in found)


def expected_issues(path: Path) -> set[tuple[str, int]]:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    listed = re.findall(r"([EN]\d{3}) line (\d+)", first)
    assert first.startswith("# expect: "), f"{path.name} must begin with a line such as `# expect: E201 line 14`"
    assert listed, f"{path.name} must say what to expect"
    return {(code, int(line)) for code, line in listed}


def test_every_code_has_a_bad_file() -> None:
    """But for those about files as a whole, which test_loader.py shows."""
    sources = (Path(__file__).parents[2] / "voicebot" / "routing").rglob("*.py")
    used = {code for source in sources for code in re.findall(r'"([EN]\d{3})"', source.read_text(encoding="utf-8"))}
    shown = {path.name.split("-")[0] for path in (FILES / "bad").glob("*.yaml")}
    whole_file = {"E001", "E002", "E003", "E004", "E005"}
    assert used - shown - whole_file - {"N701"} == set()
    assert shown - used == set()


def test_old_bank_holidays_are_noticed() -> None:
    found = check_file(FILES / "good" / "small.yaml", None, date(2040, 1, 1))
    assert [(each.code, each.severity) for each in found] == [("N701", "notice")]


def test_mistakes_are_reported_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    text = (FILES / "good" / "small.yaml").read_text("utf-8")
    text = text.replace("to: team", "to: taem").replace("kind: signpost", "kind: signpots")
    path.write_text(text.replace('"+441632960100"', "441632960100").replace("accept: 0.62", "accept: high"), "utf-8")
    found = check_file(path, INTENTS, TODAY)
    assert sorted(each.code for each in found if each.severity == "error") == ["E103"] * 3 + ["E201"] * 2 + ["E501"]
    assert found == tuple(sorted(found))
    fixes = " ".join(each.fix for each in found)
    assert "did you mean team?" in fixes
    assert "did you mean signpost?" in fixes
    assert '"+441632960100"' in fixes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("£" * 160, 1),
        ("’" * 70, 1),
        ("’" * 71, 2),
        ("😀" * 36, 2),
    ],
)
def test_sms_segments(text: str, expected: int) -> None:
    assert sms_segments(text) == expected
