"""The recorded calls of tests/calls as words, for those who need no sound: what is said is written in calls.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from voicebot.dialogue.events import NothingHeard, NotUnderstood, Pressed
from voicebot.regression.calls import Calls, Recording
from voicebot.regression.calls import Step as Recorded
from voicebot.regression.phonemes import BRITISH
from voicebot.replaying_steps import Rung, Step
from voicebot.routing.hours import LONDON

_PAUSE = re.compile(r"\[[\d.]+\]")


def spoken_calls(calls: Calls) -> Iterator[Rung]:
    """Every recorded call, by a caller from a mobile, as if each recording were heard word for word."""
    for name, call in calls.calls.items():
        steps = tuple(step for each in call.steps for step in _steps(each, calls))
        yield Rung(name, "recorded", datetime.fromisoformat(call.at).replace(tzinfo=LONDON), "mobile", steps)


def _steps(step: Recorded, calls: Calls) -> Iterator[Step]:
    if step.keys is not None:
        yield Step(event=Pressed(step.keys))
    elif step.silence is not None:
        yield from (Step(event=NothingHeard()) for _ in range(step.silence))
    elif step.play is not None:
        yield _heard(calls.recordings[step.play.removesuffix(".wav")])


def _heard(recording: Recording) -> Step:
    """Music and traffic are no words; what is spoken in another language is known as that at most."""
    words = " ".join(_PAUSE.sub(" ", recording.words).split())
    if not words:
        return Step(event=NothingHeard())
    if recording.language != BRITISH:
        return Step(event=NotUnderstood(recording.language.rpartition("/")[2]))
    return Step(words=words)
