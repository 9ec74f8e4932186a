"""The one place where the parts meet: load the session, recognise, understand, take the turn, save, answer.

A turn is a row that the database hands to one worker at a time. Whoever asks for it, on any worker, gets the same
answer; who asks while it is being worked on is told to wait. A part that fails becomes an event for the dialogue, never
an exception for the caller's ear.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import structlog

from voicebot.dialogue.actions import Transfer
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallerHungUp, CallStarted, Event, PartFailed
from voicebot.dialogue.session import Session
from voicebot.dialogue.wording import prompt
from voicebot.errors import ClaimLostError, VoicebotError
from voicebot.hearing import Ear
from voicebot.parts import Limits, Parts
from voicebot.ports import Answer, Arrival, Claim, Hearing, Pending, TurnInput
from voicebot.records import message_left, record, texts_to_send, to_delete
from voicebot.routing.hours import line_open
from voicebot.routing.table import Table
from voicebot.underway import UnderWay

log = structlog.get_logger(__name__)

Reply = Answer | Pending

LEAVING_SECONDS = 10.0
"""A webhook waits so long where this server is about to stop: nobody would answer the poll of a hold line."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.4
"""Seconds between two looks into the database for a turn that another process works on; doubled up to the longest."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """Enough to speak and to ring one line without a session: said where everything else has failed.
    `hold` is the line that a waiting caller hears."""

    words: str
    target: str
    caller_id: str
    voice: str
    language: str
    hold: str


class Conversation:
    """Thread-safe. `workers` bounds how many turns are worked on at once in this process."""

    def __init__(self, parts: Parts, limits: Limits, workers: int) -> None:
        self.parts = parts
        self.limits = limits
        self._ear = Ear(parts, limits)
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="turn")
        self._under_way: UnderWay[Reply] = UnderWay()
        self._leaving = threading.Event()
        self._table: Table | None = None  # the last one seen: what is left to speak from without a database

    # --- what a channel calls ------------------------------------------------------------------------------------

    def start(self, arrival: Arrival) -> Reply:
        """A call rings: answered at once, before anything else is looked at."""
        parts = self.parts
        table = self._table = parts.tables.current()
        session = Session(arrival.call_id, table.hash, parts.understanders.current().version, arrival.caller)
        now = parts.clock.now(arrival.call_id)
        turn = take_turn(session, CallStarted(arrival.caller), table=table, now=now)
        following = turn.session.with_(turn=1)
        kept = record(turn, CallStarted(arrival.caller), {})
        return parts.calls.begin(arrival, following, Answer(turn.actions, 1), kept, now)

    def turn(
        self, call_id: str, number: int, given: TurnInput, arrival: Arrival, *, hearing: Hearing | None = None
    ) -> Reply:
        """What the provider posted for turn `number`. A call that nobody knows is answered afresh: somebody is
        there. `hearing` is what `hear` made of it already, where `given` is `live`."""
        return self._claimed(call_id, number, given, arrival, hearing)

    def hear(self, call_id: str, wav: bytes, deadline: float, *, ahead: bool = False) -> Hearing:
        """What a WAV file means in this call as it stands. The call knows nothing of it: a turn is taken with it, or it
        is thrown away because the caller goes on speaking. `ahead`: she may do so. Raises `StorageError`."""
        current = self.parts.calls.current(call_id)
        if current is None:
            return Hearing(PartFailed("unknown"), "", {})
        session = current[0]
        seconds: dict[str, float] = {}
        with structlog.contextvars.bound_contextvars(call_id=call_id, turn=session.turn):
            longest = min(deadline, self.limits.recognise)
            event, words = self._ear.hear(wav, session, seconds, longest, ahead=ahead)
        table = self.parts.tables.get(session.table)
        would_be = take_turn(session, event, table=table, now=self.parts.clock.now(call_id))
        return Hearing(event, words, seconds, would_be.decision)

    def answer(self, call_id: str) -> Answer | None:
        """The last answer of a call; None where it is unknown. Raises `StorageError`."""
        current = self.parts.calls.current(call_id)
        return None if current is None else current[1]

    def hold(self) -> str:
        """What a caller is told who has to wait."""
        table = self._table = self._table or self.parts.tables.current()
        return prompt(table, "hold")

    def poll(self, call_id: str, number: int, arrival: Arrival) -> Reply:
        """Ask again for a turn that was pending; takes it over where its worker has died."""
        age = self._under_way.age((call_id, number))
        if age is not None and age < self.limits.turn:
            return self._wait_for(Pending(age), call_id, number, arrival)
        return self._claimed(call_id, number, None, arrival)

    def ended(self, call_id: str) -> None:
        """The provider says that the call is over. A call that is no longer there needs no more turns."""
        current = self.parts.calls.current(call_id)
        if current is None:
            return
        session, _ = current
        table = self.parts.tables.get(session.table)
        now = self.parts.clock.now(call_id)
        turn = take_turn(session, CallerHungUp(), table=table, now=now)
        self.parts.calls.end(call_id, turn.session.outcome, now)

    def recording_ready(self, call_id: str, url: str) -> None:
        """The provider has a recording. Nothing is done but to see that it goes, also where no turn ever asks for
        it."""
        self.parts.calls.recording_seen(call_id, url)

    def fallback(self, call_id: str) -> Fallback:
        """What is said and which line is rung when nothing else works: the switchboard, or at night the danger
        queue. Read from the table of the call that rang last, so that a database which is gone costs no time."""
        table = self._table = self._table or self.parts.tables.current()
        queue = table.queues[table.council.default_queue]
        is_it_open = line_open(table, table.council.default_queue, self.parts.clock.now(call_id))
        line = queue if is_it_open else table.queues[table.council.danger_queue]
        words = prompt(table, "trouble") if is_it_open else f"{prompt(table, 'trouble')} {prompt(table, 'dial_999')}"
        council = table.council
        return Fallback(words, line.target, council.caller_id, council.voice, council.language, prompt(table, "hold"))

    def whisper(self, call_id: str) -> str | None:
        """What the advisor hears before the caller is joined; None where nothing may be said."""
        current = self.parts.calls.current(call_id)
        if current is None:
            return None
        return next((each.whisper for each in current[1].actions if isinstance(each, Transfer)), None)

    def leave(self) -> None:
        """This server is told to stop: turns under way are waited for instead of being polled for. Safe in a signal
        handler."""
        self._leaving.set()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=False)

    # --- one turn ------------------------------------------------------------------------------------------------

    def _claimed(
        self, call_id: str, number: int, given: TurnInput | None, arrival: Arrival, hearing: Hearing | None = None
    ) -> Reply:
        """The turn, by whoever gets it: worked on here, or waited for."""
        claim = self.parts.calls.claim(call_id, number, given)
        if claim is None:
            return self._lost_thread(arrival)
        if isinstance(claim, Claim):
            return self._work(claim, hearing)
        return self._wait_for(claim, call_id, number, arrival)

    def _lost_thread(self, arrival: Arrival) -> Reply:
        """No such turn: say again what was said last; a call that is unknown starts afresh."""
        current = self.parts.calls.current(arrival.call_id)
        if current is None:
            log.warning("unknown_call", call_id=arrival.call_id)
            return self.start(arrival)
        return current[1]

    def _work(self, claim: Claim, hearing: Hearing | None = None) -> Reply:
        """Work on a claimed turn: here where that takes no time, else in the pool while the webhook waits its share."""
        if not claim.input.recording:
            return self._finish(claim, hearing)
        future = self._pool.submit(self._finish, claim)
        self._under_way.add((claim.call_id, claim.number), future, claim.age)
        wait([future], timeout=self.limits.answer)
        if self._leaving.is_set():
            wait([future], timeout=LEAVING_SECONDS - self.limits.answer)
        if not future.done():
            return Pending(self.limits.answer)
        return future.result()

    def _wait_for(self, found: Answer | Pending, call_id: str, number: int, arrival: Arrival) -> Reply:
        """Another worker has it: wait for its answer until it is done or this webhook's share of the wait is over."""
        key = call_id, number
        began, pause = time.monotonic(), FIRST_PAUSE
        while isinstance(found, Pending) and found.age < self.limits.turn:
            share = LEAVING_SECONDS if self._leaving.is_set() else self.limits.answer
            left = share - (time.monotonic() - began)
            if left <= 0:
                break
            told = self._under_way.result(key, min(left, self.limits.turn - found.age))
            if isinstance(told, Answer):
                return told
            age = self._under_way.age(key)
            if age is not None:
                found = Pending(age)
                continue
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            again = self.parts.calls.claim(call_id, number, None)
            if isinstance(again, Claim):
                return self._work(again)
            if again is None:
                return self._lost_thread(arrival)
            found = again
        return found

    def _finish(self, claim: Claim, hearing: Hearing | None = None) -> Reply:
        with structlog.contextvars.bound_contextvars(call_id=claim.call_id, turn=claim.number):
            try:
                return self._take(claim, hearing)
            except ClaimLostError:
                log.info("claim_lost")
                return Pending(0.0)
            except Exception:
                # The claim is given back, so that the provider's retry or the next poll can try again at once.
                self._release(claim)
                raise

    def _release(self, claim: Claim) -> None:
        try:
            self.parts.calls.release(claim)
        except VoicebotError as error:
            log.warning("release_failed", code=error.code)

    def _take(self, claim: Claim, hearing: Hearing | None) -> Answer:
        began = time.monotonic()
        seconds: dict[str, float] = {}
        claim = self._with_a_model_that_is_loaded(claim)
        session = claim.session
        table = self.parts.tables.get(session.table)
        late = claim.age > self.limits.turn and _must_be_heard(claim.input)
        event: Event = PartFailed("recogniser")
        if claim.input.live and hearing is not None:
            event = hearing.event
            seconds.update(hearing.seconds)
        elif not late:
            event = self._ear.event(claim, seconds)
        turn = take_turn(session, event, table=table, now=self.parts.clock.now(claim.call_id))
        following = turn.session.with_(turn=claim.number + 1)
        answer = Answer(turn.actions, claim.number + 1)
        seconds["total"] = time.monotonic() - began
        self.parts.calls.finish(
            claim,
            following,
            answer,
            record(turn, event, seconds),
            texts=texts_to_send(turn, lambda: self.parts.calls.caller_number(claim.call_id)),
            message=message_left(session, event, claim.input),
            recordings=to_delete(event, claim.input),
        )
        self.parts.observe(seconds, turn.decision.name)
        log.info(
            "turn",
            event_kind=type(event).__name__,
            decision=turn.decision.name,
            intent=turn.decision.intent,
            confidence=turn.decision.confidence,
            stage=turn.session.stage,
            **{name: round(value, 3) for name, value in seconds.items()},
        )
        return answer

    def _with_a_model_that_is_loaded(self, claim: Claim) -> Claim:
        """A call ends with the model that it began with. Where that is no longer loaded, as after a restart, it goes on
        with the live one, and its turns are stored under that one's name."""
        version = self.parts.understanders.get(claim.session.model).version
        if version == claim.session.model:
            return claim
        return replace(claim, session=claim.session.with_(model=version))


def _must_be_heard(given: TurnInput) -> bool:
    """Whether a recogniser has to work on it. Keys, a message left or a transfer's end are never too late to count."""
    return bool(given.recording) and not given.message
