"""Every file in suite_files/ is a test: good ones have no issue, bad ones those that their first line expects.

The first line of a bad file reads `# expect: S110 line 4`, with commas between several; of a spreadsheet it is taken
off before it is read. Recordings that a file names are made for it (`suite_folder.py`). That nobody has written words
down (N902) counts only where it is expected.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.regression.suites.suite_folder import suite_folder
from voicebot.errors import ContentError
from voicebot.regression.suites.model import Suite
from voicebot.regression.suites.reading import read_suite
from voicebot.routing.issues import Issue
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tests" / "suite_files"
SOURCES = ROOT / "voicebot" / "regression" / "suites"


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table(ROOT / "routing.yaml")


def files(folder: str) -> list[Path]:
    return sorted(each for each in (FILES / folder).iterdir() if each.suffix in (".yaml", ".csv"))


def case(path: Path) -> str:
    return path.name


def read(path: Path, folder: Path, table: Table) -> tuple[Suite | None, tuple[Issue, ...]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        text = re.sub(r"\A# expect.*\n", "", text)
    suite_folder(folder, text, f"calls{path.suffix}")
    try:
        return read_suite(folder, table)
    except ContentError as error:
        return None, tuple(each for each in error.issues if isinstance(each, Issue))


@pytest.mark.parametrize("path", files("good"), ids=case)
def test_good_file(path: Path, tmp_path: Path, table: Table) -> None:
    suite, issues = read(path, tmp_path, table)
    assert [str(each) for each in issues] == []
    assert suite is not None
    assert suite.calls


@pytest.mark.parametrize("path", files("bad"), ids=case)
def test_bad_file(path: Path, tmp_path: Path, table: Table) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    expected = {(code, int(line)) for code, line in re.findall(r"([ENS]\d{3}) line (\d+)", first)}
    assert first.startswith("# expect: "), f"{path.name} must begin with a line such as `# expect: S110 line 4`"
    found = [each for each in read(path, tmp_path, table)[1] if each.code != "N902" or ("N902" in first)]
    assert {(each.code, each.line) for each in found} == expected, "\n".join(map(str, found))
    assert path.name.split("-")[0] in {code for code, _ in expected}, "its name begins with the code that it shows"
    assert all(each.fix and each.fix[0] not in ". " and str(tmp_path) not in str(each) for each in found), found


def test_every_code_has_a_bad_file() -> None:
    """But for that of a folder without a suite (S001), and that of a file which is no text (S002)."""
    used = {code for each in SOURCES.glob("*.py") for code in re.findall(r'"([SN]\d{3})"', each.read_text("utf-8"))}
    shown = {path.name.split("-")[0] for path in files("bad")}
    assert used - {"S001", "S002"} == {code for code in shown if code[0] in "SN"}


@pytest.mark.parametrize("path", files("bad"), ids=case)
def test_what_is_broken_is_left_out_and_named(path: Path, tmp_path: Path, table: Table) -> None:
    suite, issues = read(path, tmp_path, table)
    if suite is None:
        return
    wrong = [each for each in issues if each.severity == "error"]
    assert all(call.issues for call in suite.broken)
    assert {each for call in suite.broken for each in call.issues} <= set(wrong)
    assert not {call.name for call in suite.broken} & {call.name for call in suite.calls}


def test_a_good_call_stays_beside_a_broken_one(tmp_path: Path, table: Table) -> None:
    text = """
at: 2026-02-10 10:30
calls:
  good: {steps: [yes.wav], expect: {outcome: connected}}
  bad: {steps: [potholes.wav], expect: {outcome: connected}}
  worse: {at: tomorrow, steps: [yes.wav], expect: {queue: nowhere}}
"""
    suite, issues = read_suite(suite_folder(tmp_path, text), table)
    assert [call.name for call in suite.calls] == ["good"]
    assert [(call.name, call.mark.line) for call in suite.broken] == [("bad", 5), ("worse", 6)]
    assert [each.code for each in issues if each.severity == "error"] == ["S201", "S110", "S302"]


def test_what_is_written_twice_breaks_one_call_and_mistakes_in_the_head_those_that_need_it(
    tmp_path: Path, table: Table
) -> None:
    text = """
from: nobody
at: 2026-02-10 10:30
calls:
  one: {steps: [yes.wav], expect: {outcome: connected}}
  two:
    from: withheld
    steps: [yes.wav]
    steps: [no.wav]
  three: {from: withheld, steps: [yes.wav], expect: {outcome: connected}}
  three: {from: withheld, steps: [no.wav], expect: {outcome: connected}}
"""
    suite, _ = read_suite(suite_folder(tmp_path, text), table)
    assert [call.name for call in suite.calls] == ["three"]
    told = [(call.name, [each.code for each in call.issues]) for call in suite.broken]
    assert told == [("one", ["S112"]), ("two", ["E009"]), ("line 11 of calls.yaml", ["E009"])]


def test_a_row_that_is_no_call_is_among_the_broken(tmp_path: Path, table: Table) -> None:
    text = (
        "name,at,steps\none,2026-02-10 10:30,yes.wav\none,2026-02-10 10:30,no.wav\n,,yes.wav\nfour,2026-02-10,a,b,c\n"
    )
    suite, _ = read_suite(suite_folder(tmp_path, text, "calls.csv"), table)
    assert [(call.name, call.issues[0].code) for call in suite.broken] == [
        ("line 3 of calls.csv", "S104"),
        ("line 4 of calls.csv", "S103"),
        ("line 5 of calls.csv", "S102"),
    ]


def test_a_row_that_cannot_be_read_costs_no_other_row(tmp_path: Path, table: Table) -> None:
    row = "2026-02-10 10:30,yes.wav,connected"
    rows = ["name,at,steps,outcome", f'"one"x,{row}', f"two,{row}", f'"three,{row}', f"four,{row}", f"five,{row}"]
    suite, issues = read_suite(suite_folder(tmp_path, "\r\n".join(rows), "calls.csv"), table)
    assert [call.name for call in suite.calls] == ["two", "four", "five"]
    assert [call.mark.line for call in suite.calls] == [3, 5, 6]
    assert [(each.code, each.line, each.column) for each in issues if each.severity == "error"] == [
        ("S102", 2, 1),
        ("S102", 4, 1),
    ]


def test_a_recording_that_cannot_be_played_is_told_once_and_breaks_every_call_that_plays_it(
    tmp_path: Path, table: Table
) -> None:
    text = """
at: 2026-02-10 10:30
calls:
  one: {steps: [empty.wav], expect: {outcome: connected}}
  two: {steps: [yes.wav, empty.wav], expect: {outcome: connected}}
"""
    suite, issues = read_suite(suite_folder(tmp_path, text), table)
    assert [call.name for call in suite.broken] == ["one", "two"]
    assert [str(each) for each in issues if each.code == "S202"] == [
        "calls.yaml:4:17: S202 empty.wav cannot be played: the recording is empty (0 bytes): "
        "give a WAV, FLAC, MP3 or OGG file"
    ]


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{intent: district_bins, queue: south-vale, outcome: signposted}", None),
        ("{intent: pothole, queue: switchboard}", None),
        ("{intent: pothole, queue: emergency-duty}", None),
        ("{intent: [pothole, library_services], queue: libraries}", None),
        ("{intent: out_of_scope, outcome: signposted}", None),
        ("{intent: pothole, queue: libraries}", "pothole never leads to libraries"),
        ("{intent: pothole, queue: south-vale}", "pothole never leads to south-vale"),
    ],
)
def test_only_what_can_never_happen_is_impossible(expect: str, told: str | None, tmp_path: Path, table: Table) -> None:
    text = f"at: 2026-02-10 10:30\ncalls:\n  one: {{steps: [yes.wav], expect: {expect}}}\n"
    _, issues = read_suite(suite_folder(tmp_path, text), table)
    assert [each.message for each in issues if each.code == "S303"] == ([told] if told else [])


def test_without_a_table_no_name_is_looked_up(tmp_path: Path) -> None:
    text = "at: 2026-02-10 10:30\ncalls:\n  one: {steps: [yes.wav], expect: {intent: moon, queue: mars}}\n"
    suite, issues = read_suite(suite_folder(tmp_path, text), None)
    assert len(suite.calls) == 1
    assert {each.code for each in issues} == {"N902"}


def test_our_own_suite_has_no_mistake(table: Table) -> None:
    suite, issues = read_suite(ROOT / "tests" / "calls", table)
    assert [str(each) for each in issues if each.severity == "error"] == []
    assert len(suite.calls) >= 28
