"""What the parts of the language become: changed days, notices, answers, questions, languages, default words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from string import Formatter

import pytest

from voicebot.routing.default_wording import default_wording
from voicebot.routing.hours_text import NotationError, read_change
from voicebot.routing.loader import load_table, parse_table
from voicebot.routing.moment_text import read_moment
from voicebot.routing.prompts import PROMPTS
from voicebot.routing.source import Sources, parse_draft
from voicebot.routing.table import Change, Span, Table, Thresholds

SEVERAL = Path(__file__).parents[1] / "routing_files" / "good" / "several-files" / "routing.yaml"
MONDAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table(SEVERAL)


def fragment(text: str, today: date | None = None) -> list[str]:
    """The codes of a piece of a table, but for the sections that it leaves out."""
    _, issues = parse_draft(Sources((("routing.yaml", text),)), today=today)
    return [each.code for each in issues if each.code != "E110"]


# --- default words and thresholds --------------------------------------------------------------------------------


def test_every_prompt_has_default_words_with_exactly_its_variables() -> None:
    used = {
        name: {each for _, each, _, _ in Formatter().parse(words) if each} for name, words in default_wording().items()
    }
    assert used == {name: set(variables) for name, variables in PROMPTS.items()}
    assert all(default_wording().values())


def test_the_council_words_only_what_it_wants_otherwise(table: Table) -> None:
    assert table.wording["greeting"] == "Good day. This is {council}."
    assert {**table.wording, "greeting": ""} == {**default_wording(), "greeting": ""}


def test_thresholds_may_be_left_out_in_part(table: Table) -> None:
    assert table.thresholds == Thresholds()
    text = SEVERAL.read_text("utf-8") + "thresholds: {accept: 0.8}\n"
    part = (SEVERAL.parent / "routing.d" / "highways.yaml").read_text("utf-8")
    changed, issues = parse_table(Sources((("routing.yaml", text), ("routing.d/highways.yaml", part))))
    assert changed is not None, issues
    assert changed.thresholds == Thresholds(accept=0.8)


# --- days that differ --------------------------------------------------------------------------------------------


def test_changes_of_one_date(table: Table) -> None:
    hours = table.hours["office"]
    assert hours.yearly == {(12, 24): Change(closes=time(12))}
    assert hours.exceptions == {
        date(2027, 3, 19): Change(opens=time(10)),
        date(2027, 3, 22): Change(opens=time(10), closes=time(15)),
        date(2027, 3, 23): Change(spans=(Span(start=time(10), end=time(12)),)),
        date(2027, 3, 24): Change(spans=()),
    }


@pytest.mark.parametrize(
    "text",
    ["closes 12:00", "closes at noon", "closes at 12", "opens at 9:00, opens at 10:00", "closes at 25:00", "shut"],
)
def test_no_change(text: str) -> None:
    with pytest.raises(NotationError) as raised:
        read_change(text)
    assert raised.value.fix


# --- notices -----------------------------------------------------------------------------------------------------


def test_notices(table: Table) -> None:
    snow, flooded = table.notices
    assert snow.say == "Some roads are closed because of the snow."
    assert (snow.start, snow.until) == (datetime(2027, 1, 10, 6, tzinfo=UTC), datetime(2027, 1, 12, tzinfo=UTC))
    assert (snow.queues, snow.intents, snow.closes) == ((), (), False)
    assert flooded.start == datetime(2027, 7, 10, 23, tzinfo=UTC), "midnight in summer time"
    assert flooded.until == datetime(2027, 7, 12, 8, 30, tzinfo=UTC)
    assert (flooded.queues, flooded.intents, flooded.closes) == (("depot",), ("pothole",), True)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2027-01-11 10:00", "2027-01-11T10:00", "2027-01-11T10:00"),
        ("2027-01-11T10:00", "2027-01-11T10:00", "2027-01-11T10:00"),
        ("11 January 2027, 10:00", "2027-01-11T10:00", "2027-01-11T10:00"),
        ("11th jan 2027 at 9:05", "2027-01-11T09:05", "2027-01-11T09:05"),
        ("2027-01-11 24:00", "2027-01-12T00:00", "2027-01-12T00:00"),
        ("2027-01-11", "2027-01-11T00:00", "2027-01-12T00:00"),
        ("2027-07-11 10:00", "2027-07-11T09:00", "2027-07-11T09:00"),
        ("2027-03-28 01:30", "2027-03-28T01:00", "2027-03-28T01:30"),  # clocks go forward: there is no such time
        ("2027-03-28 01:00", "2027-03-28T01:00", "2027-03-28T01:00"),
        ("2027-03-28 00:59", "2027-03-28T00:59", "2027-03-28T00:59"),
        ("2027-03-28 02:00", "2027-03-28T01:00", "2027-03-28T01:00"),
        ("2026-10-25 01:30", "2026-10-25T00:30", "2026-10-25T01:30"),  # clocks go back: it comes twice
        ("2026-10-25 00:59", "2026-10-24T23:59", "2026-10-24T23:59"),
        ("2026-10-25 02:00", "2026-10-25T02:00", "2026-10-25T02:00"),
        ("2027-03-28", "2027-03-28T00:00", "2027-03-28T23:00"),
    ],
)
def test_moments(text: str, start: str, end: str) -> None:
    assert read_moment(text) == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert read_moment(text, end=True) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "today", "example"),
    [
        ("Monday 10:00", None, "2027-01-11 10:00"),
        ("Wednesday 10:00", MONDAY, "2026-11-25 10:00"),
        ("next tues at 9:30", MONDAY, "2026-11-24 09:30"),
        ("tomorrow", MONDAY, "2026-11-24 10:00"),
        ("10:00", MONDAY, "2026-11-23 10:00"),
        ("11 January 10:00", MONDAY, "2027-01-11 10:00"),
        ("29 February", MONDAY, "2028-02-29 10:00"),
        ("soon", MONDAY, "2026-11-23 10:00"),
        ("11/01/2027 08:00", None, "2027-01-11 08:00"),
    ],
)
def test_what_is_no_moment_gets_one_to_copy(text: str, today: date | None, example: str) -> None:
    with pytest.raises(NotationError) as raised:
        read_moment(text, today=today)
    assert example in raised.value.fix
    read_moment(example)


@pytest.mark.parametrize("text", ["2027-01-11 24:30", "2027-01-11 10:75", "9999-12-31", "2027-02-30 10:00", ""])
def test_impossible_moments(text: str) -> None:
    with pytest.raises(NotationError):
        read_moment(text, end=True)


def test_a_notice_with_several_mistakes() -> None:
    text = "notices:\n  snow:\n    until: Monday\n    closes: maybe\n    queue: x\n"
    assert sorted(fragment(text)) == ["E101", "E102", "E103", "E113"]


# --- what becomes of an intent -----------------------------------------------------------------------------------


def test_answers_have_parts_and_a_link_ends_the_message(table: Table) -> None:
    pothole = table.intents["pothole"]
    assert pothole.answer == ("You can report a pothole on our website.", "We look at each one within five days.")
    assert pothole.message == "Small County Council: report a pothole at https://small.example/potholes"
    assert table.intents["bus_times"].answer == ()


def test_options_differ_from_their_intent_in_what_they_say(table: Table) -> None:
    pothole = table.intents["pothole"]
    assert pothole.ask is not None
    options = pothole.ask.options
    assert {name: each.key for name, each in options.items()} == {"new": "1", "reported": "5", "bus": "3"}
    assert options["new"].phrases == ("new", "first time")
    asked_first = pothole.model_copy(update={"ask": None})
    assert options["new"].route == asked_first.model_copy(update={"about": "a new pothole"})
    reported = options["reported"].route
    assert reported is not None
    assert (reported.kind, reported.answer) == ("queue", ("We are sorry that it is still there.",))
    assert (reported.to, reported.about, reported.link) == ("depot", "a pothole that you have reported", pothole.link)
    assert (options["bus"].intent, options["bus"].route) == ("bus_times", None)


ASKING = """
intents:
  transport:
    kind: {kind}
    to: transport
    about: transport
    ask:
      say: Which?
      options:
{options}
"""


def asking(*options: str, kind: str = "queue") -> list[str]:
    return fragment(ASKING.format(kind=kind, options="\n".join(f"        {each}" for each in options)))


def test_questions_with_mistakes() -> None:
    sound = "old: {about: old}"
    assert "E103" not in asking("new: {about: new}", sound)
    assert asking("new: {phrases: [new]}", sound).count("E102") == 1
    assert asking("new: {about: new, phrases: new}", sound).count("E104") == 1
    assert asking("new: {about: new, phrases: [new, ]}", "old: {about: old, accept: 2}").count("E103") == 1
    assert asking("new: {about: new, key: ten}", "old: {about: old, key: 11}").count("E115") == 2
    assert asking("new: about new", sound).count("E104") == 1
    assert asking("new: {about: }", sound).count("E108") == 1
    assert asking("new: {about: new, destination: x}", sound).count("E101") == 1


def test_options_are_read_where_their_intent_is_wrong() -> None:
    codes = asking("new: {about: new, accept: high}", "old: {about: old}", kind="cue")
    assert codes.count("E103") == 2, "one for the intent, one for the option; none for what options take over"


def test_an_answer_with_an_empty_part() -> None:
    assert "E108" in fragment("intents:\n  x: {kind: answer, to: y, about: z, answer: [Yes., '']}\n")


# --- queues, names, languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [("yes", True), ("true", True), ("No", False), ("false", False), ("Call about {topic}.", "Call about {topic}.")],
)
def test_whisper(written: str, read: bool | str) -> None:
    text = SEVERAL.read_text("utf-8").replace("whisper: no", f"whisper: {written!r}")
    part = (SEVERAL.parent / "routing.d" / "highways.yaml").read_text("utf-8")
    changed, issues = parse_table(Sources((("routing.yaml", text), ("routing.d/highways.yaml", part))))
    assert changed is not None, issues
    assert changed.queues["duty"].whisper == read
    assert changed.queues["switchboard"].whisper is True


def test_priority_and_languages(table: Table) -> None:
    assert {name: queue.priority for name, queue in table.queues.items()} == {
        "switchboard": "normal",
        "duty": "high",
        "depot": "normal",
    }
    polish = table.languages["pl"]
    assert (polish.name, polish.locale, polish.voice, polish.to) == (
        "Polish",
        "pl-PL",
        "Polly.Ola-Neural",
        "switchboard",
    )
    assert fragment("languages:\n  pl: {name: Polish, say: x}\n") == ["E102"]
    assert fragment("vocabulary: County Hall\n") == ["E104"]
    assert fragment("owner: [a, b]\n") == ["E104"]
