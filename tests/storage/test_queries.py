from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Engine

from voicebot.ports import NewMessage, OutgoingText
from voicebot.storage.calls import SqlCallStore
from voicebot.storage.queries import Summary, list_calls, show_call, summary

from .samples import HEARD, RECORD, START, Now, an_answer, begin, claimed


def test_a_call_is_shown_as_other_tools_rely_on(store: SqlCallStore, engine: Engine) -> None:
    begin(store)
    claim = claimed(store)
    after = claim.session.with_(turn=2, intent="blue_badge_progress", queue="blue-badge", outcome="connected")
    store.finish(claim, after, an_answer(next_turn=2), RECORD)
    claimed(store, 2)
    store.end("CA1", "abandoned", START + timedelta(seconds=50))
    shown = json.loads(json.dumps(show_call(engine, "CA1")))
    assert shown["started"] == "2026-11-02T09:30:00+00:00"
    assert shown["ended"] == "2026-11-02T09:30:50+00:00"
    wanted = {
        "call_id": "CA1",
        "provider": "twilio",
        "outcome": "connected",
        "intent": "blue_badge_progress",
        "queue": "blue-badge",
    }
    assert wanted.items() <= shown.items()
    first, second = shown["turns"]
    assert (first["number"], first["heard"], first["confidence"]) == (0, "", None)
    assert first["seconds"] == {"fetch": 0.0, "transcribe": 0.0, "understand": 0.0, "total": 0.0}
    assert second == {
        "number": 1,
        "prompt": RECORD.prompt,
        "event": "Heard",
        "heard": RECORD.heard,
        "intent": "blue_badge_progress",
        "confidence": 0.91,
        "ranked": [
            {"intent": "blue_badge_progress", "confidence": 0.91},
            {"intent": "blue_badge_apply", "confidence": 0.05},
        ],
        "decision": "accept",
        "rule": RECORD.rule,
        "at": "routing.yaml:212",
        "seconds": RECORD.seconds,
        "model": "",
        "note": RECORD.note,
    }
    assert show_call(engine, "unknown") is None


def test_calls_are_listed_newest_first(store: SqlCallStore, engine: Engine) -> None:
    for minute in range(4):
        begin(store, f"CA{minute}", at=START + timedelta(minutes=minute))
    store.end("CA1", "abandoned", START)
    assert [each["call_id"] for each in list_calls(engine, limit=2)] == ["CA3", "CA2"]
    assert [each["call_id"] for each in list_calls(engine, since=START + timedelta(minutes=3))] == ["CA3"]
    assert [(each["call_id"], each["turns"]) for each in list_calls(engine, outcome="abandoned")] == [("CA1", 1)]


def test_the_figures_for_metrics(store: SqlCallStore, engine: Engine, now: Now) -> None:
    backlog = {"waiting": 0, "sending": 0, "failed": 0, "uncertain": 0}
    assert summary(engine, now()) == Summary(0, 0.0, backlog, 0.0, 0, 0)
    begin(store)
    claim = claimed(store)
    left = NewMessage("highways", "https://api.example/recordings/RE2", 30)
    texts = [OutgoingText("+447700900123", "See westshire.example")]
    store.finish(
        claim,
        claim.session.with_(turn=2),
        an_answer(next_turn=2),
        RECORD,
        texts=texts,
        message=left,
        recordings=[HEARD.recording],
    )
    now.forward(90)
    assert summary(engine, now()) == Summary(1, 90.0, {**backlog, "waiting": 1}, 90.0, 1, 1)
