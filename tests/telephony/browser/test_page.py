"""The page itself, in a real Chromium with a recorded call as its microphone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.telephony.browser.chromium import Chromium, chromium, needs_chromium
from tests.telephony.browser.site import KEY, Site, served

pytestmark = needs_chromium
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Chromium]]:
    """One browser for all: it takes seconds to start. Its microphone plays a caller once, at the first call."""
    with served() as site, chromium(tmp_path_factory.mktemp("chromium"), ROOT / "tests/calls/pothole.wav") as browser:
        yield site, browser


def test_a_call_from_the_key_to_the_transfer(opened: tuple[Site, Chromium]) -> None:
    """One long story, because each part needs the one before."""
    site, page = opened
    page.go(f"{site.url}/phone")
    assert page.run("return document.activeElement.id") == "key", "without a key it is asked for"
    page.press("a wrong key, typed\ue007")
    page.until("document.activeElement.id === 'call'")
    page.press("\ue007")
    page.until("document.getElementById('problem').textContent.includes('not the key')")
    page.go(f"{site.url}/phone#key={KEY.replace(' ', '%20')}")
    page.until("document.activeElement.id === 'call'")
    assert page.run("return location.href") == f"{site.url}/phone", "the key leaves the address bar"

    page.press("\ue007")
    page.until("document.getElementById('captions').textContent.includes('You have heard greeted.')")
    assert "How can I help?" in page.text("#captions")
    assert page.text("#call") == "Hang up"
    page.until("document.getElementById('captions').textContent.includes('There is a voice.')")
    page.press("0")
    page.until("document.querySelector('#decisions tr td:last-child')?.textContent.includes('silence')")
    assert "accept, pothole, 93 %" in page.text("#decisions")
    assert "said so, routing.yaml:12" in page.text("#decisions")
    assert page.text("#decisions td:last-child") == "0.8 s: 0.6 s of silence, 0.1 s for the words"
    assert "There's a <b>hole</b>." in page.text("#captions"), "words are never markup"

    page.click("#keypad [data-key='*']")
    page.until("document.getElementById('captions').textContent.includes('You have heard cleared.')")
    page.press("1")
    page.until("document.getElementById('status').textContent.includes('put through to the Roads team')")
    assert page.text("#call") == "Call"
    assert page.run("return document.activeElement.id") == "call"
    assert site.streams.closed.wait(20)
    assert [each for each in page.complaints() if "Content Security Policy" in each] == []


def test_the_page_can_be_read_on_a_small_screen_and_by_a_screen_reader(opened: tuple[Site, Chromium]) -> None:
    site, page = opened
    page.go(f"{site.url}/phone#key={KEY.replace(' ', '%20')}")
    page.resize(390, 844)
    assert page.run("return document.documentElement.scrollWidth") <= 390
    page.click("#call")
    page.until("document.getElementById('captions').textContent.includes('How can I help?')")
    assert page.run("return document.documentElement.scrollWidth") <= 390
    small = """return [...document.querySelectorAll("button, input")].filter((each) => each.offsetParent)
        .map((each) => each.closest("label") ?? each)
        .filter((each) => each.getBoundingClientRect().height < 44).length"""
    assert page.run(small) == 0, "everything that is pressed is large enough for a thumb"
    assert page.run("return document.querySelector('#captions').getAttribute('role')") == "log"
    assert page.run("return document.querySelector('#status').getAttribute('role')") == "status"
    unnamed = """return [...document.querySelectorAll("button, input")]
        .filter((each) => !(each.textContent.trim() || each.labels?.length || each.ariaLabel)).length"""
    assert page.run(unnamed) == 0
    page.click("#call")
    page.until("document.getElementById('status').textContent === 'The call is over.'")
