"""Why the bot does what it does: what was understood, which rule of which line decided, and all that comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from voicebot.dialogue.actions import Ask, Expecting, SendText, Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallStarted, Heard, Ranked
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Scene, Turn
from voicebot.dialogue.wording import can_be_texted, heard_by_caller
from voicebot.ports import Understander
from voicebot.replaying import Side, as_recorded
from voicebot.replaying_steps import Meaning, Rung, Understand, rung
from voicebot.routing.opening import Opening, why_open
from voicebot.routing.source import Sources
from voicebot.routing.table import OUT_OF_SCOPE, Table
from voicebot.storage.stored_calls import StoredCall, StoredTurn

_EVENTS = {
    "Pressed": "keys that are not kept",
    "Heard": "words that are not kept",
    "CallerHungUp": "the caller hung up",
}


@dataclass(frozen=True, slots=True)
class Stands:
    """A line of a routing file: `at` as "routing.yaml:12", `quoted` its text, `owner` who looks after the file."""

    at: str
    quoted: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a turn beside its words. `queue` is the line in question, `team` its name for callers, `opening`
    whether it is open and why. `text` is the message that the caller is or can be sent, `whisper` what the advisor
    hears, `rings` the number or address that is rung. `offers`: what she can answer, with keys. None where there is no
    such thing."""

    queue: str | None
    team: str | None
    opening: Opening | None
    text: str | None
    whisper: str | None
    rings: str | None
    offers: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One utterance and the first turn that it makes. `intent` and `confidence` are what it was taken for."""

    heard: Heard
    turn: Turn
    intent: str
    confidence: float
    says: str
    stands: Stands | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ExplainedTurn:
    """A turn of a stored call. `outcome` is None where it could not be gone through as it was recorded."""

    turn: StoredTurn
    did: str
    at: datetime
    ranked: tuple[Ranked, ...]
    stands: Stands | None
    outcome: Outcome | None


class Files:
    """The files of a routing table, to quote from."""

    def __init__(self, table: Table, sources: Sources | None) -> None:
        self._owners = table.owners
        texts = sources.files if sources is not None else ()
        self._lines: Mapping[str, list[str]] = {name: text.splitlines() for name, text in texts}

    def stands(self, at: str) -> Stands | None:
        """The line at "routing.yaml:12"; None where there is none to name."""
        file, _, line = at.rpartition(":")
        if not file or not line.isdigit():
            return None
        lines = self._lines.get(file, [])
        quoted = lines[int(line) - 1].strip() if 0 < int(line) <= len(lines) else ""
        return Stands(at, quoted, self._owners.get(file))


def explain(words: str, table: Table, sources: Sources | None, understander: Understander, now: datetime) -> Explained:
    """The decision on the first thing that a caller from a mobile says at `now` (aware), as the running bot would take
    it. Raises `UnderstandingError`."""
    session = Session("CA" + "0" * 32, table.hash, understander.version, "mobile")
    opened = take_turn(session, CallStarted("mobile"), table=table, now=now).session
    heard = understander.understand(words, Expecting("request"))
    turn = take_turn(opened, heard, table=table, now=now)
    decision = turn.decision
    best = heard.ranked[0] if heard.ranked else None
    refused = decision.name == "refuse"
    intent = OUT_OF_SCOPE if refused else decision.intent or (best.intent if best else OUT_OF_SCOPE)
    confidence = next((each.confidence for each in heard.ranked if each.intent == intent), heard.confidence)
    stands = Files(table, sources).stands(decision.at)
    return Explained(heard, turn, intent, confidence, heard_by_caller(turn.actions), stands, outcome(turn, table, now))


def outcome(turn: Turn, table: Table, now: datetime) -> Outcome:
    decision = turn.decision
    rung_now = next((each for each in turn.actions if isinstance(each, Transfer)), None)
    queue = decision.queue if decision.queue in table.queues else None
    sent = next((each.body for each in turn.actions if isinstance(each, SendText)), None)
    scene = Scene(turn.session, table, now)
    offered = scene.route.message if scene.route is not None and can_be_texted(scene) else None
    asked = turn.actions[-1] if turn.actions else None
    options = asked.expecting.options if isinstance(asked, Ask) else ()
    return Outcome(
        queue=queue,
        team=table.queues[queue].name if queue else None,
        opening=why_open(table, queue, now) if queue else None,
        text=sent or (None if decision.action == "ask" else offered),
        whisper=rung_now.whisper if rung_now else None,
        rings=rung_now.target if rung_now else None,
        offers=tuple((each.id, each.key) for each in options),
    )


def explain_call(
    call: StoredCall, table: Table, sources: Sources | None, understand: Understand
) -> Iterator[ExplainedTurn]:
    """Every turn of a stored call, under the table that it had. What is not stored of a turn is found by going through
    the call once more, as far as it goes as it was recorded. `understand` is asked where a ranking is not kept."""
    files = Files(table, sources)
    known = rung(call)
    outcomes = _outcomes(known, table, Meaning(understand))
    for number, turn in enumerate(call.turns):
        found = outcomes[number] if number < len(outcomes) else None
        ranked = tuple(Ranked(*each) for each in turn.ranked)
        at = call.started + timedelta(seconds=turn.seconds)
        yield ExplainedTurn(turn, _did(number, turn, known), at, ranked, files.stands(turn.at), found)


def _outcomes(known: Rung, table: Table, meaning: Meaning) -> list[Outcome]:
    """What each turn came to, up to the first that does not go as it was recorded."""
    side = Side(known, table, known.at)
    found = [outcome(side.turn, table, known.at)]
    for step in known.steps:
        if side.over(step):
            break
        event = side.take(step, meaning, known.at)
        if not as_recorded(side.turn, event, step):
            break
        found.append(outcome(side.turn, table, known.at + step.after))
    return found


def _did(number: int, turn: StoredTurn, known: Rung) -> str:
    if number == 0:
        return "the call comes in"
    if number <= len(known.steps):
        return known.steps[number - 1].shown
    return f"“{turn.heard}”" if turn.heard else _EVENTS.get(turn.event, turn.event)
