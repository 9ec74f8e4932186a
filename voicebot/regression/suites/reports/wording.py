"""How reports name things: the causes and who looks into them, what was wanted and what happened. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from voicebot.records import RESTRICTED
from voicebot.regression.suites.results import CallReport, Cause, Miss, Run, TurnResult
from voicebot.regression.suites.word_errors import spoken

CAUSES: dict[Cause, tuple[str, str]] = {
    "broken": ("The bot broke", "for the engineer: it gave no usable answer"),
    "heard": ("Heard wrongly", "for the engineer, or whoever made the recording: with the true words it passes"),
    "understood": ("Understood wrongly", "for data staff: with the right intent it passes"),
    "routed": ("Routed wrongly", "for the service owner: routing.yaml, or what the suite expects, is wrong"),
    "hours": ("Hours", "for the service owner: at another time it passes, so look at hours and closures"),
}
"""What each cause is called and who should look, in the order in which they are told."""

UNEXPLAINED = ("No cause found", "for the engineer")
"""Of a failure that no replay explains, or that was not replayed."""


def cause_words(cause: Cause | None) -> tuple[str, str]:
    return CAUSES[cause] if cause else UNEXPLAINED


def percent(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.1f} %"


def miss_words(miss: Miss) -> str:
    """Such as "queue: wanted highways, got council-tax"."""
    return f"{miss.what}: wanted {miss.wanted or 'nothing'}, got {miss.got or 'nothing'}"


def place(call: CallReport) -> str:
    """Where the suite says what this call is: file:line, "" where that is not known."""
    return f"{call.file}:{call.line}" if call.file else ""


def shown_name(call: CallReport) -> str:
    """The call's name, and its line condition where that is not the plain one."""
    return call.name if call.profile in ("", "clean") else f"{call.name} [{call.profile}]"


def attempts_words(call: CallReport) -> str:
    """Such as "flaky: passed 2 of 3 times"."""
    return f"flaky: passed {call.attempts.count('passed')} of {len(call.attempts)} times"


def heard_otherwise(call: CallReport) -> Iterator[tuple[TurnResult, str]]:
    """The turns in which other words were heard than were said, with the true words. What was heard of an urgent call
    is not kept, so nothing can be said of it."""
    for turn in call.turns:
        if turn.words is not None and turn.heard != RESTRICTED and key(turn.words) != key(turn.heard):
            yield turn, spoken(turn.words)


def last_decision(call: CallReport) -> TurnResult | None:
    """The last one upon something that the caller did; what comes of a transfer tells nothing of why it was made."""
    decided = [turn for turn in call.turns if turn.decision]
    hers = [turn for turn in decided if turn.sound or turn.heard or turn.did.startswith(("presses", "says"))]
    return hers[-1] if hers else decided[-1] if decided else None


def key(text: str) -> list[str]:
    """Words without case, punctuation and pauses, to tell whether two texts are the same to the ear."""
    plain = spoken(text).casefold().replace("’", "'")
    words = ("".join(sign for sign in word if sign.isalnum() or sign == "'") for word in plain.split())
    return [word for word in words if word.strip("'")]


def told(call: CallReport) -> Iterator[str]:
    """A call that did not go right, in plain lines: what was wanted and what came, what was heard, and why."""
    if call.why:
        yield call.why
    if call.misses:
        yield "; ".join(map(miss_words, call.misses))
    if call.misrouted:
        yield "misrouted: on the way she reached a queue, or was read an answer, that was not hers"
    for turn, words in heard_otherwise(call):
        yield f"turn {turn.number}: said “{words}”, heard {f'“{turn.heard}”' if turn.heard else 'nothing'}"
    last = last_decision(call)
    if last is not None:
        at = f" ({last.at})" if last.at else ""
        sure = f" {last.confidence:.2f}" if last.confidence is not None else ""
        about = f", {last.intent}{sure}" if last.intent else ""
        yield f"decided last: {last.decision}{about}: {last.rule}{at}"
    if call.flaky:
        yield attempts_words(call)


def settings_words(run: Run) -> str:
    """The settings of the run in one line, as "channel record, recogniser base"."""
    return ", ".join(f"{name} {value}" for name, value in run.settings.items() if value)


def conversation(call: CallReport) -> Iterator[str]:
    """The call turn by turn, in plain lines."""
    if call.about:
        yield call.about
    for turn in call.turns:
        yield f"{turn.number}. the caller {turn.did}"
        if turn.words is not None:
            yield f"   said:  {turn.words}"
        if turn.heard or turn.words:
            yield f"   heard: {turn.heard or 'nothing'}"
        if turn.decision:
            yield f"   {turn.decision}: {turn.rule}{f' ({turn.at})' if turn.at else ''} · {turn.seconds:.2f} s"
        if turn.said:
            yield f"   bot:   {turn.said}"
