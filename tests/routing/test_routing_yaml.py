"""The routing table that the project ships: sound, complete, and fit to be heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from voicebot.dialogue.follow_up import answered_in
from voicebot.routing.checks import check_file
from voicebot.routing.hours import LONDON, is_open
from voicebot.routing.issues import errors
from voicebot.routing.loader import load_table
from voicebot.routing.prompts import PROMPTS
from voicebot.routing.spoken import spoken_seconds
from voicebot.routing.table import TO_DISTRICT, Table

HERE = Path(__file__).parent
ROUTING = HERE.parents[1] / "routing.yaml"
AGREED: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((HERE / "agreed.yaml").read_text(encoding="utf-8"))
UTTERANCES = HERE.parents[1] / "tests" / "utterances"

MAX_WORDS = 25
LONGEST_PART = 15.0
"""Seconds. What takes longer to say is read in parts."""
ONE_TEXT = 160
"""Characters of one text message of plain letters (GSM 03.38)."""
GOOGLE = re.compile(r"Google\.([a-z]{2}-[A-Z]{2})-")


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table(ROUTING)


# --- what was agreed -------------------------------------------------------------------------------


def test_nothing_is_wrong_with_it_but_that_its_numbers_are_made_up() -> None:
    names = {name: agreed["kind"] == "urgent" for name, agreed in AGREED["intents"].items()}
    issues = check_file(ROUTING, names, date(2026, 11, 21))
    assert [str(each) for each in errors(issues)] == []
    assert [str(each) for each in issues if "drama" not in each.message] == []


def test_it_covers_every_intent_and_goes_where_was_agreed(table: Table) -> None:
    assert set(table.intents) == set(AGREED["intents"])
    for name, agreed in AGREED["intents"].items():
        route = table.intents[name]
        assert (route.kind, route.to, route.when_closed) == (agreed["kind"], agreed["to"], agreed.get("when_closed"))


def test_the_queues_are_those_that_were_agreed(table: Table) -> None:
    assert set(table.queues) == set(AGREED["queues"])
    for name, agreed in AGREED["queues"].items():
        queue = table.queues[name]
        assert (queue.name, queue.target, queue.hours) == (agreed["name"], agreed["number"], agreed["hours"])
        assert (queue.overflow, queue.external) == (agreed.get("overflow"), agreed.get("external", False))


NUMBER = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|half|midnight"
    r"|january|february|march|april|july|october|monday|friday|saturday)\b"
)


@pytest.mark.parametrize("name", [name for name, agreed in AGREED["intents"].items() if "facts" in agreed])
def test_an_answer_names_no_figure_and_no_day_that_was_not_agreed(table: Table, name: str) -> None:
    facts = AGREED["intents"][name]["facts"].lower()
    said = " ".join(table.intents[name].answer).lower()
    figures = set(NUMBER.findall(re.sub(r"(\d+)(?:st|nd|rd|th)\b", r"\1", said)))
    assert figures - set(NUMBER.findall(facts)) == set()


def test_where_some_calls_go(table: Table) -> None:
    assert {name for name in table.intents if table.is_urgent(name)} == {
        *("road_emergency", "adult_safeguarding", "child_safeguarding", "domestic_abuse"),
        *("mental_health_crisis", "life_in_danger"),
    }
    assert {name for name, route in table.intents.items() if route.to == TO_DISTRICT} == {
        name for name in table.intents if name.startswith("district_")
    }
    assert len(table.districts) == 5


def test_urgent_calls_meet_an_open_line_at_any_hour(table: Table) -> None:
    nights = [datetime(2026, 12, day, hour, tzinfo=LONDON) for day in range(24, 32) for hour in range(24)]
    for name, route in table.intents.items():
        if route.kind == "urgent":
            queues = [table.queues[each] for each in (route.to, route.when_closed) if each]
            assert all(any(is_open(table, queue.hours, night) for queue in queues) for night in nights), name


# --- what callers hear -----------------------------------------------------------------------------


def spoken(table: Table) -> Iterator[tuple[str, str]]:
    """Everything that is said in English, with where it stands."""
    for name, words in table.wording.items():
        yield f"wording.{name}", words
    for name, route in table.intents.items():
        yield f"intents.{name}.about", route.about
        yield f"intents.{name}.first", route.first or ""
        yield from ((f"intents.{name}.answer", part) for part in route.answer)
        if route.ask is not None:
            yield f"intents.{name}.ask", route.ask.say
            yield from ((f"intents.{name}.ask", choice.about) for choice in route.ask.options.values())


def test_every_prompt_is_in_the_file_since_others_copy_it() -> None:
    written = yaml.load(ROUTING.read_text(encoding="utf-8"), yaml.BaseLoader)["wording"]
    assert set(written) == set(PROMPTS)


def test_sentences_are_short_enough_to_be_heard(table: Table) -> None:
    long = {
        f"{table.where(path)}: {sentence}"
        for path, words in spoken(table)
        for sentence in re.split(r"(?<=[.?!])\s+", words)
        if len(sentence.split()) > MAX_WORDS
    }
    assert not long, "make two sentences of each"


def test_nothing_spoken_is_a_web_address_or_an_abbreviation(table: Table) -> None:
    unspeakable = re.compile(
        r"https?:|www\.|\w\.(?:example|uk|org|com)\b|\be\.g\.|\bi\.e\.|\betc\b|£|&|\bEHCP\b|\bPCN\b"
    )
    assert {path for path, words in spoken(table) if unspeakable.search(words)} == set()


def test_an_option_comes_before_its_key(table: Table) -> None:
    keys = {name: words for name, words in table.wording.items() if "{key}" in words or re.search(r"press \d", words)}
    assert len(keys) > 10
    for name, words in keys.items():
        for sentence in re.split(r"(?<=[.?!])\s+", words):
            if re.search(r"press (?:\d|\{key\})", sentence, re.IGNORECASE):
                assert re.match(r"(?:For|To|If) .+, press (?:\d|\{key\})", sentence), f"{name}: {sentence}"


def test_no_part_of_an_answer_is_longer_than_people_can_keep_in_mind(table: Table) -> None:
    long = {
        str(table.where(f"intents.{name}.answer")): round(spoken_seconds(part), 1)
        for name, route in table.intents.items()
        for part in route.answer
        if spoken_seconds(part) > LONGEST_PART
    }
    assert not long, "make a list of parts of each"


def test_every_answer_has_a_text_message_that_fits_one_text(table: Table) -> None:
    answers = {name: route for name, route in table.intents.items() if route.kind == "answer"}
    assert {name for name, route in table.intents.items() if route.message} == set(answers)
    for name, route in answers.items():
        assert route.answer, name
        assert re.fullmatch(r"https://westshire\.example/[a-z-]+", route.link or ""), name
        sent = route.message or ""
        assert re.fullmatch(rf"Westshire County Council: .+ {re.escape(route.link or '')}", sent), name
        assert len(sent) <= ONE_TEXT, name
        assert sent.isascii(), f"{name}: a letter that is not plain makes two texts of one"


def test_the_way_to_a_person_is_always_spoken(table: Table) -> None:
    for name in (
        "opening",
        "examples",
        "refuse",
        "confirm_keys",
        "person_key",
        "help",
        "anything_else",
        "after_answer",
    ):
        assert re.search(r"To speak to someone, press 0", table.wording[name]), name


def test_what_was_agreed_word_for_word(table: Table) -> None:
    assert table.wording["greeting"] == "Hello, you're through to {council}."
    assert table.wording["opening"] == (
        "In a few words, tell me what you're calling about. To speak to someone, press 0 at any time."
    )
    assert table.wording["urgent"] == "I'm putting you through to somebody who can help."
    assert table.wording["danger_key"] == "If anyone is in danger now, press 1."
    assert (table.intents["life_in_danger"].first or "").startswith("If it is safe, hang up and dial 999.")


# --- follow-up questions, languages, notices --------------------------------------------------------


def test_no_notice_is_live_and_no_urgent_call_meets_a_question(table: Table) -> None:
    assert table.notices == ()
    assert not [name for name, route in table.intents.items() if route.kind == "urgent" and route.ask]


def test_children_and_adults_have_different_teams(table: Table) -> None:
    for name in ("care_equipment", "carer_support"):
        question = table.intents[name].ask
        assert question is not None
        routes = {option: choice.route for option, choice in question.options.items()}
        assert {option: route.to for option, route in routes.items() if route} == {
            "adult": "adult-social-care",
            "child": "childrens-services",
        }


def test_most_callers_have_said_already_what_would_be_asked(table: Table) -> None:
    """Held-out utterances: three in four are not asked, and nobody who looks after an adult goes to the children's
    team."""
    found: dict[str, list[str | None]] = {}
    for name in ("care_equipment", "carer_support"):
        question = table.intents[name].ask
        assert question is not None
        file = yaml.safe_load((UTTERANCES / f"{name}.yaml").read_text(encoding="utf-8"))
        found[name] = [answered_in(each["words"], question) for each in file["utterances"]]
        assert found[name].count(None) <= len(found[name]) / 4, name
    assert found["care_equipment"].count("child") == 1, "the boy who has outgrown his shower chair"
    assert "child" not in found["carer_support"]


def test_a_language_is_spoken_by_a_voice_of_its_own(table: Table) -> None:
    assert {"pl", "ro", "uk", "pa", "ur", "bn", "ar", "pt", "es", "gu"} <= set(table.languages)
    for code, language in table.languages.items():
        assert language.say, code
        assert "wait" not in language.say.lower(), code
        assert language.voice is not None, code
        google = GOOGLE.match(language.voice)
        assert google is None or google[1] == language.locale, code
