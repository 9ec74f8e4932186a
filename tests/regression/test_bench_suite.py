"""What recorded calls come to as tables, from runs of `voicebot regress`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from voicebot.regression import bench_suite
from voicebot.regression.bench_suite import bench, is_lost
from voicebot.regression.bench_suite_tables import growth
from voicebot.regression.suites.results import CallReport, Miss

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"


def row(right: int, calls: int = 100, **more: Any) -> dict[str, Any]:
    shown = {"by": "all", "value": "all calls", "calls": calls, "right": right, "interval": [0.5, 0.9], "misrouted": 3}
    return {**shown, "word_error_rate": 0.048, "failed": calls - right, "urgent": 9, "urgent_lost": 0, **more}


def results() -> dict[str, Any]:
    told = {"machine": {"cpu": "a processor", "cores": 2, "memory_gb": 8, "system": "Linux", "python": "3.11"}}
    told["machine"]["versions"] = {}
    when = {"at": "2026-11-22T12:00:00+00:00", "load": 0.1, "quiet": True, "fresh": True, "settings": {"model": "m1"}}
    lines = {"clean": row(97, seconds=70.0, wanted=0.97), "mobile": row(93, seconds=100.0, wanted=0.94)}
    noises = {"clean": row(97), **{name: row(90 - each) for each, name in enumerate(bench_suite.NOISES)}}
    return {
        "lines": {**told, **when, "lines": lines, "slices": [row(40, 50, by="voice", value="bf_emma")]},
        "noise": {**told, **when, "noises": noises},
    }


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "suite.json"
    file.write_text(json.dumps(results()))
    return file


def test_tables_say_what_was_met_and_what_was_missed(kept: Path) -> None:
    done = CliRunner().invoke(bench, ["--from", str(kept)])
    assert done.exit_code == 0, done.output
    assert "| `clean` | 100 | 97.0 (50.0 – 90.0) | 97 %: met | 3 | 3 | 0 of 9 | 4.8 % | 0.70 |" in done.output
    assert "94 %: missed" in done.output
    assert "| voice: bf_emma | 50 | 80.0" in done.output
    assert "| `noise-tv-0` |" in done.output


def test_times_are_told_only_where_everything_was_heard_again(kept: Path) -> None:
    found = results()
    found["lines"]["fresh"] = False
    kept.write_text(json.dumps(found))
    assert "s a call" not in CliRunner().invoke(bench, ["--from", str(kept)]).output


def test_the_page_has_a_place_for_every_table(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(bench_suite, "PAGE", page)
    monkeypatch.setattr(bench_suite, "PLOT", tmp_path / "noise.svg")
    done = CliRunner().invoke(bench, ["--from", str(kept), "--markdown"])
    assert done.exit_code == 0, done.output
    assert "97 %: met" in page.read_text(encoding="utf-8")
    assert (tmp_path / "noise.svg").read_text().startswith("<?xml")


def test_the_same_figures_make_the_same_plot(tmp_path: Path) -> None:
    for name in ("one", "other"):
        growth(results()["noise"], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize(
    ("misses", "lost"),
    [
        ([], False),
        ([Miss("outcome", "connected", "abandoned")], True),
        ([Miss("queue", "emergency-duty", "switchboard")], False),
    ],
)
def test_who_reached_no_person_though_she_should_have_is_lost(misses: list[Miss], lost: bool) -> None:
    call = CallReport(
        "a call", "clean", "", "failed", None, tuple(misses), None, None, None, (), False, (), 0.0
    )  # fmt: skip
    assert is_lost(call) is lost


def test_results_of_something_else_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"turns": {}}')
    done = CliRunner().invoke(bench, ["--from", str(tmp_path / "other.json")])
    assert done.exit_code != 0
    assert "no results of this script" in str(done.exception)
