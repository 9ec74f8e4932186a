"""Every file in routing_files/ is a test: good ones have no issue, bad ones those that their first line expects.

Every code has both: the mistake, and the same thing done right. A good file that begins with `# fragment` may leave
out sections. The first line of a bad file reads `# expect: E201 line 14`, with commas between several. It may be a
fragment, too: that sections are missing (E110) does not count unless it is expected, nor that numbers are made up
(N506). `on 2040-01-01` at the end of that line makes it that day. Its name is `<code>-<mistake>.yaml`. A table of
several files is a folder of that name, with routing.yaml and routing.d; `E112 in routing.d/highways.yaml line 4`
expects an issue elsewhere than in routing.yaml.
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
INTENTS = {"pothole": False, "bus_times": False, "life_in_danger": True, "district_bins": False}
COMPARED = ("E203", "E204", "E313", "N314")
"""Codes of what does not fit intents/."""

LEFT_OUT = {"E110", "N506"}


def tables(folder: str) -> list[Path]:
    return sorted([*(FILES / folder).glob("*.yaml"), *(FILES / folder).glob("*/routing.yaml")])


def case(path: Path) -> str:
    return path.parent.name if path.name == "routing.yaml" else path.stem


@pytest.mark.parametrize("path", tables("good"), ids=case)
def test_good_file(path: Path) -> None:
    fragment = first_line(path) == "# fragment"
    trained = None if fragment and not case(path).startswith(COMPARED) else INTENTS
    left_out = {"E110"} if fragment else set()
    if not case(path).startswith("N506"):
        left_out.add("N506")  # numbers of real people have no place in tests
    assert [str(each) for each in check_file(path, trained, TODAY) if each.code not in left_out] == []


@pytest.mark.parametrize("path", tables("bad"), ids=case)
def test_bad_file(path: Path) -> None:
    expected = expected_issues(path)
    today = re.search(r"on (\d{4}-\d{2}-\d{2})$", first_line(path))
    trained = INTENTS if case(path).startswith(COMPARED) else None
    found = check_file(path, trained, date.fromisoformat(today[1]) if today else TODAY)
    codes = {code for code, _, _ in expected}
    counted = [each for each in found if each.code not in LEFT_OUT or each.code in codes]
    assert {(each.code, each.file, each.line) for each in counted} == expected, "\n".join(map(str, counted))
    assert case(path).split("-")[0] in codes, "the file's name begins with the code that it shows"
    assert all(each.fix and "\n" not in str(each) for each in found)


def first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[0]


def expected_issues(path: Path) -> set[tuple[str, str, int]]:
    first = first_line(path)
    listed = re.findall(r"([EN]\d{3})(?: in (\S+))? line (\d+)", first)
    assert first.startswith("# expect: "), f"{path.name} must begin with a line such as `# expect: E201 line 14`"
    assert listed, f"{path.name} must say what to expect"
    return {(code, file or path.name, int(line)) for code, file, line in listed}


def test_every_code_has_a_bad_file_and_a_good_one() -> None:
    """But for that of a file that is too large (E002), which test_loader.py writes: a megabyte of nothing has no place
    here. That there is no file at all (E001) no file can show; the one here shows the folder in place of one."""
    sources = (Path(__file__).parents[2] / "voicebot" / "routing").rglob("*.py")
    used = {code for source in sources for code in re.findall(r'"([EN]\d{3})"', source.read_text(encoding="utf-8"))}
    for folder in ("bad", "good"):
        assert {case(path).split("-")[0] for path in tables(folder)} - {"small", "several"} == used - {"E002"}, folder


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


def test_first_is_not_to_be_deleted_where_callers_are_in_danger() -> None:
    found = check_file(FILES / "bad" / "E313-urgent-in-training-alone.yaml", INTENTS, TODAY)
    assert [each.fix for each in found if each.code == "N307"] == ["write kind: urgent, as intents/ has it"]


def changed(tmp_path: Path, old: str, new: str) -> list[str]:
    """The codes of small.yaml with this change, but for made-up numbers."""
    text = (FILES / "good" / "small.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "routing.yaml").write_text(text.replace(old, new), "utf-8")
    found = check_file(tmp_path / "routing.yaml", INTENTS, TODAY)
    return [each.code for each in found if each.code != "N506"]


def test_a_slip_is_not_followed_by_others(tmp_path: Path) -> None:
    assert changed(tmp_path, "kind: signpost\n    to: outside", "kind: signpots\n    to: outside") == ["E103"]
    assert changed(tmp_path, "nation: scotland", "nation: sctoland") == ["E103"]
    assert changed(tmp_path, "ring_seconds: 40", "ring_seconds: 40s") == ["E103"]
    assert changed(tmp_path, "hours:\n  office:", "hours:\n\toffice:") == ["E008"]


def test_half_a_file_is_one_mistake(tmp_path: Path) -> None:
    lines = (FILES / "good" / "small.yaml").read_text("utf-8").splitlines(keepends=True)
    many = {**INTENTS, **{f"intent_{number}": False for number in range(50)}}
    for number in range(lines.index("council:\n") + 1, len(lines)):
        (tmp_path / "routing.yaml").write_text("".join(lines[:number]), "utf-8")
        assert len(check_file(tmp_path / "routing.yaml", many, TODAY)) <= 10, lines[number - 1]


def test_an_intent_that_begins_a_line_is_to_be_indented(tmp_path: Path) -> None:
    (tmp_path / "routing.yaml").write_text("bins:\n  kind: queue\n  to: team\n", "utf-8")
    [fix] = [each.fix for each in check_file(tmp_path / "routing.yaml", None, TODAY) if each.code == "E101"]
    assert "indent it" in fix


def test_a_field_without_its_space(tmp_path: Path) -> None:
    (tmp_path / "routing.yaml").write_text("intents:\n  bins:\n    to:team\n", "utf-8")
    [fix] = [each.fix for each in check_file(tmp_path / "routing.yaml", None, TODAY) if each.code == "E104"]
    assert "to: team" in fix


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
