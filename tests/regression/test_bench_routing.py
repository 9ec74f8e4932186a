"""The measurement of the routing table: that it measures what it says, not how long that takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from tests.storage.ringing import fixed_table, heard
from voicebot import bootstrap
from voicebot.nlu.understander import ModelUnderstander
from voicebot.regression.bench_routing import LIMITS, bench
from voicebot.regression.made_calls import make_calls
from voicebot.storage.database import open_database
from voicebot.storage.migrate import migrate
from voicebot.storage.stored_calls import StoredCall, read_calls

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
SAID = [heard("has my badge come", blue_badge_progress=0.95), heard("a hole", pothole=0.5)]


def made(engine: Engine) -> list[StoredCall]:
    make_calls(engine, fixed_table(), SAID, 30, NOW)
    return list(read_calls(engine, datetime(2026, 11, 1, tzinfo=UTC)))


def test_made_calls_are_calls_as_the_bot_stores_them(tmp_path: Path) -> None:
    engines = [open_database(f"sqlite:///{tmp_path / name}.db") for name in ("one", "two")]
    for engine in engines:
        migrate(engine)
    first, second = map(made, engines)
    assert first == second, "the luck has a fixed seed"
    assert len({each.started for each in first}) == 30
    assert max(each.started for each in first) < NOW
    requests = [each.turns[1] for each in first]
    assert {each.heard for each in requests} == {"has my badge come", "a hole"}
    assert {each.decision for each in requests} == {"accept", "confirm"}
    assert any(len(each.turns) > 2 for each in first), "some are asked a question, and answer"


def test_a_small_run_tells_every_figure(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    understander: ModelUnderstander,
) -> None:
    monkeypatch.setattr(bootstrap, "understander_in_use", lambda settings: understander)
    (tmp_path / "blue_badge_progress.yaml").write_text(
        "utterances:\n  - words: has my Blue Badge come through\n    kind: ordinary\n", "utf-8"
    )
    done = CliRunner().invoke(bench, ["--calls", "20", "--utterances", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found["seconds"]) == set(LIMITS)
    assert found["diff"]["calls"] == 20
    assert found["machine"]["cores"] > 0
