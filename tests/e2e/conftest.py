from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from faults import BADGE, StandIn
from server import Bot, provider


@pytest.fixture(scope="session")
def bot(tmp_path_factory):
    """The bot as it ships: real gunicorn, real Whisper, the trained model, SQLite.

    Only the smaller model may take longer, for a machine where a killed recogniser loads again beside other tests."""
    with provider() as twilio:
        started = Bot(tmp_path_factory.mktemp("bot"), twilio, {"VOICEBOT_FALLBACK_SECONDS": "10"}).start()
        yield started
        started.stop()


@dataclass
class Ears:
    """The two recognisers of `stand`."""

    first: StandIn
    smaller: StandIn

    @property
    def settings(self) -> dict[str, str]:
        """What a bot needs to be heard by them: short deadlines, and room for all callers of a test."""
        return {
            "VOICEBOT_RECOGNISER_URL": self.first.url,
            "VOICEBOT_FALLBACK_URL": self.smaller.url,
            "VOICEBOT_RECOGNISER_SECONDS": "1.5",
            "VOICEBOT_FALLBACK_SECONDS": "1",
            "VOICEBOT_RECOGNITIONS": "20",
        }

    def hear(self) -> None:
        for each in (self.first, self.smaller):
            each.tell(say=BADGE)


@pytest.fixture(scope="session")
def both_ears(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ears")
    found = Ears(StandIn(folder, "base", 1.5), StandIn(folder, "tiny.en", 1.0))
    yield found
    found.first.kill()
    found.smaller.kill()


@pytest.fixture
def ears(both_ears):
    """Recognisers that can be told what to do, and that hear again when the test is over."""
    yield both_ears
    both_ears.hear()


@pytest.fixture(scope="session")
def stand(tmp_path_factory, both_ears):
    """The real web tier and chores over SQLite, with short deadlines and recognisers that do as they are told."""
    more = {
        **both_ears.settings,
        "VOICEBOT_ANSWER_SECONDS": "1",
        "VOICEBOT_FETCH_SECONDS": "4",
        "VOICEBOT_LEASE_SECONDS": "7",
        "VOICEBOT_TURN_SECONDS": "120",
        "VOICEBOT_LOG_LEVEL": "debug",
    }
    with provider() as twilio:
        started = Bot(tmp_path_factory.mktemp("stand"), twilio, more, ("serve", "--no-recogniser")).start()
        yield started
        started.stop()
