"""A live call on a bench: the line is real, its sound is real, and the conversation says what a test tells it to."""

from __future__ import annotations

import io
from collections import deque
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from voicebot.dialogue.actions import Ask, Expecting, Say, Transfer
from voicebot.dialogue.events import Heard, NothingHeard, Ranked
from voicebot.dialogue.turn import Decision
from voicebot.live.line import Line
from voicebot.live.manner import Manner
from voicebot.live.ports import FRAME_BYTES, RATE, Frame, Hearing, Key, Played
from voicebot.live.sound import SILENCE
from voicebot.ports import Answer, Arrival
from voicebot.speech.telephone import mulaw

AGAIN = Answer((Ask("Which town do you live in? You can say it or spell it for me now.", Expecting("place")),), 2)
CALLS = Path(__file__).parents[1] / "calls"
ARRIVAL = Arrival("CA" + "1" * 32, "twilio", "mobile", "+447700900123")
QUIET = SILENCE
LOUD = bytes([0x80 + 20, 20])  # about a quarter of full scale, one sample up, one down


def recorded(name: str) -> bytes:
    """The µ-law bytes of a recorded call's sound."""
    samples, rate = soundfile.read(CALLS / f"{name}.wav", dtype="float32")
    assert rate == RATE
    return mulaw(samples)


def quiet(seconds: float) -> bytes:
    return QUIET * int(seconds * RATE)


def loud(seconds: float) -> bytes:
    return LOUD * int(seconds * RATE / 2)


class ByLevel:
    """Whatever is loud is a voice."""

    def probability(self, window):
        return 1.0 if float(np.sqrt(np.mean(np.square(window)))) > 0.02 else 0.0


class AtOnce(Executor):
    """Work is done as it is submitted."""

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class WhenTold(Executor):
    """Work is done when the test says so."""

    def __init__(self):
        self.waiting: deque = deque()

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    def work(self):
        while self.waiting:
            future, work = self.waiting.popleft()
            try:
                future.set_result(work())
            except Exception as error:
                future.set_exception(error)


class Words:
    """Prompts that last 0.1 s for each word; the texts in `missing` have no sound."""

    def __init__(self, missing=()):
        self.missing = missing

    def audio(self, text, *, slow=False, language=None):
        if text in self.missing:
            return None
        seed = sum(text.encode())
        noise = np.random.default_rng(seed).normal(0, 0.1, int(0.1 * RATE * len(text.split())))
        return mulaw(noise)


QUESTION = Ask("What are you calling about? Tell me in a few words, please.", Expecting("request"))
FIRST = Answer((QUESTION,), 1)
CONNECT = Answer((Say("I'm putting you through."), Transfer("waste", "+441632960100", "", 20)), 99)
NOTHING = Hearing(NothingHeard(), "", {}, Decision("ask_again", "silence"))


def meant(words: str, decision: str = "accept", choice: str | None = None) -> Hearing:
    event = Heard(words, (Ranked("bins", 0.95),), choice, 0.95)
    return Hearing(event, words, {"transcribe": 0.3}, Decision(decision, "test"))


@dataclass
class Talk:
    """A conversation that hears `hearings` in order (the last one again and again) and gives `answers` in order."""

    hearings: list = field(default_factory=lambda: [meant("my bin was not emptied")])
    answers: list = field(default_factory=lambda: [CONNECT])
    first: Answer | None = FIRST
    heard: list = field(default_factory=list)
    ahead: list = field(default_factory=list)
    taken: list = field(default_factory=list)

    def answer(self, call_id):
        return self.first

    def hold(self):
        return "One moment, please."

    def hear(self, call_id, wav, deadline, *, ahead):
        self.ahead.append(ahead)
        self.heard.append(soundfile.read(io.BytesIO(wav))[0])
        found = self.hearings[min(len(self.heard), len(self.hearings)) - 1]
        if isinstance(found, Exception):
            raise found
        return found

    def turn(self, call_id, number, given, arrival, *, hearing=None):
        self.taken.append((number, given, hearing))
        found = self.answers[min(len(self.taken), len(self.answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return found

    def poll(self, call_id, number, arrival):
        return self.turn(call_id, number, None, arrival)

    @property
    def keys(self):
        return [given.keys for _, given, _ in self.taken if given.keys]

    @property
    def words(self):
        return [hearing.words for _, _, hearing in self.taken if hearing]


class Bench:
    """Plays the channel: a second of sound is a second, however fast it is fed."""

    def __init__(
        self, talk=None, *, activity=None, pool=None, prompts=None, number=1, speak=True, observe=None, **manner
    ):
        self.talk = talk or Talk()
        self.events: list = []
        self.queue: deque = deque()
        self.cleared = 0
        self.handed: list = []
        self.seconds = 0.0
        self.line = Line(
            ARRIVAL,
            self.talk,
            self,
            self,
            activity or ByLevel(),
            prompts or Words(),
            manner=Manner(**manner),
            pool=pool or AtOnce(),
            observe=observe or self.events.append,
            monotonic=lambda: self.seconds,
        )
        self.line.open(number, speak=speak)

    # the ports

    def play(self, audio):
        self.queue.append(audio)

    def mark(self, name):
        self.queue.append(name)

    def clear(self):
        """As Twilio does it: the marks of what is dropped come back."""
        self.cleared += 1
        marks = [each for each in self.queue if isinstance(each, str)]
        self.queue.clear()
        self.queue.extend(marks)

    def hand_over(self, number, *, spoken):
        self.handed.append((number, spoken))

    # the caller

    def hear(self, audio, *, wall=True):
        """The caller's side sends this, frame by frame, while the bot's side plays what is queued."""
        for start in range(0, len(audio), FRAME_BYTES):
            frame = audio[start : start + FRAME_BYTES]
            if wall:
                self.seconds += len(frame) / RATE
            self.line.take(Frame(frame))
            self.line.tick()
            self._play(len(frame))
        return self

    def press(self, key):
        self.line.take(Key(key))
        return self

    def wait(self, seconds):
        """The wall clock goes on, and nothing comes."""
        self.seconds += seconds
        self.line.tick()
        return self

    def until_asked(self):
        """Quietly listen to the prompt to its end."""
        for _ in range(3000):
            self.hear(quiet(0.02))
            if not self.queue:
                return self
        raise AssertionError("the prompt never ends")

    def told(self, kind):
        return [each for each in self.events if isinstance(each, kind)]

    def _play(self, count):
        while self.queue:
            head = self.queue[0]
            if isinstance(head, str):
                self.queue.popleft()
                self.line.take(Played(head))
            elif count >= len(head):
                self.queue.popleft()
                count -= len(head)
            else:
                self.queue[0] = head[count:]
                return
