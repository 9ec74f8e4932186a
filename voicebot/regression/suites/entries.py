"""One call of a suite, from its entry in the file to a value; everything that is wrong with it is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, get_args

from voicebot.dialogue.session import Outcome
from voicebot.dialogue.turn import DecisionName
from voicebot.regression.suites.described import file_name, read_tags
from voicebot.regression.suites.model import Broken, Expected, Manner, Sound, Step, SuiteCall
from voicebot.regression.suites.sounds import Library
from voicebot.regression.suites.values import (
    A_MOBILE,
    Number,
    Wrong,
    is_misspelt_step,
    read_number,
    read_step_word,
    read_time,
)
from voicebot.routing.draft import Places
from voicebot.routing.issues import Issue, choose, errors, shown
from voicebot.routing.reader import Reader
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, Text

CALL = ("for", "from", "at", "steps", "transfers", "expect", "tags")
STEP = ("play", "words", "keys", "silence", "decision")
EXPECT = ("intent", "also", "outcome", "queue", "says", "text", "turns")
TRANSFERS = ("completed", "busy", "no-answer", "failed")
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
DECISIONS: tuple[DecisionName, ...] = get_args(DecisionName)

NO_TEXT = "none"
"""What `text:` says where no text message may be sent."""

MOST_PROMPTS = 9
"""Prompts at which one step may keep silence; the bot gives up after three."""

_Word = TypeVar("_Word", bound=str)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds for calls that say nothing else: `at` is aware. None where the file names no time, or where what it
    names, or its number, is `wrong`."""

    at: datetime | None
    number: Number | None
    wrong: tuple[Issue, ...] = ()


def read_call(entry: Entry, library: Library, usual: Usual) -> tuple[SuiteCall | Broken, tuple[Issue, ...]]:
    """The call; `Broken` where it cannot be placed. Issues of the recordings that it plays are among the others."""
    reading = _Call(entry, library)
    call = reading.call(usual)
    issues = tuple(reading.reader.issues)
    if wrong := errors(issues):
        return Broken(entry.key, entry.mark, wrong), issues
    return call, issues


def usual_values(reader: Reader, head: Mapping[str, Entry]) -> Usual:
    before = len(reader.issues)
    number = value(reader, head["from"], "from", read_number) if "from" in head else Number(A_MOBILE)
    at = value(reader, head["at"], "at", read_time) if "at" in head else None
    return Usual(at, number, tuple(reader.issues[before:]))


class _Call:
    def __init__(self, entry: Entry, library: Library) -> None:
        self.reader = Reader(Places(entry.mark.file, {}, {}))
        self._entry = entry
        self._library = library
        self._what = f"the call {entry.key}"
        self._tags: dict[str, str] = {}

    def call(self, usual: Usual) -> SuiteCall | Broken:
        reader, entry = self.reader, self._entry
        if wrong := _misplaced(entry):
            reader.report("S113", entry.mark, *wrong)
            return Broken(entry.key, entry.mark, ())
        own = {each.key: each for each in reader.known(reader.fields(entry.value, self._what), CALL, self._what)}
        at = value(reader, own["at"], "at", read_time) if "at" in own else usual.at
        number = value(reader, own["from"], "from", read_number) if "from" in own else usual.number
        if at is None and "at" not in own and not usual.wrong:
            fix = "add at: 2026-02-10 10:30, or write it once at the head of calls.yaml"
            reader.report("S110", entry.mark, f"it is not said when {self._what} rings", fix)
        steps = self._steps(own.get("steps"))
        tags = read_tags(reader, own["tags"], self._what) if "tags" in own else {}
        about = reader.text(own["for"], f"for of {self._what}") if "for" in own else ""
        transfers = listed(reader, own["transfers"], "transfers", TRANSFERS) if "transfers" in own else ()
        expected = self._expected(own["expect"]) if "expect" in own else Expected()
        if at is None or number is None:
            return Broken(entry.key, entry.mark, usual.wrong)
        return SuiteCall(
            name=entry.key,
            about=about or "",
            at=at,
            number=number.text,
            sip=number.sip,
            steps=steps,
            transfers=transfers or ("completed",),
            expect=expected,
            tags={**self._tags, **tags},
            mark=entry.mark,
        )

    # --- steps -----------------------------------------------------------------------------------------------------

    def _steps(self, entry: Entry | None) -> tuple[Step, ...]:
        if entry is None or (isinstance(entry.value, Items | Text) and not _content(entry.value)):
            fix = "write what she does, such as steps: [pothole.wav, keys 1]"
            self.reader.report(
                "S113", self._entry.mark if entry is None else entry.mark, f"{self._what} has no steps", fix
            )
            return ()
        nodes = entry.value.items if isinstance(entry.value, Items) else (entry.value,)
        found = [self._step(node) for node in nodes]
        return tuple(step for step in found if step is not None)

    def _step(self, node: Node) -> Step | None:
        if isinstance(node, Text):
            return self._step_word(node)
        what = f"a step of {self._what}"
        own = {each.key: each for each in self.reader.known(self.reader.fields(node, what), STEP, what)}
        doing = [name for name in ("play", "keys", "silence") if name in own]
        if len(doing) != 1:
            told = "does two things at once" if doing else "does nothing"
            fix = 'write one of play: pothole.wav, keys: "1", silence: 2; or hang-up alone'
            if isinstance(node, Fields):
                self.reader.report("S113", node.mark, f"{what} {told}", fix)
            return None
        decision = listed(self.reader, own["decision"], "decision", DECISIONS) if "decision" in own else ()
        return self._doing(own[doing[0]], decision)

    def _doing(self, entry: Entry, decision: tuple[DecisionName, ...]) -> Step | None:
        text = self.reader.text(entry, f"{entry.key} of a step")
        if text is None:
            return None
        if entry.key == "play":
            return self._play(Text(entry.value.mark, text), decision)
        word = read_step_word(f"{entry.key} {text}")
        if word.keys:
            return Step(entry.mark, keys=word.keys, decision=decision)
        if word.silence:
            return Step(entry.mark, silence=word.silence, decision=decision)
        told = "keys are 0 to 9, * and #" if entry.key == "keys" else f"silence is kept at 1 to {MOST_PROMPTS} prompts"
        fix = 'write it like keys: "1"' if entry.key == "keys" else "write it like silence: 2"
        self.reader.report("S113", entry.value.mark, f"{shown(text)} cannot be: {told}", fix)
        return None

    def _step_word(self, node: Text) -> Step | None:
        if not node.text.strip():
            self.reader.report(
                "S113", node.mark, f"a step of {self._what} is empty", "delete it, or write a file's name"
            )
            return None
        word = read_step_word(node.text.strip())
        if is_misspelt_step(word.file):
            fix = f"write it like keys 1, silence 2 (at most {MOST_PROMPTS}) or hang-up"
            self.reader.report("S113", node.mark, f"{shown(word.file)} is no step", fix)
            return None
        if word.file:
            return self._play(Text(node.mark, word.file), ())
        return Step(node.mark, keys=word.keys, silence=word.silence, hang_up=word.hang_up)

    def _play(self, node: Text, decision: tuple[DecisionName, ...]) -> Step | None:
        sound, issues = self._library.find(node.text, node.mark)
        self.reader.issues += issues
        if sound is None:
            return None
        if sound.words != "":
            self._tags = {**sound.tags, **self._tags}
        return Step(node.mark, play=sound, decision=decision)

    # --- what must happen --------------------------------------------------------------------------------------------

    def _expected(self, entry: Entry) -> Expected:
        reader, what = self.reader, f"expect of {self._what}"
        own = {each.key: each for each in reader.known(reader.fields(entry.value, what), EXPECT, what)}
        text = reader.text(own["text"], "text") if "text" in own else None
        return Expected(
            intent=texts(reader, own.get("intent")),
            also=texts(reader, own.get("also")),
            outcome=listed(reader, own["outcome"], "outcome", OUTCOMES) if "outcome" in own else (),
            queue=texts(reader, own.get("queue")),
            says=texts(reader, own.get("says")),
            text="" if text is not None and text.lower() == NO_TEXT else text,
            turns=self._turns(own["turns"]) if "turns" in own else None,
        )

    def _turns(self, entry: Entry) -> int | None:
        given = self.reader.text(entry, "turns")
        if given is None:
            return None
        if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 99:
            fix = "write how often she may be asked at most, such as turns: 3"
            self.reader.report("S116", entry.value.mark, f"turns must be a whole number, and is {shown(given)}", fix)
            return None
        return int(given)


def _misplaced(entry: Entry) -> tuple[str, str] | None:
    """What is wrong, and what to write, where a call is empty or a part of a call stands in the column of the names."""
    parts = {each.key for each in entry.value.entries} if isinstance(entry.value, Fields) else set()
    if entry.key in CALL and "steps" not in parts:
        fix = "begin its line two spaces further in than the name of the call that it is of"
        return f"{entry.key} is a part of a call, and stands where names of calls do", fix
    if isinstance(entry.value, Text) and not entry.value.text.strip():
        fix = "write for, steps and expect below it, each two spaces further in than the call's name"
        return f"the call {entry.key} has nothing below it", fix
    return None


def _content(node: Items | Text) -> bool:
    return bool(node.items) if isinstance(node, Items) else bool(node.text.strip())


def value(reader: Reader, entry: Entry, what: str, read: Callable[[str], _Value | Wrong]) -> _Value | None:
    """What the text means; None, and an issue, where it means nothing."""
    text = reader.text(entry, what)
    found = None if text is None else read(text)
    if isinstance(found, Wrong):
        reader.report(found.code, entry.value.mark, found.message, found.fix)
        return None
    return found


def texts(reader: Reader, entry: Entry | None) -> tuple[str, ...]:
    """One value, or a list of them."""
    if entry is None:
        return ()
    if isinstance(entry.value, Items):
        return reader.names(entry.value, entry.key)
    one = reader.text(entry, entry.key)
    return () if one is None else (one,)


def listed(reader: Reader, entry: Entry, what: str, known: Sequence[_Word]) -> tuple[_Word, ...]:
    """Those of the names that are known; an issue for each of the others."""
    by_name: dict[str, _Word] = {each.lower().replace("_", "-"): each for each in known}
    found: list[_Word] = []
    for name in texts(reader, entry):
        plain = name.lower().replace("_", "-").replace(" ", "-")
        if plain in by_name:
            found.append(by_name[plain])
        else:
            fix = choose(name, known, f"write one of {', '.join(known)}")
            reader.report("S115", entry.value.mark, f"there is no {what} {shown(name)}", fix)
    return tuple(found)


def manner(reader: Reader, head: Mapping[str, Entry], library: Library) -> Manner:
    """What `confirm:` and `again:` say."""
    confirm = _confirmation(reader, head["confirm"], library) if "confirm" in head else None
    again = _times(reader, head["again"]) if "again" in head else 0
    return Manner(confirm, again)


def _times(reader: Reader, entry: Entry) -> int:
    given = reader.text(entry, "again")
    if given is not None and re.fullmatch(r"[0-3]", given.strip()):
        return int(given)
    if given is not None:
        fix = "write how often callers say their last words once more, such as again: 2"
        reader.report("S116", entry.value.mark, f"again must be a number from 0 to 3, and is {shown(given)}", fix)
    return 0


def _confirmation(reader: Reader, entry: Entry, library: Library) -> Sound | None:
    """What `confirm:` plays."""
    name = reader.text(entry, "confirm")
    if name is None:
        return None
    sound, issues = library.find(file_name(name, library.there), entry.value.mark)
    reader.issues += issues
    return sound
