"""A folder to draft calls in, in which no recogniser answers and nothing is kept at the provider."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from voicebot.commands.suite import suite as command

ROOT = Path(__file__).parents[3]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'voicebot.db'}")
    monkeypatch.setenv("VOICEBOT_SECRET_KEY", "a secret for tests alone, never used elsewhere")
    monkeypatch.setenv("VOICEBOT_ROUTING", str(ROOT / "routing.yaml"))
    for name in ("VOICEBOT_RECOGNISER_URL", "VOICEBOT_FALLBACK_URL", "TWILIO_API_BASE"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(command, list(arguments), standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.output
