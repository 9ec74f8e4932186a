"""Suites become values: one format, whether it is typed or comes from a spreadsheet."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.regression.suites.suite_folder import suite_folder
from voicebot.errors import ContentError
from voicebot.regression.suites.columns import iso
from voicebot.regression.suites.model import Expected, Suite
from voicebot.regression.suites.reading import read_suite
from voicebot.regression.suites.values import Number, Wrong, read_number, read_time
from voicebot.routing.hours import LONDON

GOOD = Path(__file__).parents[2] / "suite_files" / "good"
ONE = "name,at,steps,outcome\none,2026-02-10 10:30,yes.wav,connected\n"


def read(folder: Path, text: str | bytes, name: str = "calls.yaml") -> Suite:
    return read_suite(suite_folder(folder, text, name), None)[0]


def test_everything_that_can_be_written_is_read(tmp_path: Path) -> None:
    suite = read(tmp_path, (GOOD / "everything.yaml").read_text("utf-8"))
    call = suite.calls[0]
    assert suite.name == "All that can be written"
    assert suite.manner.confirm is not None
    assert (suite.manner.confirm.words, suite.manner.again) == ("Yes please.", 2)
    assert (call.name, call.about) == ("Blue Badge, closed at Christmas", "Rung on Christmas Eve.")
    assert call.at == datetime(2026, 12, 24, 12, 30, tzinfo=UTC)
    assert (call.number, call.sip, call.transfers) == ("+447700900123", False, ("busy", "completed"))
    did = [(s.play.name if s.play else "", s.keys, s.silence, s.hang_up, s.decision) for s in call.steps]
    assert did == [
        ("yes.wav", "", 0, False, ()),
        ("no.wav", "", 0, False, ("accept", "confirm")),
        ("silent.wav", "", 0, False, ()),
        ("", "1", 0, False, ("universal",)),
        ("", "", 2, False, ()),
        ("", "12#", 0, False, ()),
        ("", "", 1, False, ()),
        ("", "", 0, True, ()),
    ]
    assert call.expect == Expected(
        intent=("blue_badge_progress", "blue_badge_apply"),
        outcome=("connected", "message_left"),
        queue=("blue-badge",),
        says=("Blue Badge", "closed"),
        text="",
        turns=9,
    )


def test_a_call_is_tagged_with_what_is_said_of_its_recordings_and_its_own_tags_win(tmp_path: Path) -> None:
    suite = read(tmp_path, (GOOD / "everything.yaml").read_text("utf-8"))
    tags = {"voice": "Anne", "accent": "Scottish", "age": "old", "noise": "street", "kind": "closed"}
    assert suite.calls[0].tags == tags
    assert suite.calls[1].tags == {"noise": "street"}


def test_callers_are_numbers_withheld_or_addresses(tmp_path: Path) -> None:
    suite = read(tmp_path, (GOOD / "everything.yaml").read_text("utf-8").replace('    from: "+447700900123"\n', ""))
    assert [(call.number, call.sip) for call in suite.calls] == [
        ("", False),
        ("+441632960123", False),
        ("sip:anne@example.org", True),
    ]


def test_who_rings_and_what_a_suite_is_called_need_not_be_said(tmp_path: Path) -> None:
    suite = read(tmp_path / "Calls of May", "calls:\n  one: {at: 2026-02-10 9:05, steps: [hang-up]}\n")
    assert (suite.name, suite.calls[0].number) == ("Calls of May", "+447700900123")
    assert suite.calls[0].transfers == ("completed",)
    assert suite.calls[0].at.hour == 9


def test_a_recording_of_ours_says_what_is_said_without_how_it_is_made(tmp_path: Path) -> None:
    text = """
at: 2026-02-10 10:30
recordings:
  "yes": {for: An answer., voice: bf_emma, speed: 1.1, words: "Yes, [1.2] please.", background: traffic, snr: 8}
  "no": {for: Nobody speaks., seconds: 6, language: roa/fr}
calls:
  one: {steps: [yes.wav, no.wav], expect: {outcome: connected}}
"""
    sounds = read(tmp_path, text).sounds
    assert (sounds["yes.wav"].words, dict(sounds["yes.wav"].tags)) == (
        "Yes, please.",
        {"voice": "bf_emma", "noise": "traffic"},
    )
    assert (sounds["no.wav"].words, dict(sounds["no.wav"].tags)) == ("", {"language": "fr"})


def test_nobody_is_told_of_keys_that_only_make_recordings(tmp_path: Path) -> None:
    text = "recordings:\n  yes: {worrds: Yes.}\ncalls:\n  one: {at: 2026-02-10 10:30, steps: [yes.wav]}\n"
    _, issues = read_suite(suite_folder(tmp_path, text), None)
    (wrong,) = [each for each in issues if each.code == "E101"]
    assert wrong.fix == "did you mean words?"
    text = text.replace("worrds", "xyz")
    _, issues = read_suite(suite_folder(tmp_path, text), None)
    (wrong,) = [each for each in issues if each.code == "E101"]
    assert wrong.fix == "it can have words, voice, accent, noise, language, channel, tags, for"


def test_words_beside_one_step_count_for_every_call_that_plays_the_recording(tmp_path: Path) -> None:
    text = """
at: 2026-02-10 10:30
calls:
  one: {steps: [yes.wav], expect: {outcome: connected}}
  two: {steps: [{play: yes.wav, words: Yes please.}], expect: {outcome: connected}}
"""
    suite = read(tmp_path, text)
    assert [call.steps[0].play.words for call in suite.calls if call.steps[0].play] == ["Yes please.", "Yes please."]


# --- spreadsheets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_spreadsheet_is_read_however_it_was_saved(tmp_path: Path, encoding: str, end: str, separator: str) -> None:
    about = f'"Caf\u00e9{end}{separator} and ""quotes"""'
    cells = [
        ["name", "for", "at", "steps", "words", "intent", "text", "tag:kind"],
        ["one", about, "24/12/2026 12:30:00", "yes.wav | keys 1 | silence", "Yes.", "pothole|bins", "none", "long"],
        [""] * 8,
        ["two", "", "2026-12-24T12:30", '"no.wav;hang-up"', "", "", "", ""],
    ]
    text = end.join(separator.join(row) for row in cells) + end
    suite, issues = read_suite(suite_folder(tmp_path, text.encode(encoding), "calls.csv"), None)
    one, two = suite.calls
    assert one.about == f'Caf\u00e9 {separator} and "quotes"'.replace("\t", "").replace("  ", " ")
    assert one.at == two.at == datetime(2026, 12, 24, 12, 30, tzinfo=UTC)
    assert one.expect == Expected(intent=("pothole", "bins"), text="")
    assert (one.tags, [len(call.steps) for call in suite.calls]) == ({"kind": "long"}, [3, 2])
    assert one.steps[0].play is not None
    assert one.steps[0].play.words == "Yes."
    assert two.mark.line == 5
    assert {each.code for each in issues} == {"N902", "N906"}


def test_the_place_of_a_mistake_is_found_behind_quotes_and_line_breaks(tmp_path: Path) -> None:
    text = 'sep=;\nname;for;at;steps\none;"a ""b""\nc";10/02/2026 10:30;"yes.wav | nope.wav"\n'
    _, issues = read_suite(suite_folder(tmp_path, text, "calls.csv"), None)
    (wrong,) = [each for each in issues if each.code == "S201"]
    assert (wrong.line, wrong.column) == (4, 22)
    assert text.splitlines()[3][21:].startswith("yes.wav | nope.wav")


def test_words_may_stand_in_a_spreadsheet_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("file,words,voice,tag:age\nyes.wav,Yes please.,Anne,old\nno,(nothing),,\n")
    suite = read(tmp_path, ONE.replace("yes.wav,", "yes.wav | no.wav,"), "calls.csv")
    assert (suite.sounds["yes.wav"].words, suite.calls[0].tags) == ("Yes please.", {"voice": "Anne", "age": "old"})
    assert suite.sounds["no.wav"].words == ""


def test_typed_calls_and_a_spreadsheet_are_one_suite_under_one_head(tmp_path: Path) -> None:
    head = (
        "suite: Both\nat: 2026-02-10 10:30\nconfirm: yes.wav\ncalls:\n  typed: {steps: [no.wav], expect: {turns: 1}}\n"
    )
    suite_folder(tmp_path, head)
    suite = read(tmp_path, ONE.replace("2026-02-10 10:30", ""), "calls.csv")
    assert [(call.name, call.at.hour) for call in suite.calls] == [("typed", 10), ("one", 10)]
    assert suite.manner.confirm is not None


def test_spreadsheets_write_the_day_first() -> None:
    assert iso("4/5/2026 9:30") == "2026-05-04 09:30"
    assert iso("next week") == "next week"


def test_a_date_with_the_month_first_is_told_as_it_was_typed(tmp_path: Path) -> None:
    _, issues = read_suite(suite_folder(tmp_path, ONE.replace("2026-02-10", "02/25/2026"), "calls.csv"), None)
    (wrong,) = [each for each in issues if each.code == "S110"]
    assert wrong.message == '"02/25/2026 10:30" is no date and time'
    assert "2026-02-25 10:30" in wrong.fix


def test_a_day_that_there_is_not_is_told_as_such() -> None:
    found = read_time("2026-02-30 10:30")
    assert isinstance(found, Wrong)
    assert found.message == '"2026-02-30 10:30" is a day or an hour that there is not'


@pytest.mark.parametrize("given", ["calls.yaml", "pothole.wav"])
def test_a_file_in_place_of_a_folder_is_told_with_its_folder(tmp_path: Path, given: str) -> None:
    (tmp_path / given).write_text("calls:")
    with pytest.raises(ContentError, match=f"is a file, and a suite is a folder: give .* {tmp_path}$"):
        read_suite(tmp_path / given, None)


# --- times and numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-24 12:30", "2026-12-24T12:30"),
        ("2026-07-01T12:30", "2026-07-01T11:30"),
        ("2026-10-25 01:30+01:00", "2026-10-25T00:30"),
        ("2026-10-25 01:30+00:00", "2026-10-25T01:30"),
        ("2026-10-25 02:00", "2026-10-25T02:00"),
        ("2026-03-29 02:00", "2026-03-29T01:00"),
        ("2028-02-29 00:00", "2028-02-29T00:00"),
    ],
)
def test_a_time_is_local(text: str, utc: str) -> None:
    found = read_time(text)
    assert isinstance(found, datetime)
    assert found.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.tzinfo == LONDON


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-03-29 01:30", "write 2026-03-29 00:30 or 2026-03-29 02:30"),
        (
            "2026-10-25 01:30",
            'write "2026-10-25 01:30+01:00" (summer time) or "2026-10-25 01:30+00:00" (an hour later)',
        ),
        ("24th December 2026, 12.30pm", "write it like 2026-12-24 12:30, local time"),
        ("5 p.m. on 24/12/2026", "write it like 2026-12-24 17:00, local time"),
        ("2026-02-29 10:30", "write it like 2026-12-24 10:30, local time"),
        ("2026-12-24", "write it like 2026-12-24 12:30, local time"),
        ("2026-12-24 25:00", "write it like 2026-12-24 12:30, local time"),
    ],
)
def test_what_is_no_time_is_told_with_what_to_write(text: str, told: str) -> None:
    found = read_time(text)
    assert isinstance(found, Wrong)
    assert found.fix == told


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+44 7700 900123", "+447700900123"),
        ("07700 900123", "+447700900123"),
        ("447700900123", "+447700900123"),
        ("01632-960-123", "+441632960123"),
        ("+33 1 99 00 12 34", "+33199001234"),
        ("Withheld", ""),
        ("anonymous", ""),
    ],
)
def test_numbers_are_written_in_many_ways(text: str, number: str) -> None:
    assert read_number(text) == Number(number)


@pytest.mark.parametrize("text", ["4.477E+11", "12", "sip:nobody", "07700 900123 or so", "my mother"])
def test_what_is_no_number_is_told(text: str) -> None:
    assert isinstance(read_number(text), Wrong)


# --- no suite ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "has neither calls.yaml nor calls.csv"),
        ({"a.yaml": "x", "b.yaml": "y"}, "cannot be told which file"),
        ({"calls.yaml": ""}, "the suite has no calls"),
        ({"calls.yaml": "at: [1"}, "calls.yaml:1"),
        ({"calls.yaml": "- one\n- two\n"}, "a suite must be a group"),
        ({"calls.csv": ""}, "the file is empty"),
        ({"calls.yaml": b"\xff\xfe\x00\x01"}, "no text that can be read"),
        ({"calls.csv": b"\x00\x01\x02"}, "no text that can be read"),
    ],
)
def test_a_folder_without_a_suite_is_one_clear_message(
    tmp_path: Path, files: dict[str, str | bytes], told: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ContentError, match=re.escape(told)):
        read_suite(tmp_path, None)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="there is no folder"):
        read_suite(tmp_path / "nowhere", None)


def test_a_thousand_calls_are_one_suite(tmp_path: Path) -> None:
    calls = "".join(f"  call-{n}: {{steps: [yes.wav, no.wav], expect: {{outcome: connected}}}}\n" for n in range(1000))
    assert len(read(tmp_path, f"at: 2026-02-10 10:30\ncalls:\n{calls}").calls) == 1000
