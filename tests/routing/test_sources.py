"""The files of one table: which belong to it, what each may hold, and how they are stored."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from voicebot.errors import ContentError
from voicebot.routing.checks import check_file
from voicebot.routing.default_wording import default_wording
from voicebot.routing.issues import errors
from voicebot.routing.loader import load_table, parse_table, read_table
from voicebot.routing.source import MAX_BYTES, Sources, dump_sources, load_sources, read_sources, trained_intents
from voicebot.routing.table import Line, Table

SEVERAL = Path(__file__).parents[1] / "routing_files" / "good" / "several-files" / "routing.yaml"
TODAY = date(2026, 11, 21)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the table of several files, to be damaged."""
    (tmp_path / "routing.d").mkdir()
    for file in (SEVERAL, SEVERAL.parent / "routing.d" / "highways.yaml"):
        (tmp_path / file.relative_to(SEVERAL.parent)).write_bytes(file.read_bytes())
    return tmp_path


def part(folder: Path, name: str, text: str) -> None:
    (folder / "routing.d" / name).write_text(text, "utf-8")


def found(folder: Path, severity: str = "error") -> list[tuple[str, str]]:
    issues = check_file(folder / "routing.yaml", None, TODAY)
    return [(each.code, each.file) for each in issues if each.severity == severity]


def test_a_table_of_several_files() -> None:
    table = load_table(SEVERAL)
    assert list(table.hours) == ["office", "always", "depot"]
    assert table.queues["depot"].hours == "depot"
    assert table.vocabulary == ("County Hall", "Chipping Marl")
    assert [each.name for each in table.notices] == ["snow", "depot_flooded"]
    assert Table.model_validate_json(table.model_dump_json()) == table


def test_every_part_knows_its_file_and_line_and_owner() -> None:
    table = load_table(SEVERAL)
    lines = (SEVERAL.parent / "routing.d" / "highways.yaml").read_text("utf-8").splitlines()
    at = table.where("intents.pothole.ask.options.reported.kind")
    assert (at.file, lines[at.line - 1].strip()) == ("routing.d/highways.yaml", "kind: queue")
    assert table.where("queues.duty").file == "routing.yaml"
    assert table.owner("intents.pothole") == "Highways"
    assert table.owner("queues.duty.number") == "Customer Services"
    assert table.where("wording.hold") == table.where("wording")
    assert table.where("thresholds.accept") == Line(file="routing.yaml", line=1)


def test_files_come_by_name_after_the_first(folder: Path) -> None:
    part(folder, "zoo.yaml", "owner: Zoo\n")
    part(folder, "adult-care.yaml", "owner: Adult Social Care\n")
    sources, issues = read_sources(folder / "routing.yaml")
    assert sources is not None
    assert [name for name, _ in sources.files] == [
        "routing.yaml",
        *("routing.d/adult-care.yaml", "routing.d/highways.yaml", "routing.d/zoo.yaml"),
    ]
    assert issues == ()


def test_what_is_no_yaml_file_is_left_out(folder: Path) -> None:
    part(folder, "README.md", "notes\n")
    part(folder, ".#highways.yaml", "an editor's lock\n")
    part(folder, "highways.yaml~", "hours: x\n")
    part(folder, "parking.yml", "hours: x\n")
    part(folder, "PERMITS.YAML", "hours: x\n")
    assert found(folder) == []
    assert found(folder, "notice").count(("N016", "routing.d/parking.yml")) == 1
    assert ("N016", "routing.d/PERMITS.YAML") in found(folder, "notice")
    assert load_table(folder / "routing.yaml").owners.keys() == {"routing.yaml", "routing.d/highways.yaml"}


def test_another_file_beside_it_does_not_take_its_parts(folder: Path) -> None:
    """A copy such as routing-draft.yaml would otherwise be read with parts that are not its own."""
    (folder / "routing-draft.yaml").write_bytes((folder / "routing.yaml").read_bytes())
    sources, _ = read_sources(folder / "routing-draft.yaml")
    assert sources is not None
    assert len(sources.files) == 1


NOT_A_PART = {
    "empty": (b"", "E004"),
    "a list": (b"- hours\n", "E005"),
    "too large": (b"# " + b"x" * MAX_BYTES, "E002"),
    "latin 1": ("owner: Caf\u00e9\n".encode("latin-1"), "E003"),
}


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [pipe, link_to_a_device, Path.mkdir])
def test_what_is_no_file_is_never_opened(make: Callable[[Path], None], folder: Path) -> None:
    """Who reads a pipe waits for whoever writes to it, which may be for ever."""
    make(folder / "routing.d" / "pipe.yaml")
    assert found(folder) == [("E001", "routing.d/pipe.yaml")]
    (folder / "routing.d" / "pipe.yaml").rename(folder / "routing.yaml.new")
    (folder / "routing.yaml").unlink()
    (folder / "routing.yaml.new").rename(folder / "routing.yaml")
    assert found(folder) == [("E001", "routing.yaml")]


def test_a_part_that_is_commented_out_is_as_good_as_none(folder: Path) -> None:
    part(folder, "snow.yaml", "\ufeff# notices:\n#   snow: {say: Snow., until: 2027-01-11}\n")
    part(folder, "ice.yaml", "vocabulary: # - Ice Lane\nnotices:\n")
    assert found(folder) == []
    assert sorted(each for each in found(folder, "notice") if each[0] == "N018") == [
        *(("N018", "routing.d/ice.yaml") for _ in range(2)),
        ("N018", "routing.d/snow.yaml"),
    ]
    table = load_table(folder / "routing.yaml")
    assert [each.name for each in table.notices] == ["snow", "depot_flooded"]
    assert table.vocabulary == ("County Hall", "Chipping Marl")


@pytest.mark.parametrize("case", NOT_A_PART)
def test_a_part_that_cannot_be_read_is_one_issue(case: str, folder: Path) -> None:
    """What it holds would be missed all over the other files; that is not reported."""
    content, code = NOT_A_PART[case]
    (folder / "routing.d" / "highways.yaml").write_bytes(content)
    assert found(folder) == [(code, "routing.d/highways.yaml")]
    with pytest.raises(ContentError, match=rf"routing\.d/highways\.yaml:\d+:\d+: {code}"):
        load_table(folder / "routing.yaml")


def test_mistakes_of_all_files_are_reported_at_once(folder: Path) -> None:
    part(folder, "parking.yaml", "hours:\n  late: {mon: 9-5}\n")
    part(folder, "permits.yaml", "hours: [\n")
    main = folder / "routing.yaml"
    main.write_text(main.read_text("utf-8").replace("priority: high", "priority: highest"), "utf-8")
    assert set(found(folder)) == {
        ("E105", "routing.d/parking.yaml"),
        ("E007", "routing.d/permits.yaml"),
        ("E103", "routing.yaml"),
    }


def test_an_unreadable_part_hides_nothing_but_what_it_may_hold(folder: Path) -> None:
    main = folder / "routing.yaml"
    text = main.read_text("utf-8").replace("priority: high", "priority: highest").replace("bus_times", "bus times")
    main.write_text(text.replace("until: 2027-01-11", "until: 2026-01-11"), "utf-8")
    part(folder, "other.yaml", "intents:\n  bins: {kind: queue, to: nobody, about: bins, first: Mind.}\n")
    before = check_file(main, None, TODAY)
    part(folder, "highways.yaml", "owner: Highways\nhours: [\n")
    after = check_file(main, None, TODAY)
    told = {(each.code, each.file) for each in after}
    assert {("E007", "routing.d/highways.yaml"), ("E103", "routing.yaml"), ("N307", "routing.d/other.yaml")} <= told
    missed = {each.code for each in before} - {each.code for each in after}
    assert missed <= {"E201", "E209"}, "what may stand in the file that cannot be read"
    assert not {each.code for each in after} & {"E110", "E201", "E202", "E204", "E206", "E209", "N302", "N423"}


@pytest.mark.parametrize("content", [b"caf\xe9: x\n", b"# " + b"x" * MAX_BYTES])
def test_parts_are_checked_where_the_main_file_cannot_be_read(folder: Path, content: bytes) -> None:
    (folder / "routing.yaml").write_bytes(content)
    part(folder, "other.yaml", "wording: {hold: Wait.}\nhours:\n  late: {mon-fri: 9 to 5}\n")
    issues = check_file(folder / "routing.yaml", None, TODAY)
    told = {(each.code, each.file) for each in errors(issues)}
    assert {("E111", "routing.d/other.yaml"), ("E105", "routing.d/other.yaml")} < told
    assert len(told) == 3, "and that the main file cannot be read"


def test_a_part_with_tabs_that_cannot_be_read_otherwise(folder: Path) -> None:
    part(folder, "highways.yaml", "hours:\n\tlate:\n   \t mon: closed\n\t tue: closed\n")
    assert set(found(folder)) == {("E008", "routing.d/highways.yaml")}


def test_tabs_are_read_as_two_spaces(folder: Path) -> None:
    part(folder, "other.yaml", "hours:\n\tlate:\n\t\tmon-fri: 9 to 5\n")
    issues = [each for each in check_file(folder / "routing.yaml", None, TODAY) if each.file == "routing.d/other.yaml"]
    assert [(each.code, each.line, each.column) for each in issues] == [("E008", 2, 1), ("E008", 3, 1), ("E105", 3, 12)]


def test_urgency_is_read_from_the_training_files(tmp_path: Path) -> None:
    (tmp_path / "danger.yaml").write_text('title: x\n"urgent":   "yes"   # indeed\nphrases: [help]\n', "utf-8")
    (tmp_path / "dos.yaml").write_bytes(b"\xef\xbb\xbfurgent: yes\r\nphrases:\r\n  - x\r\n")
    (tmp_path / "not.yaml").write_text("urgent: no\nphrases:\n  - 'urgent: yes'\n", "utf-8")
    (tmp_path / "broken.yaml").write_bytes(b"urgent: [\n\xff")
    (tmp_path / "none.yaml").write_text("", "utf-8")
    (tmp_path / "folder.yaml").mkdir()
    assert trained_intents(tmp_path) == {
        **{"danger": True, "dos": True},
        **{"not": False, "broken": False, "none": False, "folder": False},
    }
    assert trained_intents(tmp_path / "nowhere") is None


def test_a_section_that_stands_in_no_file_is_missed_once(folder: Path) -> None:
    main = folder / "routing.yaml"
    text = main.read_text("utf-8")
    main.write_text(text[: text.index("intents:")], "utf-8")
    assert not [code for code, _ in found(folder) if code == "E110"], "the part has intents"
    part(folder, "highways.yaml", "owner: Highways\n")
    assert [code for code, _ in found(folder)].count("E110") == 1


@pytest.mark.parametrize("damaged", [0, 1])
def test_no_damage_makes_reading_fail_instead_of_the_file(damaged: int) -> None:
    """Each line in turn cut in half, indented wrongly, or without its value: nothing is raised."""
    sources, _ = read_table(SEVERAL)
    files = [text.splitlines(keepends=True) for _, text in sources.files]
    lines = files[damaged]
    for number, line in enumerate(lines):
        halved, emptied = line[: len(line) // 2] + "\n", line.partition(":")[0] + ":\n"
        for other in (halved, "   " + line, emptied):
            files[damaged] = [*lines[:number], other, *lines[number + 1 :]]
            names = (name for name, _ in sources.files)
            texts = ("".join(each) for each in files)
            table, issues = parse_table(Sources(tuple(zip(names, texts, strict=True))))
            assert (table is None) == any(each.severity == "error" for each in issues)
            assert all(each.line >= 1 and each.column >= 1 and each.fix for each in issues)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_may_not_be_read(folder: Path) -> None:
    (folder / "routing.d").chmod(0)
    try:
        assert found(folder) == [("E014", "routing.d")]
    finally:
        (folder / "routing.d").chmod(0o755)


def test_a_file_name_of_any_bytes(folder: Path) -> None:
    name = os.fsencode(folder / "routing.d") + b"/caf\xe9.yaml"
    try:
        with open(name, "wb") as opened:
            opened.write(b"owner: Cafe\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    sources, table = read_table(folder / "routing.yaml")
    assert load_sources(dump_sources(sources)).hash == table.hash


def test_the_hash_tells_tables_apart() -> None:
    alone = Sources((("routing.yaml", "a: b\n"),))
    assert alone.hash == hashlib.sha256(b"a: b\n").hexdigest()
    assert alone.hash == Sources((("elsewhere.yaml", "a: b\n"),)).hash
    two = Sources((("routing.yaml", "a: b\n"), ("routing.d/x.yaml", "c: d\n")))
    renamed = Sources((("routing.yaml", "a: b\n"), ("routing.d/y.yaml", "c: d\n")))
    moved = Sources((("routing.yaml", "a: b\nc: d\n"), ("routing.d/x.yaml", "")))
    reworded = (replace(alone, wording=words) for words in ({}, {"goodbye": "Bye."}))
    assert len({each.hash for each in (alone, two, renamed, moved, *reworded)}) == 6


def test_stored_files_come_back_as_they_were() -> None:
    sources, table = read_table(SEVERAL)
    stored = load_sources(dump_sources(sources))
    assert stored == sources
    assert stored.wording == default_wording()
    assert parse_table(stored)[0] == table


def test_what_was_stored_before_there_could_be_several_files_is_the_one_file() -> None:
    assert load_sources("council: x\n") == Sources((("routing.yaml", "council: x\n"),))


@pytest.mark.parametrize(
    "text", ["", '{"files": []}', '{"files": [{"name": "x"}]}', '{"files": [{"name"', '{"files": 1, "wording": []}']
)
def test_what_was_not_stored_here_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="stored routing table"):
        load_sources(text)
