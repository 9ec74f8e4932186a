"""A council's folder as a service owner has it: the example table, with the phrases and the model of the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(ROOT / "routing.yaml", tmp_path)
    for name in ("models", "weights", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "intents").mkdir()
    for file in (ROOT / "intents").iterdir():
        (tmp_path / "intents" / file.name).symlink_to(file)
    (tmp_path / "var").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'var' / 'voicebot.db'}")
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    monkeypatch.setenv("VOICEBOT_WHO", "ann")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path
