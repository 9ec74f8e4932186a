"""The schemas that editors use accept what the reader accepts, and underline what a schema can see."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.routing import yaml_as_editors_read_it as editor
from voicebot.commands.schema import schema_text
from voicebot.errors import ContentError
from voicebot.routing.hours_text import NotationError, read_change, read_date, read_days, read_spans
from voicebot.routing.moment_text import read_moment
from voicebot.routing.schema import SECTIONS, FilePart, Names, routing_schema
from voicebot.routing.schema_names import names_in
from voicebot.routing.source import Sources
from voicebot.routing.table import Council, Language, Queue, Route, Thresholds

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "routing_files"
SHIPPED = [ROOT / "routing.yaml", *sorted((ROOT / "routing.d").glob("*.yaml"))]

CAUGHT = {
    "E101-target-is-not-a-field": "queues.team",
    "E101-unknown-field": "queues.team",
    "E101-unknown-section": "",
    "E102-district-without-name": "districts.north",
    "E102-missing-field": "intents.pothole",
    "E102-notice-without-end": "notices.snow",
    "E102-question-without-options": "intents.school_transport.ask",
    "E103-decimal-comma": "thresholds.accept",
    "E103-not-true-or-false": "queues.team.external",
    "E103-unknown-kind": "intents.pothole.kind",
    "E104-group-for-text": "wording.greeting",
    "E104-list-for-group": "queues",
    "E104-list-in-a-part/routing.d/highways": "hours",
    "E104-text-for-list": "key_topics",
    "E105-time": "hours.office.mon",
    "E105-unknown-day": "hours.office",
    "E106-no-date": "hours.office.exceptions",
    "E107-no-number": "queues.team",
    "E108-empty-value": "wording.greeting",
    "E111-wording-in-a-part/routing.d/highways": "",
    "E113-no-year": "notices.snow.until",
    "E113-weekday": "notices.snow.until",
    "E114-ten-options": "intents.library.ask.options",
    "E115-key-of-a-person": "intents.school_transport.ask.options.new.key",
    "E116-intent-and-destination": "intents.school_transport.ask.options.existing",
    "E117-question-in-an-option": "intents.school_transport.ask.options.new",
    "E402-unknown-prompt": "wording",
    "E602-district-without-places": "districts.switchboard",
}
"""Bad example file → where an editor underlines it. What is not listed is for `voicebot check` alone."""

ONLY_CHECK_CAN_TELL = ("E2", "E3", "E5", "N3")


def part_of(path: Path) -> FilePart:
    return "routing.d" if path.parent.name == "routing.d" else "routing.yaml"


def found(content: Any, part: FilePart = "routing.yaml", names: Names | None = None) -> list[ValidationError]:
    return list(Draft202012Validator(routing_schema(part, names)).iter_errors(content))


def in_a_fragment(path: Path) -> dict[str, str]:
    """Where → what, but for sections that are missing: bad example files are as short as their mistake allows."""
    wrong = found(editor.read(path), part_of(path))
    return {
        ".".join(map(str, each.absolute_path)): each.message
        for each in wrong
        if each.validator != "required" or each.absolute_path
    }


@pytest.mark.parametrize(
    ("file", "part"), [("routing.schema.json", "routing.yaml"), ("routing.d.schema.json", "routing.d")]
)
def test_the_committed_schema_is_current(file: str, part: FilePart) -> None:
    path = ROOT / "docs" / "reference" / file
    if not path.exists() or path.read_text(encoding="utf-8") != schema_text(part):
        pytest.fail(f"docs/reference/{file} is behind the code. Run scripts/make_reference and commit the result.")
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_table_is_accepted_and_names_its_schema(path: Path) -> None:
    assert [each.message for each in found(editor.read(path), part_of(path))] == []
    modeline, schema = path.read_text(encoding="utf-8").splitlines()[0].split("$schema=")
    assert modeline == "# yaml-language-server: "
    assert (
        path.parent / schema
    ).resolve() == ROOT / "docs" / "reference" / f"{part_of(path).removesuffix('.yaml')}.schema.json"


@pytest.mark.parametrize("path", sorted((FILES / "good").rglob("*.yaml")), ids=lambda path: path.stem)
def test_good_files_are_accepted(path: Path) -> None:
    if path.read_text(encoding="utf-8").startswith("# fragment\n"):
        assert in_a_fragment(path) == {}
    else:
        assert [each.message for each in found(editor.read(path), part_of(path))] == []


@pytest.mark.parametrize("name", CAUGHT)
def test_bad_files_are_underlined_where_the_mistake_stands(name: str) -> None:
    assert CAUGHT[name] in in_a_fragment(FILES / "bad" / f"{name}.yaml")


def test_what_only_the_check_can_tell_is_not_underlined() -> None:
    files = [path for path in (FILES / "bad").glob("*.yaml") if path.name.startswith(ONLY_CHECK_CAN_TELL)]
    assert len(files) > 10
    assert {path.name: wrong for path in files if (wrong := in_a_fragment(path))} == {}


@pytest.mark.parametrize("missing", ["council"])
def test_a_missing_section_is_told(missing: str) -> None:
    content = editor.read(FILES / "good" / "small.yaml")
    del content[missing]
    assert [each.message for each in found(content)] == [f"'{missing}' is a required property"]


TEXTS = """
    closed | Closed | 09:00-12:30 | 9:00-12:30 | 09:00 - 12:30, 13:30–17:30 | 00:00-24:00 | 09:00-25:00 | 9-17
    0900-1700 | 24:00-24:00 | closes at 12:00
    Opens at 10:00 | opens at 10:00, closes at 15:00 | closes at noon | closes 12:00
    mon | Mon | mon-thu | mon, wed-fri | mon - thu | monday | mon–thu | 24 December | 24th dec | 24 December 2026
    2026-12-24 | 24/12/2026 | 24 Decembre 2026 | 24 Foo | 2027-01-11 10:00 | 2027-01-11T10:00 | 2027-01-11, at 10:00
    11 January 2027 10:00 | 11 January 2027 | 11 January 10:00 | 2027-01-11 24:00 | 2027-01-11 25:00 | Monday 10:00
    tomorrow | on 2027-01-11 at 10:00 | yes
"""

Read = Callable[[str], object]


@pytest.mark.parametrize(
    ("read", "where"),
    [
        (read_spans, lambda text: {"hours": {"office": {"mon": text}}}),
        (read_change, lambda text: {"hours": {"office": {"exceptions": {"2027-01-11": text}}}}),
        (read_days, lambda text: {"hours": {"office": {text: "closed"}}}),
        (read_date, lambda text: {"hours": {"office": {"exceptions": {text: "closed"}}}}),
        (read_date, lambda text: {"hours": {"office": {"closed_on": [text]}}}),
        (read_moment, lambda text: {"notices": {"snow": {"say": "Snow.", "until": text}}}),
    ],
    ids=["spans", "change", "days", "date", "closed_on", "moment"],
)
def test_the_notation_of_times_is_the_readers(read: Read, where: Callable[[str], Any]) -> None:
    """What the reader takes the schema takes. The other way round it may be kinder: a pattern cannot count days."""
    texts = [each.strip() for line in TEXTS.splitlines() for each in line.split("|") if each.strip()]
    taken = [text for text in texts if is_read(read, text)]
    assert 0 < len(taken) < len(texts)
    accepted = [text for text in texts if not found(where(text), "routing.d")]
    kinder = {"24 Decembre 2026", "24:00-24:00"}
    assert set(taken) <= set(accepted)
    assert set(accepted) - set(taken) <= kinder


def is_read(read: Read, text: str) -> bool:
    try:
        read(text)
    except NotationError:
        return False
    return True


@pytest.mark.parametrize(
    "line",
    [
        "external: no",
        "external: true",
        'external: "yes"',
        "external: 1",
        "ring_seconds: 40",
        'ring_seconds: "40"',
        "whisper: no",
        "whisper: true",
        "whisper: Call about {topic}.",
        "priority: high",
        "name: 101",
        "name: true",
    ],
)
def test_a_value_may_be_of_any_kind_that_reads_as_its_text(line: str) -> None:
    queue = {"name": "a", "hours": "always", "number": 441632960100, **editor.loads(line)}
    assert [each.message for each in found({"queues": {"a": queue}}, "routing.d")] == []


@pytest.mark.parametrize(
    "line", ["external: maybe", "external: 2", "ring_seconds: 4", "priority: low", "name:", "name: []"]
)
def test_a_value_of_another_kind_is_underlined(line: str) -> None:
    queue = {"name": "a", "hours": "always", "number": "+441632960100", **editor.loads(line)}
    assert found({"queues": {"a": queue}}, "routing.d")


@pytest.mark.parametrize(
    ("model", "part"),
    [(Council, "council"), (Queue, "queue"), (Route, "intent"), (Thresholds, "thresholds"), (Language, "language")],
)
def test_every_field_of_the_model_can_be_written_and_says_what_it_means(model: Any, part: str) -> None:
    fields = routing_schema()["$defs"][part]["properties"]
    assert set(model.model_fields) - set(fields) <= {"target"}
    assert [name for name, field in fields.items() if not field.get("description")] == []


def test_a_part_has_fewer_sections() -> None:
    assert set(routing_schema()["properties"]) == set(SECTIONS)
    assert set(routing_schema("routing.d")["properties"]) == {
        *("owner", "hours", "queues", "notices", "vocabulary", "intents")
    }


def test_the_names_of_the_files_are_offered_and_others_pass() -> None:
    files = (
        ("routing.yaml", "council: {name: x}\nqueues:\n  desk: {name: the desk}\nhours:\n  office:\n"),
        ("routing.d/highways.yaml", "queues:\n  road: {}\nintents:\n  pothole:\n    kind: nonsense\n"),
    )
    names = names_in(Sources(files), {"pothole", "street_light", "out_of_scope"})
    assert names == Names(queues=("desk", "road"), hours=("office",), intents=("pothole", "street_light"))
    schema = routing_schema("routing.yaml", names)
    assert schema["$defs"]["queue_name"]["anyOf"][0] == {"enum": ["desk", "road"]}
    assert schema["$defs"]["queue_or_district"]["anyOf"][0] == {"enum": ["desk", "road", "district"]}
    assert list(schema["properties"]["intents"]["properties"]) == ["pothole", "street_light"]
    asked = {"intents": {"pothole": {"kind": "queue", "to": "added just now", "about": "a pothole"}}}
    assert found(asked, "routing.d", names) == []
    assert found({"intents": {"added": {"kind": "queue"}}}, "routing.d", names)


def test_names_of_a_file_that_is_no_yaml_are_not_guessed() -> None:
    with pytest.raises(ContentError, match=r"routing.yaml:2:1: E008 there is a tab"):
        names_in(Sources((("routing.yaml", "queues:\n\tdesk: x\n"),)))
