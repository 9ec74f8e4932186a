"""The page, the plot and the command of the live bench: what reaches docs/benchmarks.md, and what never does."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from voicebot.errors import ContentError
from voicebot.regression.bench_live import bench, read, write_page
from voicebot.regression.bench_live_knee import LiveStep

ROOT = Path(__file__).parents[2]
GOOD = LiveStep(8, 34, 0.1, 0.4, 0.8, 1.1, 0, 0, 0, 0, 0, 0, 0)


def gap(p50: float) -> dict[str, Any]:
    return {"count": 66, "p50": p50, "p95": 1.7, "p99": 1.8, "longest": 2.0}


def results() -> dict[str, Any]:
    when = {"at": "2026-11-22T10:00:00+00:00", "load": 0.1, "quiet": True}
    row = {"utterances": 66, "cut_off": 1, "unanswered": 0, "gap": gap(0.8)}
    endpoint = {
        **when,
        **row,
        "engine": "faster-whisper base",
        "patience": 1.0,
        "targets": {"gap_p50": 0.9, "cut_off": 0.02, "added_p50": 0.1, "added_p95": 0.3},
        "added": {**gap(0.05), "p95": 0.4},
        "kinds": {"clean stop": row},
        "trade_off": [{**row, "patience": patience, "gap": gap(0.8 * patience)} for patience in (0.5, 1.0, 2.0)],
        "heard": 90,
        "heard_again": 3,
        "rows": [{"name": "bins (1.5 s)", "cut_off": True}],
    }
    over = [{"sound": "street noise", "seconds": 600, "stopped": 0, "at": []}]
    heard = {"taken_for_speech": 2, "recognised": 3, "failed": 0, "believed": 1, "words": ["you"], "not_understood": 0}
    noise = {
        **when,
        "engine": "faster-whisper base",
        "recorded": False,
        "over_prompts": over,
        "listening": [{"sound": "silence", "seconds": 600, **heard}],
    }
    load = {"load_cpu_share": 0.1, "bot_cpu_share": {"web": 0.2, "recogniser base": 0.5}}
    steps = [{**asdict(GOOD), "load": load}]
    model = {**when, "knee": 8, "wanted": 12, "admitted": 4, "silences": {}, "steps": steps}
    live = {
        "engine": "faster-whisper",
        "target_p95": 1.5,
        "shed_allowed": 0.01,
        "period": 15.0,
        "models": {"base": model},
    }
    machine = {"cpu": "EPYC", "cores": 2, "memory_gb": 24.7, "system": "Linux", "python": "3.11", "versions": {}}
    return {"machine": machine, "quick": False, "results": {"endpoint": endpoint, "noise": noise, "knee": live}}


def test_the_page_has_a_place_for_every_table_and_says_what_was_missed(tmp_path: Path) -> None:
    page, plot = tmp_path / "benchmarks.md", tmp_path / "plot.svg"
    page.write_text((ROOT / "docs/benchmarks.md").read_text(encoding="utf-8"), encoding="utf-8")
    write_page(results(), page, plot)
    text = page.read_text(encoding="utf-8")
    assert "**met** (0.80 s, p95 1.70 s)" in text
    assert "**met** (1 of 66, 1.5 %)" in text
    assert "**missed** (0.05 s, 0.40 s)" in text
    assert "Cut off: bins (1.5 s)." in text
    assert "no prompt stopped: **met**; no word believed: **missed**" in text
    assert "faster-whisper base: the knee is at **8 calls**; 12 were wanted: **missed**" in text
    assert plot.read_text(encoding="utf-8").startswith("<?xml")


def test_a_smoke_run_s_figures_never_reach_the_page(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="smoke run"):
        write_page({**results(), "quick": True}, tmp_path / "page.md", tmp_path / "plot.svg")
    refused = CliRunner().invoke(bench, ["--quick", "--markdown"])
    assert (refused.exit_code, "leave one of them out" in refused.output) == (2, True)


@pytest.mark.parametrize(
    "text", ["no JSON", "[]", '{"machine": {}}', '{"machine": {}, "quick": true, "results": {"x": 1}}']
)
def test_a_file_that_holds_no_results_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "live.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=r"live\.json: no results"):
        read(file)


def test_kept_results_are_shown_again(tmp_path: Path) -> None:
    file = tmp_path / "live.json"
    file.write_text(json.dumps(results()), encoding="utf-8")
    shown = CliRunner().invoke(bench, ["--from", str(file)])
    assert shown.exit_code == 0
    assert "the knee is at **8 calls**" in shown.output
