"""A folder to review calls in, with a database and intents of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.nlu.conftest import SMALL, write_intents
from tests.storage.ringing import heard
from voicebot import bootstrap
from voicebot.config import load_settings
from voicebot.storage.calls import SqlCallStore

from .desk import SMALL as SMALL_TABLE
from .desk import Desk
from .reviewed_calls import BINS, HOLE, PIZZA, ROOT, call


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlCallStore:
    """A folder of its own to run in, with a database and intents in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'voicebot.db'}")
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    monkeypatch.setenv("VOICEBOT_WEIGHTS", str(ROOT / "weights"))
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    write_intents(tmp_path / "intents", {**SMALL, "district_bins": ["when is bin day"]})
    settings = load_settings()
    return SqlCallStore(
        bootstrap.open_storage(settings), bootstrap.sealer(settings), bootstrap.utc_now, lease=timedelta(seconds=12)
    )


@pytest.fixture
def calls(store: SqlCallStore) -> SqlCallStore:
    """Three about bins that were doubted, one refused, one turned down, and many that went well."""
    for number, words in enumerate(BINS):
        call(store, f"CAbin{number}", heard(words, pothole=0.2, district_bins=0.15))
    call(store, "CApizza", heard(PIZZA, out_of_scope=0.9))
    turned_down = heard(HOLE, library_services=0.5, pothole=0.2), heard("no", "no")
    call(store, "CAhole", *turned_down)
    for number in range(8):
        call(store, f"CAfine{number}", heard(f"renewing book number {number + 1}", library_services=0.95))
    return store


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder with a small routing.yaml, nothing published yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    monkeypatch.setenv("COLUMNS", "250")
    (tmp_path / "routing.yaml").write_text(SMALL_TABLE, "utf-8")
    return Desk(tmp_path)


@pytest.fixture
def published(desk: Desk) -> Desk:
    desk.says("publish", "--yes", "--why", "to begin with")
    return desk
