"""One call of a run as it is reported. Pure, and redacted: what callers said is shown as the bot would keep it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from voicebot.records import RESTRICTED
from voicebot.regression.suites.callers import Act
from voicebot.regression.suites.judging import NO_ACT, Taken, misrouted, reached
from voicebot.regression.suites.model import Broken, SuiteCall
from voicebot.regression.suites.results import CallReport, Cause, Miss, Status, TurnResult
from voicebot.regression.suites.word_errors import spoken, word_errors
from voicebot.routing.table import Table
from voicebot.storage.redaction import redact

HEARD = ("Heard", "NothingHeard", "NotUnderstood")
"""Events of turns in which the recogniser was asked."""

MESSAGE = "MessageLeft"
"""The event of a turn in which she speaks for somebody to listen to later."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that was placed, or, where `taken` is None, was not, and `why`."""

    call: SuiteCall
    taken: Taken | None
    misses: tuple[Miss, ...]
    why: str = ""

    @property
    def status(self) -> Status:
        if self.taken is None:
            return "not_run"
        return "failed" if self.misses else "passed"


def report(
    shown: Attempt, profile: str, attempts: tuple[Status, ...], table: Table, cause: Cause | None, why: str
) -> CallReport:
    """`shown` is the attempt that stands for all of them."""
    call, taken = shown.call, shown.taken
    turns = () if taken is None else _turns(taken)
    counted = [] if taken is None else list(_counted(taken))
    return CallReport(
        name=call.name,
        profile=profile,
        about=call.about,
        status=shown.status,
        cause=cause,
        misses=tuple(Miss(each.what, each.wanted, redact(each.got)) for each in shown.misses),
        intent=None if taken is None else taken.intent,
        outcome=None if taken is None else taken.stored.get("outcome"),
        queue=None if taken is None else reached(taken, table),
        texts=() if taken is None else tuple(map(redact, taken.texts)),
        misrouted=taken is not None and misrouted(call, taken, table),
        turns=turns,
        seconds=0.0 if taken is None else round(taken.result.seconds, 3),
        word_errors=sum(errors for errors, _ in counted),
        word_count=sum(count for _, count in counted),
        tags=_tags(call),
        attempts=attempts,
        why=why,
        file=call.mark.file,
        line=call.mark.line,
    )


def broken_report(broken: Broken) -> CallReport:
    """An entry of the suite that cannot be placed."""
    why = "; ".join(f"{each.message}: {each.fix}" for each in broken.issues) or "its entry has mistakes"
    mark = broken.issues[0] if broken.issues else broken.mark
    return CallReport(
        broken.name, "", "", "not_run", None, (), None, None, None, (), False, (), 0.0,
        why=why, file=mark.file, line=mark.line,
    )  # fmt: skip


def _tags(call: SuiteCall) -> dict[str, str]:
    """The call's own, and those of the first thing that she says."""
    first = next((step.play for step in call.steps if step.play is not None), None)
    return {**(first.tags if first is not None else {}), **call.tags}


def _turns(taken: Taken) -> tuple[TurnResult, ...]:
    acts = iter(taken.acts)
    waits = iter(taken.result.turns)
    told = []
    for stored in taken.turns:
        act = None if stored["event"] in NO_ACT else next(acts, None)
        answered = None if stored["event"] == "CallerHungUp" else next(waits, None)
        told.append(_turn(stored, act, stored["seconds"]["total"] if answered is None else answered.seconds))
    return tuple(told)


def _turn(stored: dict[str, Any], act: Act | None, seconds: float) -> TurnResult:
    sound = act.sound if act is not None else None
    asked = stored["event"] in HEARD  # a message is not: "heard nothing" would be said of it wrongly
    words = redact(spoken(sound.words)) if asked and sound is not None and sound.words is not None else None
    did = act.did if act is not None else _DID.get(stored["event"], stored["event"])
    return TurnResult(
        number=stored["number"],
        did=f"{did} as a message" if stored["event"] == MESSAGE else did,
        said=stored["prompt"],
        words=words,
        heard=stored["heard"],
        intent=stored["intent"],
        confidence=stored["confidence"],
        decision=stored["decision"],
        rule=stored["rule"],
        at=stored["at"],
        seconds=round(seconds, 3),
        sound=sound.name if sound is not None else "",
    )


_DID = {"CallStarted": "rings", "TransferEnded": "is put through", "CallerHungUp": "hangs up"}


def _counted(taken: Taken) -> Iterator[tuple[int, int]]:
    """Errors and words of each turn in which what was heard can be set against what was said. A message left is heard
    later, by the chores; the words of an urgent call are not kept; and another language is recognised as English."""
    for turn, act in taken.acted:
        sound = act.sound
        if sound is None or sound.words is None or sound.tags.get("language", "en") != "en":
            continue
        if turn["event"] in HEARD and turn["heard"] != RESTRICTED:
            yield word_errors(redact(spoken(sound.words)), turn["heard"])
