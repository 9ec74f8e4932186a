"""The files of one table: which belong to it, what each may hold, and how they are stored."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from voicebot.errors import ContentError
from voicebot.routing.checks import check_file
from voicebot.routing.loader import load_table, parse_table, read_table
from voicebot.routing.source import MAX_BYTES, Sources, dump_sources, load_sources, read_sources
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
    "a tab": (b"hours:\n\tx: y\n", "E008"),
}


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
    assert len({each.hash for each in (alone, two, renamed, moved)}) == 4


def test_stored_files_come_back_as_they_were() -> None:
    sources, table = read_table(SEVERAL)
    stored = load_sources(dump_sources(sources))
    assert stored == sources
    assert parse_table(stored)[0] == table


@pytest.mark.parametrize("text", ["", "council: x\n", "[]", "{}", '{"files": []}', '{"files": [{"name": "x"}]}', "1"])
def test_what_was_not_stored_here_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="stored routing table"):
        load_sources(text)
