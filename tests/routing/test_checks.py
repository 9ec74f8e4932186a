"""Every file in routing_files/ is a test: good ones have no issue, bad ones those that their first line expects.

Every code has both: the mistake, and the same thing done right. A good file that begins with `# fragment` may leave
out sections. The first line of a bad file reads `# expect: E201 line 14`, with commas between several. It may be a
fragment, too: that sections are missing (E110) does not count unless it is expected, nor that numbers are made up
(N506). Its name is `<code>-<mistake>.yaml`. A table of several files is a folder of that name, with routing.yaml and
routing.d; `E112 in routing.d/highways.yaml line 4` expects an issue elsewhere than in routing.yaml.
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
LEFT_OUT = {"E110", "N506"}


def tables(folder: str) -> list[Path]:
    return sorted([*(FILES / folder).glob("*.yaml"), *(FILES / folder).glob("*/routing.yaml")])


def case(path: Path) -> str:
    return path.parent.name if path.name == "routing.yaml" else path.stem


@pytest.mark.parametrize("path", tables("good"), ids=case)
def test_good_file(path: Path) -> None:
    fragment = path.read_text(encoding="utf-8").startswith("# fragment\n")
    trained = None if fragment and not case(path).startswith(("E203", "E204")) else INTENTS
    left_out = {"E110"} if fragment else set()
    if not case(path).startswith("N506"):
        left_out.add("N506")  # numbers of real people have no place in tests
    assert [str(each) for each in check_file(path, trained, TODAY) if each.code not in left_out] == []


@pytest.mark.parametrize("path", tables("bad"), ids=case)
def test_bad_file(path: Path) -> None:
    expected = expected_issues(path)
    found = check_file(path, INTENTS if case(path).startswith(("E203", "E204")) else None, TODAY)
    codes = {code for code, _, _ in expected}
    counted = [each for each in found if each.code not in LEFT_OUT or each.code in codes]
    assert {(each.code, each.file, each.line) for each in counted} == expected, "\n".join(map(str, counted))
    assert case(path).split("-")[0] in codes, "the file's name begins with the code that it shows"
    assert all(each.fix and "\n" not in str(each) for each in found)


def expected_issues(path: Path) -> set[tuple[str, str, int]]:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    listed = re.findall(r"([EN]\d{3})(?: in (\S+))? line (\d+)", first)
    assert first.startswith("# expect: "), f"{path.name} must begin with a line such as `# expect: E201 line 14`"
    assert listed, f"{path.name} must say what to expect"
    return {(code, file or path.name, int(line)) for code, file, line in listed}


def test_every_code_has_a_bad_file_and_a_good_one() -> None:
    """But for those about files as a whole, which test_loader.py shows."""
    sources = (Path(__file__).parents[2] / "voicebot" / "routing").rglob("*.py")
    used = {code for source in sources for code in re.findall(r'"([EN]\d{3})"', source.read_text(encoding="utf-8"))}
    shown = {case(path).split("-")[0] for path in tables("bad")}
    whole_file = {"E001", "E002", "E003", "E004", "E005"}
    assert used - shown - whole_file - {"N701"} == set()
    assert shown - used == set()
    done_right = {case(path).split("-")[0] for path in tables("good")}
    of_several_files = {"E014", "E111", "E112", "N016"}  # good/several-files
    assert shown - done_right - of_several_files == set()


def test_old_bank_holidays_are_noticed() -> None:
    found = check_file(FILES / "good" / "small.yaml", None, date(2040, 1, 1))
    assert ("N701", "notice") in [(each.code, each.severity) for each in found]


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
