"""A bot for tests of suites: the real web application over the repository's routing table, with ears and a mind that do
as a test says."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from werkzeug.serving import make_server

from voicebot.app import create_app
from voicebot.config import Settings
from voicebot.dialogue.events import Heard, Ranked
from voicebot.errors import RecogniserError
from voicebot.nlu.answers import match_answer
from voicebot.regression.suites.bots import own_bot
from voicebot.regression.suites.causes import TrueWords
from voicebot.regression.suites.model import Expected, Sound, Step, Suite, SuiteCall
from voicebot.regression.telephone_wav import telephone_wav
from voicebot.routing.issues import Mark
from voicebot.routing.table import OUT_OF_SCOPE

ROOT = Path(__file__).parents[2]
CALLS = ROOT / "tests" / "calls"
LONDON = ZoneInfo("Europe/London")
TUESDAY = datetime(2026, 2, 10, 10, 30, tzinfo=LONDON)
MARK = Mark("calls.yaml", 7, 3)

BADGE = "I'm ringing about my Blue Badge"
POTHOLE = "there's a pothole in Mill Lane"
TREE = "a tree has come down"
OTHERS = ("bus_pass_apply", "certificate_copy", "street_light", "carer_support", "care_equipment", "school_admissions")
WORDS = {BADGE: "blue_badge_progress", POTHOLE: "pothole", TREE: "vegetation", "a doctor": OUT_OF_SCOPE}

SETTINGS = Settings(
    _env_file=None,
    VOICEBOT_ROUTING=str(ROOT / "routing.yaml"),
    VOICEBOT_INTENTS=str(ROOT / "intents"),
    VOICEBOT_MODELS=str(ROOT / "models"),
    VOICEBOT_WEIGHTS=str(ROOT / "weights"),
)


class Phrases:
    """Understands the few phrases that it is told, as surely as it is told; all else is as likely one as another."""

    version = "phrases"

    def __init__(self, known=WORDS, sure: float = 0.97) -> None:
        self.known = known
        self.sure = sure

    def understand(self, words, expecting, *, language="en"):
        answer = match_answer(words, expecting)
        if answer.choice is not None and not answer.rest:
            return Heard(words, (), answer.choice, answer.confidence, language)
        best = self.known.get(words)
        names = dict.fromkeys((*self.known.values(), *OTHERS))
        if best is None:
            return Heard(words, tuple(Ranked(name, 1 / len(names)) for name in names), None, 1 / len(names), language)
        rest = (1 - self.sure) / max(1, len(names) - 1)
        others = (Ranked(name, rest) for name in names if name != best)
        return Heard(words, (Ranked(best, self.sure), *others), None, self.sure, language)


class Deaf:
    """Nothing that is not known may be listened to."""

    def transcribe(self, wav, *, deadline, hints=()):
        raise RecogniserError("the test did not say what is heard here")


def sound(name: str, words: str | None, **tags: str) -> Sound:
    return Sound(name, CALLS / name, words, tags, MARK)


def step(**given) -> Step:
    return Step(MARK, **given)


def call(name: str, *steps: Step, **given) -> SuiteCall:
    expect = Expected(**{each: given.pop(each) for each in Expected.__dataclass_fields__ if each in given})
    usual = {"about": "", "at": TUESDAY, "number": "+447700900123", "sip": False, "transfers": (), "tags": {}}
    return SuiteCall(name=name, steps=steps, expect=expect, mark=MARK, **{**usual, **given})


def suite(*calls: SuiteCall, **given) -> Suite:
    return Suite("samples", CALLS, calls, **given)


def ears(*heard: Sound) -> TrueWords:
    """Hears in each file what the test says that is heard in it."""
    made = TrueWords(Deaf())
    for each in heard:
        made.know(each, telephone_wav(each.path))
    return made


def misheard(truly: Sound, words: str) -> Sound:
    return replace(truly, words=words, tags={})


@contextmanager
def bot(folder: Path, heard_by, understood_by=None, **more):
    with own_bot(SETTINGS, folder, create_app, heard_by, understood_by or Phrases(), **more) as made:
        yield made


class Server:
    """A real socket in front of a bot, which can be closed and opened again."""

    def __init__(self, app) -> None:
        self._app = app
        self._running = None
        self.port = 0
        self.start()

    def start(self) -> None:
        self._running = make_server("127.0.0.1", self.port, self._app, threaded=True)
        self.port = self._running.server_port
        threading.Thread(target=self._running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self._running is not None:
            self._running.shutdown()
            self._running.server_close()
            self._running = None


@contextmanager
def served(folder: Path, heard_by):
    """The same bot, rung over HTTP, and its server."""
    apps = []

    def make(made):
        apps.append(create_app(made))
        return apps[0]

    with own_bot(SETTINGS, folder, make, heard_by, Phrases()) as made:
        server = Server(apps[0])
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=20, trust_env=False) as client:
            try:
                yield replace(made, client=client), server
            finally:
                server.stop()
