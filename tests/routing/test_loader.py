"""Files that are no routing table at all: one clear issue each. And what a good one becomes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from voicebot.errors import ContentError
from voicebot.routing.bank_holidays import Nation, bank_holidays
from voicebot.routing.checks import check_file
from voicebot.routing.issues import errors
from voicebot.routing.loader import load_table, parse_table, read_table
from voicebot.routing.source import MAX_BYTES, Sources
from voicebot.routing.table import Change, Span, Table

GOOD = Path(__file__).parents[1] / "routing_files" / "good" / "small.yaml"
TODAY = date(2026, 11, 21)

NOT_A_TABLE = {
    "empty": (b"", "E004"),
    "comments alone": (b"# nothing yet\n\n---\n", "E004"),
    "spaces alone": (b"  \n \n", "E004"),
    "a byte order mark": (b"\xef\xbb\xbf", "E004"),
    "comments after a byte order mark": (b"\xef\xbb\xbf# nothing yet\n", "E004"),
    "a list": (b"- council\n- wording\n", "E005"),
    "a word": (b"hello\n", "E005"),
    "too large": (b"# " + b"x" * (10 * MAX_BYTES), "E002"),
    "latin 1": ("council:\n  name: Caf\u00e9\n".encode("latin-1"), "E003"),
    "utf-16": ("council:\n  name: x\n".encode("utf-16"), "E003"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "E003"),
    "zero bytes": (b"\x00" * 100, "E003"),
    "control characters": (b"council:\n  name: a\x07b\n", "E003"),
    "deep brackets": (b"council: " + b"[" * 50_000, "E006"),
    "deep groups": (b"".join(b" " * level + b"a:\n" for level in range(300)), "E006"),
    "a bomb": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "E010"),
    "python": (b"council: !!python/object/apply:os.system [ls]\n", "E012"),
}


@pytest.mark.parametrize("case", NOT_A_TABLE)
def test_one_clear_issue(case: str, tmp_path: Path) -> None:
    content, code = NOT_A_TABLE[case]
    path = tmp_path / "routing.yaml"
    path.write_bytes(content)
    found = check_file(path, None, TODAY)
    assert [each.code for each in found] == [code]
    assert found[0].file == "routing.yaml"
    assert found[0].fix
    with pytest.raises(ContentError, match=code) as raised:
        load_table(path)
    assert raised.value.issues == found


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_no_such_file(name: str, tmp_path: Path) -> None:
    assert [each.code for each in check_file(tmp_path / name, None, TODAY)] == ["E001"]


def test_issues_name_the_place(tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    path.write_bytes("council:\n  name: Caf\u00e9\n".encode("latin-1"))
    [found] = check_file(path, None, TODAY)
    assert str(found) == ("routing.yaml:2:12: E003 the file is not UTF-8 text: save it again with the encoding UTF-8")


def test_values_stay_the_text_that_was_typed() -> None:
    table = load_table(GOOD)
    assert table.council.name == "no"
    assert table.queues["switchboard"].target == "+441632960100"
    assert table.hours["office"].days["mon"][1].end == time(17, 30)
    assert table.hours["office"].days["fri"] == ()
    assert table.hours["office"].exceptions == {date(2027, 3, 18): Change(spans=())}
    assert table.hours["office"].yearly[(12, 24)].spans == (Span(start=time(9), end=time(12)),)
    assert table.hours["always"].bank_holidays[0].end is None
    assert table.queues["team"].target == "sip:team@contact.example;transport=tls"
    assert table.queues["outside"].external
    assert table.queues["outside"].ring_seconds == 40
    assert table.intents["pothole"].answer == ("You can report it. It takes two minutes.",)
    assert table.thresholds.accept == 0.62


def test_the_hash_is_that_of_the_bytes_and_of_the_default_wording(tmp_path: Path) -> None:
    """So that neither another end of line nor another version of the bot is served under an old name."""
    dos = GOOD.read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "dos.yaml").write_bytes(dos)
    text = GOOD.read_text("utf-8")
    assert Sources(((GOOD.name, text),)).hash == hashlib.sha256(GOOD.read_bytes()).hexdigest()
    sources, table = read_table(GOOD)
    assert table.hash == sources.hash == load_table(GOOD).hash
    assert load_table(tmp_path / "dos.yaml").hash != table.hash
    assert replace(sources, wording={**sources.words, "goodbye": "So long."}).hash != table.hash


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "routing.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.read_bytes())
    assert load_table(tmp_path / "routing.yaml").council.name == "no"


def test_no_damage_makes_the_checks_fail_instead_of_the_file(tmp_path: Path) -> None:
    """Each line in turn deleted, cut in half, indented wrongly, or without its colon: nothing is ever raised."""
    lines = GOOD.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines[: lines.index("wording:\n") + 2]):
        for damaged in ("", line[: len(line) // 2] + "\n", "   " + line, line.replace(":", "")):
            text = "".join((*lines[:number], damaged, *lines[number + 1 :]))
            table, issues = parse_table(Sources((("x.yaml", text),)))
            assert (table is None) == any(each.severity == "error" for each in issues)
            assert all(1 <= each.line <= len(lines) + 1 and each.column >= 1 for each in issues)


def test_lines_of_the_table_are_those_of_the_file() -> None:
    lines = GOOD.read_text(encoding="utf-8").splitlines()
    table = load_table(GOOD)
    assert lines[table.where("intents.pothole").line - 1].strip() == "pothole:"
    assert lines[table.where("intents.pothole.to").line - 1].strip() == "to: team"
    assert table.where("intents.pothole.first") == table.where("intents.pothole")
    assert table.where("thresholds.accept.x") == table.where("thresholds.accept")
    assert str(table.where("council")).startswith("small.yaml:")


def test_a_table_survives_storage() -> None:
    table = load_table(GOOD)
    assert Table.model_validate_json(table.model_dump_json()) == table


def test_bank_holidays_are_an_argument() -> None:
    text = GOOD.read_text(encoding="utf-8")
    asked: list[Nation] = []

    def none(nation: Nation) -> frozenset[date]:
        asked.append(nation)
        return frozenset()

    table, issues = parse_table(Sources((("x.yaml", text),)), none)
    assert table is not None
    assert errors(issues) == ()
    assert table.bank_holidays == frozenset()
    assert asked == ["scotland"]


def test_bank_holidays_of_each_nation() -> None:
    boxing_day = date(2026, 12, 28)
    assert {boxing_day, date(2026, 12, 25)} <= bank_holidays("england")
    assert bank_holidays("england") == bank_holidays("wales")
    st_andrew, battle_of_the_boyne = date(2026, 11, 30), date(2026, 7, 13)
    assert st_andrew in bank_holidays("scotland") - bank_holidays("england")
    assert battle_of_the_boyne in bank_holidays("northern-ireland") - bank_holidays("scotland")


def test_the_bundled_bank_holidays_are_not_stale() -> None:
    last = max(bank_holidays("england"))
    assert last.year >= date.today().year, (  # noqa: DTZ011
        "The bundled bank holidays have run out: raise the pin of govuk-bank-holidays to its newest release."
    )
