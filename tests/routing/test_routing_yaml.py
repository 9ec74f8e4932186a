"""The routing table that the project ships: sound, complete, and fit to be heard."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from voicebot.routing.checks import check_file
from voicebot.routing.hours import LONDON, is_open
from voicebot.routing.loader import load_table
from voicebot.routing.table import TO_DISTRICT, Table

ROUTING = Path(__file__).parents[2] / "routing.yaml"
MAX_WORDS = 25

INTENTS = """
    speak_to_advisor language_support named_person council_contact_details complaint information_request
    councillor_contact council_jobs supplier_invoice pothole pavement_defect street_light traffic_lights road_emergency
    flooding roadworks gritting vegetation footpath dropped_kerb highway_licence road_safety highways_claim
    residents_parking_permit visitor_permit parking_fine_pay parking_fine_challenge parking_enforcement blue_badge_apply
    blue_badge_renew blue_badge_progress blue_badge_lost bus_pass_apply bus_pass_lost bus_times school_transport
    congestion_charge_info congestion_charge_pay congestion_charge_permit congestion_charge_fine adult_care_new
    adult_care_existing adult_safeguarding carer_support care_charges care_equipment child_safeguarding
    childrens_social_worker fostering_adoption domestic_abuse mental_health_crisis life_in_danger financial_help
    school_admissions school_appeal send_support free_school_meals school_attendance family_information term_dates
    register_birth register_death marriage_notice certificate_copy library_services recycling_centre trading_standards
    home_fire_safety district_bins district_council_tax district_housing district_benefits district_planning
    district_environment district_elections
"""


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table(ROUTING)


def test_it_covers_every_intent_and_nothing_is_wrong_with_it() -> None:
    names = frozenset(INTENTS.split())
    assert len(names) == 75
    assert [str(each) for each in check_file(ROUTING, names, date(2026, 11, 21))] == []


def test_where_some_calls_go(table: Table) -> None:
    assert table.intents["blue_badge_progress"].to == "blue-badge"
    assert table.intents["domestic_abuse"].when_closed == "emergency-duty"
    assert table.queues["emergency-duty"].target == "+441632960119"
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


def spoken(table: Table) -> dict[str, str]:
    answers = {f"intents.{name}.answer": route.answer or "" for name, route in table.intents.items()}
    abouts = {f"intents.{name}.about": route.about for name, route in table.intents.items()}
    return {**{f"wording.{name}": words for name, words in table.wording.items()}, **answers, **abouts}


def test_sentences_are_short_enough_to_be_heard(table: Table) -> None:
    long = {
        f"{table.where(path)}: {sentence}"
        for path, words in spoken(table).items()
        for sentence in re.split(r"(?<=[.?!])\s+", words)
        if len(sentence.split()) > MAX_WORDS
    }
    assert not long, "make two sentences of each"


def test_nothing_spoken_is_a_web_address_or_an_abbreviation(table: Table) -> None:
    unspeakable = re.compile(
        r"https?:|www\.|\w\.(?:example|uk|org|com)\b|\be\.g\.|\bi\.e\.|\betc\b|£|&|\bEHCP\b|\bPCN\b"
    )
    assert {path for path, words in spoken(table).items() if unspeakable.search(words)} == set()


def test_an_option_comes_before_its_key(table: Table) -> None:
    keys = {name: words for name, words in table.wording.items() if "{key}" in words or re.search(r"press \d", words)}
    assert len(keys) > 10
    for name, words in keys.items():
        for sentence in re.split(r"(?<=[.?!])\s+", words):
            if re.search(r"press (?:\d|\{key\})", sentence, re.IGNORECASE):
                assert re.match(r"(?:For|To|If) .+, press (?:\d|\{key\})", sentence), f"{name}: {sentence}"


def test_text_messages_are_short_and_carry_a_link(table: Table) -> None:
    texts = {name: route.text for name, route in table.intents.items() if route.text}
    assert set(texts) == {name for name, route in table.intents.items() if route.kind == "answer"}
    for name, text in texts.items():
        assert len(text) <= 300, name
        assert re.search(r"https://westshire\.example/[a-z-]+", text), name


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
