"""A suite of recorded calls as words, for those who need no sound: what is said in each recording is written there."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.dialogue.events import CallerKind, NothingHeard, NotUnderstood, Pressed
from voicebot.regression.suites.model import Sound, Suite, SuiteCall
from voicebot.regression.suites.model import Step as Recorded
from voicebot.replaying_steps import Rung, Step
from voicebot.telephony.twilio.inbound import is_mobile


def spoken_calls(suite: Suite) -> Iterator[Rung]:
    """Every call, as if each recording were heard word for word; up to one whose words nobody has written down."""
    for call in suite.calls:
        steps: list[Step] = []
        whole = True
        for each in call.steps:
            if each.play is not None and each.play.words is None:
                whole = False
                break
            steps += _steps(each)
        yield Rung(call.name, "recorded", call.at, _caller(call), tuple(steps), whole)


def _caller(call: SuiteCall) -> CallerKind:
    if call.sip:
        return "sip"
    if not call.number:
        return "withheld"
    return "mobile" if is_mobile(call.number) else "landline"


def _steps(step: Recorded) -> Iterator[Step]:
    if step.keys:
        yield Step(event=Pressed(step.keys))
    elif step.silence:
        yield from (Step(event=NothingHeard()) for _ in range(step.silence))
    elif step.play is not None:
        yield _heard(step.play)


def _heard(sound: Sound) -> Step:
    """Music and traffic are no words; what is spoken in another language is known as that at most."""
    if not sound.words:
        return Step(event=NothingHeard())
    language = sound.tags.get("language", "en")
    return Step(words=sound.words) if language == "en" else Step(event=NotUnderstood(language))
