"""Why a call failed, found by ringing once more with one thing put right after the other, until it would have passed.

First the true words stand in for what was heard, then the true intent for what was understood, then the lines are open
where they were closed, or the other way round. The rest of the bot is the same, and so is the date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard, Ranked
from voicebot.ports import Recogniser, Transcript, Understander
from voicebot.regression.suites.bots import Reached
from voicebot.regression.suites.judging import Taken, misses, reached
from voicebot.regression.suites.model import Sound, Suite, SuiteCall
from voicebot.regression.suites.placing import place
from voicebot.regression.suites.reports.wording import miss_words
from voicebot.regression.suites.results import Cause, Miss
from voicebot.regression.suites.telephone import CLEAN, Telephone
from voicebot.regression.suites.word_errors import spoken
from voicebot.regression.telephone_wav import recorded, seconds_of
from voicebot.routing.hours import line_open
from voicebot.routing.opening import moment_in_words
from voicebot.routing.table import OUT_OF_SCOPE, TO_DISTRICT, Table
from voicebot.storage.redaction import redact

HEADER = 44
"""Bytes of a canonical WAV header (RIFF/WAVE): its lengths differ with the silence that ended a recording."""

LONGEST_RECORDING = 3600.0

AROUND = timedelta(days=10)
STEP = timedelta(minutes=30)
"""How far from the call's own time, and how finely, a line is looked for in its other state. Lines open and close on
the half-hour as a rule, and no holiday closes them for longer."""

ACCEPTED = frozenset({"accept", "urgent", "confirm", "offer_two"})
"""Decisions that make sense upon words whose intent is sure."""


class TrueWords:
    """A `voicebot.ports.Recogniser` that hears in each sound what is truly said in it. What nobody has written down is
    heard by `otherwise`."""

    def __init__(self, otherwise: Recogniser) -> None:
        self._otherwise = otherwise
        self._known: dict[bytes, Sound] = {}

    def know(self, sound: Sound, wav: bytes) -> None:
        """`wav` as the telephone gives it; a recording of it begins with these samples."""
        self._known[recorded(wav, 0.0, LONGEST_RECORDING)[HEADER:]] = sound

    def transcribe(self, wav: bytes, *, deadline: float, hints: Sequence[str] = ()) -> Transcript:
        """See the port; raises what `otherwise` raises."""
        heard = wav[HEADER:]
        alike = [known for known in self._known if heard.startswith(known)]
        sound = self._known[max(alike, key=len)] if alike else None
        if sound is None or sound.words is None:
            return self._otherwise.transcribe(wav, deadline=deadline, hints=hints)
        words, seconds = spoken(sound.words), seconds_of(wav)
        # as the gate takes for another language: `speech.gate.spoken_language`
        language = sound.tags.get("language", "en").rpartition("/")[2]
        return Transcript(
            words=words,
            average_log_probability=-0.1 if language == "en" else -0.5,
            no_speech_probability=0.0 if words else 1.0,
            language=language,
            language_probability=1.0,
            compression_ratio=1.0,
            audio_seconds=seconds,
            speech_seconds=seconds if words else 0.0,
            seconds=0.0,
            model="true words",
        )


class TrueIntent:
    """A `voicebot.ports.Understander`: as `model` understands, but sure of the intent that is written for the words.
    Answers to what was asked stay answers."""

    def __init__(self, model: Understander) -> None:
        self._model = model
        self.intents: Mapping[str, str] = {}
        self.urgent: Callable[[str], bool] = lambda intent: False

    @property
    def version(self) -> str:
        return self._model.version

    def understand(self, words: str, expecting: Expecting, *, language: str = "en") -> Heard:
        """Raises `UnderstandingError`."""
        heard = self._model.understand(words, expecting, language=language)
        intent = self.intents.get(words)
        if intent is None or heard.choice is not None:
            return heard
        others = (Ranked(each.intent, 0.0) for each in heard.ranked if each.intent != intent)
        urgent = intent if self.urgent(intent) else None
        return replace(heard, ranked=(Ranked(intent, 1.0), *others), confidence=1.0, urgent=urgent)


@dataclass(frozen=True, slots=True)
class Detective:
    """Explains failed calls, one at a time: `bot` hears by `words` and understands by `intents`."""

    suite: Suite
    bot: Reached
    telephone: Telephone
    words: TrueWords
    intents: TrueIntent

    def explain(self, call: SuiteCall, taken: Taken, missed: tuple[Miss, ...]) -> tuple[Cause, str]:
        """The cause, and what the proof of it was. See `running.Explain`."""
        if taken.broken or any(miss.what == "trouble" for miss in missed):
            return "broken", "a part of the bot failed, or it gave no usable answer"
        unknown, still = self._learn(call), missed
        if not unknown and not (still := self._missed(call, {})):
            return "heard", "with the true words it would have passed"
        note = f"; the words of {', '.join(unknown)} are not written down, so hearing was not tested" * bool(unknown)
        intents = _intents(call, taken)
        if intents and not (still := self._missed(call, intents)):
            return "understood", f"with the true intent it would have passed{note}"
        for at in _other_moments(call, taken, self.bot.table):
            if not self._missed(replace(call, at=at), intents):
                return "hours", f"on {moment_in_words(at)} it would have passed{note}"
        return "routed", f"with the true words and the true intent {_otherwise(missed, still)}{note}"

    def _learn(self, call: SuiteCall) -> list[str]:
        """Tell the recogniser what is said in this call; names of the sounds of which nobody knows."""
        played = [step.play for step in call.steps if step.play is not None]
        for sound in (*played, *self.suite.manner.sounds):
            self.words.know(sound, self.telephone.play(sound, call=call.name, profile=CLEAN))
        return sorted({sound.name for sound in played if sound.words is None})

    def _missed(self, call: SuiteCall, intents: Mapping[str, str]) -> tuple[Miss, ...]:
        self.intents.intents = intents
        self.intents.urgent = self.bot.table.is_urgent
        taken = place(call, self.bot, self.telephone, self.suite.manner)
        return misses(call, taken, self.bot.table)


def _otherwise(before: tuple[Miss, ...], after: tuple[Miss, ...]) -> str:
    if before == after:
        return "it goes the same way"
    return f"it goes wrong too, {redact('; '.join(map(miss_words, after)))}"


def _intents(call: SuiteCall, taken: Taken) -> dict[str, str]:
    """The true intent by words: what is expected of the call, for all that she says that is no answer and that the
    suite does not want to be doubted. Words that must be refused are out of scope. Where the true words are not known,
    those that were heard stand for them."""
    heard = {id(act.step): turn["heard"] for turn, act in taken.acted if act.step is not None}
    found: dict[str, str] = {}
    for step in call.steps:
        if step.play is None:
            continue
        words = heard.get(id(step), "") if step.play.words is None else spoken(step.play.words)
        if "refuse" in step.decision:
            found[words] = OUT_OF_SCOPE
        elif call.expect.intent and (not step.decision or ACCEPTED & set(step.decision)):
            found[words] = call.expect.intent[0]
    return found


def _other_moments(call: SuiteCall, taken: Taken, table: Table) -> Iterator[datetime]:
    """The nearest moments at which a line that has to do with this call is open where it was closed, or closed where it
    was open."""
    routes = [table.intents[each] for each in call.expect.intent if each in table.intents]
    lines = [*call.expect.queue, *(route.to for route in routes if route.to != TO_DISTRICT), reached(taken, table)]
    found: set[datetime] = set()
    for queue in dict.fromkeys(each for each in lines if each in table.queues):
        assert queue is not None
        now = line_open(table, queue, call.at)
        steps = (STEP * sign * n for n in range(1, int(AROUND / STEP)) for sign in (1, -1))
        moment = next((call.at + step for step in steps if line_open(table, queue, call.at + step) != now), None)
        if moment is not None and moment not in found:
            found.add(moment)
            yield moment
