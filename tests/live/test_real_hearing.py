"""Everything real but the telephone and the model of intents: detector, recogniser, conversation, database."""

from __future__ import annotations

import os
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from live_parts import ARRIVAL, Bench, quiet, recorded

from voicebot.conversation import Conversation
from voicebot.dialogue.events import Heard, Ranked
from voicebot.errors import WeightsError
from voicebot.live import events
from voicebot.parts import Limits, Parts
from voicebot.routing.loader import load_table
from voicebot.speech.audio import decode
from voicebot.speech.engines.loading import load_engine
from voicebot.speech.gate import doubtful, spoken_language, trustworthy
from voicebot.speech.vad import SileroActivity
from voicebot.speech.weights import fetch
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
from voicebot.storage.queries import show_call
from voicebot.storage.redaction import redact
from voicebot.storage.sealing import Sealer

ROOT = Path(__file__).parents[2]
TUESDAY = datetime(2026, 2, 10, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine():
    folder = Path(os.environ.get("VOICEBOT_WEIGHTS", ROOT / "weights"))
    source = os.environ.get("VOICEBOT_WEIGHTS_FROM")
    try:
        fetch(["whisper-tiny.en"], folder, Path(source) if source else None)
    except WeightsError as error:
        warnings.warn(f"NOT TESTED ON REAL WHISPER: {error.message}", stacklevel=1)
        pytest.skip(f"no weights: {error.message}")
    return load_engine("faster-whisper", "tiny.en", folder, threads=1)


class Recogniser:
    def __init__(self, engine):
        self.engine = engine

    def transcribe(self, wav, *, deadline, hints=()):
        return self.engine.transcribe(decode(wav), hints)


class Keywords:
    """A word is an intent."""

    version = "keywords"

    def current(self):
        return self

    def get(self, version):
        return self

    def understand(self, words, expecting, *, language="en"):
        found = next((each for each in ("pothole", "break") if each in words.lower()), None)
        intent = {"pothole": "pothole", "break": "carer_support", None: "out_of_scope"}[found]
        return Heard(words, (Ranked(intent, 0.99 if found else 0.4),), None, 0.99 if found else 0.4, language)


class Here:
    """One table, one time."""

    def __init__(self):
        self.table = load_table(ROOT / "routing.yaml")

    def current(self):
        return self.table

    def get(self, hash):
        return self.table

    def now(self, call_id):
        return TUESDAY


@pytest.fixture
def ring(tmp_path, engine):
    """Rings, listens to the prompt, and says what a recording says."""
    database = open_database(f"sqlite:///{tmp_path}/bot.db")
    migrate(database)
    calls = SqlCallStore(database, Sealer("k" * 32), lambda: datetime.now(UTC), lease=timedelta(seconds=20))
    here = Here()
    parts = Parts(
        calls, here, here, Recogniser(engine), Keywords(), None, trustworthy, spoken_language, doubtful, redact
    )
    conversation = Conversation(parts, Limits(answer=4, turn=30, fetch=1, recognise=9), workers=2)

    def rings(name):
        conversation.start(ARRIVAL)
        bench = Bench(conversation, activity=SileroActivity()).until_asked()
        return bench.hear(recorded(name) + quiet(1.8)), show_call(database, ARRIVAL.call_id)

    yield rings
    conversation.close()


def test_a_request_is_heard_decided_and_stored(ring):
    bench, stored = ring("pothole")
    (taken,) = bench.told(events.TurnTaken)
    assert taken.decision.intent == "pothole"
    turn = stored["turns"][1]
    assert turn["intent"] == "pothole"
    assert "bus stop" in turn["heard"].lower()
    assert turn["seconds"]["transcribe"] > 0
    assert bench.line.done or bench.queue


def test_a_hesitant_caller_says_all_that_she_has_to_say(ring):
    bench, stored = ring("hesitant")
    assert len(bench.told(events.TurnTaken)) == 1
    assert stored["turns"][1]["heard"].lower().rstrip(".").endswith("do with a break")


def test_where_nobody_speaks_no_word_is_made_up(ring):
    bench, stored = ring("hold-music")
    assert all(not each["heard"] for each in stored["turns"])
    assert not bench.told(events.WordsSoFar)
