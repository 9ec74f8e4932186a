"""The course of a live call: say, listen, take the turn, say. A state machine in audio time.

It may raise, and knows no flood and no stream that stops: those are for the line around it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import structlog

from voicebot.dialogue.actions import Ask, Expecting, TakeMessage
from voicebot.dialogue.events import Heard
from voicebot.live import events
from voicebot.live.events import LiveEvent
from voicebot.live.keypad import NUMBER_SECONDS, Keypad
from voicebot.live.listening import Listening
from voicebot.live.manner import Manner
from voicebot.live.mouth import Mouth
from voicebot.live.noise import is_a_turn
from voicebot.live.pace import CutOffs
from voicebot.live.ports import RATE, CallControl
from voicebot.live.script import Script, ending
from voicebot.live.turns import Prepared, Turns
from voicebot.ports import Hearing, TurnInput

log = structlog.get_logger(__name__)

HOLD_AFTER = 1.5
"""Wall-clock seconds without an answer after which the caller hears the hold line."""
MOST_NOISES = 3
"""Noises that are dismissed in one question; the next one counts as what the recogniser takes it for."""
BEFORE_SILENCE = 1
"""Seconds added to `Ask.patience` until nobody has spoken: those that the record channel's `<Gather>` waits."""
NOTHING_ASKED = Ask("", Expecting("request"))

Phase = Literal["opening", "asking", "turning", "closing", "over"]


class Talk:
    """Used by one thread."""

    def __init__(
        self,
        ear: Listening,
        mouth: Mouth,
        turns: Turns,
        control: CallControl,
        *,
        manner: Manner,
        tell: Callable[[LiveEvent], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._ear = ear
        self._mouth = mouth
        self._turns = turns
        self._control = control
        self._manner = manner
        self._tell = tell
        self._monotonic = monotonic
        self._cut_offs = CutOffs()
        self._phase: Phase = "opening"
        self._number = 0
        self._speak_first = True
        self._asked = NOTHING_ASKED
        self._keypad = Keypad(number=False)
        self._keys_count = False
        self._early_keys = ""
        self._owed: Script = ()
        self._noises = 0
        self._quiet_since = 0
        self._waiting_since = 0.0
        self._held = False

    @property
    def over(self) -> bool:
        return self._phase == "over"

    def open(self, number: int, *, speak: bool) -> None:
        """See `Line.open`."""
        self._number, self._speak_first = number, speak
        self._wait()
        self._turns.find()

    def hear(self, audio: bytes) -> None:
        """The next µ-law bytes from the caller's side."""
        self._ear.take(audio, keep_from=self._cut_offs.keep_from(self._ear.now))
        self.step()

    def played(self, mark: str) -> None:
        self._mouth.played(mark, self._ear.now)
        self.step()

    def gone(self) -> None:
        self._phase = "over"

    def step(self) -> None:
        """Do what is due."""
        self._mouth.give_up(self._ear.now)
        match self._phase:
            case "opening" | "turning":
                self._await_answer()
            case "asking":
                self._listen()
            case "closing" if not self._mouth.speaking:
                self.hand_over(spoken=True, why="answered")

    # --- waiting for the conversation ----------------------------------------------------------------------------

    def _await_answer(self) -> None:
        if self._phase == "turning" or not self._speak_first:
            self._notice_voice()
        if self._turns.done:
            try:
                prepared = self._turns.result()
            except Exception as error:
                log.warning("live_turn_failed", kind=type(error).__name__)
                prepared = None
            self._answer(prepared)
        elif self._monotonic() - self._waiting_since >= self._manner.turn:
            self.hand_over(spoken=False, why="turn late")
        else:
            self._hold()

    def _answer(self, prepared: Prepared | None) -> None:
        if prepared is None:
            self.hand_over(spoken=False, why="no answer")
            return
        answer = prepared.answer
        is_spoken = self._phase == "opening" and not self._speak_first and answer.next_turn == self._number
        self._number = answer.next_turn
        self._tell(events.Answered(self._at, answer))
        asked = ending(answer)
        if prepared.script is None and not (is_spoken and isinstance(asked, Ask)):
            self.hand_over(spoken=is_spoken, why="no sound")
            return
        script = () if is_spoken else self._with_what_is_owed(prepared.script or ())
        if isinstance(asked, Ask):
            self._ask(asked, script)
        else:
            self._close(script, keys_count=isinstance(asked, TakeMessage))

    def _with_what_is_owed(self, script: Script) -> Script:
        """What tells her to dial 999 and was cut short is said again, unless it is said anyway."""
        owed, self._owed = self._owed, ()
        texts = {each.text for each in script}
        return (*(each for each in owed if each.text not in texts), *script)

    def _ask(self, asked: Ask, script: Script) -> None:
        self._phase, self._asked, self._keys_count = "asking", asked, True
        self._keypad = Keypad(number=asked.expecting.kind == "keys")
        self._noises, self._quiet_since = 0, self._ear.now
        if self._ear.speaking:
            self._mouth.keep(script)
        else:
            self._mouth.say(script, self._ear.now)
        self._press_early_keys()

    def _close(self, script: Script, *, keys_count: bool) -> None:
        """Say what ends the live part. Keys count while a message is asked for, as where the channel says that."""
        self._ear.drop()
        self._phase, self._keys_count = "closing", keys_count
        self._keypad = Keypad(number=False)
        self._mouth.say(script, self._ear.now)
        self._press_early_keys()
        self.step()

    def _press_early_keys(self) -> None:
        early, self._early_keys = self._early_keys, ""
        for key in early:
            self.press(key)

    # --- listening -----------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self._notice_voice()
        if self._ear.speaking:
            self._follow()
        elif self._mouth.speaking:
            self._quiet_since = self._ear.now
        else:
            self._await_voice()

    def _notice_voice(self) -> None:
        """Whether she begins to speak, over the prompt or not."""
        now, over = self._ear.now, self._mouth.speaking
        if self._ear.speaking or not self._ear.voice.speaks(over_prompt=over):
            return
        may_stop = self._manner.barge_in and self._noises < MOST_NOISES
        if over and (not may_stop or self._ear.hears(self._mouth.sounds.lately(now))):
            return
        said = 0.0 if self._phase == "turning" else self._mouth.said(now)
        self._ear.begin(self._cut_offs.joined(self._ear.voice.started, said))
        self._mouth.stop("speech", now, after=(now - self._ear.voice.onset) / RATE)

    def _follow(self) -> None:
        """From the beginning of an utterance to its words."""
        slow = max(1.0, self._asked.patience / NOTHING_ASKED.patience)
        was_open = self._ear.ended is None
        hearing = self._ear.finished(self._manner.patience * self._cut_offs.patience * slow)
        if was_open and self._ear.ended is not None:
            self._wait()
        if hearing is not None:
            self._heard(hearing)
        elif self._ear.ended is not None:
            self._hold()

    def _heard(self, hearing: Hearing) -> None:
        voice, now = self._ear.voice, self._ear.now
        ended = self._ear.ended or now
        seconds = voice.voice / RATE
        counts = is_a_turn(hearing, seconds, over_prompt=bool(self._mouth.rest), only_keys=self._only_keys)
        if not counts and self._noises < MOST_NOISES:
            self._noises += 1
            self._tell(events.Dismissed(self._at, seconds))
            self._ear.drop()
            self._quiet_since = now
            self._mouth.resume(now)
            return
        if isinstance(hearing.event, Heard):
            self._cut_offs.note(voice.begun or 0, ended)
        self._owed = tuple(each for each in self._mouth.rest if each.must_be_heard)
        self._turn(TurnInput(live=True), hearing, waited=(now - ended) / RATE)

    def _await_voice(self) -> None:
        """Nobody speaks and nothing is played."""
        keys = self._keypad.overdue(self._ear.now)
        if keys is not None:
            self._turn(TurnInput(keys=keys), None)
            return
        patience = NUMBER_SECONDS if self._only_keys else BEFORE_SILENCE + self._asked.patience
        is_quiet = self._ear.now - self._quiet_since >= patience * max(1.0, self._manner.patience) * RATE
        if is_quiet and not self._keypad.begun:
            self._turn(TurnInput(), None)

    @property
    def _only_keys(self) -> bool:
        return self._asked.expecting.kind == "keys"

    # --- keys, turns, the end ------------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Keys win over speech. While a turn is being taken, only the way to a person is kept: what the next question
        takes another key for is not known yet."""
        if self._phase == "opening":
            self._early_keys += key
        elif self._phase == "turning" and key == "0":
            self._early_keys = key  # once, however often it was pressed
        if not self._keys_count:
            return
        self._mouth.stop("key", self._ear.now)
        self._mouth.forget()
        self._ear.drop()
        keys = self._keypad.press(key, self._ear.now)
        if keys is not None:
            self._turn(TurnInput(keys=keys), None)

    def _turn(self, given: TurnInput, hearing: Hearing | None, *, waited: float = 0.0) -> None:
        words, seconds = (hearing.words, dict(hearing.seconds)) if hearing else ("", {})
        decision = hearing.decision if hearing else None
        self._tell(events.TurnTaken(self._at, self._number, words, given.keys, waited, seconds, decision))
        self._mouth.forget()
        self._ear.drop()
        self._phase, self._keys_count = "turning", False
        self._wait()
        self._turns.take(self._number, given, hearing)

    def _wait(self) -> None:
        self._waiting_since, self._held = self._monotonic(), False

    def _hold(self) -> None:
        """Say once that it takes a moment, where that has a sound."""
        sound = self._turns.hold
        if self._held or sound is None or self._monotonic() - self._waiting_since < HOLD_AFTER:
            return
        self._held = True
        self._mouth.say((sound,), self._ear.now)

    def hand_over(self, *, spoken: bool, why: str) -> None:
        self._phase = "over"
        self._tell(events.HandedOver(self._at, self._number, spoken, why))
        self._control.hand_over(self._number, spoken=spoken)

    @property
    def _at(self) -> float:
        return self._ear.now / RATE
