"""`voicebot review --out` and `--back`: a spreadsheet that people fill in with whatever program they have."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.storage.ringing import heard
from voicebot import bootstrap
from voicebot.commands.review_sheet import COLUMNS, MORE_COLUMNS
from voicebot.config import load_settings
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.retention import erase

from .reviewed_calls import (
    BINS,
    HOLE,
    HOSTILE,
    NAMED,
    PIZZA,
    call,
    everything,
    labelled,
    phrases,
    run,
    sheet,
)


def test_out_is_a_sheet_for_a_person(calls: SqlCallStore) -> None:
    done = run("--out", "labels.csv", "--limit", "20")
    assert done.exit_code == 0
    assert "labels.csv: 7 utterances" in done.stdout
    content = Path("labels.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert stat.S_IMODE(Path("labels.csv").stat().st_mode) == 0o600
    rows = sheet()
    assert tuple(rows[0]) == (*COLUMNS, *MORE_COLUMNS)
    assert rows[0]["heard"] == HOLE
    assert {row["label"] for row in rows} == {""}
    assert [row["labels to choose from"] for row in rows][:3] == ["district_bins", "library_services", "life_in_danger"]
    again = run("--out", "labels.csv")
    assert again.exit_code != 0
    assert "is there already" in again.output
    assert Path("labels.csv").read_bytes() == content


def test_there_and_back(calls: SqlCallStore) -> None:
    run("--out", "labels.csv")
    labelled({**dict.fromkeys(BINS, "district_bins"), HOLE: "Pothole ", PIZZA: "skip"})
    before = {each.name: each.read_bytes() for each in Path("intents").iterdir()}
    tried = run("--back", "labels.csv", "--dry-run")
    assert tried.exit_code == 0
    assert f"+  - {HOLE}" in tried.stdout
    assert {each.name: each.read_bytes() for each in Path("intents").iterdir()} == before
    assert len(everything()) > 5
    done = run("--back", "labels.csv")
    assert done.exit_code == 0
    assert "--- a/intents/district_bins.yaml\n+++ b/intents/district_bins.yaml\n" in done.stdout
    assert "4 phrases added to 2 files; 0 there already, 1 skipped." in done.stdout
    assert "voicebot intents check" in done.stdout
    assert sorted(phrases("district_bins")) == sorted([*BINS, "when is bin day"])
    assert phrases("pothole")[-1] == HOLE
    assert not {*BINS, HOLE, PIZZA} & set(everything()), "nothing comes again"
    again = json.loads(run("--back", "labels.csv", "--json").stdout)
    assert (again["added"], again["there"], again["skipped"], again["marked"]) == ([], 4, 1, 0)


def test_as_excel_saves_it(calls: SqlCallStore) -> None:
    """Semicolons, CRLF, a mark, columns in another order, titles in other letters, empty rows, quotes and spaces."""
    run("--out", "labels.csv")
    rows = sheet()
    out = ["Turn;CALL; Label ;notes;Heard"]
    out += [
        f'{row["turn"]};{row["call"]}; POTHOLE ;"she; he";" {row["heard"]}  "' for row in rows if row["heard"] == HOLE
    ]
    out += [";;;;", "", f"1;CApizza;out of scope;;{PIZZA}", "1;CAbin0;;;left for tomorrow"]
    Path("excel.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(out).encode() + b"\r\n")
    done = run("--back", "excel.csv")
    assert done.exit_code == 0, done.output
    assert phrases("pothole")[-1] == HOLE
    assert phrases("out_of_scope")[-1] == PIZZA
    assert "left for tomorrow" not in done.stdout


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_encodings_and_separators(store: SqlCallStore, encoding: str, between: str) -> None:
    table = [["call", "turn", "heard", "label"], ["CAbin0", "1", "it’s £5 at the café, is it", "district_bins"]]
    text = "\r\n".join(between.join(f'"{cell}"' for cell in row) for row in table)
    call(store, "CAbin0", heard(table[1][2], pothole=0.3))
    Path("x.csv").write_bytes(text.encode(encoding))
    assert run("--back", "x.csv").exit_code == 0
    assert phrases("district_bins")[-1] == "it’s £5 at the café, is it"


def test_every_mistake_at_once_and_nothing_written(calls: SqlCallStore) -> None:
    rows = [
        "heard,label,call,turn",
        f"{HOLE},pot hole,CAhole,1",
        ",pothole,CAhole,1",
        "a good one,district_bins,CAbin0,1",
        "a good one,pothole,CAbin1,1",
        "there is a pothole in my road,library_services,CAfine1,1",
        "яма,pothole,CAbin2,1",
        "something,pothole,CAbin2,one",
        "something else,pothole,CAhole,1",
        "something else yet,skip,CAhole,1",
    ]
    Path("x.csv").write_text("\n".join(rows), "utf-8")
    before = {each.name: each.read_bytes() for each in Path("intents").iterdir()}
    done = run("--back", "x.csv")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    found = [line.split(": ")[0] + " " + line.split(": ")[1].split()[0] for line in lines[:-1]]
    assert found == [
        "x.csv:2:2 E801",
        "x.csv:3:1 E802",
        "x.csv:5:2 E806",
        "x.csv:6:2 E805",
        "x.csv:7:2 E804",
        "x.csv:8:4 E803",
        "x.csv:10:2 E807",
    ]
    assert "did you mean pothole?" in lines[0]
    assert "intents/pothole.yaml:5" in lines[3]
    assert lines[-1] == "x.csv: 7 to correct; nothing was added."
    assert {each.name: each.read_bytes() for each in Path("intents").iterdir()} == before
    assert HOLE in everything()
    told = run("--back", "x.csv", "--json")
    assert told.exit_code == 1
    assert len(json.loads(told.stdout)["issues"]) == 7


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "row 1 must have the titles"),
        (b"heard,label,call\r\nx,y,z\r\n", "see turn"),
        (b"heard,label,label,call,turn\r\n", "see label"),
        (b"PK\x03\x04 an xlsx file", "save it as CSV UTF-8"),
        (b"\x81\x8d\x8f\x90\x9d", "cannot be read as text"),
        (b"heard,label,call,turn\r\n" + b'"' + b"x" * 200_000 + b'",pothole,CA1,1\r\n', "cannot be read as a table"),
    ],
)
def test_a_file_that_is_no_such_sheet(store: SqlCallStore, content: bytes, said: str) -> None:
    Path("x.csv").write_bytes(content)
    done = run("--back", "x.csv")
    assert done.exit_code != 0
    assert said in str(done.exception)
    assert "x.csv" in str(done.exception)


def test_a_file_that_is_not_there(store: SqlCallStore) -> None:
    assert "nowhere.csv: cannot be read" in str(run("--back", "nowhere.csv").exception)


def test_words_that_a_spreadsheet_would_carry_out(store: SqlCallStore) -> None:
    hostile = [HOSTILE, "+44 is the code", "-1 it said", "@SUM(A1)", " =1+1", "'=2+2", "\t=3+3", "\r\n=4+4"]
    hostile += ["＝5+5", "＋6", "－7", "＠SUM"]
    for number, words in enumerate(hostile):
        call(store, f"CA{number}", heard(words, pothole=0.3))
    run("--out", "labels.csv")
    rows = [row for row in sheet() if row["heard"]]
    assert len(rows) == len(hostile)
    for row in rows:
        assert row["heard"].startswith("'")
        assert not any(cell.lstrip().startswith(tuple("=+-@＝＋－＠")) for cell in row.values())
    labelled({row["heard"]: "out_of_scope" for row in rows})
    done = run("--back", "labels.csv")
    assert done.exit_code == 0, done.output
    assert HOSTILE in phrases("out_of_scope")
    assert "-1 it said" in phrases("out_of_scope")
    assert everything() == []


def test_redacted_again_and_without_tags(store: SqlCallStore) -> None:
    call(store, "CA1", heard("I'm calling for [name] about the book", library_services=0.5))
    call(store, "CA2", heard("a book", library_services=0.5))
    rows = ["heard,label,call,turn", f'"{NAMED}",library_services,CA1,1']
    rows.append("I'm calling for [name] about the book,library_services,CA2,1")
    Path("x.csv").write_text("\n".join(rows), "utf-8")
    assert run("--back", "x.csv").exit_code == 0
    first, second = phrases("library_services")[-2:]
    for secret in ("Jane", "Smith", "900456", "["):
        assert secret not in first + second
    assert first.startswith("this is ")
    assert first.endswith("on that number, it's about my library book")
    assert second.split()[3] in ("Alex", "Chris", "Jo", "Kim", "Robin", "Sam")


def test_a_row_whose_call_was_erased_is_named_and_nothing_is_written(calls: SqlCallStore) -> None:
    run("--out", "labels.csv")
    labelled({HOLE: "pothole", PIZZA: "out_of_scope"})
    erase(bootstrap.open_storage(load_settings()), bootstrap.utc_now(), call_id="CAhole")
    done = run("--back", "labels.csv")
    assert done.exit_code == 1
    assert "labels.csv:2:3: E808" in done.stdout
    assert "1 to correct; nothing was added" in done.stdout
    assert HOLE not in phrases("pothole")
    labelled({PIZZA: "out_of_scope"})
    assert run("--back", "labels.csv").exit_code == 0
    assert phrases("out_of_scope")[-1] == PIZZA


def test_a_sheet_that_is_there_is_refused_before_the_long_work(calls: SqlCallStore) -> None:
    Path("labels.csv").write_text("half of it is labelled", "utf-8")
    done = run("--out", "labels.csv")
    assert done.exit_code != 0
    assert "is there already" in done.output
    assert "Reading what" not in done.output
    assert Path("labels.csv").read_text("utf-8") == "half of it is labelled"


def test_intents_with_a_mistake_are_named(calls: SqlCallStore) -> None:
    run("--out", "labels.csv")
    labelled({HOLE: "pothole"})
    with Path("intents/pothole.yaml").open("a", encoding="utf-8") as file:
        file.write("\t- x\n")
    assert "pothole.yaml:13:1: E008" in str(run("--back", "labels.csv").exception)
