"""The caller of a suite's call: follows her steps, and says yes where the bot is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from voicebot.dialogue.wording import prompt
from voicebot.regression.caller import Caller, Taken
from voicebot.regression.script import HangUp, Press, Silence, Speak
from voicebot.regression.script import Step as Move
from voicebot.regression.suites.model import Manner, Sound, Step, SuiteCall
from voicebot.routing.table import Table

Play = Callable[[Sound, int], bytes]
"""A sound as it comes out of the telephone when she plays it for the first (0), second (1), … time: an 8 kHz WAV."""

ASKS_AGAIN = ("examples", "refuse", "not_understood", "refuse_again")
"""The wordings by which a caller knows that she has to say it again."""


@dataclass(frozen=True, slots=True)
class Act:
    """What she did in one turn: `did` for people to read, the `step` of the suite that it was (None where she did it of
    herself), and the `sound` that she played."""

    did: str
    step: Step | None
    sound: Sound | None


ONCE_MORE = ", once more"
"""Ends what is told of a turn in which she said her last words again."""

_OTHER = "\0"
"""Stands for the other of two things, whatever it is."""


class SuiteCaller(Caller):
    """Takes the steps of `call`, then hangs up at the next prompt. Beyond her steps she answers "Is it about …?" with
    `confirm` (or key 1) where it is what she rang about, and takes the right one of two; where it is not, or where she
    is asked again, she says her last words once more, `again` times. `acts` tells what she did."""

    def __init__(self, call: SuiteCall, table: Table, play: Play, manner: Manner) -> None:
        self.acts: list[Act] = []
        self._play = play
        self._meant: dict[int, tuple[Step, Sound | None]] = {}
        self._end = HangUp()
        self._moves = list(chain.from_iterable(map(self._moves_of, call.steps)))
        super().__init__([*self._moves, self._end])
        self._confirm = confirm = manner.confirm
        self._yes = Press("1") if confirm is None else Speak(play(confirm, 0), confirm.name)
        self._about = self._questions = _questions(call, table)
        self._words = next((step.play for step in reversed(call.steps) if step.play is not None), None)
        self._times = 0
        self._repeated: list[Move] = []
        self._again = 0 if "abandoned" in call.expect.outcome or self._words is None else manner.again
        self._asks_again = tuple(prompt(table, name) for name in ASKS_AGAIN)
        self._guess = prompt(table, "confirm", topic=_OTHER).partition(_OTHER)[0]

    def _moves_of(self, step: Step) -> Iterator[Move]:
        move: Move
        if step.play is not None:
            move = Speak(self._play(step.play, 0), step.play.name)
        elif step.keys:
            move = Press(step.keys)
        elif step.hang_up:
            move = HangUp()
        else:
            for _ in range(max(1, step.silence)):
                yield self._known(Silence(), step)
            return
        yield self._known(move, step)

    def _known(self, move: Move, step: Step) -> Move:
        self._meant[id(move)] = step, step.play
        return move

    def hears(self, text: str) -> None:
        """One question is answered; a caller whose next words are the answer anyway says only those."""
        question = next((each for each in self._questions if each.asked in text), None)
        if question is None:
            self._insist(text)
            return
        self._questions = ()
        key = next((key for words, key in question.keys if words in text), None)
        if key is not None:
            self.do_next(Press(key))
            return
        coming = self._peek()
        if not (isinstance(coming, Speak) and self._confirm is not None and coming.name == self._confirm.name):
            self.do_next(self._yes)

    def _insist(self, text: str) -> None:
        """A caller who has said all she had to say, and was not understood."""
        if self._times >= self._again or self._words is None or self._peek() is not self._end:
            return
        if any(words in text for words in self._asks_again):
            self._times += 1
            once_more = Speak(self._play(self._words, self._times), self._words.name)
            self._repeated.append(once_more)
            self.do_next(once_more)
        elif self._guess in text and not any(each.asked in text for each in self._about):
            self.do_next(Press("2"))

    def _take(self, step: Taken) -> Taken:
        if not isinstance(step, HangUp):
            again = any(step is each for each in self._repeated)
            beyond = self._words if again else self._confirm if step is self._yes else None
            own, sound = self._meant.get(id(step), (None, beyond))
            self.acts.append(Act(_told(step) + ONCE_MORE * again, own, sound))
        return super()._take(step)

    def _let_pass(self) -> HangUp | None:
        own, _ = self._meant.get(id(self._peek()), (None, None))
        leaves = super()._let_pass()
        if leaves is None:
            self.acts.append(Act("says nothing", own, None))
        return leaves


def _told(move: Move) -> str:
    return (
        f"presses {move.keys}" if isinstance(move, Press) else f"plays {move.name}" if isinstance(move, Speak) else ""
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """`asked` is in the question; `keys` are what it says of keys, where it offers two things, with the right key."""

    asked: str
    keys: tuple[tuple[str, str], ...] = ()


def _questions(call: SuiteCall, table: Table) -> tuple[_Question, ...]:
    """The questions that she says yes to: those about what she rang about."""
    found: list[_Question] = []
    for about in (table.intents[intent].about for intent in call.expect.intent if intent in table.intents):
        keys = tuple((prompt(table, "topic_key", topic=about, key=key), key) for key in ("1", "2"))
        first = prompt(table, "offer_two", first=about, second=_OTHER).partition(_OTHER)[0]
        second = prompt(table, "offer_two", first=_OTHER, second=about).partition(_OTHER)[2]
        found += [_Question(prompt(table, "confirm", topic=about)), _Question(first, keys), _Question(second, keys)]
    return tuple(found)
