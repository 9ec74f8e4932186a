"""Every recorded call of tests/calls/calls.yaml, through the real webhooks, real Whisper and the trained model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voicebot.regression.call_events import Said
from voicebot.regression.caller import Caller
from voicebot.regression.calls import read_calls
from voicebot.regression.script import HangUp, Press, Silence, Speak, Step
from voicebot.regression.telephone_wav import telephone_wav
from voicebot.routing.loader import load_table

CALLS = Path(__file__).parents[1] / "calls"
SCRIPT = read_calls(CALLS / "calls.yaml")
TABLE = load_table(Path(__file__).parents[2] / "routing.yaml")


def speak(file: str) -> Speak:
    return Speak(telephone_wav(CALLS / file), file)


def steps(name: str) -> list[Step]:
    taken: list[Step] = []
    for step in SCRIPT.calls[name].steps:
        if step.play:
            taken.append(speak(step.play))
        elif step.keys:
            taken.append(Press(step.keys))
        else:
            taken += [Silence()] * (step.silence or 1)
    return [*taken, HangUp()]


class Sensible(Caller):
    """Says yes where the bot asks "Is it about …?" and is right, and presses the right key where it offers two."""

    def __init__(self, script: list[Step], intent: str | None) -> None:
        super().__init__(script)
        self._about = TABLE.intents[intent].about if intent else ""

    def hears(self, text: str) -> None:
        if not self._about or not text.startswith("Is it about") or self._about not in text:
            return
        key = re.search(rf"For {re.escape(self._about)}, press (\d)", text)
        self.do_next(Press(key.group(1)) if key else speak(SCRIPT.confirm))
        self._about = ""


@pytest.mark.parametrize("name", SCRIPT.calls)
def test_recorded_call(bot, name):
    wanted = SCRIPT.calls[name]
    result, stored = bot.call(Sensible(steps(name), wanted.expect.intent), at=wanted.at)
    story = "\n".join(
        f"{turn['number']} {turn['event']} “{turn['heard']}” {turn['decision']}: {turn['rule']}"
        for turn in stored["turns"]
    )
    assert not result.troubles, story
    assert stored["outcome"] == wanted.expect.outcome, story
    if wanted.expect.intent:
        assert stored["intent"] == wanted.expect.intent, story
    if wanted.expect.queue:
        assert stored["queue"] == wanted.expect.queue, story
    decisions = [turn["decision"] for turn in stored["turns"][1:]]
    allowed = [step.decision for step in wanted.steps if step.decision]
    for options in allowed:
        assert set(decisions) & set(options), f"none of {options} was decided:\n{story}"
    assert "0" in " ".join(event.text for event in result.events if isinstance(event, Said))
