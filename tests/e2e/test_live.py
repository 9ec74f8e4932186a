"""Golden calls over every channel: the served bot, real sockets, real Whisper, in real time. A call ends alike whether
it is recorded, streamed or placed from a browser. They are placed two at a time, and looked at one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from browser_caller import BrowserCaller
from server import Bot

from voicebot.regression.call_events import Spoke
from voicebot.regression.script import Press, Speak, Step
from voicebot.regression.telephone_wav import telephone_wav

pytestmark = pytest.mark.timeout(300)  # models are loaded, and callers speak in real time

CALLS = Path(__file__).parents[1] / "calls"
TUESDAY = "2026-11-24T10:30"
KEY = "a key for these tests alone"


def speak(name: str) -> Speak:
    return Speak(telephone_wav(CALLS / f"{name}.wav"), name)


GOLDEN: Mapping[str, tuple[list[Step], tuple[str | None, str | None, str]]] = {
    "blue-badge": ([speak("blue-badge-chase")], ("blue_badge_progress", "blue-badge", "connected")),
    "pothole": ([speak("pothole")], ("pothole", "highways", "answered")),
    "bins": (
        [speak("bins"), speak("didbury"), speak("yes-please")],
        ("district_bins", "south-vale", "signposted"),
    ),
    "only zero": ([Press("0")], ("speak_to_advisor", "switchboard", "connected")),
    "nobody speaks": ([], (None, "switchboard", "connected")),
}

Placed = Mapping[tuple[str, str], Future[tuple[Any, list[str]]]]


@pytest.fixture(scope="module")
def live(bot: Bot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A web tier that listens to streams and has the browser phone, with the recognisers of `bot`. It has no voice:
    Twilio and the page speak."""
    more = {
        "VOICEBOT_RECOGNISER_URL": bot.environment["VOICEBOT_RECOGNISER_URL"],
        "VOICEBOT_FALLBACK_URL": bot.environment["VOICEBOT_FALLBACK_URL"],
        "VOICEBOT_LISTEN": "stream",
        "VOICEBOT_VOICE": "none",
        "VOICEBOT_PHONE_KEY": KEY,
    }
    started = Bot(tmp_path_factory.mktemp("live"), bot.provider, more, ("serve", "--no-recogniser")).start()
    yield started
    started.stop()


def telephone(bot: Bot, *, records: bool) -> Callable[[list[Step]], tuple[Any, list[str]]]:
    """What is stored of a call by telephone, and what went wrong in it."""

    def place(steps: list[Step]) -> tuple[Any, list[str]]:
        result, stored = bot.call(steps, at=TUESDAY)
        spoken = [event for event in result.events if isinstance(event, Spoke)]
        other_way = [f"{event} went another way" for event in spoken if bool(event.recording_sid) != records]
        return stored, [*result.troubles, *other_way]

    return place


def browser(bot: Bot) -> Callable[[list[Step]], tuple[Any, list[str]]]:
    def place(steps: list[Step]) -> tuple[Any, list[str]]:
        ended, stored = BrowserCaller(bot, KEY).call(steps, at=TUESDAY)
        return stored, [] if ended in {"transfer", "goodbye"} else [f"it ended as {ended}"]

    return place


@pytest.fixture(scope="module")
def placed(bot: Bot, live: Bot) -> Iterator[Placed]:
    channels = {
        "record": telephone(bot, records=True),
        "stream": telephone(live, records=False),
        "browser": browser(live),
    }
    with ThreadPoolExecutor(2) as pool:
        yield {
            (channel, name): pool.submit(place, steps)
            for channel, place in channels.items()
            for name, (steps, _) in GOLDEN.items()
        }


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("channel", ["record", "stream", "browser"])
def test_a_golden_call_ends_alike_over_every_channel(placed: Placed, channel: str, name: str) -> None:
    stored, troubles = placed[channel, name].result()
    turns = [f"{t['number']} {t['event']} “{t['heard']}” {t['decision']}: {t['rule']}" for t in stored["turns"]]
    story = "\n".join([*turns, *troubles])
    _, wanted = GOLDEN[name]
    assert not troubles, story
    assert (stored["intent"], stored["queue"], stored["outcome"]) == wanted, story
