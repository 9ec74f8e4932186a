"""Whole calls as golden files: `pytest tests/dialogue --rewrite-golden` writes down what happens now; read the diff."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from fixed_table import fixed_table
from golden import play, read

from voicebot.routing.loader import load_table

HERE = Path(__file__).parent
SMALL = HERE / "small"
CALLS = sorted((*(HERE / "calls").glob("*.yaml"), *(SMALL / "calls").glob("*.yaml")))


@pytest.fixture(scope="module")
def tables():
    """By the folder that the calls on it lie in: the council that is shipped, and a small one that uses the whole
    language."""
    return {HERE: fixed_table(), SMALL: load_table(SMALL / "routing.yaml")}


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_call(path, tables, request):
    table = tables[path.parents[1]]
    call = read(path)
    played, session = play(call, table)
    if request.config.getoption("--rewrite-golden"):
        given = {**call.given, "heard_by_caller": played, "outcome": session.outcome}
        path.write_text(yaml.safe_dump(given, sort_keys=False, allow_unicode=True, width=120))
        return
    assert played == call.expected
    assert session.outcome == call.given["outcome"]


@pytest.mark.parametrize("path", [p for p in CALLS if p.stem.startswith("urgent")], ids=lambda path: path.stem)
def test_urgent_calls_meet_no_question_text_message_or_goodbye(path, tables):
    """Whatever happens from the urgent words on: no menu, no text, no voicemail, no goodbye (the catalogue's rule)."""
    played, _ = play(read(path), tables[path.parents[1]])
    after = next(index for index, lines in enumerate(played) if lines[-1].startswith("decision: urgent"))
    spoken = [line for lines in played[after:] for line in lines]
    assert not [line for line in spoken if line.startswith(("ask", "text", "message"))]
    assert not [line for line in spoken if "goodbye" in line.lower()]
