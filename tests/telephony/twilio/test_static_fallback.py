"""The two static TwiML files that work with the server down say what routing.yaml says."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from voicebot.routing.loader import load_table

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "deploy" / "static"
FILES = ["fallback.xml", "fallback-danger.xml"]


def parsed(name: str) -> ET.Element:
    return ET.parse(STATIC / name).getroot()


def dialled(name: str) -> list[str]:
    return [(each.text or "").strip() for each in parsed(name).iter("Number")]


@pytest.mark.parametrize("name", FILES)
def test_only_published_twiml(name: str) -> None:
    published = json.loads((Path(__file__).parent / "published_twiml.json").read_text())["attributes"]
    for element in parsed(name).iter():
        assert set(element.attrib) <= set(published[element.tag]), f"{name}: <{element.tag}>"


@pytest.mark.parametrize("name", FILES)
def test_every_url_is_the_file_beside_it_asked_for_by_get(name: str) -> None:
    for element in parsed(name).iter():
        url = element.get("action") or (element.text if element.tag == "Redirect" else None)
        if url:
            assert (STATIC / url).is_file(), f"{name} points to {url}, which is not there"
            assert element.get("method") == "GET", f"{name}: static hosts refuse POST"


def test_any_key_leads_to_the_duty_team_and_the_voice_goes_on_to_the_switchboard() -> None:
    first = next(iter(parsed("fallback.xml")))
    assert (first.tag, first.get("numDigits"), first.get("finishOnKey")) == ("Gather", "1", "")
    assert first.get("action") == "fallback-danger.xml"
    assert [each.tag for each in parsed("fallback.xml")] == ["Gather", "Say", "Dial", "Gather"]
    assert all("9 9 9" in "".join(parsed(name).itertext()) for name in FILES)


def test_the_numbers_are_those_of_the_routing_table() -> None:
    table = load_table(ROOT / "routing.yaml")
    switchboard = table.queues[table.council.default_queue].target
    duty_team = table.queues[table.council.danger_queue].target
    fix = "correct deploy/static/*.xml, and upload both files again"
    assert dialled("fallback.xml") == [switchboard], fix
    assert set(dialled("fallback-danger.xml")) == {duty_team}, fix
    for name in FILES:
        assert {each.get("callerId") for each in parsed(name).iter("Dial")} == {table.council.caller_id}, fix
    assert table.council.name in "".join(parsed("fallback.xml").itertext()), fix
