from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from parts import Bench, Ear, Mind, Minds, OneTable, Shelf, Stopped

from voicebot.conversation import Conversation
from voicebot.parts import Limits, Parts
from voicebot.speech.gate import doubtful
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
from voicebot.storage.sealing import Sealer


@pytest.fixture
def bench(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/bot.db")
    migrate(engine)
    calls = SqlCallStore(engine, Sealer("k" * 32), lambda: datetime.now(UTC), lease=timedelta(seconds=2))
    ear, ahead, mind, shelf = Ear(), Ear(), Mind(), Shelf()
    minds = Minds(mind)
    parts = Parts(
        calls=calls,
        tables=OneTable(),
        clock=Stopped(),
        recogniser=ear,
        recogniser_ahead=ahead,
        understanders=minds,
        recordings=shelf,
        gate=lambda transcript: made.verdict if transcript.words else "nothing",
        language=lambda transcript: transcript.language,
        doubtful=doubtful,
        redact=lambda words: words.replace("Jane Smith", "[name]"),
    )
    conversation = Conversation(parts, Limits(answer=20, turn=30, fetch=1, recognise=1), workers=8)
    made = Bench(conversation, ear, mind, shelf, engine, minds, ahead)
    yield made
    conversation.close()
