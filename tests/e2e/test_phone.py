"""A call from the browser phone to the real bot: real Chromium, real Whisper, a recorded call as the microphone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from server import ROOT, Bot

from tests.speech.voice.speakers import Tones
from tests.telephony.browser.chromium import chromium, needs_chromium
from voicebot import bootstrap
from voicebot.routing.loader import load_table
from voicebot.speech.voice.render import pieces_of, render
from voicebot.storage.queries import list_calls

pytestmark = [needs_chromium, pytest.mark.timeout(240)]

KEY = "a key for this test alone"
BEFORE = 5.0
"""Seconds before she speaks: longer than the greeting, which is short here."""


@pytest.fixture
def phone(bot, tmp_path):
    """A web tier of its own with the browser phone; the recognisers are those of `bot`. The opening is rendered, as
    tones; the page has to show, or speak, what else is said."""
    wording = load_table(ROOT / "routing.yaml").wording
    opening = f"{wording['greeting']} {wording['recording_notice']} {wording['opening']}"
    council = load_table(ROOT / "routing.yaml").council.name
    pieces = pieces_of(opening.format(council=council), "bf_emma")
    render(pieces, tmp_path / "prompts", lambda: Tones(word_seconds=0.03), lambda line: None)
    ears = {name: bot.environment[name] for name in ("VOICEBOT_RECOGNISER_URL", "VOICEBOT_FALLBACK_URL")}
    more = {
        **ears,
        "VOICEBOT_PHONE_KEY": KEY,
        "VOICEBOT_PROMPTS": str(tmp_path / "prompts"),
        "VOICEBOT_VOICE": "bf_emma",
    }
    started = Bot(tmp_path, bot.provider, more, ("web",)).start()
    yield started
    started.stop()


def test_a_caller_is_understood_and_answered_over_the_browser(phone, tmp_path):
    with chromium(tmp_path, ROOT / "tests" / "calls" / "pothole.wav", BEFORE) as page:
        page.go(f"{phone.url}/phone#key={KEY.replace(' ', '%20')}")
        page.until("document.activeElement.id === 'call'")
        page.click("#call")
        page.until("document.querySelector('#decisions tr td:last-child')?.textContent.includes('silence')")
        said, decided = page.text("#captions"), page.text("#decisions")
        page.click("#call")
        page.until("document.getElementById('status').textContent === 'The call is over.'")
        assert page.complaints() == []
    assert "pothole" in said
    assert "pothole" in decided
    assert "routing.yaml:" in decided
    engine = bootstrap.open_storage(phone.settings)
    (call,) = list_calls(engine)
    engine.dispose()
    assert (call["provider"], call["intent"]) == ("browser", "pothole")
    assert KEY not in phone.log
